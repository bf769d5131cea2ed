"""The delivery desk: the live invariant, every desk the worst first, at a constant cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import generate_latest

from dossiers.acheminement.bureau.etat import Ligne, Sante, Taux, lignes
from dossiers.acheminement.bureau.metriques import REGISTRE
from dossiers.acheminement.models import Acheminement, Connexion, Disjoncteur, SecretConnexion
from dossiers.acheminement.webhook.actes import essayer
from dossiers.acheminement.webhook.coffre import chiffrer
from dossiers.acheminement.webhook.signature import nouveau_secret
from dossiers.templatetags.portail import date_longue, navigation
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.models import Guichet
from tests.dossiers.acheminement.webhook.serveurs import port_ferme
from tests.fabriques import (
    AcheminementFabrique,
    AdministrateurOrganismeFabrique,
    DemandeFabrique,
    DisjoncteurFabrique,
    EchecFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db
URL = "/bureau/"


@pytest.fixture
def operateur(client: Client) -> User:
    user = UserFabrique(administration=True)
    client.force_login(user)
    return user


@pytest.fixture
def guichet_relie() -> Connexion:
    """The connection of a desk to an address where nothing answers."""
    guichet = GuichetFabrique(canal="webhook")
    url = f"http://127.0.0.1:{port_ferme()}/recevoir"
    connexion = Connexion.objects.create(guichet=guichet, url=url, active=True)
    SecretConnexion.objects.create(connexion=connexion, chiffre=chiffrer(nouveau_secret()))
    return connexion


def chez(guichet: Guichet, **champs: Any) -> Acheminement:
    """A handing over to this desk."""
    return AcheminementFabrique(demande__guichet=guichet, **champs)


def deposee(**champs: Any) -> Acheminement:
    """A handing over whose demande the journal knows."""
    etape: Acheminement = AcheminementFabrique(**champs)
    consigner(verbe="deposer_demande", objet=etape.demande)
    return etape


def toutes() -> list[Ligne]:
    return lignes(Guichet.objects.all(), tous=True)


def celle_de(guichet: Guichet) -> Ligne:
    (ligne,) = [ligne for ligne in toutes() if ligne.guichet == guichet]
    return ligne


# ------------------------------------------------------------------ health


def test_a_desk_that_has_nothing_to_do_is_at_rest() -> None:
    assert celle_de(GuichetFabrique()).sante is Sante.AU_REPOS


def test_a_desk_whose_handings_over_pass_is_healthy() -> None:
    etape = AcheminementFabrique(remis=True)
    ligne = celle_de(etape.guichet)
    assert ligne.sante is Sante.SAIN
    assert (ligne.jour.part, ligne.semaine.part) == (100, 100)
    assert (ligne.non_accuses.nombre, ligne.non_accuses.depuis) == (1, etape.remise_le)


def test_one_failure_in_ten_slows_a_desk_down_and_is_explained() -> None:
    guichet = GuichetFabrique()
    etapes = [chez(guichet, accuse=True) for _ in range(9)]
    EchecFabrique(acheminement=etapes[0])
    EchecFabrique(acheminement=etapes[0], le=il_y_a(days=2), motif="vieux")
    ligne = celle_de(guichet)
    assert ligne.sante is Sante.RALENTI
    assert (ligne.jour.part, ligne.semaine.part) == (90, 81)
    assert ligne.cause is not None
    assert "en panne" in ligne.cause.texte


def test_a_long_wait_slows_a_desk_down_and_its_age_is_told() -> None:
    etape = AcheminementFabrique()
    assert celle_de(etape.guichet).sante is Sante.SAIN
    Acheminement.objects.update(cree_le=il_y_a(minutes=20))
    ligne = celle_de(etape.guichet)
    assert ligne.sante is Sante.RALENTI
    assert ligne.a_remettre.nombre == 1
    assert ligne.instant - ligne.a_remettre.depuis >= timedelta(minutes=20)


def test_an_announcement_that_waits_for_what_it_announces_is_not_slow() -> None:
    etape = AcheminementFabrique(remis=True)
    AcheminementFabrique(demande=etape.demande, canal="courriel", de_reference=False)
    Acheminement.objects.update(cree_le=il_y_a(minutes=20))
    assert {ligne.canal: ligne.sante for ligne in toutes()} == {
        "portail": Sante.SAIN,
        "courriel": Sante.SAIN,
    }


def test_a_desk_through_which_nothing_passes_is_down() -> None:
    etape = AcheminementFabrique(derniere_erreur="x")
    EchecFabrique(acheminement=etape)
    assert celle_de(etape.guichet).sante is Sante.EN_PANNE
    chez(etape.guichet, remis=True)
    assert celle_de(etape.guichet).sante is Sante.RALENTI


def test_an_open_breaker_cuts_a_desk_off_until_when_it_says() -> None:
    etape = AcheminementFabrique(remis=True)
    disjoncteur = DisjoncteurFabrique(guichet=etape.guichet)
    ligne = celle_de(etape.guichet)
    assert ligne.sante is Sante.COUPE
    assert ligne.ouvert_jusqu_a == disjoncteur.ouvert_jusqu_a
    assert not ligne.coupe_a_la_main
    Disjoncteur.objects.update(ouvert_jusqu_a=il_y_a(seconds=1))
    assert celle_de(etape.guichet).a_l_essai
    Disjoncteur.objects.update(echecs=0)
    assert celle_de(etape.guichet).sante is Sante.SAIN


def test_the_quarantine_counts_what_the_desk_still_has() -> None:
    etape = AcheminementFabrique(isole=True)
    chez(etape.guichet, isole=True, rendue_le=timezone.now())
    ligne = celle_de(etape.guichet)
    assert (ligne.quarantaine, ligne.sante) == (1, Sante.EN_PANNE)


def test_each_channel_of_a_desk_has_its_line() -> None:
    etape = AcheminementFabrique(remis=True)
    AcheminementFabrique(demande=etape.demande, canal="courriel", de_reference=False)
    canaux = {ligne.canal: ligne for ligne in toutes()}
    assert set(canaux) == {"portail", "courriel"}
    assert canaux["portail"].de_reference
    assert not canaux["courriel"].de_reference


def test_what_was_sent_again_to_its_system_is_expected_from_there(
    client: Client, operateur: User
) -> None:
    """Of a desk connected since (manage.py transmettre); what was not sent stays where it went."""
    envoyee, restee = (AcheminementFabrique(remis=True) for _ in range(2))
    for etape in (envoyee, restee):
        Guichet.objects.filter(pk=etape.guichet_id).update(canal="webhook")
    AcheminementFabrique(demande=envoyee.demande, canal="webhook", de_reference=False, remis=True)
    comptes = {
        (ligne.guichet, ligne.canal): (ligne.role, ligne.non_accuses.nombre) for ligne in toutes()
    }
    assert comptes == {
        (envoyee.guichet, "webhook"): ("", 1),
        (restee.guichet, "webhook"): ("", 0),
        (restee.guichet, "portail"): ("canal précédent", 1),
        (envoyee.guichet, "portail"): ("canal précédent", 0),
    }
    page = f"{URL}guichets/{{}}/?voir=non_accuses"
    texte = client.get(page.format(envoyee.guichet.code)).content.decode()
    assert "Corbeille du portail, puis Système du guichet" in texte
    texte = " ".join(client.get(page.format(restee.guichet.code)).content.decode().split())
    assert "Corbeille du portail <span" in texte
    assert texte.count("<dt>Remises, à confirmer par le guichet</dt>") == 2
    assert "(annonce)" not in texte


def test_trying_a_connection_counts_for_nothing(guichet_relie: Connexion) -> None:
    """Whether the trial passes or fails, health and rates are those of the demandes alone."""
    admin = AdministrateurOrganismeFabrique(organisme=guichet_relie.guichet.organisme).user
    assert not essayer(connexion=guichet_relie, par=admin).reussi
    guichet_relie.refresh_from_db()
    assert guichet_relie.essai
    ligne = celle_de(guichet_relie.guichet)
    assert (ligne.sante, ligne.semaine, ligne.cause) == (Sante.AU_REPOS, Taux(), None)
    assert not Disjoncteur.objects.exists()
    assert 'portail_echecs_total{genre="passager"} 0.0' in generate_latest(REGISTRE).decode()


# ------------------------------------------------------------------ the page


def test_the_worst_come_first_and_those_at_rest_are_left_out(
    client: Client, operateur: User
) -> None:
    GuichetFabrique(nom="Au repos fictif")
    sain = AcheminementFabrique(remis=True).guichet
    panne = AcheminementFabrique(isole=True).guichet
    coupe = AcheminementFabrique(remis=True).guichet
    DisjoncteurFabrique(guichet=coupe)
    reponse = client.get(URL)
    assert [ligne.guichet for ligne in reponse.context["page"]] == [panne, coupe, sain]
    texte = reponse.content.decode()
    assert "En panne" in texte
    assert "7 échecs de suite" in texte
    assert "Au repos fictif" not in texte


def test_filters_stay_in_the_address_and_unknown_ones_are_said(
    client: Client, operateur: User
) -> None:
    sain = chez(GuichetFabrique(nom="Guichet fictif cherché"), remis=True).guichet
    AcheminementFabrique(isole=True)
    assert [li.guichet for li in client.get(URL, {"etat": "sain"}).context["page"]] == [sain]
    assert [li.guichet for li in client.get(URL, {"q": sain.nom}).context["page"]] == [sain]
    assert len(client.get(URL, {"canal": "portail"}).context["page"]) == 2
    assert not client.get(URL, {"canal": "webhook"}).context["page"]
    texte = client.get(URL, {"etat": "bizarre"}).content.decode()
    assert "n’est pas reconnu" in texte
    assert "Effacer les filtres" in client.get(URL, {"q": "introuvable"}).content.decode()


def test_the_invariant_is_one_sentence(client: Client, operateur: User) -> None:
    for trait in ("accuse", "isole", "remis"):
        deposee(**{trait: True})
    texte = client.get(URL).content.decode()
    assert (
        "3 demandes déposées : 1 confirmée par son guichet, 1 en chemin ou à confirmer, "
        "1 mise de côté, à réparer." in texte
    )
    assert "Le compte y est : rien n’est perdu." in texte


def test_the_account_is_green_only_while_nothing_is_set_aside(
    client: Client, operateur: User
) -> None:
    deposee(accuse=True)
    texte = client.get(URL).content.decode()
    assert "invariant bandeau-success" in texte
    assert "sans vous" not in texte
    deposee(isole=True)
    texte = client.get(URL).content.decode()
    assert "invariant bandeau-warning" in texte
    assert "1 remise ne partira pas sans vous." in texte
    deposee(isole=True)
    assert "2 remises ne partiront pas sans vous." in client.get(URL).content.decode()


def test_channels_are_counted_as_channels(client: Client, operateur: User) -> None:
    etape = AcheminementFabrique(remis=True)
    AcheminementFabrique(demande=etape.demande, canal="courriel", de_reference=False, remis=True)
    texte = " ".join(client.get(URL).content.decode().split())
    assert "1 guichet, 2 canaux :" in texte
    assert '2</span> <span class="tuile-libelle">canaux sains</span>' in texte
    assert "Canaux 1 à 2 sur 2" in texte


def test_what_is_lost_is_said_loudly_and_named(client: Client, operateur: User) -> None:
    perdue = DemandeFabrique(avec_guichet=True, etat="a_etudier")
    consigner(verbe="deposer_demande", objet=perdue)
    texte = client.get(URL).content.decode()
    assert "Le compte n’y est pas : 1 demande manque." in texte
    assert "rien n’est perdu" not in texte
    assert "verifier_journal" in texte
    assert perdue.numero in texte


def test_what_nothing_explains_is_said_on_the_page(client: Client, operateur: User) -> None:
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=30))
    texte = client.get(URL).content.decode()
    assert "Le portail ne suit pas" in texte
    assert "aurait dû partir il y a 30 minutes" in texte


@pytest.mark.parametrize("nombre", [1, 12])
def test_the_page_costs_the_same_whatever_the_number_of_desks(
    client: Client,
    operateur: User,
    nombre: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(nombre):
        etape = AcheminementFabrique(isole=True)
        EchecFabrique(acheminement=etape)
        DisjoncteurFabrique(guichet=etape.guichet)
        AcheminementFabrique(a_la_main=True)
    client.get(URL)
    with django_assert_num_queries(28):
        client.get(URL)


def test_a_long_list_has_pages(client: Client, operateur: User) -> None:
    for _ in range(26):
        GuichetFabrique()
    reponse = client.get(URL, {"etat": "tous"})
    assert len(reponse.context["page"]) == 25
    assert len(client.get(URL, {"etat": "tous", "page": 2}).context["page"]) == 1


# ------------------------------------------------------------------ who


def test_the_menu_of_the_administration_leads_here(operateur: User) -> None:
    assert ("/bureau/", "Acheminement") in {
        (entree.url, entree.libelle) for entree in navigation(operateur, URL)
    }


def test_an_administrator_of_an_organisme_sees_its_own_desks_only(client: Client) -> None:
    sien = AcheminementFabrique(isole=True).guichet
    autre = AcheminementFabrique(isole=True).guichet
    client.force_login(AdministrateurOrganismeFabrique(organisme=sien.organisme).user)
    reponse = client.get(URL)
    assert [ligne.guichet for ligne in reponse.context["page"]] == [sien]
    assert "déposée" not in reponse.content.decode()
    assert client.get(f"{URL}guichets/{sien.code}/").status_code == 200
    assert client.get(f"{URL}guichets/{autre.code}/").status_code == 404
    (isole,) = client.get(f"{URL}quarantaine/").context["page"]
    assert isole.guichet == sien


@pytest.mark.parametrize("page", ["", "quarantaine/", "taches/"])
def test_others_are_refused(client: Client, page: str) -> None:
    assert client.get(URL + page).status_code == 302
    for user in (UserFabrique(), agent_de(GuichetFabrique())):
        client.force_login(user)
        assert client.get(URL + page).status_code == 403


# ------------------------------------------------------------------ what is said of a trouble


def test_what_passed_since_it_failed_is_restored_and_asks_for_nothing(
    client: Client, operateur: User
) -> None:
    guichet = GuichetFabrique()
    etape = chez(guichet, remis=True)
    EchecFabrique(acheminement=etape, le=il_y_a(minutes=10))
    assert celle_de(guichet).sante is Sante.RETABLI
    for adresse in (URL, f"{URL}guichets/{guichet.code}/"):
        texte = " ".join(client.get(adresse).content.decode().split())
        assert "Rétabli :</strong> dernière remise le " in texte
        assert "Dernier échec le " in texte
        assert "Appelez le guichet" not in texte
    chez(guichet)
    assert celle_de(guichet).sante is Sante.RALENTI


def test_a_desk_that_is_down_says_since_when_and_how_often_it_failed(
    client: Client, operateur: User
) -> None:
    etape = AcheminementFabrique(derniere_erreur="x")
    for minutes in (9, 4):
        EchecFabrique(acheminement=etape, le=il_y_a(minutes=minutes))
    texte = client.get(URL).content.decode()
    assert "rien ne passe : 2 échecs depuis 9 minutes" in texte
    assert "depuis un jour" not in texte
    EchecFabrique(acheminement=etape, le=il_y_a(hours=23, minutes=30))
    assert "rien ne passe : 3 échecs en 24 h" in client.get(URL).content.decode()


def test_an_announcement_that_waits_is_no_backlog(client: Client, operateur: User) -> None:
    etape = AcheminementFabrique(demande__guichet__canal="webhook", canal="webhook")
    AcheminementFabrique(
        demande=etape.demande,
        canal="courriel",
        de_reference=False,
        prochaine_tentative=timezone.now() + timedelta(hours=23),
    )
    Acheminement.objects.update(cree_le=il_y_a(minutes=9))
    (annonce,) = [ligne for ligne in toutes() if ligne.canal == "courriel"]
    assert (annonce.a_remettre.nombre, annonce.annonces) == (0, 1)
    for adresse in (URL, f"{URL}guichets/{etape.guichet.code}/"):
        texte = client.get(adresse).content.decode()
        assert "1 annonce : attend que la demande soit remise au système" in texte
    metriques = generate_latest(REGISTRE).decode()
    assert 'portail_acheminements_a_remettre{canal="courriel"} 0.0' in metriques
    assert 'portail_acheminements_a_remettre_age_secondes{canal="courriel"} 0.0' in metriques


def test_the_box_of_a_trouble_says_when_whom_and_offers_to_replay(
    client: Client, operateur: User
) -> None:
    guichet = GuichetFabrique(telephone="00 00 00 00 00")
    dans = timezone.now() + timedelta(minutes=20)
    EchecFabrique(acheminement=chez(guichet, derniere_erreur="x", prochaine_tentative=dans))
    texte = client.get(f"{URL}guichets/{guichet.code}/").content.decode()
    encadre = texte[texte.index("bandeau-warning") : texte.index('class="recap"')]
    assert f"Prochain essai le {date_longue(dans)}." in encadre
    assert "tel:00 00 00 00 00" in encadre
    assert "Tout rejouer (1)" in encadre
    assert "Rien si cela" not in texte
