"""PostgreSQL for the time of one command, when nothing else runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from portal.services_embarques.chemins import PROJET, ServiceIndisponible
from portal.services_embarques.serveurs import DELAI, Postgres


@contextmanager
def postgres_au_besoin() -> Iterator[None]:
    """Run the embedded PostgreSQL around the block, unless `DATABASE_URL` names a server or a
    demonstration runs it already. Raises ServiceIndisponible if it does not start.
    """
    if os.environ.get("DATABASE_URL") or Postgres().repond():
        yield
        return
    with subprocess.Popen(
        [sys.executable, "-m", "portal.services_embarques", "postgres"],
        cwd=PROJET,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C is for the command; the server stops after it
    ) as superviseur:
        assert superviseur.stdout  # noqa: S101 - it is a pipe
        try:
            # One line says that the server answers; an end without it, that it failed.
            if not superviseur.stdout.readline():
                raise ServiceIndisponible("PostgreSQL n’a pas démarré : voir ci-dessus.")
            yield
        finally:
            superviseur.terminate()
            superviseur.wait(DELAI)
