"""A command of manage.py works when nothing runs: PostgreSQL for its time, gone after it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.services_embarques.chemins import PROJET


@pytest.fixture
def donnees() -> Iterator[Path]:
    """A short path: the name of a socket has at most 107 bytes."""
    dossier = Path(f"/tmp/au-besoin-{os.getpid()}")
    yield dossier
    shutil.rmtree(dossier, ignore_errors=True)


def manage(donnees: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {c: v for c, v in os.environ.items() if c not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJET, capture_output=True, text=True, check=False,
        env={**env, "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
             "PORTAIL_DONNEES": str(donnees)},
    )  # fmt: skip


def test_a_command_on_an_empty_base_says_what_to_do_and_leaves_nothing_running(
    donnees: Path,
) -> None:
    fini = manage(donnees, "acheminer")
    assert fini.returncode == 1
    assert fini.stderr.strip().endswith(
        "La base n’est pas prête : lancez d’abord « make demo » (ou UNE_FOIS=1)."
    )
    assert (donnees / "postgres").is_dir()
    assert not list((donnees / "sockets").glob(".s.PGSQL*"))


def test_a_command_that_needs_no_base_starts_none(donnees: Path) -> None:
    assert manage(donnees, "help").returncode == 0
    assert not (donnees / "postgres").exists()
