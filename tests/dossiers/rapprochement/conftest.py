import pytest

from tests.aides.exemples import enregistrer_organismes_fictifs


@pytest.fixture
def organismes(reference):
    """The real places, and the fictitious organismes of the example."""
    return enregistrer_organismes_fictifs()
