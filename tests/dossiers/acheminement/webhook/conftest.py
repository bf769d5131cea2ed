"""A storage of each test's own."""

import pytest


@pytest.fixture(autouse=True)
def stockage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "pieces"
