import pytest

from territoires.organismes.actes import enregistrer_organismes
from territoires.organismes.echange import lire_organismes
from tests.aides.exemples import EXEMPLES


@pytest.fixture
def organismes(reference):
    """The real places, and the fictitious organismes of the example."""
    contenu = lire_organismes((EXEMPLES / "organismes.json").read_bytes())
    return enregistrer_organismes(contenu=contenu)
