"""The golden cases of the real catalogue, as people wrote them from its sources."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from aides.criteres.evaluation import Issue
from dossiers.faits import lire_faits
from dossiers.rapprochement.cas import Cas, lire_cas
from portal.services_embarques.chemins import PROJET

CATALOGUES = [
    PROJET / "fixtures" / "aides" / f"{nom}.json"
    for nom in ("occitanie", "intercommunalites", "nationales")
]
FICHIERS = sorted((PROJET / "cas").glob("*.toml"))


def cas_de(fichier: Path) -> list[Cas]:
    return lire_cas(fichier.read_text(encoding="utf-8"), lire_faits)


def test_they_cover_the_four_outcomes_on_many_aides(reference: None) -> None:
    tous = [cas for fichier in FICHIERS for cas in cas_de(fichier)]
    assert len({cas.aide for cas in tous}) >= 25
    assert min(Counter(cas.attendu for cas in tous)[issue] for issue in Issue) >= 8
    assert all(fichier.stem == cas.aide for fichier in FICHIERS for cas in cas_de(fichier))
    # A refusal says why.
    assert all(cas.raisons for cas in tous if cas.attendu is Issue.NON_ELIGIBLE)


def test_every_case_holds(reference: None) -> None:
    """The command reads the folder by itself, and would print what does not hold."""
    sortie = StringIO()
    options = [f"--aides={fichier}" for fichier in CATALOGUES]
    try:
        call_command("verifier_cas", *options, stdout=sortie)
    except CommandError as echec:
        pytest.fail(f"{sortie.getvalue()}{echec}")
    nombre = sum(len(cas_de(fichier)) for fichier in FICHIERS)
    assert sortie.getvalue() == f"{nombre} cas vérifiés, aucun en échec.\n"


def test_the_example_to_copy_holds(reference: None, tmp_path: Path) -> None:
    texte = (PROJET / "docs" / "cas.md").read_text(encoding="utf-8")
    exemple = texte.split("```toml\n")[1].split("```")[0]
    fichier = tmp_path / "exemple.toml"
    fichier.write_text(exemple, encoding="utf-8")
    sortie = StringIO()
    call_command("verifier_cas", str(fichier), f"--aides={CATALOGUES[1]}", stdout=sortie)
    assert sortie.getvalue() == "2 cas vérifiés, aucun en échec.\n"
