"""export(import(F)) == F, for the files of the repository and for made-up ones."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aides.actes import publier_aides
from aides.echange import AideLue, empreinte_de
from aides.models import VersionAide
from aides.models.forme import Forme
from portal.services_embarques.chemins import PROJET
from territoires.organismes.actes import enregistrer_organismes
from territoires.organismes.echange import lire_organismes
from territoires.organismes.models import NatureAide
from tests.aides.exemples import EXEMPLES, exemple, identifiant

FIXTURES = PROJET / "fixtures"


def exporter() -> str:
    sortie = StringIO()
    call_command("exporter_aides", stdout=sortie)
    return sortie.getvalue()


def trie(document):
    """The export is in the order of the codes."""
    return {**document, "aides": sorted(document["aides"], key=lambda aide: aide["code"])}


def test_the_example_comes_back_to_the_letter(organismes):
    call_command("importer_aides", str(EXEMPLES / "aides.json"), stdout=StringIO())
    assert exporter() == (EXEMPLES / "aides.json").read_text(encoding="utf-8")


@pytest.fixture
def organismes_reels(reference):
    for fichier in sorted(FIXTURES.glob("organismes*.json")):
        enregistrer_organismes(contenu=lire_organismes(fichier.read_bytes()))


@pytest.mark.parametrize(
    "fichier", sorted((FIXTURES / "aides").glob("*.json")), ids=lambda f: f.stem
)
def test_every_real_file_comes_back(organismes_reels, fichier):
    call_command("importer_aides", str(fichier), stdout=StringIO())
    attendu = trie(json.loads(fichier.read_text(encoding="utf-8")))
    exporte = exporter()
    assert json.loads(exporte) == attendu
    call_command("importer_aides", str(fichier), stdout=StringIO())
    assert exporter() == exporte
    assert not VersionAide.objects.filter(numero__gt=1).exists()


def test_an_empty_catalogue_is_a_document_too(db):
    assert json.loads(exporter()) == {"format": "dossier-unique/aides", "version": 1, "aides": []}


PORTEURS = exemple()["aides"][0]["porteurs"]
texte = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
code = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
jour = st.dates().map(lambda j: j.isoformat())
perimetre = st.lists(
    st.sampled_from(["REG-76", "DEP-31", "COM-31555", "PAYS-99100"]), min_size=1, unique=True
).map("|".join)
facultatifs = {
    "promesse": texte,
    "natures_secondaires": st.just(["export"]),
    "exclusions": perimetre,
    "ouverture": st.dates(max_value=date(2020, 1, 1)).map(str),
    "cloture": st.dates(min_value=date(2020, 1, 1)).map(str),
    "statut_precision": texte,
    "verifie_le": jour,
    "bases_juridiques": st.lists(st.fixed_dictionaries({"libelle": texte}), min_size=1),
    "sources": st.dictionaries(code, st.fixed_dictionaries({"libelle": texte}), min_size=1),
    "montants": st.just(exemple()["aides"][0]["montants"]),
    "naf": st.just(["C", "10.1"]),
    "naf_exclusions": st.just(["10.11Z"]),
    "complete": code,
}

aides = st.fixed_dictionaries(
    {
        "code": code,
        "titre": texte,
        "description": texte,
        "nature": st.sampled_from(NatureAide.values),
        "formes": st.lists(st.sampled_from(Forme.values), min_size=1, unique=True),
        "porteurs": st.permutations(PORTEURS).flatmap(
            lambda p: st.integers(1, 2).map(lambda n: list(p[:n]))
        ),
        "perimetre": perimetre,
        "statut": st.sampled_from(VersionAide.Statut.values),
        "voie": st.sampled_from(
            [{"type": "portail"}, {"type": "externe", "url": "https://a.invalid/b"}]
        ),
        "criteres": st.just(exemple()["aides"][0]["criteres"]),
    },
    optional=facultatifs,
).map(lambda document: {**document, "identifiant": identifiant(document["code"])})


@given(st.lists(aides, max_size=4, unique_by=lambda aide: aide["code"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_whatever_was_published_comes_back(organismes, documents):
    lues = [AideLue(rang, doc, empreinte_de(doc)) for rang, doc in enumerate(documents)]
    with transaction.atomic():
        publier_aides(documents=lues)
        assert json.loads(exporter()) == trie({**exemple(), "aides": documents})
        transaction.set_rollback(True)
