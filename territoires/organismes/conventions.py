"""What a convention allows: a competence held by one never goes further than it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from portal.comptes.models import User
from territoires.models import Commune
from territoires.organismes.models import Competence, Convention, NatureAide

#: A field of a competence, and what is wrong with it (French).
Defaut = tuple[str, str]
_JOUR = "%d/%m/%Y"


@dataclass(frozen=True, slots=True)
class Cadre:
    """What a convention allows; `receveurs` are codes of organismes."""

    reference: str
    natures: Collection[str]
    receveurs: Collection[str]
    perimetre: Collection[str]
    debut: date
    fin: date | None

    @classmethod
    def de(cls, convention: Convention) -> Cadre:
        return cls(
            convention.reference,
            convention.natures,
            set(convention.receveurs.order_by().values_list("code", flat=True)),
            convention.perimetre,
            convention.debut,
            convention.fin,
        )

    def defauts(self, competence: Competence, organisme: str) -> Iterator[Defaut]:
        """Where a competence, saved or not, of a desk of `organisme` goes further.

        Its last day counts: one without end cannot rest on a convention that has one.
        """
        dite = f"La convention « {self.reference} »"
        if competence.nature not in self.natures:
            nature = NatureAide(competence.nature).label.lower()
            yield "convention", f"{dite} ne porte pas sur « {nature} »."
        if organisme not in self.receveurs:
            yield "convention", f"{dite} ne confie rien à l’organisme de ce guichet."
        if competence.debut < self.debut:
            jour = self.debut.strftime(_JOUR)
            yield "debut", f"{dite} commence le {jour} : la compétence ne peut pas commencer avant."
        if self.fin is not None and (competence.fin is None or competence.fin > self.fin):
            jour = self.fin.strftime(_JOUR)
            message = (
                f"{dite} finit le {jour} : la compétence ne peut pas durer plus longtemps. "
                f"Donnez-lui un dernier jour, le {jour} au plus tard."
            )
            yield "fin", message
        if _depasse(competence, self.perimetre):
            yield "perimetre", f"{dite} ne couvre pas tout ce périmètre."


def defauts_de_convention(competence: Competence) -> list[Defaut]:
    """Where a competence goes further than its convention; nothing without one."""
    if competence.convention is None:
        return []
    organisme = competence.guichet.organisme.code
    return list(Cadre.de(competence.convention).defauts(competence, organisme))


def defauts_de_droit(competence: Competence, par: User) -> Iterator[Defaut]:
    """Why this person may not give a desk this competence; nothing for the portal's own.

    A catalogue manager sets the desks of their organismes, in the territory of each, or in that
    of a convention: nobody takes a neighbour's competence alone.
    """
    if par.is_staff:
        return
    organisme = competence.guichet.organisme
    if not par.gestions.filter(organisme=organisme).exists():
        yield "guichet", "Ce guichet n’est pas celui d’un de vos organismes."
        return
    permis: Collection[str] = [organisme.territoire] if organisme.territoire else []
    if competence.convention is not None:
        permis = competence.convention.perimetre
    if _depasse(competence, permis):
        message = (
            f"Ce périmètre sort du territoire de « {organisme.nom} ». Choisissez la convention "
            "qui le lui confie, ou demandez à l’administration du portail."
        )
        yield "perimetre", message


def retenues_par(convention: Convention) -> list[Competence]:
    """The competences that a convention, saved as it is now, would no longer allow."""
    cadre = Cadre.de(convention)
    appuyees = convention.competences.select_related("guichet__organisme")
    return [c for c in appuyees if any(True for _ in cadre.defauts(c, c.guichet.organisme.code))]


def _depasse(competence: Competence, cadre: Collection[str]) -> bool:
    """Whether a commune of the competence is outside these codes: asked at the commune, since an
    EPCI may straddle their borders."""
    siennes = Commune.objects.actuelles().dans(competence.perimetre, competence.exclusions)
    permises = Commune.objects.actuelles().dans(cadre).order_by().values("pk")
    return siennes.exclude(pk__in=permises).exists()
