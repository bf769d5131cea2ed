"""The synthetic catalogue and its dossiers: fictitious, publishable, and the same at each run."""

from aides.criteres.arbre import feuilles_de
from aides.criteres.codes import TERRITOIRE, ZONE
from aides.criteres.compilation import compiler
from aides.criteres.evaluation import Issue, lus
from aides.criteres.faits import DERIVES
from aides.criteres.verification import verifier
from bench import lieux
from bench.catalogue import catalogue
from bench.dossiers import complets, lacunaires

AIDES = catalogue(300)


def faits_de(critere):
    return {fait for feuille in feuilles_de(critere) for fait in lus(feuille)}


def test_the_seed_makes_the_same_aides_and_more_are_others_besides():
    assert catalogue(20) == AIDES[:20]
    assert catalogue(20, graine=1) != AIDES[:20]


def test_every_aide_may_be_published():
    assert [defaut for aide in AIDES for defaut in verifier(aide)] == []


def test_criteria_are_as_many_as_said_and_shared():
    criteres = [critere for aide in AIDES for critere in aide.criteres]
    assert {len(aide.criteres) for aide in AIDES} <= set(range(5, 13))
    assert len(set(criteres)) < len(criteres) / 2
    plusieurs = sum(len(faits_de(critere)) > 1 for critere in criteres)
    assert 0.15 < plusieurs / len(criteres) < 0.30


def test_a_complete_dossier_answers_all_and_is_eligible_to_few():
    demandes = {fait for aide in AIDES for fait in faits_de(aide)}
    circuit, referentiel = compiler(AIDES), lieux.Referentiel()
    eligibles = 0
    for faits in complets(20):
        assert demandes <= faits.keys()
        issues = circuit.lire(faits, referentiel).issues()
        assert set(issues) <= {Issue.ELIGIBLE, Issue.NON_ELIGIBLE}
        eligibles += issues.count(Issue.ELIGIBLE)
    assert 0.005 < eligibles / (20 * len(AIDES)) < 0.06


def test_a_dossier_with_gaps_lacks_answers_and_what_they_make():
    derives = {fait.code for fait in DERIVES}
    dossiers, entiers = lacunaires(20), complets(1)[0].keys() - derives
    assert all(entiers - faits.keys() for faits in dossiers)
    assert any(derives - faits.keys() for faits in dossiers)


def test_places_are_well_formed_nested_and_nowhere_real():
    codes = {code for numero in range(0, lieux.COMMUNES, 7) for code in lieux.lieu(numero)}
    zones = {code for code in codes if code.startswith("ZONE-")}
    assert all(ZONE.fullmatch(zone.removeprefix("ZONE-")) for zone in zones)
    assert all(TERRITOIRE.fullmatch(code) for code in codes - zones)
    # No région of France is numbered 60 to 72, no département in three figures from 000, and
    # only Corsica's communes have a letter, after a 2.
    assert {code for code in codes if code.startswith("REG-")} == {
        f"REG-{n}" for n in range(60, 73)
    }
    assert all(code.startswith("DEP-0") for code in codes if code.startswith("DEP-"))
    assert all(code[4] != "2" and code[5] in "AB" for code in codes if code.startswith("COM-"))
    assert len({lieux.commune(numero) for numero in range(lieux.COMMUNES)}) == lieux.COMMUNES
