"""Reading an exchange file: everything checked, every fault named with its place."""

import json

import pytest
from jsonschema import Draft202012Validator

from aides.criteres.echange import TYPES_DE_FEUILLE
from aides.echange import lire_catalogue
from aides.models import Aide, Porteur, VersionAide
from aides.models.forme import Forme
from portal.services_embarques.chemins import PROJET
from portal.socle.json_strict import DocumentInvalide
from portal.socle.models import Evenement
from portal.socle.schemas import fautes, schema, validateur
from territoires.organismes.models import NatureAide, Organisme
from tests.aides.exemples import EXEMPLES, aide, catalogue, exemple

CASSES = [
    ({"titre": None}, "aides/0 : « fictive-ateliers » : clé manquante : titre"),
    ({"titre": ""}, "aides/0/titre : « fictive-ateliers » : vide"),
    ({"titre": 3}, "aides/0/titre : « fictive-ateliers » : une chaîne attendu ici"),
    ({"titres": "x"}, "clé inconnue : titres (acceptées : code, identifiant"),
    ({"promesse": "Agrandissez votre atelier."}, 'promesse : « fictive-ateliers » : "Agr'),
    ({"description": "x" * 5001}, "texte trop long : 5001 caractères, 5000 au plus"),
    ({"nature": "autre"}, 'valeur inconnue : "autre" (acceptées : investissement, immobilier'),
    ({"formes": ["subvention", "subvention"]}, "formes : « fictive-ateliers » : valeur donnée"),
    ({"identifiant": "pas-un-uuid"}, "attendu : un UUID en minuscules"),
    ({"code": "Avec Espaces"}, "attendu : un code stable"),
    ({"cloture": "2025-12-31"}, "la clôture (2025-12-31) précède l’ouverture (2026-01-01)"),
    ({"ouverture": "2026-02-30"}, "attendu : une date qui existe"),
    ({"perimetre": "REG-76,DEP-31"}, "attendu : des codes de lieux séparés par"),
    ({"perimetre": "REG-76|REG-76"}, "lieu donné deux fois"),
    ({"perimetre": "REG-77"}, "aides/0/perimetre : « fictive-ateliers » : lieu inconnu, REG-77"),
    ({"exclusions": "COM-31999"}, "lieu inconnu, COM-31999"),
    ({"voie": {"type": "externe"}}, "clé manquante : url"),
    ({"voie": {"type": "portail", "url": "https://a.invalid"}}, "clé inconnue : url"),
    ({"voie": {"type": "externe", "url": "javascript:alert(1)"}}, "une adresse en http(s)"),
    ({"porteurs__0__organisme": "inconnu"}, "porteurs/0/organisme : « fictive-ateliers » : org"),
    ({"porteurs__1__organisme": "region-fictive"}, "organisme donné deux fois"),
    ({"porteurs__0__roles": []}, "vide"),
    ({"naf__1": "98.99Z", "naf__0": "44"}, "44 n’est dans aucune section de la NAF"),
    ({"complete": "fictive-ateliers"}, "une aide ne se complète pas elle-même"),
    ({"complete": "nulle-part"}, "aide inconnue : nulle-part"),
    ({"sources__page__url": "ftp://x"}, "sources/page/url"),
    ({"criteres__type": "toutes"}, "criteres/type : « fictive-ateliers » : type de critère"),
    ({"criteres__criteres__0__valeur": "12.55"}, "aides/0/criteres/criteres/0/valeur"),
    ({"criteres__criteres__0__fait": "inconnu"}, "fait inconnu : inconnu"),
    ({"criteres__criteres__0__source": "autre"}, "criteres/criteres/0/source"),
    ({"criteres__criteres__1__valeur": "-5"}, "criteres/criteres/1/valeur"),
    ({"criteres__criteres__7__perimetre": "REG-99"}, "criteres/7/perimetre : « fictive-ate"),
    ({"criteres__criteres__9__fin": "2025-01-01"}, "criteres/criteres/9"),
    ({"criteres__criteres__11__nombre": 3}, "criteres/criteres/11/nombre"),
    ({"montants__0__taux": "1.5"}, 'montants/0/taux : « fictive-ateliers » : "1.5" mal formé'),
    ({"montants__0__taux_minimum": "0.5"}, "« taux_minimum » dépasse « taux »"),
    ({"montants__0__assiette__0": "effectif"}, "ce n’est pas un fait en euros : effectif"),
    ({"montants__0__si__maximum": "grande"}, "montants/0/si/maximum"),
    ({"montants__1__source": "autre"}, "montants/1/source : « fictive-ateliers » : source inc"),
]


def rien_n_est_ecrit():
    return not (
        Aide.objects.exists()
        or VersionAide.objects.exists()
        or Porteur.objects.exists()
        or Evenement.objects.filter(objet_type="aides.aide").exists()
    )


@pytest.mark.parametrize(("changements", "attendu"), CASSES)
def test_a_broken_aide_is_named_with_its_place(organismes, changements, attendu):
    octets = catalogue(aide(**changements))
    with pytest.raises(DocumentInvalide) as refus:
        lire_catalogue(octets)
    assert attendu in str(refus.value)
    assert all(defaut.ligne for defaut in refus.value.defauts)
    assert rien_n_est_ecrit()


def test_the_line_is_that_of_the_fault(organismes):
    octets = catalogue(aide(code="bonne"), aide(criteres__criteres__1__valeur="beaucoup"))
    with pytest.raises(DocumentInvalide) as refus:
        lire_catalogue(octets)
    (defaut,) = refus.value.defauts
    assert "beaucoup" in octets.decode().split("\n")[defaut.ligne - 1]
    assert defaut.chemin == ("aides", 1, "criteres", "criteres", 1, "valeur")


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("[]", "un objet attendu ici"),
        ('{"format": "autre", "version": 1, "aides": []}', 'format : "autre" au lieu de'),
        ('{"format": "dossier-unique/aides", "version": 2, "aides": []}', "version : 2 au lieu"),
        ('{"format": "dossier-unique/aides", "version": 1}', "clé manquante : aides"),
        ('{"format": "dossier-unique/aides", "version": 1, "aides": {}}', "une liste attendu"),
        ('{"format": "dossier-unique/aides", "version": 1, "aides": [3]}', "un objet attendu ici"),
    ],
)
def test_another_document_is_refused(db, texte, attendu):
    with pytest.raises(DocumentInvalide, match=attendu.replace("(", r"\(")):
        lire_catalogue(texte.encode())


@pytest.mark.parametrize("cle", ["code", "identifiant"])
def test_two_aides_cannot_share_a_code_or_an_identifier(organismes, cle):
    seconde = aide(code="seconde")
    seconde[cle] = aide()[cle]
    with pytest.raises(DocumentInvalide, match=rf"aides/1/{cle} .* déjà donné par aides\[0\]"):
        lire_catalogue(catalogue(aide(), seconde))


def test_a_former_commune_is_refused_and_its_successor_named(organismes):
    with pytest.raises(DocumentInvalide, match="COM-01033"):
        lire_catalogue(catalogue(aide(perimetre="COM-01091")))


def test_faults_are_many_but_not_endless(organismes):
    octets = catalogue(*(aide(code=f"a-{n}", nature="autre") for n in range(50)))
    with pytest.raises(DocumentInvalide) as refus:
        lire_catalogue(octets)
    assert len(refus.value.defauts) == 21
    assert "d’autres défauts" in str(refus.value.defauts[-1])


def test_unknown_organismes_pass_when_the_file_is_only_matched(reference):
    assert len(lire_catalogue((EXEMPLES / "aides.json").read_bytes(), organismes=False)) == 2


def test_the_schema_knows_the_natures_and_forms_of_the_models():
    definitions = schema("aides-1")["$defs"]
    assert definitions["nature"]["enum"] == NatureAide.values
    assert schema("organismes-1")["$defs"]["nature"]["enum"] == NatureAide.values
    assert definitions["forme"]["enum"] == Forme.values
    arbres = definitions["critere"]["properties"]["type"]["enum"]
    assert set(arbres) == {*TYPES_DE_FEUILLE, "tous", "un", "au_moins", "non"}
    types = schema("organismes-1")["$defs"]["organisme"]["properties"]["type"]["enum"]
    assert types == Organisme.Type.values


@pytest.mark.parametrize("nom", ["aides-1", "organismes-1"])
def test_the_schemas_are_schemas(nom):
    Draft202012Validator.check_schema(schema(nom))


FICHIERS = [EXEMPLES / "aides.json", *sorted((PROJET / "fixtures" / "aides").glob("*.json"))]


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda f: f.stem)
def test_every_file_follows_the_whole_schema(fichier):
    """The import leaves the trees to the language: here the schema reads them too."""
    document = json.loads(fichier.read_text(encoding="utf-8"))
    assert list(fautes(validateur(schema("aides-1")), document)) == []


@pytest.mark.parametrize("cle", ["type", "fait", "source"])
def test_the_whole_schema_refuses_a_broken_tree(cle):
    document = exemple()
    del document["aides"][0]["criteres"]["criteres"][0][cle]
    assert list(fautes(validateur(schema("aides-1")), document))
