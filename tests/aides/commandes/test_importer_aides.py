import copy
import json
from io import StringIO
from time import monotonic

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from aides.models import Aide, VersionAide
from territoires.models import Zone
from tests.aides.exemples import EXEMPLES, aide, catalogue, identifiant


def importer(fichier):
    sortie = StringIO()
    call_command("importer_aides", str(fichier), stdout=sortie, stderr=StringIO())
    return sortie.getvalue().strip()


def compter():
    return {modele: modele.objects.count() for modele in apps.get_models() if _a_nous(modele)}


def _a_nous(modele):
    return modele._meta.app_label in {"aides", "organismes", "socle", "territoires"}


def test_it_says_what_it_did(organismes, tmp_path):
    fichier = EXEMPLES / "aides.json"
    assert importer(fichier) == "2 aides lues : 2 nouvelles, 0 modifiées, 0 inchangées"
    assert importer(fichier) == "2 aides lues : 0 nouvelles, 0 modifiées, 2 inchangées"
    modifie = tmp_path / "aides.json"
    modifie.write_bytes(catalogue(aide(titre="Autre titre")))
    assert importer(modifie) == "1 aides lues : 0 nouvelles, 1 modifiées, 0 inchangées"


def test_a_missing_file_is_said(db, tmp_path):
    with pytest.raises(CommandError, match="fichier introuvable"):
        importer(tmp_path / "absent.json")


@pytest.mark.parametrize(
    "octets",
    [
        b"", b"{", b"\xff\xfe", b"null", b'{"format": "dossier-unique/aides", "aides": NaN}',
        catalogue(aide(), aide(code="b", perimetre="REG-99")),
        catalogue(aide(), aide()),
        catalogue(aide(), aide(code="b"))[:-40],
        catalogue(aide()).replace(b'"titre": ', b'"titre": "double", "titre": '),
        catalogue(aide()).replace(b'"valeur": 12', b'"valeur": NaN'),
        catalogue(aide()).replace(b'"valeur": 12', b'"valeur": 12.0'),
        catalogue(aide(), {**aide(code="b"), "identifiant": identifiant("fictive-ateliers")}),
    ],
)  # fmt: skip
def test_a_refused_file_writes_nothing(organismes, tmp_path, octets):
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(octets)
    avant = compter()
    with pytest.raises(CommandError, match="rien n’est importé"):
        importer(fichier)
    assert compter() == avant


def test_a_refused_file_leaves_the_published_versions(organismes, tmp_path):
    importer(EXEMPLES / "aides.json")
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(catalogue(aide(titre="Nouveau"), aide(code="b", nature="autre")))
    with pytest.raises(CommandError):
        importer(fichier)
    assert Aide.objects.get(code="fictive-ateliers").version.titre == "Prime fictive aux ateliers"
    assert VersionAide.objects.count() == 2


@pytest.fixture(scope="module")
def grand_catalogue():
    """More than 10 MB of sound aides, as text lines."""
    modele = aide(description="Texte inventé. " * 330)
    aides = []
    for rang in range(1100):
        document = copy.copy(modele)
        document["code"] = f"fictive-{rang}"
        document["identifiant"] = identifiant(document["code"])
        aides.append(document)
    octets = catalogue(*aides)
    assert len(octets) > 10_000_000
    return octets


def test_one_broken_aide_in_ten_megabytes(organismes, grand_catalogue, tmp_path):
    sain = b'"code": "fictive-876",'
    lignes = grand_catalogue.split(b"\n")
    debut = next(rang for rang, ligne in enumerate(lignes) if sain in ligne)
    rang = next(r for r in range(debut, len(lignes)) if b'"valeur": "40000.00"' in lignes[r])
    lignes[rang] = lignes[rang].replace(b"40000.00", b"quarante mille")
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(b"\n".join(lignes))
    avant, depart = compter(), monotonic()
    with pytest.raises(CommandError) as refus:
        importer(fichier)
    assert monotonic() - depart < 120
    attendu = f"ligne {rang + 1} : aides/876/criteres/criteres/1/valeur : « fictive-876 » : "
    assert attendu in str(refus.value)
    assert len(str(refus.value).splitlines()) == 2
    assert compter() == avant


def test_ten_sound_megabytes_are_published(organismes, grand_catalogue, tmp_path):
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(grand_catalogue)
    assert importer(fichier).startswith("1100 aides lues : 1100 nouvelles")
    sortie = StringIO()
    call_command("exporter_aides", stdout=sortie)
    exportees = json.loads(sortie.getvalue())["aides"]
    voulues = json.loads(grand_catalogue)["aides"]
    assert exportees == sorted(voulues, key=lambda document: document["code"])


def test_a_zone_that_does_not_exist_is_refused_with_its_place(organismes, tmp_path):
    zone = {"type": "en_zone", "fait": "commune_projet", "zone": "ARF", "source": "page"}
    fichier = tmp_path / "aides.json"
    montants = [{"forme": "subvention", "taux": "0.10", "si": zone, "source": "page"}]
    fichier.write_bytes(catalogue(aide(), aide(code="b", montants=montants)))
    avant = compter()
    with pytest.raises(CommandError, match=r"aides/1/montants/0/si/zone : .*ARF.* : AFR, BER, "):
        importer(fichier)
    assert compter() == avant
    # It exists as soon as it is named, though no layer of it is loaded.
    Zone.objects.create(code="ARF", nom="Zone fictive")
    assert importer(fichier).startswith("2 aides lues : 2 nouvelles")


@pytest.mark.parametrize("code", ["25.98Z", "25.98", "25.8", "04"])
def test_a_code_of_naf_that_does_not_exist_is_named_with_its_place(organismes, tmp_path, code):
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(catalogue(aide(naf_exclusions=["10.11Z", code])))
    with pytest.raises(CommandError, match=rf"aides/0/naf_exclusions/1 : .*{code}"):
        importer(fichier)
    assert not Aide.objects.exists()
