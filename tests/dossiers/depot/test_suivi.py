"""The follow-up page: the decision as its company reads it."""

import pytest

from dossiers.models import Demande
from tests.fabriques import (
    DemandeFabrique,
    MembreFabrique,
    RapprochementFabrique,
    ResultatFabrique,
)

pytestmark = pytest.mark.django_db


def lire(client, demande: Demande) -> str:
    client.force_login(MembreFabrique(entreprise=demande.dossier.entreprise).user)
    page = client.get(f"/dossiers/{demande.dossier.identifiant}/suivi/").content.decode()
    return page.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("etat", "titre"), [("refusee", "<h3>Motif</h3>"), ("acceptee", "<h3>Conditions</h3>")]
)
def test_the_reason_is_the_text_of_the_decision_with_its_lines(client, etat, titre):
    demande = DemandeFabrique(**{etat: True}, motif="Une ligne.\n<b>Deux</b> & trois.\n\nQuatre.")
    page = lire(client, demande)
    assert titre in page
    assert "<p>Une ligne.<br>&lt;b&gt;Deux&lt;/b&gt; &amp; trois.</p>" in page
    assert "<p>Quatre.</p>" in page
    assert page.count("Quatre.") == 1


@pytest.mark.parametrize(
    ("etat", "estime", "texte", "attendu"),
    [
        ("remise", 30000, "jusqu’à 30 000 €", "montant estimé : jusqu’à 30 000 €"),
        ("remise", None, "plafond de l’aide : 50 000 €", "· plafond de l’aide : 50 000 €"),
        ("remise", None, "", "montant estimé : à calculer"),
        ("refusee", 30000, "jusqu’à 30 000 €", "montant estimé : –"),
        ("acceptee", 30000, "jusqu’à 30 000 €", "20 000 € accordés"),
    ],
)
def test_the_amount_is_what_the_officers_read(client, etat, estime, texte, attendu):
    demande = DemandeFabrique(**{etat: True}, montant_estime=estime)
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=demande.version_dossier),
        version_aide=demande.version_aide,
        montant={"texte": texte, "lignes": []},
    )
    page = lire(client, demande)
    assert attendu in page
    assert "jusqu’à" not in page.replace(attendu, "")


def test_the_deadline_is_said_in_one_way(client):
    page = lire(client, DemandeFabrique(remise=True))
    assert "Réponse du guichet attendue avant le " in page
    assert "Sans réponse du guichet avant le " in page
