"""Two versions of an aide over the stored dossiers, in SQL: whose outcome changes, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, F, Q, Value, When

from aides.criteres.arbre import Critere
from aides.criteres.evaluation import Referentiel
from aides.criteres.requete import Contexte, Lecture, requete
from aides.models import Publication
from dossiers.rapprochement.inverse.effets import FAVORABLES, Sens, critere_de
from dossiers.rapprochement.models import FaitsDossier
from dossiers.rapprochement.querysets import FaitsDossierQuerySet
from territoires.zones import ReferentielZones

_FAVORABLES = sorted(issue.value for issue in FAVORABLES)


@dataclass(frozen=True, slots=True)
class Cote:
    """A tree and the day on which it is read."""

    critere: Critere
    le: date
    referentiel: Referentiel


@dataclass(frozen=True, slots=True)
class Comparaison:
    """What stood before, and what stands after."""

    avant: Cote
    apres: Cote

    @classmethod
    def de(cls, avant: Critere, apres: Critere, le: date) -> Comparaison:
        """Two trees on one day."""
        referentiel = ReferentielZones.au(le)
        return cls(Cote(avant, le, referentiel), Cote(apres, le, referentiel))

    @classmethod
    def de_publication(cls, publication: Publication) -> Comparaison:
        """What a publication changed: its versions on its day; when only the date moved, the
        same version on the day before and on the day. Raises EchangeInvalide."""
        jour = publication.jour
        veille = jour - timedelta(days=1)
        par_date = publication.motif == Publication.Motif.FENETRE
        avant = veille if par_date else jour
        return cls(
            Cote(critere_de(publication.avant), avant, ReferentielZones.au(avant)),
            Cote(critere_de(publication.apres), jour, ReferentielZones.au(jour)),
        )

    def possibles(self) -> FaitsDossierQuerySet:
        """The rows of the current versions that may change: one that both trees surely refuse
        cannot. An index finds them when the trees name a place."""
        possible = self._possible(self.avant) | self._possible(self.apres)
        return FaitsDossier.objects.courantes().filter(possible)

    def changements(self, possibles: FaitsDossierQuerySet | None = None) -> FaitsDossierQuerySet:
        """The rows of `possibles` (all of them) whose outcome changes, with `avant`, `apres`
        (codes of `Issue`) and `sens` (a code of `Sens`). One query."""
        return (
            (self.possibles() if possibles is None else possibles)
            .with_issue(self.avant.critere, self.avant.le, self.avant.referentiel, nom="avant")
            .with_issue(self.apres.critere, self.apres.le, self.apres.referentiel, nom="apres")
            .exclude(Q(avant=F("apres")))
            .annotate(sens=_sens())
        )

    @staticmethod
    def _possible(cote: Cote) -> Q:
        contexte = Contexte(cote.le, cote.referentiel)
        return requete(cote.critere, contexte, Lecture.POSSIBLE).oui


def _sens() -> Case:
    avant, apres = Q(avant__in=_FAVORABLES), Q(apres__in=_FAVORABLES)
    return Case(
        When(avant & apres, then=Value(Sens.AUTRE.value)),
        When(avant, then=Value(Sens.PERDU.value)),
        When(apres, then=Value(Sens.GAGNE.value)),
        default=Value(Sens.AUTRE.value),
        output_field=CharField(),
    )
