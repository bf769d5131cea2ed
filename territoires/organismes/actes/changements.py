"""Changes of competence: prepared by a person, then written all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.conventions import Defaut, defauts_de_convention, defauts_de_droit
from territoires.organismes.models import ChangementCompetences, Competence
from territoires.organismes.operations import Effet, effets, valeurs_de
from territoires.perimetre import CodeInconnu, PerimetreInvalide, verifier

#: More than that is an exchange file.
OPERATIONS_MAXIMUM = 100


class ChangementRefuse(Exception):
    """The change is not possible; `defauts` are (field, French message)."""

    def __init__(self, defauts: Sequence[Defaut]) -> None:
        super().__init__(" ".join(message for _, message in defauts))
        self.defauts = tuple(defauts)


class RevisionDepassee(Exception):
    """Somebody changed it while a page was open."""


def changement_de(user: User) -> ChangementCompetences | None:
    """What this person is preparing, if anything."""
    return ChangementCompetences.objects.filter(user=user, applique_le__isnull=True).first()


@transaction.atomic
def preparer_operations(
    *, par: User, operations: Sequence[Mapping[str, Any]]
) -> ChangementCompetences:
    """Add operations to what the person prepares. One on a row that they already change takes
    the place of the former. Nothing comes into force. Raises ChangementRefuse, PermissionDenied.
    """
    if not (par.is_staff or par.gestions.exists()):
        raise PermissionDenied("Seuls les gestionnaires de catalogue règlent les compétences.")
    changement, _ = ChangementCompetences.objects.select_for_update().get_or_create(
        user=par, applique_le=None
    )
    visees = {operation.get("competence") for operation in operations} - {None}
    gardees = [o for o in changement.operations if o.get("competence") not in visees]
    voulues = [*gardees, *map(dict, operations)]
    if len(voulues) > OPERATIONS_MAXIMUM:
        raise ChangementRefuse([("", f"{OPERATIONS_MAXIMUM} changements au plus à la fois.")])
    presentes = list(Competence.objects.with_details())
    nouveaux = [e for e in effets(voulues, presentes) if e.rang >= len(gardees)]
    if defauts := [defaut for effet in nouveaux for defaut in defauts_de(effet, par)]:
        raise ChangementRefuse(defauts)
    changement.operations = voulues
    changement.revision += 1
    changement.save()
    return changement


@transaction.atomic
def retirer_operation(*, par: User, rang: int, revision: int) -> ChangementCompetences:
    """Take one operation back. Raises RevisionDepassee when it is no longer what was seen."""
    changement = (
        ChangementCompetences.objects.select_for_update()
        .filter(user=par, applique_le__isnull=True, revision=revision)
        .first()
    )
    if changement is None or not 0 <= rang < len(changement.operations):
        raise RevisionDepassee
    del changement.operations[rang]
    changement.revision += 1
    changement.save()
    return changement


@transaction.atomic
def abandonner_changement(*, par: User) -> None:
    """Forget what the person prepares."""
    ChangementCompetences.objects.filter(user=par, applique_le__isnull=True).delete()


def defauts_de(effet: Effet, par: User) -> list[Defaut]:
    """Why an operation may not be applied by this person; empty when it may."""
    if effet.perimee:
        return [("", "Cette compétence a changé, ou disparu, depuis : reprenez-la de la liste.")]
    avant, apres = effet.avant, effet.apres
    if avant is not None and not Competence.objects.gerees_par(par).filter(pk=avant.pk).exists():
        return [("guichet", "Ce guichet n’est pas celui d’un de vos organismes.")]
    if apres is None:
        return []
    try:
        verifier([*apres.perimetre, *apres.exclusions])
    except (CodeInconnu, PerimetreInvalide) as inconnu:
        return [("perimetre", str(inconnu))]
    if not apres.perimetre:
        return [("perimetre", "Choisissez au moins un lieu.")]
    if apres.fin is not None and apres.fin < apres.debut:
        return [("fin", "Le dernier jour précède le premier.")]
    droits = list(defauts_de_droit(apres, par)) if _s_etend(avant, apres) else []
    return [*defauts_de_convention(apres), *droits]


def _s_etend(avant: Competence | None, apres: Competence) -> bool:
    """Whether it covers another place, nature or desk: to end or to shorten is always possible."""
    if avant is None:
        return True
    memes = ("guichet_id", "nature", "perimetre", "exclusions", "convention_id")
    return any(getattr(avant, nom) != getattr(apres, nom) for nom in memes)


def ecrire_competences(
    *, changement: ChangementCompetences, par: User, deplacees: int
) -> list[Effet]:
    """Write what a change prepared, inside the transaction of who applies it: everything, or
    nothing. Journalled: each competence before and after, then the change with how many demandes
    moved. Raises ChangementRefuse.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Une seule transaction écrit tout.")
    trouves = effets(
        changement.operations,
        Competence.objects.with_details().select_for_update(of=("self",)).order_by("pk"),
    )
    if defauts := [defaut for effet in trouves for defaut in defauts_de(effet, par)]:
        raise ChangementRefuse(defauts)
    for effet in trouves:
        _ecrire(effet, par, changement)
    touches = {c.guichet_id for e in trouves for c in (e.avant, e.apres) if c is not None}
    changement.guichets = sorted(touches)
    changement.applique_le = timezone.now()
    changement.save()
    consigner(
        verbe="changement_applique",
        objet=changement,
        acteur=par,
        operations=len(trouves),
        demandes=deplacees,
    )
    return trouves


def _ecrire(effet: Effet, par: User, changement: ChangementCompetences) -> None:
    avant = valeurs_de(effet.avant) if effet.avant is not None else None
    donnees: dict[str, Any] = {"changement": changement.pk, "avant": _au_journal(avant)}
    if effet.apres is None:
        assert effet.avant is not None  # noqa: S101 - what is deleted was there
        consigner(verbe="competence_supprimee", objet=effet.avant, acteur=par, **donnees)
        effet.avant.delete()
        return
    effet.apres.save(force_insert=effet.avant is None, force_update=effet.avant is not None)
    verbe = "competence_ajoutee" if effet.avant is None else "competence_modifiee"
    donnees["apres"] = _au_journal(valeurs_de(effet.apres))
    consigner(verbe=verbe, objet=effet.apres, acteur=par, **donnees)


def _au_journal(valeurs: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Codes, keys and dates only: the words of the legal basis stay on the row."""
    if valeurs is None:
        return None
    return {cle: valeur for cle, valeur in valeurs.items() if cle != "base_legale"}
