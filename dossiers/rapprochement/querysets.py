"""Named filters of the facts laid flat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from aides.criteres.arbre import Critere
from aides.criteres.evaluation import Referentiel
from aides.criteres.requete import Contexte, Lecture, issue_sql, requete

if TYPE_CHECKING:
    from dossiers.rapprochement.models import FaitsDossier  # noqa: F401


class FaitsDossierQuerySet(QuerySet["FaitsDossier"]):
    """Facts of deposited dossiers."""

    def courantes(self) -> Self:
        """Those of the last version of each dossier."""
        return self.filter(courante=True)

    def with_issue(
        self,
        critere: Critere,
        le: date,
        referentiel: Referentiel,
        *,
        reponses: Mapping[str, bool] | None = None,
        nom: str = "issue",
    ) -> Self:
        """Annotate `issue` (or `nom`), a code of `evaluation.Issue`: the outcome of the tree on
        the day `le`. `reponses` are officers' answers, by code, the same for every row.

        The CASE is computed on every row that is left: filter first, see `possibles`.
        """
        contexte = Contexte(le, referentiel, reponses or {})
        return self.annotate(**{nom: issue_sql(critere, contexte)})

    def possibles(self, critere: Critere, le: date, referentiel: Referentiel) -> Self:
        """Those that the tree does not surely refuse: every outcome but `non_eligible`. Unlike a
        filter on `issue`, it can use an index."""
        contexte = Contexte(le, referentiel)
        return self.filter(requete(critere, contexte, Lecture.POSSIBLE).oui)

    def eligibles(self, critere: Critere, le: date, referentiel: Referentiel) -> Self:
        """Those whose outcome is `eligible`; can use an index."""
        return self.filter(requete(critere, Contexte(le, referentiel)).oui)
