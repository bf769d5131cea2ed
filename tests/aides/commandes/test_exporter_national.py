"""`exporter_aides --format national`: the schema dispositif-aide-professionnels v0.2.0."""

import csv
import io
import json
import re
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from frictionless import Resource, Schema, validate

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from aides.echange.national import COLONNES, REQUISES
from portal.services_embarques.chemins import PROJET
from tests.aides.exemples import EXEMPLES, aide, catalogue

SCHEMA = (
    PROJET.parent / "shared" / "donnees" / "schemas"
    / "dispositif-aide-professionnels-0.2.0.json"
)  # fmt: skip
avec_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason="le schéma national n’est pas à côté du dépôt (../shared)"
)
LIEUX = re.compile(r"[A-Z]+-\d+(\|[A-Z]+-\d+)*")
NAF = re.compile(r"([A-U]|\d{2}(\.\d(\d[A-Z]?)?)?)(\|([A-U]|\d{2}(\.\d(\d[A-Z]?)?)?))*")


def publier(*documents):
    publier_aides(documents=lire_catalogue(catalogue(*documents)))


def exporter(**options):
    sortie, erreurs = StringIO(), StringIO()
    call_command("exporter_aides", format="national", stdout=sortie, stderr=erreurs, **options)
    return sortie.getvalue(), erreurs.getvalue()


def lignes():
    texte, _ = exporter()
    return list(csv.DictReader(io.StringIO(texte)))


@pytest.fixture
def catalogue_reel(reference):
    call_command("charger_referentiel", stdout=StringIO())


def test_the_example_says_all_that_the_schema_can_hold(organismes):
    call_command("importer_aides", str(EXEMPLES / "aides.json"), stdout=StringIO())
    ateliers, diagnostic = lignes()
    assert ateliers["types_aides"] == "subvention|avance remboursable"
    assert json.loads(ateliers["porteurs"]) == [
        {"nom": "Région fictive", "siren": "000000018", "roles": ["diffuseur", "financeur"]},
        {"nom": "Agence fictive", "roles": ["instructeur"]},
    ]
    assert ateliers["url_source"] == "https://region-fictive.exemple.invalid/prime"
    assert ateliers["eligibilite_geographique"] == "REG-76|DEP-64"
    assert ateliers["eligibilite_geographique_exclusions"] == "EPCI-243100518"
    # Midnight in Paris, in winter; the last second of the last day.
    assert ateliers["date_ouverture"] == "2025-12-31T23:00:00Z"
    assert ateliers["date_cloture"] == "2027-12-31T22:59:59Z"
    assert json.loads(ateliers["base_juridique"]) == [
        {"libelle": "Règlement fictif d’intervention, article 2",
         "lien": "https://region-fictive.exemple.invalid/reglement"}
    ]  # fmt: skip
    assert ateliers["eligibilite_effectif_maximal"] == "249"
    assert ateliers["eligibilite_effectif_minimal"] == ""
    assert ateliers["eligibilite_categorie_taille_entreprise"] == "MIC|PME"
    assert ateliers["eligibilite_annees_existence_minimal"] == "1"
    assert ateliers["ciblage_secteur_activite"] == (
        "Industrie|Artisanat de production ou de services"
    )
    assert (ateliers["ciblage_naf"], ateliers["ciblage_naf_exclusions"]) == ("C|55", "10.11Z")
    puces = ateliers["eligibilite"].split("\n")
    assert len(puces) == 12
    assert all(puce.startswith("• ") and len(puce) > 12 for puce in puces)
    assert diagnostic["eligibilite_effectif_maximal"] == "9"
    assert diagnostic["ciblage_secteur_activite"] == "tous secteurs d'activité"


def comparaison(fait, operateur, valeur):
    return {"type": "comparaison", "fait": fait, "operateur": operateur, "valeur": valeur,
            "source": "page"}  # fmt: skip


@pytest.mark.parametrize(
    ("criteres", "minimal", "maximal"),
    [
        (comparaison("effectif", "<", "250"), "", "249"),
        (comparaison("effectif", ">", "9"), "10", ""),
        (comparaison("effectif", ">=", "1"), "1", ""),
        ({"type": "tous", "criteres": [comparaison("effectif", "<=", "99"),
                                       comparaison("effectif", "<=", "49.5")]}, "", "49"),
        # Under "un" or "non" nothing is sure.
        ({"type": "un", "criteres": [comparaison("effectif", "<=", "99"),
                                     comparaison("apport", ">=", "1.00")]}, "", ""),
        ({"type": "non", "critere": comparaison("effectif", "<=", "99")}, "", ""),
    ],
)  # fmt: skip
def test_headcounts_only_where_the_criteria_surely_say_them(organismes, criteres, minimal, maximal):
    publier(aide(criteres=criteres, naf=None, naf_exclusions=None))
    (ligne,) = lignes()
    assert ligne["eligibilite_effectif_minimal"] == minimal
    assert ligne["eligibilite_effectif_maximal"] == maximal


def test_a_place_that_the_schema_cannot_write_is_said(organismes):
    publier(aide(), aide(code="corse", perimetre="DEP-2A"))
    texte, erreurs = exporter()
    assert len(list(csv.DictReader(io.StringIO(texte)))) == 1
    assert "corse : aide omise, le schéma national ne sait pas écrire DEP-2A" in erreurs


def test_every_real_row_has_what_the_schema_requires(catalogue_reel):
    """The constraints of the schema, written again: this runs without ../shared."""
    toutes = lignes()
    assert len(toutes) >= 45
    for ligne in toutes:
        assert tuple(ligne) == COLONNES
        assert all(ligne[colonne] for colonne in REQUISES), ligne["titre"]
        assert len(ligne["description"]) <= 5000
        assert len(ligne["promesse"]) <= 180
        assert ligne["cibles"] == "professionnels"
        assert LIEUX.fullmatch(ligne["eligibilite_geographique"])
        for colonne in ("ciblage_naf", "ciblage_naf_exclusions"):
            assert not ligne[colonne] or NAF.fullmatch(ligne[colonne])
        for colonne in ("date_ouverture", "date_cloture", "date_mise_a_jour"):
            assert not ligne[colonne] or datetime.fromisoformat(ligne[colonne]).tzinfo
        assert all(p["nom"] and p["roles"] for p in json.loads(ligne["porteurs"]))
        assert all(b["libelle"] and b["lien"] for b in json.loads(ligne["base_juridique"] or "[]"))
    assert len({ligne["id"] for ligne in toutes}) == len(toutes)


@avec_schema
def test_our_columns_are_those_of_the_schema():
    champs = json.loads(SCHEMA.read_text(encoding="utf-8"))["fields"]
    assert tuple(champ["name"] for champ in champs) == COLONNES
    requis = tuple(c["name"] for c in champs if c.get("constraints", {}).get("required"))
    assert requis == REQUISES


def valider(fichier):
    schema = Schema.from_descriptor(json.loads(SCHEMA.read_text(encoding="utf-8")))
    return validate(Resource(path=fichier.name, basepath=str(fichier.parent), schema=schema))


@avec_schema
@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_nothing_to_say(catalogue_reel, tmp_path):
    fichier = tmp_path / "national.csv"
    exporter(sortie=fichier)
    rapport = valider(fichier)
    assert rapport.valid, rapport.flatten(["rowNumber", "fieldName", "message"])
    assert rapport.tasks[0].stats["rows"] >= 45


@avec_schema
@pytest.mark.filterwarnings("ignore")
def test_frictionless_would_say_what_is_wrong(catalogue_reel, tmp_path):
    fichier = tmp_path / "national.csv"
    exporter(sortie=fichier)
    fichier.write_text(fichier.read_text().replace(",REG-76,", ",Occitanie,"))
    rapport = valider(fichier)
    assert {champ for (champ,) in rapport.flatten(["fieldName"])} == {"eligibilite_geographique"}


def test_the_file_is_written_whole_or_left_as_it_was(organismes, tmp_path):
    fichier = tmp_path / "aides.csv"
    exporter(sortie=fichier)
    avant = fichier.read_bytes()
    assert avant.startswith(b"id,titre,")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE aides_aide RENAME TO aides_ailleurs")
    with pytest.raises(ProgrammingError), transaction.atomic():
        exporter(sortie=fichier)
    assert fichier.read_bytes() == avant
    assert [present.name for present in tmp_path.iterdir()] == ["aides.csv"]


def test_what_closed_on_no_known_day_is_left_out_and_counted(organismes):
    publier(
        aide(),
        aide(code="close", statut="close", cloture=None),
        aide(code="close-datee", statut="close"),
    )
    texte, erreurs = exporter()
    assert len(list(csv.DictReader(io.StringIO(texte)))) == 2
    assert "ouvertes : 1 omises" in erreurs


@pytest.mark.parametrize(
    ("sortie", "attendu"),
    [
        (".", "c’est un dossier"),
        ("absent/aides.csv", "absent n’existe pas"),
        ("aides.json/aides.csv", "aides.json n’existe pas"),
        ("a" * 300, "l’écriture a échoué"),
    ],
)
def test_where_it_cannot_be_written_is_said_in_french(db, tmp_path, sortie, attendu):
    (tmp_path / "aides.json").write_text("")
    with pytest.raises(CommandError, match=attendu):
        exporter(sortie=tmp_path / sortie)
    assert [present.name for present in tmp_path.iterdir()] == ["aides.json"]
