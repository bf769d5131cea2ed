"""A process that files by API and stops in the middle: `python -m ….deposant EMAIL JSON CLE`.

It says on its output that everything is written but not committed yet, then waits to be killed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from rest_framework.test import APIClient  # noqa: E402

from dossiers.depot.actes import envois  # noqa: E402
from portal.comptes.models import User  # noqa: E402

consigner = envois.consigner


def consigner_puis_attendre(**donnees: Any) -> None:
    consigner(**donnees)
    print("écrit", flush=True)
    time.sleep(60)


def main(courriel: str, envoi: str, cle: str) -> None:
    envois.consigner = consigner_puis_attendre
    client = APIClient()
    client.force_authenticate(User.objects.get(email=courriel))
    client.post("/api/v1/depots/", json.loads(envoi), HTTP_IDEMPOTENCY_KEY=cle)


if __name__ == "__main__":
    main(*sys.argv[1:])
