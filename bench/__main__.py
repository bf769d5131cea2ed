"""Every figure in one run of a few minutes, each beside what it is compared to.

Prints the table, and leaves bench/resultats.json, docs/images/bench.svg and the table of README.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from bench import appariement, depots, inverse, livraison, page
from bench.graphique import Panneau, svg
from bench.rapport import Chiffre, ecrire_json, inserer, lignes
from bench.services import base_temporaire
from portal.services_embarques.chemins import PROJET, ServiceIndisponible

DEPART = time.monotonic()
#: What stops a run: a figure would be of something else than it says.
ARRETS = (
    appariement.Desaccord, inverse.Desaccord, depots.Perdu, livraison.ArretPremature,
)  # fmt: skip
IMAGE = PROJET / "docs" / "images" / "bench.svg"


def dire(etape: str) -> None:
    """One line of progress, with the seconds since the start."""
    print(f"{time.monotonic() - DEPART:5.0f} s  {etape}", flush=True)


def publier(chiffres: Sequence[Chiffre], panneaux: Sequence[Panneau]) -> None:
    """Print the table and write the files."""
    print("\n" + "\n".join(lignes(chiffres)) + "\n")
    ecrire_json(chiffres, PROJET / "bench" / "resultats.json")
    inserer(chiffres, PROJET / "README.md")
    description = "Milliseconds against size, both axes logarithmic. The README has the figures."
    image = svg(panneaux, "What matching costs", description)
    IMAGE.write_text(image, encoding="utf-8")
    print("Écrits : bench/resultats.json, docs/images/bench.svg, le tableau de README.md")


def main() -> int:
    try:
        chiffres, directes = appariement.mesurer(dire)
        with base_temporaire():
            inverses, indirectes = inverse.mesurer(dire)
            pages = page.mesurer(dire)
        with base_temporaire(durable=True):
            livraisons = depots.mesurer(dire) + livraison.mesurer(dire)
    except (ServiceIndisponible, *ARRETS) as erreur:
        print(erreur, file=sys.stderr)
        return 1
    panneaux = (
        Panneau("One dossier × N aids, the status of every criterion", "aids", directes),
        Panneau("One new aid × M dossiers in PostgreSQL", "dossiers", indirectes),
    )
    # The two figures that sum it all up come first.
    publier([chiffres[0], inverses[0], *chiffres[1:], *inverses[1:], *pages, *livraisons], panneaux)
    return 0


if __name__ == "__main__":
    sys.exit(main())
