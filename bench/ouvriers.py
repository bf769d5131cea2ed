"""The portal's Celery application, for the workers of the bench.

`BENCH_LATENCE` (milliseconds) makes the inbox answer as a desk's system across a network would.
"""

from __future__ import annotations

import os
import time

from dossiers.acheminement.canaux import registre
from dossiers.acheminement.models import Acheminement
from portal.celery import app

LATENCE = float(os.environ.get("BENCH_LATENCE", "0")) / 1000


def repondre(acheminement: Acheminement) -> registre.Remise:
    time.sleep(LATENCE)
    return registre.Remise()


if LATENCE:
    registre.CANAUX["portail"] = repondre

__all__ = ["app"]
