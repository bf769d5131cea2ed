"""A process that files drafts: `python -m tests.dossiers.acheminement.deposants PK PK…`.

It files by the acte of the form: a process of its own, with a connection to the broker that
the test kills.
"""

from __future__ import annotations

import sys

import django

django.setup()

from dossiers.depot.actes import deposer  # noqa: E402
from dossiers.models import Dossier  # noqa: E402


def main(pks: list[str]) -> None:
    for pk in pks:
        dossier = Dossier.objects.select_related("cree_par").get(pk=pk)
        assert dossier.cree_par is not None
        deposer(dossier=dossier, codes=dossier.choix, par=dossier.cree_par)


if __name__ == "__main__":
    main(sys.argv[1:])
