"""Writing agreements between organismes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.actes.changements import ChangementRefuse, RevisionDepassee
from territoires.organismes.conventions import retenues_par
from territoires.organismes.models import Convention, Organisme
from territoires.organismes.verrou import modifier_seul
from territoires.perimetre import CodeInconnu, PerimetreInvalide, verifier

REFUS = "Seul un gestionnaire du catalogue d’un organisme qui confie peut écrire sa convention."


@dataclass(frozen=True, slots=True)
class TexteConvention:
    """All that a convention says; `source` is {"libelle", "url", "verifie"}."""

    genre: str
    reference: str
    donneurs: Collection[Organisme]
    receveurs: Collection[Organisme]
    natures: Collection[str]
    perimetre: Collection[str]
    signee_le: date | None
    debut: date
    fin: date | None
    source: dict[str, object]


@transaction.atomic
def creer_convention(*, texte: TexteConvention, par: User) -> Convention:
    """Raises ChangementRefuse, PermissionDenied."""
    convention = Convention(code=_code_libre(texte.reference))
    return _ecrire(convention, texte, par, "convention_creee")


@transaction.atomic
def modifier_convention(
    *, convention: Convention, texte: TexteConvention, revision: int, par: User
) -> Convention:
    """Change all that a convention says; what rests on it must still fit. Raises
    ChangementRefuse, RevisionDepassee, PermissionDenied."""
    modifier_seul()
    actuelle = Convention.objects.select_for_update().get(pk=convention.pk)
    if not Convention.objects.modifiables_par(par).filter(pk=actuelle.pk).exists():
        raise PermissionDenied(REFUS)
    if actuelle.revision != revision:
        raise RevisionDepassee
    actuelle.revision += 1
    ecrite = _ecrire(actuelle, texte, par, "convention_modifiee")
    if retenues := retenues_par(ecrite):
        noms = " ; ".join(str(competence) for competence in retenues[:5])
        message = (
            f"Des compétences s’appuient sur cette convention et la dépasseraient : {noms}. "
            "Changez-les, ou terminez-les, d’abord."
        )
        raise ChangementRefuse([("", message)])
    return ecrite


def _ecrire(convention: Convention, texte: TexteConvention, par: User, verbe: str) -> Convention:
    if defauts := _defauts(texte, par):
        raise ChangementRefuse(defauts)
    for nom in ("genre", "reference", "signee_le", "debut", "fin", "source"):
        setattr(convention, nom, getattr(texte, nom))
    convention.natures = sorted(texte.natures)
    convention.perimetre = list(verifier(texte.perimetre))
    convention.save()
    convention.donneurs.set(texte.donneurs)
    convention.receveurs.set(texte.receveurs)
    consigner(
        verbe=verbe,
        objet=convention,
        acteur=par,
        code=convention.code,
        donneurs=sorted(organisme.code for organisme in texte.donneurs),
        receveurs=sorted(organisme.code for organisme in texte.receveurs),
        natures=convention.natures,
        perimetre=convention.perimetre,
        debut=convention.debut,
        fin=convention.fin,
    )
    return convention


def _defauts(texte: TexteConvention, par: User) -> list[tuple[str, str]]:
    defauts = []
    cles = {organisme.pk for organisme in texte.donneurs}
    if not par.is_staff and not par.gestions.filter(organisme__in=cles).exists():
        defauts.append(("donneurs", REFUS))
    if cles & {organisme.pk for organisme in texte.receveurs}:
        defauts.append(("receveurs", "Un organisme ne se confie rien à lui-même."))
    if texte.fin is not None and texte.fin < texte.debut:
        defauts.append(("fin", "Le dernier jour précède le premier."))
    try:
        verifier(texte.perimetre)
    except (CodeInconnu, PerimetreInvalide) as inconnu:
        defauts.append(("perimetre", str(inconnu)))
    return defauts


def _code_libre(reference: str) -> str:
    """A code nobody has: the reference, then a number."""
    debut = slugify(reference)[:70].strip("-") or "convention"
    code, rang = debut, 1
    while Convention.objects.filter(code=code).exists():
        rang += 1
        code = f"{debut}-{rang}"
    return code
