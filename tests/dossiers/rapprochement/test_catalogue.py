"""The compiled catalogue: read once per process, again when something is published."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aides.criteres.evaluation import Issue, evaluer, issue
from aides.criteres.faits import DECLARES
from aides.criteres.valeurs import depuis_json
from aides.echange import codes_de, lire_catalogue
from aides.models import Aide, VersionAide
from dossiers.rapprochement import catalogue as module
from dossiers.rapprochement.appariement import apparier
from dossiers.rapprochement.catalogue import catalogue, composer, versions_lues
from portal.services_embarques.chemins import PROJET
from tests.dossiers.depot.conftest import effectif, publier
from tests.dossiers.masse import publier_en_masse
from tests.fabriques import AideFabrique, VersionAideFabrique

pytestmark = pytest.mark.django_db
LE = date(2026, 11, 21)


def codes(appariement):
    return [aide.version.code for aide in appariement.aides]


def test_it_is_read_again_only_when_something_is_published(db):
    publier("une", effectif("<=", "249"))
    premier = catalogue()
    with CaptureQueriesContext(connection) as capture:
        assert catalogue() is premier
    assert len(capture) == 1
    publier("deux", effectif("<=", "249"))
    assert [version.code for version in catalogue().versions] == ["deux", "une"]
    une = Aide.objects.get(code="une")
    une.version = None
    une.save()
    assert [version.code for version in catalogue().versions] == ["deux"]


def test_a_new_version_replaces_the_old_one(db):
    ancienne = publier("une", effectif("<=", "249"), perimetre=["PAYS-99100"])
    assert apparier({"effectif": 1000}, LE).aides[0].issue is Issue.ELIGIBLE
    VersionAideFabrique(
        aide=ancienne.aide, numero=2, criteres=effectif("<=", "9"), perimetre=["PAYS-99100"]
    )
    assert apparier({"effectif": 1000}, LE).aides[0].issue is Issue.NON_ELIGIBLE
    # Put back: another set of versions, though the newest ever read is not the newest published.
    ancienne.aide.version = ancienne
    ancienne.aide.save()
    assert apparier({"effectif": 1000}, LE).aides[0].issue is Issue.ELIGIBLE


def test_threads_that_meet_a_new_catalogue_together_compile_it_once(monkeypatch, db):
    publier("une", effectif("<=", "249"))
    vue = module._publiee()
    compiles = []

    def compter(versions):
        compiles.append(1)
        return composer(versions)

    versions = module._versions_publiees()
    monkeypatch.setattr(module._ici, "catalogue", None)
    # Threads of a test see nothing of its transaction: they are given what it published.
    monkeypatch.setattr(module, "_publiee", lambda: vue)
    monkeypatch.setattr(module, "_versions_publiees", lambda: versions)
    monkeypatch.setattr(module, "composer", compter)
    with ThreadPoolExecutor(8) as fils:
        trouves = list(fils.map(lambda _: catalogue(), range(32)))
    assert len(compiles) == 1
    assert all(trouve is trouves[0] for trouve in trouves)


def test_the_day_says_which_can_be_asked_for(db):
    publier("toujours", effectif("<=", "249"))
    publier("close", effectif("<=", "249"), statut="close")
    publier("fenetre", effectif("<=", "249"), ouverture=LE, cloture=LE)
    publier("precision", effectif("<=", "249"), complete="toujours")
    for ecart in (-1, 0, 1):
        le = LE + timedelta(days=ecart)
        ouvertes = Aide.objects.ouvertes(le).filter(version__complete="").order_by("code")
        assert codes(apparier({}, le)) == list(ouvertes.values_list("code", flat=True))
    assert codes(apparier({}, LE)) == ["fenetre", "toujours"]
    assert [version.code for version in apparier({}, LE).precisions] == ["precision"]
    assert codes(apparier({}, LE, codes={"close", "precision"})) == ["close", "precision"]


ILLISIBLES = [
    {"criteres": {"type": "inconnu"}},
    {"criteres": {"type": "vrai", "fait": "effectif", "source": "reglement"}},
    {"criteres": []},
    {"montants": [{"forme": "subvention", "taux": "beaucoup", "source": "reglement"}]},
    {"montants": ["beaucoup"]},
    {"sources": []},
]


@pytest.mark.parametrize("corrompu", ILLISIBLES)
def test_one_that_cannot_be_read_is_out_and_the_others_still_match(corrompu, caplog, db):
    publier("saine", effectif("<=", "249"))
    VersionAideFabrique(aide=AideFabrique(code="abimee"), titre="Aide abîmée", **corrompu)
    with caplog.at_level(logging.ERROR):
        appariement = apparier({"effectif": 100}, LE)
    assert codes(appariement) == ["saine"]
    [ecartee] = appariement.ecartees
    assert (ecartee.code, ecartee.titre) == ("abimee", "Aide abîmée")
    assert ecartee.motif
    assert "abimee" in caplog.text
    with caplog.at_level(logging.ERROR):
        caplog.clear()
        apparier({"effectif": 100}, LE)
    assert not caplog.text  # said once, not at each match


def test_one_that_is_closed_is_not_missed(db):
    VersionAideFabrique(aide=AideFabrique(code="abimee"), criteres=[], statut="close")
    assert apparier({}, LE).ecartees == ()


# ------------------------------------------------------------------ what the circuit says


def hasard(alea: Random, communes: list[str]) -> dict[str, object]:
    """Answers to some questions, as the form exchanges them."""
    reponses: dict[str, object] = {
        "effectif": str(alea.choice((0, 1, 9, 10, 49, 50, 249, 250))),
        "naf": alea.choice(("25.11Z", "10.71C", "62.01Z", "01.11Z", "47.22Z")),
        "forme_juridique": alea.choice(("5710", "1000", "9220")),
        "commune_projet": alea.choice(communes),
        "commune_siege": alea.choice(communes),
        "date_creation": alea.choice(("2026-10-01", "2020-01-01", "sans_objet")),
        "chiffre_affaires": alea.choice(("10000.00", "2000000.00", "60000000.00", "sans_objet")),
        "nature_projet": [alea.choice(("investissement", "innovation", "recrutement"))],
        "emplois_crees": str(alea.choice((0, 1, 3))),
        "depense_equipement": alea.choice(("0.00", "12000.00", "400000.00")),
    }
    booleens = [fait.code for fait in DECLARES if fait.type == "booleen"]
    reponses |= {code: alea.random() < 0.5 for code in booleens}
    return {code: valeur for code, valeur in reponses.items() if alea.random() < 0.7}


def verifier(parmi, communes, resoudre, dossiers):
    """The outcomes and the refused conditions of the circuit are those of the proofs."""
    alea = Random(20_261_122)
    for _ in range(dossiers):
        faits = depuis_json(hasard(alea, communes), resoudre)
        trouve = apparier(faits, LE, parmi=parmi, codes={v.code for v in parmi.versions})
        assert len(trouve.aides) == len(parmi.versions)
        for aide in trouve.aides:
            preuve = evaluer(aide.version.criteres, trouve.situation)
            assert aide.issue is issue(preuve), aide.version.code
            assert (aide.obstacles > 0) is (aide.issue is Issue.NON_ELIGIBLE), aide.version.code


def lieu(code: str) -> frozenset[str]:
    return {
        "31555": frozenset({"PAYS-99100", "REG-76", "DEP-31", "EPCI-243100518", "COM-31555"}),
        "29232": frozenset({"PAYS-99100", "REG-53", "DEP-29", "COM-29232", "ZONE-AFR"}),
        "20901": frozenset({"PAYS-99100", "REG-94", "DEP-31", "COM-20901", "ZONE-PARTIELLE-TI"}),
    }[code]


def test_the_circuit_says_what_the_proofs_say_of_the_real_catalogue(reference):
    contenus = [f.read_bytes() for f in sorted((PROJET / "fixtures" / "aides").glob("*.json"))]
    tous = [code for contenu in contenus for code in codes_de(contenu)]
    lues = [
        lue
        for contenu in contenus
        for lue in lire_catalogue(contenu, organismes=False, completables=tous)
    ]
    parmi = composer(versions_lues(lues))
    assert len(parmi.versions) > 100
    assert parmi.ecartees == ()
    verifier(parmi, ["31555", "29232", "20901"], lieu, dossiers=60)


def test_the_circuit_says_what_the_proofs_say_of_a_large_one(db):
    publier_en_masse(300)
    assert VersionAide.objects.count() == 300
    verifier(catalogue(), ["31555", "29232", "20901"], lieu, dossiers=10)
