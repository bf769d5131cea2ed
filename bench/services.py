"""The PostgreSQL and the Valkey of the bench: private, temporary, gone with the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from portal.services_embarques.chemins import dossier_donnees
from portal.services_embarques.temporaires import services_temporaires


@contextmanager
def base_temporaire(*, durable: bool = False) -> Iterator[None]:
    """An embedded PostgreSQL with the portal's tables; a Valkey too, and what is committed is on
    the disk, where it is `durable`. Raises ServiceIndisponible.
    """
    services = ("postgres", "valkey") if durable else ("postgres",)
    with services_temporaires(*services, dossier=dossier_donnees(), durable=durable):
        call_command("migrate", "--noinput", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
        connection.close()
