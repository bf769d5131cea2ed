"""Trees as JSON: round trip, refusals with their path, bombs."""

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given

from aides.criteres.arbre import (
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Feuille,
    Groupe,
    Non,
    Operateur,
    Proportion,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Tous,
    Vrai,
)
from aides.criteres.echange import (
    EchangeInvalide,
    ecrire,
    ecrire_document,
    lire,
    lire_document,
    lire_source,
    lire_sources,
)
from tests.aides.criteres import strategies as s

S = {"libelle": "CGCT, article L1511-2", "url": "https://exemple.invalid/cgct"}
SOURCE = Source("CGCT, article L1511-2", "https://exemple.invalid/cgct")
VRAI = {"type": "vrai", "fait": "projet_commence", "source": S}
RACINE = Path(__file__).parents[3]
FORMAT = json.loads((RACINE / "docs/schemas/criteres-1.json").read_text("utf-8"))
SCHEMA = jsonschema.Draft202012Validator(FORMAT)


def refus(objet: Any, **reglages: Any) -> list[tuple[str, str]]:
    with pytest.raises(EchangeInvalide) as releve:
        lire(objet, **reglages)
    return [(defaut.chemin, defaut.message) for defaut in releve.value.defauts]


def _comparaison(**cles: Any) -> dict[str, Any]:
    base = {"type": "comparaison", "fait": "effectif", "operateur": "<=", "valeur": "249"}
    return base | {"source": S} | cles


# ------------------------------------------------------------------ round trip


@given(s.arbres)
def test_round_trip_through_text(critere: Critere) -> None:
    ecrit = ecrire_document(critere)
    relu = lire_document(json.loads(json.dumps(ecrit)))
    assert relu == critere
    assert ecrire_document(relu) == ecrit


@given(s.arbres)
def test_the_schema_accepts_what_is_written(critere: Critere) -> None:
    SCHEMA.validate(ecrire_document(critere))


def test_the_schema_knows_every_node() -> None:
    noeuds = {noeud["$ref"] for noeud in FORMAT["$defs"]["critere"]["oneOf"]}
    assert noeuds == {f"#/$defs/{type_}" for type_ in EXEMPLES_PAR_TYPE}
    lus = {type(lire(exemple)) for exemple in EXEMPLES_PAR_TYPE.values()}
    assert lus == {*get_args(Feuille), *get_args(Groupe)}


@pytest.mark.parametrize(
    ("objet", "critere"),
    [
        (_comparaison(), Comparaison("effectif", Operateur.INFERIEUR_OU_EGAL, 2490, SOURCE)),
        (
            _comparaison(fait="apport", operateur=">", valeur="40000.00"),
            Comparaison("apport", Operateur.SUPERIEUR, 4_000_000, SOURCE),
        ),
        (
            _comparaison(fait="exercices_clos", operateur="=", valeur=2),
            Comparaison("exercices_clos", Operateur.EGAL, 2, SOURCE),
        ),
        (
            {
                "type": "proportion",
                "gauche": "depense_terrain",
                "operateur": "<=",
                "part": "10/100",
                "droite": "depenses_total",
                "source": S,
            },
            Proportion(
                "depense_terrain", Operateur.INFERIEUR_OU_EGAL, 10, 100, "depenses_total", SOURCE
            ),
        ),
        (VRAI, Vrai("projet_commence", SOURCE)),
        (
            {"type": "commence", "fait": "naf", "codes": ["10.1", "C"], "sauf": ["10.11Z"]}
            | {"source": S},
            Commence("naf", frozenset({"C", "10.1"}), SOURCE, frozenset({"10.11Z"})),
        ),
        (
            {"type": "commence", "fait": "forme_juridique", "codes": ["92"], "source": S},
            Commence("forme_juridique", frozenset({"92"}), SOURCE),
        ),
        (
            {
                "type": "situe",
                "fait": "commune_projet",
                "perimetre": "DEP-31|REG-76",
                "sauf": "EPCI-243100518",
                "source": S,
            },
            Situe(
                "commune_projet",
                frozenset({"REG-76", "DEP-31"}),
                SOURCE,
                frozenset({"EPCI-243100518"}),
            ),
        ),
        (
            {"type": "en_zone", "fait": "commune_projet", "zone": "AFR", "source": S},
            EnZone("commune_projet", "AFR", SOURCE),
        ),
        (
            {"type": "fenetre", "fait": "date_demande", "fin": "2026-12-31", "source": S},
            Fenetre("date_demande", None, date(2026, 12, 31), SOURCE),
        ),
        (
            {"type": "taille_europeenne", "maximum": "moyenne", "source": S},
            TailleEuropeenne(Taille.MOYENNE, SOURCE),
        ),
        (
            {"type": "a_verifier", "code": "impact-score", "libelle": "Il est fait", "source": S},
            AVerifier("impact-score", "Il est fait", SOURCE),
        ),
        ({"type": "non", "critere": VRAI}, Non(Vrai("projet_commence", SOURCE))),
    ],
)
def test_the_format_to_the_letter(objet: dict[str, Any], critere: Critere) -> None:
    assert lire(objet) == critere
    assert ecrire(critere) == objet


EXEMPLES_PAR_TYPE: dict[str, dict[str, Any]] = {
    "comparaison": _comparaison(),
    "proportion": {
        "type": "proportion", "gauche": "apport", "operateur": ">=", "part": "1/1",
        "droite": "aide_souhaitee", "source": S,
    },
    "vrai": VRAI,
    "parmi": {"type": "parmi", "fait": "secteur", "codes": ["industrie"], "source": S},
    "commence": {"type": "commence", "fait": "naf", "codes": ["C"], "source": S},
    "situe": {"type": "situe", "fait": "commune_siege", "perimetre": "REG-76", "source": S},
    "en_zone": {"type": "en_zone", "fait": "commune_siege", "zone": "AFR", "source": S},
    "fenetre": {"type": "fenetre", "fait": "date_creation", "debut": "2026-01-01", "source": S},
    "fenetre_annuelle": {
        "type": "fenetre_annuelle", "fait": "date_demande", "debut": "11-15", "fin": "02-29",
        "source": S,
    },
    "delai_entre_aides": {
        "type": "delai_entre_aides", "aides": ["aide-fictive"], "mois": 24, "source": S,
    },
    "sans_objet": {"type": "sans_objet", "fait": "total_bilan", "source": S},
    "taille_europeenne": {"type": "taille_europeenne", "maximum": "micro", "source": S},
    "a_verifier": {"type": "a_verifier", "code": "c-1", "libelle": "Un avis", "source": S},
    "tous": {"type": "tous", "criteres": [VRAI]},
    "un": {"type": "un", "criteres": [VRAI, VRAI]},
    "au_moins": {"type": "au_moins", "nombre": 1, "criteres": [VRAI, VRAI]},
    "non": {"type": "non", "critere": VRAI},
}  # fmt: skip


@pytest.mark.parametrize("type_", EXEMPLES_PAR_TYPE)
def test_each_key_of_each_node_is_needed_and_none_may_be_added(type_: str) -> None:
    """By the reader and by the schema alike."""
    objet = EXEMPLES_PAR_TYPE[type_]
    assert ecrire(lire(objet)) == objet
    assert SCHEMA.is_valid({"version": 1, "critere": objet})
    voulues = objet.keys() - {"debut"}
    abimes = [{k: v for k, v in objet.items() if k != cle} for cle in voulues]
    for abime in [*abimes, objet | {"surprise": 1}]:
        assert refus(abime)
        assert not SCHEMA.is_valid({"version": 1, "critere": abime})


def test_sources_by_key() -> None:
    sources = lire_sources({"page": S, "note": {"libelle": "Note", "verifie": False}})
    assert sources["page"] == SOURCE
    assert not sources["note"].verifie
    assert lire(VRAI | {"source": "page"}, sources) == Vrai("projet_commence", SOURCE)
    assert lire_source("page", sources) == lire_source(S) == SOURCE
    assert refus(VRAI | {"source": "autre"}, sources=sources, chemin="criteres") == [
        ("criteres/source", "source inconnue : « autre »")
    ]
    with pytest.raises(EchangeInvalide, match="aides/0/montants/1/source/libelle : clé manquante"):
        lire_source({}, chemin="aides/0/montants/1/source")
    with pytest.raises(EchangeInvalide, match="sources/page : un objet est attendu"):
        lire_sources({"page": 3})
    with pytest.raises(EchangeInvalide, match="sources : un objet"):
        lire_sources([])


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("objet", "chemin"),
    [
        (None, ""),
        ([], ""),
        ({}, "type"),
        ({"type": "sinon"}, "type"),
        ({"type": ["tous"]}, "type"),
        (_comparaison(fait="couleur"), "fait"),
        (_comparaison(fait="projet_commence"), "fait"),
        (_comparaison(fait=3), "fait"),
        (_comparaison(operateur="!="), "operateur"),
        (_comparaison(valeur=249.0), "valeur"),
        (_comparaison(valeur=float("nan")), "valeur"),
        (_comparaison(valeur="NaN"), "valeur"),
        (_comparaison(valeur=True), "valeur"),
        (_comparaison(valeur="-1"), "valeur"),
        (_comparaison(valeur="2.55"), "valeur"),
        (_comparaison(fait="exercices_clos", valeur="2"), "valeur"),
        (_comparaison(source=None), "source"),
        (_comparaison(source={"libelle": 3}), "source/libelle"),
        (_comparaison(source=S | {"url": "javascript:alert(1)"}), "source/url"),
        (_comparaison(source=S | {"date": "2026-13-01"}), "source/date"),
        (_comparaison(source=S | {"verifie": 1}), "source/verifie"),
        (_comparaison(source=S | {"auteur": "x"}), "source/auteur"),
        (_comparaison(source={"libelle": "x" * 1001}), "source/libelle"),
        (EXEMPLES_PAR_TYPE["proportion"] | {"part": "10 %"}, "part"),
        (EXEMPLES_PAR_TYPE["proportion"] | {"part": "1/0"}, "part"),
        (EXEMPLES_PAR_TYPE["proportion"] | {"droite": "effectif"}, "droite"),
        (VRAI | {"fait": "effectif"}, "fait"),
        (EXEMPLES_PAR_TYPE["parmi"] | {"codes": []}, "codes"),
        (EXEMPLES_PAR_TYPE["parmi"] | {"codes": ["industrie", "licorne"]}, "codes/1"),
        (EXEMPLES_PAR_TYPE["parmi"] | {"codes": [["industrie"]]}, "codes/0"),
        (EXEMPLES_PAR_TYPE["commence"] | {"codes": ["34"]}, "codes/0"),
        (EXEMPLES_PAR_TYPE["commence"] | {"sauf": "C"}, "sauf"),
        (EXEMPLES_PAR_TYPE["situe"] | {"fait": "naf"}, "fait"),
        (EXEMPLES_PAR_TYPE["situe"] | {"perimetre": "Occitanie"}, "perimetre"),
        (EXEMPLES_PAR_TYPE["situe"] | {"perimetre": ""}, "perimetre"),
        (EXEMPLES_PAR_TYPE["situe"] | {"sauf": "REG-7"}, "sauf"),
        (EXEMPLES_PAR_TYPE["en_zone"] | {"zone": "zone afr"}, "zone"),
        (EXEMPLES_PAR_TYPE["fenetre"] | {"debut": None}, "debut"),
        (EXEMPLES_PAR_TYPE["fenetre"] | {"fin": "demain"}, "fin"),
        (EXEMPLES_PAR_TYPE["fenetre_annuelle"] | {"debut": "02-30"}, "debut"),
        (EXEMPLES_PAR_TYPE["fenetre_annuelle"] | {"fin": "1er mars"}, "fin"),
        (EXEMPLES_PAR_TYPE["fenetre_annuelle"] | {"fait": "effectif"}, "fait"),
        (EXEMPLES_PAR_TYPE["delai_entre_aides"] | {"aides": []}, "aides"),
        (EXEMPLES_PAR_TYPE["delai_entre_aides"] | {"aides": ["Deux mots"]}, "aides/0"),
        (EXEMPLES_PAR_TYPE["delai_entre_aides"] | {"mois": -1}, "mois"),
        (EXEMPLES_PAR_TYPE["comparaison"] | {"fait": "apport+effectif"}, "fait"),
        (EXEMPLES_PAR_TYPE["comparaison"] | {"fait": "apport+apport"}, "fait"),
        (EXEMPLES_PAR_TYPE["comparaison"] | {"fait": "emprunt+apport"}, "fait"),
        (EXEMPLES_PAR_TYPE["comparaison"] | {"fait": "apport+depenses_total"}, "fait"),
        (EXEMPLES_PAR_TYPE["comparaison"] | {"fait": "naf+secteur"}, "fait"),
        (EXEMPLES_PAR_TYPE["sans_objet"] | {"fait": "effectif"}, "fait"),
        (EXEMPLES_PAR_TYPE["taille_europeenne"] | {"maximum": "grande"}, "maximum"),
        (EXEMPLES_PAR_TYPE["a_verifier"] | {"code": "Deux mots"}, "code"),
        ({"type": "tous", "criteres": []}, "criteres"),
        ({"type": "tous", "criteres": {"0": VRAI}}, "criteres"),
        ({"type": "au_moins", "nombre": 2, "criteres": [VRAI]}, "nombre"),
        ({"type": "au_moins", "nombre": True, "criteres": [VRAI]}, "nombre"),
        ({"type": "non", "critere": None}, "critere"),
    ],
)
def test_refused_with_its_path(objet: Any, chemin: str) -> None:
    ((obtenu, message),) = refus(objet)
    assert obtenu == chemin
    assert message


def test_every_fault_of_a_tree_is_told_with_its_place() -> None:
    bon = _comparaison()
    objet = {
        "type": "tous",
        "criteres": [
            bon,
            _comparaison(valeur="x"),
            {"type": "non", "critere": {}},
            bon,
            VRAI | {"a": 1},
        ],
    }
    chemins = [chemin for chemin, _ in refus(objet, chemin="aides/3/criteres")]
    assert chemins == [
        "aides/3/criteres/criteres/1/valeur",
        "aides/3/criteres/criteres/2/critere/type",
        "aides/3/criteres/criteres/4/a",
    ]


@pytest.mark.parametrize(
    ("objet", "message"),
    [
        ({"version": 2, "critere": VRAI}, "version : "),
        ({"version": True, "critere": VRAI}, "version : "),
        ({"critere": VRAI}, "version : clé manquante"),
        ({"version": 1, "critere": VRAI | {"fait": "naf"}}, "critere/fait : "),
        ({"version": 1, "critere": VRAI | {"source": "page"}}, "critere/source : "),
        (7, " : un objet est attendu"),
    ],
)
def test_documents_refused(objet: Any, message: str) -> None:
    with pytest.raises(EchangeInvalide, match=message):
        lire_document(objet)


# ------------------------------------------------------------------ bombs


def _profond(niveaux: int) -> dict[str, Any]:
    objet: dict[str, Any] = VRAI
    for _ in range(niveaux - 1):
        objet = {"type": "non", "critere": objet}
    return objet


def test_depth_is_bounded() -> None:
    assert isinstance(lire(_profond(40)), Non)
    for niveaux in (41, 100_000):
        ((_, message),) = refus(_profond(niveaux))
        assert "trop profond" in message


def test_size_is_bounded() -> None:
    juste = {"type": "tous", "criteres": [VRAI] * 4_999}
    assert isinstance(lire(juste), Tous)
    for criteres in (
        [VRAI] * 5_000,
        [VRAI] * 100_000,
        [{"type": "un", "criteres": [VRAI] * 99}] * 60,
    ):
        ((_, message),) = refus({"type": "tous", "criteres": criteres})
        assert "trop grand" in message
