#!/usr/bin/env python3
import os
import sys
from contextlib import nullcontext

from django.core.management import execute_from_command_line
from django.db.utils import ProgrammingError

from portal.services_embarques.au_besoin import postgres_au_besoin
from portal.services_embarques.chemins import ServiceIndisponible

# The others get a PostgreSQL for the time they run, if none answers.
SANS_BASE = {"check", "collectstatic", "faits", "help", "makemigrations", "spectacular"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    commande = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        with nullcontext() if commande in SANS_BASE else postgres_au_besoin():
            execute_from_command_line(sys.argv)
    except ServiceIndisponible as erreur:
        sys.exit(str(erreur))
    except ProgrammingError as erreur:
        if "does not exist" not in str(erreur):
            raise
        sys.exit("La base n’est pas prête : lancez d’abord « make demo » (ou UNE_FOIS=1).")


if __name__ == "__main__":
    main()
