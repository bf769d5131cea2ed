import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aides.actes import charger_catalogue
from aides.emprise import Emprise
from portal.services_embarques.chemins import PROJET
from territoires.models import Commune
from tests.fabriques import (
    CompetenceFabrique,
    OrganismeFabrique,
    PorteurFabrique,
    VersionAideFabrique,
)

DATEE = {"page": {"libelle": "Page fictive", "date": "2026-11-01"}}
CRITERE = {
    "type": "comparaison", "fait": "effectif", "operateur": "<=", "valeur": "249", "source": "page",
}  # fmt: skip


def verifier(*options):
    """The output, the error output and the exit code."""
    sortie, erreurs = StringIO(), StringIO()
    try:
        call_command("verifier_catalogue", *options, stdout=sortie, stderr=erreurs)
    except SystemExit as fin:
        return sortie.getvalue(), erreurs.getvalue(), fin.code
    return sortie.getvalue(), erreurs.getvalue(), 0


def publier(code, **champs):
    version = VersionAideFabrique(
        aide__code=code,
        titre=f"Aide fictive {code}",
        description="Fictive.",
        formes=["subvention"],
        **{"sources": DATEE, "criteres": CRITERE, "verifie_le": "2026-11-01", **champs},
    )
    PorteurFabrique(version=version, organisme=OrganismeFabrique(code="region-fictive"))
    return version


@pytest.fixture
def catalogue(reference):
    publier("saine")
    CompetenceFabrique()


def test_nothing_blocking_is_zero(catalogue):
    publier("ancienne", verifie_le="2025-11-01")
    sortie, erreurs, code = verifier("--le", "2026-11-22")
    assert code == 0
    assert erreurs == ""
    assert "PÉRIMÉE (avertissement) – La source n’a pas été relue depuis longtemps : 1" in sortie
    assert "  ancienne  le 1er novembre 2025, il y a 386 jours" in sortie
    assert sortie.endswith(
        "2 aides contrôlées au 22 novembre 2026 : aucun constat bloquant, 1 avertissement.\n"
    )
    assert "relue" not in verifier("--le", "2026-11-22", "--jours", "400")[0]


def test_a_blocking_finding_is_one_and_comes_first(catalogue):
    publier("a-renover", verifie_le=None)
    publier("sans-bureau", nature="export")
    sortie, _, code = verifier("--le", "2026-11-22")
    assert code == 1
    assert sortie.index("SANS GUICHET (bloquant)") < sortie.index("PÉRIMÉE (avertissement)")
    assert "  sans-bureau  partout : France" in sortie


def test_places_without_a_desk_are_named(reference):
    publier("ailleurs", perimetre=["DEP-31", "DEP-65"])
    CompetenceFabrique(perimetre=["EPCI-243100518", "DEP-65"])
    rapport = json.loads(verifier("--json", "--le", "2026-11-22")[0])
    (constat,) = rapport["constats"]
    assert (constat["aide"], constat["regle"]) == ("ailleurs", "sans-guichet")
    lieux = {lieu["code"]: lieu["nom"] for lieu in constat["lieux"]}
    assert lieux["EPCI-200071298"] == "CC des Terres du Lauragais"
    assert "EPCI-243100518" not in lieux
    sortie = verifier("--le", "2026-11-22")[0]
    assert f"et {len(lieux) - 6} autres" in sortie


def test_json_for_machines(catalogue):
    publier("sans-bureau", nature="export", verifie_le=None)
    sortie, _, code = verifier("--json", "--le", "2026-11-22")
    rapport = json.loads(sortie)
    constats = rapport.pop("constats")
    assert code == 1
    assert rapport == {"le": "2026-11-22", "aides": 2, "bloquants": 1, "avertissements": 1}
    assert [constat["bloquant"] for constat in constats] == [True, False]
    assert constats[0].keys() == {
        "genre", "regle", "bloquant", "aide", "titre", "precision", "lieux", "faire",
    }  # fmt: skip


@pytest.mark.parametrize(
    "options", [("--le", "22/11/2026"), ("--le", "2026-02-30"), ("--jours", "0"), ("--jours", "x")]
)
def test_a_wrong_option_is_said(db, options):
    with pytest.raises(CommandError, match="attendu"):
        verifier(*options)


def test_without_places_nothing_is_said(reference):
    Commune.objects.update(actuelle=False)
    with pytest.raises(CommandError, match="charger_territoires"):
        verifier()


def test_the_number_of_queries_does_not_grow(catalogue, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        verifier()
    for rang in range(12):
        publier(f"aide-{rang}", nature="export", perimetre=["DEP-31", "COM-31555"])
    with django_assert_max_num_queries(13):
        verifier()


def test_named_communes_are_places_of_their_own(reference):
    """Toulouse is told apart from the rest of its EPCI, which stays, and is no place twice."""
    communes = Commune.objects.actuelles().filter(epci="243100518")
    emprise = Emprise.de(communes, {"COM-31555"})
    reste, toulouse = sorted(emprise.lieux(), key=len)
    assert toulouse == reste | {"COM-31555"}
    assert Emprise.de(communes.filter(code="31555"), {"COM-31555"}).lieux() == {toulouse}


#: What is so in the sources: nobody was found to be competent for premises in these EPCI.
ATTENDUS = {("occ-immobilier-region", "sans-guichet")}


def test_the_real_catalogue(reference):
    """Nothing blocking but what is really so in the sources; what is fixed leaves the list."""
    charger_catalogue(dossier=PROJET / "fixtures")
    sortie, _, code = verifier("--json", "--le", "2026-11-22")
    rapport = json.loads(sortie)
    bloquants = {(c["aide"], c["regle"]) for c in rapport["constats"] if c["bloquant"]}
    assert bloquants == ATTENDUS
    assert code == 1
    assert rapport["aides"] == 119


def test_a_check_that_lasts_says_how_far_it_is(catalogue, monkeypatch):
    monkeypatch.setattr("aides.management.commands.verifier_catalogue.SILENCE", -1)
    _, erreurs, _ = verifier("--le", "2026-11-22")
    assert erreurs == "… 1 aides contrôlées sur 1\n"
