"""What people read of a counterfactual, on the boundary of each kind of leaf."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from aides.criteres.arbre import (
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    JourMois,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.conseils import Conseil, conseils, contrefactuel_json
from aides.criteres.contrefactuel import contrefactuel
from aides.criteres.evaluation import Situation, evaluer
from aides.criteres.faits import SANS_OBJET, Faits
from aides.criteres.redaction import Redacteur
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import LIEUX, SOURCE, Zones, situation

INF, INF_EGAL, EGAL, SUP_EGAL, SUP = Operateur
NOMS = {"REG-99": "Région Fictive", "ZONE-FRR": "revitalisation"}
MOTS = Redacteur(lambda code: NOMS.get(code, code))
AVIS = AVerifier("avis", "Un avis favorable a été rendu", SOURCE)
ENGAGE = Vrai("projet_commence", SOURCE)


def ordinaire(texte: str) -> str:
    return texte.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")


def dits(critere: Critere, faits: Faits) -> list[Conseil] | None:
    cas = situation(faits)
    trouve = contrefactuel(evaluer(critere, cas), cas)
    return None if trouve is None else conseils(trouve, MOTS)


def textes(critere: Critere, faits: Faits) -> list[str]:
    return [ordinaire(conseil.texte) for conseil in dits(critere, faits) or []]


def emplois(operateur: Operateur, seuil: int) -> Comparaison:
    return Comparaison("emplois_crees", operateur, seuil, SOURCE)


SOMME = "depense_equipement+depense_immateriel"
LE = {"date_debut_projet": date(2026, 12, 20)}


@pytest.mark.parametrize(
    ("critere", "faits", "attendus"),
    [
        (emplois(SUP_EGAL, 30), {"emplois_crees": 10}, "2 emplois de plus"),
        (emplois(SUP, 30), {"emplois_crees": 10}, "2,1 emplois de plus"),
        (emplois(INF_EGAL, 30), {"emplois_crees": 31}, "0,1 emploi de moins"),
        (emplois(INF, 30), {"emplois_crees": 30}, "0,1 emploi de moins"),
        (emplois(EGAL, 30), {"emplois_crees": 45}, "1,5 emploi de moins"),
        (Non(emplois(EGAL, 30)), {"emplois_crees": 30}, "0,1 emploi de moins"),
    ],
)
def test_the_step_stops_exactly_at_the_boundary(
    critere: Critere, faits: Faits, attendus: str
) -> None:
    assert textes(critere, faits) == [f"{attendus} pour les créations d’emplois en CDI"]


@pytest.mark.parametrize(
    ("critere", "faits", "attendus"),
    [
        (
            Comparaison(SOMME, SUP_EGAL, 4_000_000, SOURCE),
            {"depense_equipement": 2_000_000, "depense_immateriel": 500_000},
            (
                "15 000 € de plus pour la somme « Équipements + Immatériel » "
                "(par exemple « Équipements »)"
            ),
        ),
        (
            Proportion("apport", SUP_EGAL, 20, 100, "emprunt", SOURCE),
            {"apport": 999_999, "emprunt": 5_000_000},
            "0,01 € de plus pour l’apport de l’entreprise",
        ),
        (
            Proportion("apport", SUP, 20, 100, "emprunt", SOURCE),
            {"apport": 1_000_000, "emprunt": 5_000_000},
            "0,01 € de plus pour l’apport de l’entreprise",
        ),
        (  # what others have granted is past: the costs must grow, and no cent too few
            Proportion("autres_aides", INF_EGAL, 30, 100, "depense_batiment", SOURCE),
            {"autres_aides": 301, "depense_batiment": 900},
            "1,04 € de plus pour les dépenses « Bâtiments »",
        ),
        (
            Proportion("aide_souhaitee", INF_EGAL, 1, 1, "apport", SOURCE),
            {"aide_souhaitee": 300, "apport": 200},
            "1 € de moins pour l’aide souhaitée",
        ),
        (
            Non(ENGAGE),
            {"projet_commence": True},
            "Le projet n’est pas encore engagé (ni devis signé, ni commande, ni travaux)",
        ),
        (
            Parmi("nature_projet", frozenset({"recrutement"}), SOURCE),
            {"nature_projet": frozenset({"export"})},
            "La nature du projet comprend « Recruter »",
        ),
        (
            Situe("commune_projet", frozenset({"REG-99"}), SOURCE),
            {"commune_projet": LIEUX["99002"]},
            "La commune du projet est dans le territoire « Région Fictive »",
        ),
        (
            EnZone("commune_projet", "FRR", SOURCE),
            {"commune_projet": LIEUX["99002"]},
            "La commune du projet est dans la zone « revitalisation »",
        ),
        (
            Fenetre("date_debut_projet", date(2027, 1, 1), None, SOURCE),
            LE,
            "La date de début du projet se situe au plus tôt le 1er janvier 2027",
        ),
        (
            Fenetre("date_demande", date(2027, 3, 1), date(2027, 3, 31), SOURCE),
            {},
            "Attendre le 1er mars 2027 pour faire la demande",
        ),
        (
            FenetreAnnuelle("date_demande", JourMois(10, 1), JourMois(1, 15), SOURCE),
            {},
            None,
        ),
        (
            FenetreAnnuelle("date_demande", JourMois(1, 15), JourMois(10, 1), SOURCE),
            {},
            "Attendre le 15 janvier 2027 pour faire la demande",
        ),
        (
            Comparaison("age_mois", SUP_EGAL, 24, SOURCE),
            {"date_creation": date(2025, 1, 31)},
            "Attendre le 31 janvier 2027 pour faire la demande",
        ),
        (
            DelaiEntreAides(frozenset({"aide-fictive"}), 24, SOURCE),
            {"aides_obtenues": frozenset({"aide-fictive@2025-02-28"})},
            "Attendre le 28 février 2027 pour faire la demande",
        ),
        (
            Comparaison("duree_projet_mois", INF_EGAL, 12, SOURCE),
            {"date_debut_projet": date(2027, 1, 1), "date_fin_projet": date(2028, 3, 1)},
            "La durée du projet ne dépasse pas 12 mois",
        ),
        (
            SansObjetFait("capital_social", SOURCE),
            {"capital_social": 5},
            "Le capital social est sans objet",
        ),
    ],
)
def test_the_smallest_step_in_words(critere: Critere, faits: Faits, attendus: str | None) -> None:
    assert textes(critere, faits) == ([attendus] if attendus else [])


def test_a_date_moves_to_the_nearest_day_of_the_window() -> None:
    critere = Fenetre("date_fin_projet", date(2027, 1, 1), date(2027, 6, 30), SOURCE)
    for avant, apres in (
        (date(2027, 8, 1), date(2027, 6, 30)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ):
        cas = situation({"date_fin_projet": avant})
        trouve = contrefactuel(evaluer(critere, cas), cas)
        assert trouve is not None
        assert [changement.apres for changement in trouve.changements] == [apres]


def test_one_value_serves_every_leaf_on_a_fact() -> None:
    """Ten jobs at least and fewer than twenty: the step goes to ten, and twelve is kept."""
    critere = Tous((emplois(SUP_EGAL, 100), emplois(INF, 200)))
    assert textes(critere, {"emplois_crees": 50}) == [
        "5 emplois de plus pour les créations d’emplois en CDI"
    ]
    contradiction = Tous((emplois(SUP_EGAL, 200), emplois(INF, 100)))
    assert dits(contradiction, {"emplois_crees": 150}) is None


def test_a_sum_that_must_fall_is_emptied_from_its_heaviest_term() -> None:
    critere = Comparaison(SOMME, INF_EGAL, 300, SOURCE)
    faits = {"depense_equipement": 6_000, "depense_immateriel": 4_000}
    assert textes(critere, faits) == [
        "60 € de moins pour la somme « Équipements + Immatériel » (par exemple « Équipements »)",
        "37 € de moins pour la somme « Équipements + Immatériel » (par exemple « Immatériel »)",
    ]


def test_what_does_not_depend_on_the_company_is_said_and_marked() -> None:
    siege = Situe("commune_siege", frozenset({"REG-99"}), SOURCE)
    naf = Commence("naf", frozenset({"25"}), SOURCE)
    cas = {"commune_siege": LIEUX["99002"], "naf": "10.11Z", "projet_commence": True}
    obtenus = dits(Tous((siege, naf, Non(ENGAGE))), cas)
    assert obtenus is not None
    assert [(conseil.faits, conseil.possible) for conseil in obtenus] == [
        (("naf",), False),
        (("commune_siege",), False),
        (("projet_commence",), True),
    ]
    assert not any(conseil.reponse for conseil in obtenus)
    # Where there is a choice, what depends on the company is preferred.
    assert textes(Un((siege, Non(ENGAGE))), cas) == [MOTS.texte(ENGAGE, False)]


def test_no_one_is_told_to_dismiss_people() -> None:
    pme = TailleEuropeenne(Taille.PETITE, SOURCE)
    faits = {"effectif": 510, "chiffre_affaires": SANS_OBJET, "total_bilan": SANS_OBJET}
    (conseil,) = dits(pme, faits) or []
    assert ordinaire(conseil.texte) == "L’effectif reste en dessous de 50 emplois"
    assert not conseil.possible


def test_answers_come_after_changes_and_of_a_choice_only_the_side_taken() -> None:
    total = Comparaison("depenses_immobilieres", SUP_EGAL, 100, SOURCE)
    critere = Tous((Un((total, Vrai("micro_entrepreneur", SOURCE))), AVIS, Non(ENGAGE)))
    obtenus = dits(critere, {"projet_commence": True})
    assert obtenus is not None
    assert [(conseil.faits, conseil.reponse) for conseil in obtenus] == [
        (("projet_commence",), False),
        (("micro_entrepreneur",), True),
    ]


def test_nothing_to_say_of_an_aide_already_open_nor_of_one_that_nobody_gets() -> None:
    assert dits(Tous((AVIS, Non(ENGAGE))), {"projet_commence": False}) == []
    passe = Fenetre("date_demande", None, date(2020, 1, 1), SOURCE)
    assert dits(passe, {}) is None
    assert contrefactuel_json(None, MOTS) is None
    refuse = situation({}, reponses={"avis": False})
    assert contrefactuel(evaluer(AVIS, refuse), refuse) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(s.arbres, s.situations)
def test_every_change_is_said(critere: Critere, cas: Situation) -> None:
    trouve = contrefactuel(evaluer(critere, cas), cas)
    if trouve is None:
        return
    obtenus = conseils(trouve, MOTS)
    dits_de = {code for conseil in obtenus for code in conseil.faits}
    assert dits_de == {changement.fait for changement in trouve.changements}
    for conseil in obtenus:
        assert conseil.texte[0].isupper() or conseil.texte[0].isdigit()
        assert not conseil.texte.endswith(("à préciser", "."))
    objet = contrefactuel_json(trouve, MOTS)
    assert objet is not None
    assert objet["possible"] is all(ligne["possible"] for ligne in objet["changements"])


def test_a_zone_that_is_not_loaded_is_nobody_s_to_change() -> None:
    cas = Situation(situation({"commune_projet": LIEUX["99002"]}).faits, Zones())
    critere = Tous((EnZone("commune_projet", "FRR", SOURCE), emplois(SUP_EGAL, 10)))
    trouve = contrefactuel(evaluer(critere, cas), cas)
    assert trouve is not None
    assert [changement.fait for changement in trouve.changements] == ["emplois_crees"]
