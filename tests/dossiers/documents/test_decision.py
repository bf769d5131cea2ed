"""The letter of a decision: amount, conditions, reason, appeal; and the same before deciding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from dossiers.documents.actes import produire_dus
from dossiers.documents.mentions import Critere, Mentions
from dossiers.instruction.actes import accepter, classer_sans_suite, refuser
from dossiers.models import Demande, Document
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.dossiers.documents.outils import demande, guichet, texte_de
from tests.fabriques import (
    AcheminementFabrique,
    RapprochementFabrique,
    ResultatFabrique,
    agent_de,
)

pytestmark = pytest.mark.django_db

LIGNE = {
    "forme": "subvention",
    "libelle": "Investissement matériel",
    "maximum": "24000.00",
    "taux": "0.30",
    "assiette": "80000.00",
    "minimum": None,
    "plafond": "35000.00",
    "certaine": True,
}


@pytest.fixture
def cible() -> Demande:
    """Under review, opened by the desk, with the match of its deposit."""
    cible = demande(
        guichet=guichet(),
        etat="en_instruction",
        prochaine_tentative=None,
        version_aide__bases_juridiques=[
            {"libelle": "CGCT, article L1511-2"},
            {"libelle": "Règlement (UE) 2023/2831", "verifie": False},
        ],
    )
    AcheminementFabrique(demande=cible, accuse=True)
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=cible.version_dossier),
        version_aide=cible.version_aide,
        montant={"texte": "jusqu’à 24 000 €", "lignes": [LIGNE]},
    )
    return cible


@pytest.fixture
def agent(cible):
    return agent_de(cible.guichet)


def lettre_de(cible: Demande) -> str:
    assert produire_dus() == 1
    return texte_de(Document.objects.get(demande=cible, genre="decision"))


def test_an_acceptance_says_amount_computation_conditions_and_what_remains(cible, agent):
    accepter(
        demande=cible,
        user=agent,
        montant_accorde=Decimal("24000.00"),
        motif="Commencer avant le 1er juin 2027.\nFournir les factures.",
        mentions=Mentions(
            signataire="Ada Fictive, cheffe du service fictif",
            delegation="la présidente fictive",
            base="CGCT, article L1511-2\nRèglement (UE) 2023/2831",
            assiette=Decimal(80000),
            versement="En une fois, sur factures acquittées.",
        ),
    )
    lu = lettre_de(cible)
    for attendu in (
        "Décision d’attribution d’une aide",
        "24 000 € soit vingt-quatre mille euros",
        "Aide fictive à l’investissement",
        "Atelier fictif",
        "Métallerie fictive SIRET 000 ",
        "Investissement matériel : 30 % de 80 000 €, plafond de 35 000 €, soit au plus 24 000 €",
        "Commencer avant le 1er juin 2027. Fournir les factures.",
        "Une convention sera conclue",
        "obligatoire au-delà de 23 000 € par an",
        "Loi 2000-321 du 12 avril 2000, article 10",
        "CGCT, article L1511-2",
        "Règlement (UE) 2023/2831",
        "Dépenses retenues par le service (assiette) : 80 000 €, soit un taux d’aide de 30 %",
        "En une fois, sur factures acquittées.",
        "total des aides de minimis",
        "dans les deux mois à compter de sa notification",
        "tribunal administratif territorialement compétent",
        "Par délégation de la présidente fictive, Ada Fictive, cheffe du service fictif",
        "cheffe du service fictif Guichet fictif des entreprises Région fictive",
        f"{cible.numero}-D1",
        "Courriel : guichet@exemple.invalid",
        "Page 1 sur 2",
    ):
        assert attendu in lu, attendu
    assert "à confirmer" not in lu


def test_below_the_threshold_no_agreement_is_promised():
    """And an aide whose legal basis nobody wrote down says that its régime is unknown."""
    cible = demande(guichet=guichet(), etat="en_instruction", prochaine_tentative=None)
    AcheminementFabrique(demande=cible, accuse=True)
    agent = agent_de(cible.guichet)
    accepter(demande=cible, user=agent, montant_accorde=Decimal("5000.00"))
    lu = lettre_de(cible)
    assert "Une convention sera conclue" not in lu
    assert "Le service vous indiquera si une convention est conclue" in lu
    assert "Aucune condition particulière n’est fixée" in lu
    assert "Régime d’aide ou base juridique à indiquer" in lu
    assert "de minimis" not in lu


def test_a_refusal_gives_its_reason_and_the_appeals(cible, agent):
    critere = Critere("Le projet n’est pas engagé", "Règlement fictif, article 3")
    refuser(
        demande=cible,
        user=agent,
        motif="Le projet était engagé avant la demande.",
        mentions=Mentions("Ada Fictive, cheffe du service fictif", criteres=(critere,)),
    )
    lu = lettre_de(cible)
    assert "refuse cette aide" in lu
    assert "Le projet était engagé avant la demande." in lu
    assert "Cette condition de l’aide n’est pas remplie" in lu
    assert "Le projet n’est pas engagé (Règlement fictif, article 3)" in lu
    assert "Ada Fictive, cheffe du service fictif" in lu
    assert "CRPA, articles L211-2 et L211-5" in lu
    assert "à confirmer" not in lu
    assert "Recours gracieux" in lu
    assert "tribunal administratif territorialement compétent" in lu
    assert "€" not in lu


def test_closing_without_a_decision_says_so_and_why(cible, agent):
    classer_sans_suite(demande=cible, user=agent, motif="Demande en double, voir l’autre.")
    lu = lettre_de(cible)
    assert "classée sans suite : elle est close sans décision sur le fond" in lu
    assert "Demande en double, voir l’autre." in lu
    assert "Recours contentieux" in lu


def test_the_letter_is_frozen_with_the_decision(cible, agent):
    accepter(demande=cible, user=agent, montant_accorde=Decimal("5000.00"))
    bureau = cible.guichet
    bureau.nom, bureau.telephone = "Nom changé depuis", "00 00 00 00 99"
    bureau.save()
    lu = lettre_de(cible)
    assert "Nom changé depuis" not in lu
    assert "00 00 00 00 01" in lu


def test_a_decision_that_is_refused_leaves_no_letter(cible, agent):
    with pytest.raises(TransitionRefusee):
        refuser(demande=cible, user=agent, motif="non")
    assert not Document.objects.filter(genre="decision").exists()


# ------------------------------------------------------------------ before deciding


def adresse(cible: Demande, acte: str = "accepter") -> str:
    return reverse("instruction:lettre", args=[cible.identifiant, acte])


def test_the_preview_says_what_is_typed_and_writes_nothing(client, cible, agent):
    client.force_login(agent)
    avant = Evenement.objects.count()
    page = client.post(
        adresse(cible), {"montant_accorde": "24 000", "motif": "Sur factures.", "etat_vu": ""}
    )
    texte = page.content.decode()
    assert "La lettre telle qu’elle sera" in texte
    assert "soit vingt-quatre mille euros" in texte
    assert "Sur factures." in texte
    assert "rien n’est enregistré" in texte
    cible.refresh_from_db()
    assert (cible.etat, cible.montant_accorde) == ("en_instruction", None)
    assert not Document.objects.exists()
    assert Evenement.objects.count() == avant


@pytest.mark.parametrize("montant", ["", "beaucoup", "-5", "0", "10.001", "9" * 25])
def test_the_preview_of_an_absurd_amount_says_that_it_is_to_be_given(client, cible, agent, montant):
    client.force_login(agent)
    page = client.post(adresse(cible), {"montant_accorde": montant, "motif": ""})
    assert page.status_code == 200
    assert "Montant à indiquer" in page.content.decode()


def test_the_preview_of_a_refusal_escapes_its_reason(client, cible, agent):
    client.force_login(agent)
    page = client.post(adresse(cible, "refuser"), {"motif": "<script>alert(1)</script>"})
    assert "&lt;script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_htmx_receives_the_letter_alone(client, cible, agent):
    client.force_login(agent)
    page = client.post(adresse(cible), {"montant_accorde": "5"}, headers={"hx-request": "true"})
    assert "<html" not in page.content.decode()
    assert "cinq euros" in page.content.decode()


def test_the_preview_is_for_who_may_decide(client, cible, agent):
    client.force_login(agent_de(guichet(nom="Guichet étranger")))
    assert client.post(adresse(cible)).status_code == 404
    client.force_login(agent)
    assert "Montant à indiquer" in client.get(adresse(cible)).content.decode()
    assert client.post(adresse(cible, "retirer")).status_code == 404
    refuser(demande=cible, user=agent, motif="Le projet était engagé.")
    page = client.post(adresse(cible), {"montant_accorde": "5"}).content.decode()
    assert "n’est pas possible dans cet état" in page
    assert "cinq euros" not in page
