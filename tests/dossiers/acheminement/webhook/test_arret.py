"""The connection of a desk is stopped while demandes wait for its system: how they get out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.actes import accuser, balayer, rejouer, rejouer_guichet, remettre
from dossiers.acheminement.actes.orientation import orienter, preparer_canal, reorienter
from dossiers.acheminement.invariant import bilan
from dossiers.acheminement.models import Acheminement, Connexion, Disjoncteur
from dossiers.acheminement.webhook.actes import Accuse, desactiver, recevoir_accuse
from dossiers.acheminement.webhook.charge import contenu_de, empreinte
from portal.comptes.models import User
from portal.socle.models import Evenement
from territoires.organismes.models import Canal, Guichet
from tests.dossiers.acheminement.webhook.outils import a_remettre, relier
from tests.dossiers.acheminement.webhook.serveurs import port_ferme, reponse, servir
from tests.fabriques import (
    AcheminementFabrique,
    AdministrateurOrganismeFabrique,
    DemandeFabrique,
    UserFabrique,
    agent_de,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ligne() -> Acheminement:
    """What the system of a desk is about to be handed."""
    etape = a_remettre()
    relier(etape.guichet, f"http://127.0.0.1:{port_ferme()}/")
    Guichet.objects.filter(pk=etape.guichet_id).update(canal=Canal.WEBHOOK)
    return Acheminement.objects.get(pk=etape.pk)


@pytest.fixture
def admin(client: Client, ligne: Acheminement) -> User:
    user = AdministrateurOrganismeFabrique(organisme=ligne.guichet.organisme).user
    client.force_login(user)
    return user


def voisine(ligne: Acheminement) -> Acheminement:
    """Another of the same desk."""
    guichet = ligne.guichet
    demande = DemandeFabrique(etat="a_etudier", guichet=guichet)
    etape = AcheminementFabrique(demande=demande, guichet=guichet, canal=Canal.WEBHOOK)
    return Acheminement.objects.get(pk=etape.pk)


def essayer(ligne: Acheminement, statut: str) -> None:
    """One attempt, to which the system answers so."""
    with servir(reponse(statut)) as serveur:
        Connexion.objects.update(url=f"http://127.0.0.1:{serveur.port}/")
        assert not remettre(acheminement_id=ligne.pk)


def arreter(ligne: Acheminement, admin: User) -> None:
    desactiver(connexion=Connexion.objects.get(guichet=ligne.guichet), par=admin)
    ligne.refresh_from_db()


def relire(ligne: Acheminement) -> Acheminement:
    return Acheminement.objects.select_related("demande").get(pk=ligne.pk)


def fiche_de(ligne: Acheminement) -> str:
    return reverse("instruction:demande", args=[ligne.demande.identifiant])


def lignes_du_journal() -> list[dict[str, Any]]:
    return [e.donnees for e in Evenement.objects.filter(verbe="rejouer").order_by("pk")]


def test_what_the_system_refused_goes_to_the_portal_once_it_is_stopped(
    client: Client, ligne: Acheminement, admin: User
) -> None:
    autre = voisine(ligne)
    for etape in (ligne, autre):
        essayer(etape, "400 Bad Request")
    arreter(ligne, admin)
    tout = {"guichet": ligne.guichet.code, "retour": ligne.guichet.code}
    question = client.get("/bureau/rejouer/", tout).content.decode()
    assert "2 demandes iront dans le portail" in question
    assert "la connexion du système est arrêtée" in question
    client.post("/bureau/rejouer/", tout)
    balayer()
    for avant in (ligne, autre):
        apres = relire(avant)
        assert (apres.canal, apres.cle) == (Canal.PORTAIL, avant.cle)
        assert apres.remise_le is not None
        assert apres.quarantaine_le is None
    assert Acheminement.objects.count() == 2
    assert {(d["canal_precedent"], d["canal"], d["doute"]) for d in lignes_du_journal()} == {
        ("webhook", "portail", False)
    }
    compte = bilan()
    assert (compte.en_quarantaine, compte.doublons) == (0, 0)
    client.force_login(agent_de(ligne.guichet))
    assert client.get(fiche_de(ligne)).status_code == 200


@pytest.mark.parametrize("tout", [False, True], ids=["une", "toutes"])
@pytest.mark.parametrize("isolee", [False, True], ids=["en_attente", "en_quarantaine"])
def test_every_way_of_replaying_has_the_exit(
    ligne: Acheminement, admin: User, tout: bool, isolee: bool
) -> None:
    """What waits without any failure too, without waiting for one."""
    arreter(ligne, admin)
    if isolee:
        assert not remettre(acheminement_id=ligne.pk)
        assert relire(ligne).quarantaine_le is not None
    if tout:
        assert rejouer_guichet(guichet=ligne.guichet, par=admin) == 1
    else:
        assert rejouer(acheminement=relire(ligne), par=admin)
    assert remettre(acheminement_id=ligne.pk)
    assert relire(ligne).canal == Canal.PORTAIL


def test_a_breaker_of_the_old_channel_does_not_hold_it_back(
    ligne: Acheminement, admin: User
) -> None:
    for _ in range(5):
        Acheminement.objects.update(prochaine_tentative=timezone.now())
        assert not remettre(acheminement_id=ligne.pk)
    assert Disjoncteur.objects.get(canal=Canal.WEBHOOK).est_ouvert(timezone.now())
    arreter(ligne, admin)
    rejouer_guichet(guichet=ligne.guichet, par=admin)
    assert remettre(acheminement_id=ligne.pk)


def test_an_attempt_without_an_answer_is_said_to_be_in_doubt(
    client: Client, ligne: Acheminement, admin: User
) -> None:
    essayer(ligne, "503 Service Unavailable")
    arreter(ligne, admin)
    assert rejouer(acheminement=ligne, par=admin)
    assert [d["doute"] for d in lignes_du_journal()] == [True]
    remettre(acheminement_id=ligne.pk)
    client.force_login(agent := agent_de(ligne.guichet))
    accuser(demande=relire(ligne).demande, user=agent)
    fiche = client.get(fiche_de(ligne)).content.decode()
    assert "au lieu de son système informatique, arrêté" in fiche
    assert "un envoi sans réponse a pu y arriver aussi" in fiche


def test_a_late_acknowledgement_still_finds_what_was_diverted(
    ligne: Acheminement, admin: User
) -> None:
    essayer(ligne, "503 Service Unavailable")
    arreter(ligne, admin)
    rejouer(acheminement=ligne, par=admin)
    recu = recevoir_accuse(
        guichet=ligne.guichet,
        message="m-1",
        corps="0" * 64,
        accuse=Accuse(ligne.cle, empreinte(contenu_de(ligne)), timezone.now(), ""),
    )
    assert recu.resultat == "pris"
    assert relire(ligne).accusee_le is not None
    assert not remettre(acheminement_id=ligne.pk)


def test_as_long_as_it_is_connected_nothing_changes_its_channel(
    client: Client, ligne: Acheminement, admin: User
) -> None:
    essayer(ligne, "400 Bad Request")
    question = client.get("/bureau/rejouer/", {"choix": [ligne.pk]}).content.decode()
    assert "Rejouer 1 remise ?" in question
    assert "portail :" not in question
    assert rejouer(acheminement=ligne, par=admin)
    assert relire(ligne).canal == Canal.WEBHOOK
    assert "doute" not in lignes_du_journal()[0]


def test_what_was_handed_over_is_untouched(ligne: Acheminement, admin: User) -> None:
    with servir(reponse("202 Accepted")) as serveur:
        Connexion.objects.update(url=f"http://127.0.0.1:{serveur.port}/")
        assert remettre(acheminement_id=ligne.pk)
    arreter(ligne, admin)
    assert rejouer_guichet(guichet=ligne.guichet, par=admin) == 0
    assert relire(ligne).canal == Canal.WEBHOOK


def test_what_its_e_mail_announces_goes_to_the_inbox(ligne: Acheminement, admin: User) -> None:
    """The desk receives by e-mail since: the announcement is that e-mail already."""
    AcheminementFabrique(
        demande=ligne.demande, guichet=ligne.guichet, canal=Canal.COURRIEL, de_reference=False
    )
    seule = voisine(ligne)
    arreter(ligne, admin)
    Guichet.objects.filter(pk=ligne.guichet_id).update(canal=Canal.COURRIEL)
    assert rejouer_guichet(guichet=ligne.guichet, par=admin) == 2
    assert relire(ligne).canal == Canal.PORTAIL
    assert relire(seule).canal == Canal.COURRIEL


def test_a_desk_that_gave_it_back_may_have_it_again_in_its_system(
    ligne: Acheminement, admin: User
) -> None:
    arreter(ligne, admin)
    rejouer(acheminement=ligne, par=admin)
    remettre(acheminement_id=ligne.pk)
    agent = agent_de(ligne.guichet)
    accuser(demande=ligne.demande, user=agent)
    reorienter(demande=ligne.demande, user=agent, motif="À revoir (fictif).")
    Connexion.objects.update(active=True)
    Guichet.objects.filter(pk=ligne.guichet_id).update(canal=Canal.WEBHOOK)
    guichet = Guichet.objects.get(pk=ligne.guichet_id)
    orienter(
        demande=ligne.demande,
        guichet=guichet,
        user=UserFabrique(administration=True),
        motif="Accord fictif.",
    )
    nouvelle = Acheminement.objects.get(demande=ligne.demande, rendue_le=None, de_reference=True)
    assert nouvelle.canal == Canal.WEBHOOK
    assert nouvelle.cle != ligne.cle


def test_what_was_diverted_may_be_sent_to_the_system_later(
    ligne: Acheminement, admin: User
) -> None:
    arreter(ligne, admin)
    rejouer(acheminement=ligne, par=admin)
    remettre(acheminement_id=ligne.pk)
    seconde = preparer_canal(ligne.demande, ligne.guichet, Canal.WEBHOOK, de_reference=False)
    assert seconde.cle != ligne.cle


def test_what_may_be_at_the_system_is_not_sent_there_under_another_key(
    ligne: Acheminement, admin: User, capsys: pytest.CaptureFixture[str]
) -> None:
    essayer(ligne, "503 Service Unavailable")
    arreter(ligne, admin)
    rejouer(acheminement=ligne, par=admin)
    remettre(acheminement_id=ligne.pk)
    Connexion.objects.update(active=True)
    call_command("transmettre", ligne.guichet.code)
    assert "un envoi resté sans réponse a pu arriver" in capsys.readouterr().out
    assert Acheminement.objects.get() == ligne


def test_stopping_says_how_many_wait_and_where_they_go(
    client: Client, ligne: Acheminement, admin: User
) -> None:
    adresse = f"/organisme/{ligne.guichet.organisme.code}/guichets/{ligne.guichet.code}/connexion/"

    def texte() -> str:
        return " ".join(client.get(adresse).content.decode().split())

    assert "1 demande attend encore d’être remise au système." in texte()
    voisine(ligne)
    assert "2 demandes attendent encore d’être remises au système." in texte()
    assert f"/bureau/guichets/{ligne.guichet.code}/" in texte()
    client.post(adresse, {"action": "desactiver"})
    assert "2 demandes n’ont pas pu être remises au système avant son arrêt." in texte()
    bureau = client.get(f"/bureau/guichets/{ligne.guichet.code}/").content.decode()
    assert "Tout rejouer (2)" in bureau
    client.post("/bureau/rejouer/", {"guichet": ligne.guichet.code})
    assert "avant son arrêt" not in texte()
