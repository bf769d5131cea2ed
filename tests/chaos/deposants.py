"""A process that files drafts by the acte of the form: `python -m tests.chaos.deposants PK PK…`.

The hint of each deposit is published from here, after COMMIT, to a broker that tests kill.
"""

import sys

import django

django.setup()

from dossiers.depot.actes import deposer  # noqa: E402
from dossiers.models import Dossier  # noqa: E402
from tests.chaos.coups import installer  # noqa: E402

installer()


def main(pks: list[str]) -> None:
    for dossier in Dossier.objects.filter(pk__in=pks).select_related("cree_par").order_by("pk"):
        assert dossier.cree_par is not None
        deposer(dossier=dossier, codes=dossier.choix, par=dossier.cree_par)


if __name__ == "__main__":
    main(sys.argv[1:])
