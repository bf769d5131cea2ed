"""`python -m portal.services_embarques postgres|valkey`: the lines of the Procfile."""

import argparse
import shutil
import sys
from contextlib import suppress

from portal.services_embarques import chemins
from portal.services_embarques.serveurs import SERVEURS, Postgres, Serveur
from portal.services_embarques.superviseur import (
    Superviseur,
    parent_par_entree,
    parent_par_pid,
    verrou_de,
)

SANS_DURABILITE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def _arguments() -> argparse.Namespace:
    analyseur = argparse.ArgumentParser(prog="python -m portal.services_embarques")
    analyseur.add_argument("service", choices=sorted(SERVEURS))
    analyseur.add_argument(
        "--temporaire",
        action="store_true",
        help="s'arrêter quand l'entrée standard se ferme, puis effacer les données",
    )
    analyseur.add_argument(
        "--sans-durabilite", action="store_true", help="plus rapide ; perd tout à une panne"
    )
    return analyseur.parse_args()


def main() -> int:
    arguments = _arguments()
    try:
        serveur: Serveur
        if arguments.service == "postgres" and arguments.sans_durabilite:
            serveur = Postgres(*SANS_DURABILITE)
        else:
            serveur = SERVEURS[arguments.service]()
        parent = parent_par_entree() if arguments.temporaire else parent_par_pid()
        code = Superviseur(serveur, parent).executer()
    except chemins.ServiceIndisponible as erreur:
        print(erreur, file=sys.stderr)
        return 1
    if arguments.temporaire:
        _effacer(serveur)
    return code


def _effacer(serveur: Serveur) -> None:
    """Remove what this server left; its neighbours remove their part of the folder."""
    shutil.rmtree(serveur.donnees, ignore_errors=True)
    verrou_de(serveur).unlink(missing_ok=True)
    for dossier in (serveur.sockets, chemins.dossier_donnees()):
        with suppress(OSError):
            dossier.rmdir()


if __name__ == "__main__":
    sys.exit(main())
