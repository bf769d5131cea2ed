"""A proof as JSON: what a page shows of it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Proportion,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import Situation, evaluer
from aides.criteres.faits import Faits
from aides.criteres.preuves import VERDICTS, preuve_json
from aides.criteres.redaction import Phrase, rediger
from aides.criteres.valeurs import afficher_date
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import LIEUX, SOURCE, Zones, situation

VALEURS = {"non": -1, "inconnu": 0, "oui": 1}
ENTREPRISE_EN_REGLE = Vrai("a_jour_obligations", SOURCE)
COMMENCE = Vrai("projet_commence", SOURCE)


def prouver(
    critere: Critere,
    faits: Faits,
    zones: Zones | None = None,
    reponses: dict[str, bool] | None = None,
) -> dict[str, Any]:
    return preuve_json(evaluer(critere, situation(faits, zones, reponses)))


def noeuds(objet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield objet
    for enfant in objet["enfants"]:
        yield from noeuds(enfant)


def test_a_threshold_to_the_letter() -> None:
    critere = Comparaison("effectif", Operateur.INFERIEUR, 2500, SOURCE)
    assert prouver(critere, {"effectif": 125}) == {
        "type": "comparaison",
        "negation": False,
        "phrase": "L’effectif reste en dessous de 250\xa0emplois",
        "verdict": "oui",
        "qui": "entreprise",
        "faits": [
            {
                "code": "effectif",
                "libelle": "Effectif (équivalent temps plein)",
                "valeur": "12.5",
                "affichee": "12,5\xa0emplois",
            }
        ],
        "valeur_affichee": "12,5\xa0emplois",
        "seuil": "< 250\xa0emplois",
        "source": {
            "libelle": "Règlement fictif, article 1",
            "url": "https://exemple.invalid/reglement",
            "date": None,
            "verifie": True,
        },
        "manquants": [],
        "liaison": "",
        "enfants": [],
    }


def test_a_denied_leaf_is_shown_as_the_condition_to_meet() -> None:
    preuve = prouver(Non(COMMENCE), {"projet_commence": False})
    assert preuve["type"] == "vrai"
    assert preuve["negation"] is True
    assert preuve["verdict"] == "oui"
    assert preuve["valeur_affichee"] == "non"
    assert preuve["phrase"].startswith("Le projet n’est pas encore engagé")


def test_a_denied_group_is_shown_as_its_contrary() -> None:
    deux = (COMMENCE, ENTREPRISE_EN_REGLE)
    preuve = prouver(Non(Tous(deux)), {"projet_commence": False, "a_jour_obligations": True})
    assert (preuve["type"], preuve["liaison"], preuve["verdict"]) == ("un", "ou", "oui")
    assert [enfant["verdict"] for enfant in preuve["enfants"]] == ["oui", "non"]
    assert prouver(Un(deux), {})["type"] == "un"
    assert prouver(AuMoins(1, deux), {})["type"] == "au_moins"


def test_a_share_shows_both_values() -> None:
    part = Proportion(
        "depense_terrain", Operateur.INFERIEUR_OU_EGAL, 10, 100, "depenses_immobilieres", SOURCE
    )
    preuve = prouver(Non(part), {"depense_terrain": 500})
    assert preuve["seuil"] == "> 10\xa0% des dépenses immobilières"
    assert preuve["valeur_affichee"] == ("Terrain : 5\xa0€ ; Dépenses immobilières : non renseigné")
    assert [fait["valeur"] for fait in preuve["faits"]] == ["5.00", None]
    assert preuve["manquants"] == ["depense_batiment"]


def test_who_can_still_answer() -> None:
    avis = AVerifier("impact", "Un avis favorable", SOURCE)
    assert prouver(avis, {})["qui"] == "agent"
    assert prouver(avis, {}, reponses={"impact": False})["valeur_affichee"] == "non"
    zone = EnZone("commune_projet", "FRR", SOURCE)
    assert prouver(zone, {}, Zones())["qui"] == "referentiel"
    assert prouver(zone, {})["qui"] == "entreprise"
    assert prouver(zone, {})["manquants"] == ["commune_projet"]
    assert prouver(zone, {"commune_projet": LIEUX["99003"]})["qui"] == "agent"  # a part only
    assert prouver(zone, {"commune_projet": LIEUX["99001"]})["qui"] == "entreprise"


def test_places_by_their_names() -> None:
    critere = Situe("commune_projet", frozenset({"REG-99"}), SOURCE, frozenset({"DEP-992"}))
    cas = situation({"commune_projet": LIEUX["99001"]})
    noms = {"COM-99001": "Bourg-Fictif", "REG-99": "Région Fictive", "DEP-992": "Autre-Fiction"}
    preuve = preuve_json(evaluer(critere, cas), noms.__getitem__)
    assert preuve["valeur_affichee"] == "Bourg-Fictif"
    assert preuve["faits"][0]["valeur"] == "99001"
    assert preuve["seuil"] == "Région Fictive, sauf Autre-Fiction"


def test_a_size_shows_the_lines_of_its_definition() -> None:
    preuve = prouver(TailleEuropeenne(Taille.MICRO, SOURCE), {"effectif": 90})
    assert (preuve["type"], preuve["verdict"], preuve["liaison"]) == (
        "taille_europeenne",
        "inconnu",
        "et",
    )
    assert [ligne["verdict"] for ligne in preuve["enfants"]] == ["oui", "inconnu"]
    assert preuve["manquants"] == ["chiffre_affaires", "total_bilan"]


@given(s.arbres, s.situations)
def test_the_same_shape_as_the_sentences(critere: Critere, cas: Situation) -> None:
    def memes(objet: dict[str, Any], phrase: Phrase) -> None:
        assert (objet["phrase"], objet["liaison"]) == (phrase.texte, phrase.liaison)
        for enfant, dessous in zip(objet["enfants"], phrase.enfants, strict=True):
            memes(enfant, dessous)

    preuve = evaluer(critere, cas)
    objet: dict[str, Any] = preuve_json(preuve)
    assert objet["verdict"] == VERDICTS[preuve.verdict]
    memes(objet, rediger(critere, lambda code: code.removeprefix("ZONE-")))


@given(s.arbres, s.situations)
def test_each_group_follows_from_its_lines(critere: Critere, cas: Situation) -> None:
    """Whoever reads the lines and the word between them finds the verdict of the group."""
    objet: dict[str, Any] = preuve_json(evaluer(critere, cas))
    assert json.loads(json.dumps(objet)) == objet
    for noeud in noeuds(objet):
        assert noeud.keys() == objet.keys()
        verdicts = [VALEURS[enfant["verdict"]] for enfant in noeud["enfants"]]
        if verdicts and noeud["liaison"]:
            attendu = min(verdicts) if noeud["liaison"] == "et" else max(verdicts)
            assert VALEURS[noeud["verdict"]] == attendu
        if noeud["verdict"] != "inconnu":
            assert noeud["manquants"] == []


def test_what_an_exclusion_expects_is_everything_else() -> None:
    """ "attendu : 47" under "ne relève pas de 47" was read as "I need 47"."""
    commerce = Commence("naf", frozenset({"47"}), SOURCE)
    assert prouver(Non(commerce), {"naf": "25.11Z"})["seuil"].startswith("tout sauf 47")
    assert prouver(commerce, {})["seuil"].startswith("47")
    periode = Fenetre("date_debut_projet", None, date(2026, 12, 31), SOURCE)
    assert prouver(periode, {})["seuil"] == f"jusqu’au {afficher_date(date(2026, 12, 31))}"
