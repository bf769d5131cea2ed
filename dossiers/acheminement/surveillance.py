"""What the worker's main process sees and its dead children cannot say."""

from __future__ import annotations

import logging
from typing import Any

from billiard.einfo import ExceptionInfo
from billiard.exceptions import WorkerLostError
from celery.worker.request import Request
from django.db import connection

from dossiers.acheminement.actes import signaler_mort

journal = logging.getLogger(__name__)


class RequeteSurveillee(Request):
    """A task whose child died gives back, at once, the rows that this child held.

    The broker delivers the task again (`reject_on_worker_lost`), without end for a row that
    kills its worker: only here is the third death known.
    """

    def on_failure(
        self, exc_info: ExceptionInfo, send_failed_event: bool = True, return_ok: bool = False
    ) -> Any:
        erreur = getattr(exc_info.exception, "exc", exc_info.exception)
        morte = isinstance(erreur, WorkerLostError | SystemExit)
        if morte and self.worker_pid:
            try:
                signaler_mort(pid=int(self.worker_pid))
            except Exception:  # the lease runs out anyway: the worker must live on
                journal.exception("Mort du processus %s non inscrite", self.worker_pid)
            finally:
                # Not to be inherited by the child that replaces the dead one.
                connection.close()
        return super().on_failure(exc_info, send_failed_event, return_ok)
