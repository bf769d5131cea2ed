from django.conf import settings

from dossiers.dessin import dessiner


def test_the_drawing_in_the_documentation_is_up_to_date():
    page = settings.BASE_DIR / "docs" / "circuit.md"
    assert page.read_text(encoding="utf-8") == dessiner(), "manage.py dessiner_circuit"
