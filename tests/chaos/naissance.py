"""Processes of the chaos tests, each born of one that has imported the portal beforehand.

What `python -m` would do without the two seconds of processor that imports take: each is a
process of its own, leader of its group, with its environment, its database and its broker.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path

from django.conf import settings
from django.db import connections

from portal.services_embarques import chemins
from tests.chaos import reglages

CONTEXTE = multiprocessing.get_context("forkserver")
CONTEXTE.set_forkserver_preload(["tests.chaos.souche"])


class Processus:
    """What `subprocess.Popen` says of a process."""

    def __init__(self, arguments: tuple[str, ...], env: dict[str, str], journal: Path) -> None:
        # Kept: it sees that we are gone when this is.
        self._ne = CONTEXTE.Process(target=naitre, args=(arguments, env, journal))
        self._ne.start()
        assert self._ne.pid
        self.pid = self._ne.pid

    @property
    def returncode(self) -> int | None:
        return self._ne.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, limite: float | None = None) -> int:
        """Its exit code; `subprocess.TimeoutExpired` after `limite` seconds."""
        self._ne.join(limite)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(str(self._ne), limite or 0)
        return self.returncode


def naitre(arguments: tuple[str, ...], env: dict[str, str], journal: Path) -> None:
    """Become `python -m module …`; what it says goes to the end of `journal`."""
    os.setsid()
    threading.Thread(target=_suivre_les_tests, daemon=True).start()
    with journal.open("ab") as fichier:
        os.dup2(fichier.fileno(), 1)
        os.dup2(fichier.fileno(), 2)
    os.environ.clear()
    os.environ.update(env)
    # All that the settings of one process have of its own; the rest was read already.
    connections["default"].settings_dict.update(reglages.base())
    settings.CELERY_BROKER_URL = chemins.broker_url()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = reglages.transport()
    _, module, *sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _suivre_les_tests() -> None:
    """Nothing outlives the tests, however they end."""
    tests = multiprocessing.parent_process()
    assert tests is not None
    tests.join()
    os.killpg(os.getpgrp(), signal.SIGKILL)
