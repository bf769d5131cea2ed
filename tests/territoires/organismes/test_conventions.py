"""Conventions in an exchange file, and what somebody set on screen since."""

from __future__ import annotations

import copy
import json

import pytest
from django.utils import timezone

from portal.socle.json_strict import DocumentInvalide
from territoires.organismes.actes import enregistrer_organismes
from territoires.organismes.echange import lire_organismes
from territoires.organismes.models import ChangementCompetences, Competence, Convention, Guichet
from tests.aides.exemples import enregistrer_organismes_fictifs, exemple
from tests.fabriques import CommuneFabrique, UserFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lieux():
    CommuneFabrique(code="20901", epci__siren="243100518")
    CommuneFabrique(code="20902")


def lire(**changements):
    """The example, with keys of its last compétence or of its convention changed."""
    document = copy.deepcopy(exemple("organismes"))
    for chemin, valeur in changements.items():
        liste, cle = chemin.split("__")
        document[liste][-1][cle] = valeur
    return lire_organismes(json.dumps(document).encode())


def test_a_competence_of_the_file_rests_on_its_convention():
    fait = enregistrer_organismes_fictifs()
    assert (fait.competences, fait.conventions) == (2, 1)
    competence = Competence.objects.get(guichet__code="departement-fictif-immobilier")
    convention = competence.convention
    assert convention.code == "delegation-fictive-2026"
    assert [o.code for o in convention.donneurs.all()] == ["communaute-fictive"]
    assert [o.code for o in convention.receveurs.all()] == ["departement-fictif"]
    encore = enregistrer_organismes_fictifs()
    assert (encore.organismes, encore.competences, encore.conventions) == (0, 0, 0)


@pytest.mark.parametrize(
    ("changement", "message"),
    [
        ({"competences__fin": "2029-01-01"}, "ne peut pas durer plus longtemps"),
        ({"competences__debut": "2025-12-31"}, "ne peut pas commencer avant"),
        ({"competences__nature": "export"}, "ne porte pas sur"),
        ({"competences__perimetre": "REG-76"}, "ne couvre pas tout ce périmètre"),
        ({"competences__guichet": "region-fictive-entreprises"}, "ne confie rien"),
        ({"competences__convention": "inconnue"}, "convention inconnue"),
        ({"conventions__fin": "2025-01-01"}, "la fin précède le début"),
        ({"conventions__donneurs": ["inconnu"]}, "organisme inconnu"),
        ({"conventions__perimetre": "REG-99"}, "lieu inconnu"),
        ({"conventions__genre": "don"}, "genre"),
    ],
)
def test_what_goes_further_than_its_convention_is_refused(changement, message):
    with pytest.raises(DocumentInvalide) as refus:
        lire(**changement)
    assert message in str(refus.value)
    assert not Convention.objects.exists()


def test_a_convention_already_here_may_be_named():
    enregistrer_organismes_fictifs()
    document = exemple("organismes")
    del document["conventions"]
    assert enregistrer_organismes(contenu=lire_organismes(json.dumps(document).encode()))
    document["competences"][-1]["fin"] = "2030-01-01"
    with pytest.raises(DocumentInvalide, match="ne peut pas durer plus longtemps"):
        lire_organismes(json.dumps(document).encode())


def test_a_file_leaves_alone_what_was_set_on_screen():
    enregistrer_organismes_fictifs()
    guichet = Guichet.objects.get(code="region-fictive-entreprises")
    guichet.competences.update(exclusions=[])
    ChangementCompetences.objects.create(
        user=UserFabrique(), applique_le=timezone.now(), guichets=[guichet.pk]
    )
    assert enregistrer_organismes_fictifs().competences == 0
    assert guichet.competences.get().exclusions == []
