"""`manage.py sante`: what /sante/pret/ answers, from cron or where no web server runs."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from dossiers.acheminement.bureau.sante import examiner


class Command(BaseCommand):
    help = (
        "Dit si la base répond, si son schéma est à jour et si rien de dû n’attend sans raison "
        "(JSON) ; sort avec 1 sinon."
    )
    # They would ask the database before we can say that it does not answer.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sante = examiner()
        self.stdout.write(json.dumps(sante.en_json(), ensure_ascii=False, indent=2))
        if not sante.pret:
            sys.exit(1)
