"""The page that the e-mail to a desk leads to: a button, no account, nothing on GET."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail, signing
from django.test import Client
from django.utils import timezone

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.courriels.liens import DUREE, adresse_accuse
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from portal.socle.models import Evenement
from tests.fabriques import AcheminementFabrique, agent_de

pytestmark = pytest.mark.django_db


@pytest.fixture
def acheminement() -> Acheminement:
    """Handed over by e-mail, the channel of record of its desk."""
    acheminement = AcheminementFabrique(canal="courriel")
    acheminement.guichet.courriel = "guichet@exemple.invalid"
    acheminement.guichet.save()
    assert remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    return acheminement


def chemin_du_courriel() -> str:
    (message,) = mail.outbox
    lien = re.search(r"http://[^/]+(/accuses/\S+)", str(message.body))
    assert lien
    return lien[1]


def chemin_de(acheminement: Acheminement) -> str:
    return "/accuses/" + adresse_accuse(acheminement).split("/accuses/")[1]


def test_reading_changes_nothing_and_names_no_company(
    client: Client, acheminement: Acheminement
) -> None:
    chemin = chemin_du_courriel()
    avant = Evenement.objects.count()
    for _ in range(2):
        page = client.get(chemin)
        client.head(chemin)
    texte = page.content.decode()
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert acheminement.demande.numero in texte
    assert acheminement.demande.version_aide.titre in texte
    assert acheminement.guichet.organisme.nom in texte
    assert "Nous avons bien reçu cette demande" in texte
    assert acheminement.demande.dossier.entreprise.nom not in texte
    assert acheminement.demande.dossier.titre not in texte
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None
    assert Evenement.objects.count() == avant


def test_the_button_acknowledges_once_and_twice_is_harmless(
    client: Client, acheminement: Acheminement
) -> None:
    chemin = chemin_du_courriel()
    merci = client.post(chemin, follow=True).content.decode()
    assert "Merci, c’est noté." in merci
    assert "Ouvrir la demande dans le portail" in merci
    acheminement.refresh_from_db()
    premiere = acheminement.accusee_le
    assert acheminement.accuse_voie == Acheminement.Voie.PAGE
    assert acheminement.prochaine_relance is None
    encore = client.post(chemin, follow=True).content.decode()
    assert "C’était déjà noté" in encore
    acheminement.refresh_from_db()
    assert acheminement.accusee_le == premiere
    assert Evenement.objects.filter(verbe="accuser_a_distance").count() == 1


def test_a_form_of_another_site_acknowledges_nothing(acheminement: Acheminement) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(chemin_du_courriel()).status_code == 403
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None


def test_an_officer_may_act_after_the_button(client: Client, acheminement: Acheminement) -> None:
    client.post(chemin_du_courriel())
    permissions = acheminement.demande.permissions(agent_de(acheminement.guichet))
    assert permissions["prendre_en_charge"]


def test_the_e_mail_that_only_announces_acknowledges_for_the_desk(client: Client) -> None:
    reference = AcheminementFabrique(remis=True)
    annonce = AcheminementFabrique(
        demande=reference.demande, canal="courriel", de_reference=False, remis=True
    )
    client.post(chemin_de(annonce))
    reference.refresh_from_db()
    assert reference.accusee_le is not None


def test_what_is_not_a_link_of_ours_is_said(client: Client, acheminement: Acheminement) -> None:
    inconnue = signing.dumps("0" * 32, salt="acheminement.accuse")
    d_ailleurs = signing.dumps(acheminement.cle.hex, salt="acheminement.pieces")
    for jeton in ("n-importe-quoi", inconnue, d_ailleurs, chemin_du_courriel()[9:-3]):
        for reponse in (client.get(f"/accuses/{jeton}/"), client.post(f"/accuses/{jeton}/")):
            assert reponse.status_code == 404
            assert "Ce lien ne mène à rien" in reponse.content.decode()
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None


def test_an_old_link_says_that_it_expired(
    client: Client, acheminement: Acheminement, monkeypatch: pytest.MonkeyPatch
) -> None:
    chemin = chemin_de(acheminement)
    apres: datetime = timezone.now() + DUREE + timedelta(minutes=1)
    monkeypatch.setattr("django.core.signing.time.time", apres.timestamp)
    for reponse in (client.get(chemin), client.post(chemin)):
        assert reponse.status_code == 410
        assert "Ce lien a expiré" in reponse.content.decode()
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None


@pytest.mark.parametrize(
    ("close", "attendu"), [(True, "Cette demande est close"), (False, "plus à votre guichet")]
)
def test_a_demande_that_is_closed_or_elsewhere_is_said(
    client: Client, acheminement: Acheminement, close: bool, attendu: str
) -> None:
    if close:
        acheminement.demande.etat = Etat.RETIREE
        acheminement.demande.decidee_le = timezone.now()
        acheminement.demande.save()
    else:
        Acheminement.objects.update(rendue_le=timezone.now())
    for page in (
        client.get(chemin_du_courriel()),
        client.post(chemin_du_courriel(), follow=True),
    ):
        assert attendu in page.content.decode()
        assert "Nous avons bien reçu" not in page.content.decode()
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None


def test_the_envelope_says_where_it_comes_back(settings: object) -> None:
    settings.ADRESSE_RETOURS = "retours+{identifiant}@portail.invalid"  # type: ignore[attr-defined]
    settings.DEFAULT_FROM_EMAIL = "Portail fictif <aides@portail.invalid>"  # type: ignore[attr-defined]
    acheminement = AcheminementFabrique(canal="courriel")
    acheminement.guichet.courriel = "guichet@exemple.invalid"
    acheminement.guichet.save()
    remettre(acheminement_id=acheminement.pk)
    (message,) = mail.outbox
    assert message.from_email == f"retours+{acheminement.cle}@portail.invalid"
    entetes = message.message()
    assert entetes["From"] == "Portail fictif <aides@portail.invalid>"
    assert entetes["Message-ID"] == f"<{acheminement.cle}@portail.invalid>"
    assert entetes["Auto-Submitted"] == "auto-generated"
