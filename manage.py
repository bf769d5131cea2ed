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


def sans_base(arguments: list[str]) -> bool:
    """Whether this command, with these options, asks nothing of the database."""
    commande, *reste = arguments or ["help"]
    if commande == "verifier_recu":
        return any(option.partition("=")[0] == "--cles" for option in reste)
    return commande in SANS_BASE


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    try:
        with nullcontext() if sans_base(sys.argv[1:]) else postgres_au_besoin():
            execute_from_command_line(sys.argv)
    except ServiceIndisponible as erreur:
        sys.exit(str(erreur))
    except ProgrammingError as erreur:
        if "does not exist" not in str(erreur):
            raise
        sys.exit("La base n’est pas prête : lancez d’abord « make demo » (ou UNE_FOIS=1).")


if __name__ == "__main__":
    main()
