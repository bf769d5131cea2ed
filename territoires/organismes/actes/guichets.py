"""Creating, renaming, closing the desks of an organisme."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.actes.droits import verrouiller
from territoires.organismes.models import Guichet, Organisme

COORDONNEES = ("courriel", "telephone", "adresse")


class GuichetOccupe(Exception):
    """The desk cannot be deleted; the message is French and says what to do instead."""


@transaction.atomic
def creer_guichet(*, organisme: Organisme, nom: str, par: User, **coordonnees: str) -> Guichet:
    """Create a desk; it receives nothing before somebody gives it a compétence.

    `coordonnees`: courriel, telephone, adresse, said by the organisme itself: confirmed as
    soon as they suffice; and canal. Raises PermissionDenied.
    """
    verrouille = verrouiller(organisme, par)
    guichet = Guichet(
        organisme=verrouille, code=_code_libre(verrouille, nom), nom=nom.strip(), **coordonnees
    )
    guichet.a_confirmer = not joignable(guichet)
    guichet.save()
    consigner(verbe="guichet_cree", objet=guichet, acteur=par, code=guichet.code)
    return guichet


@transaction.atomic
def modifier_guichet(*, guichet: Guichet, nom: str, par: User, **coordonnees: str) -> Guichet:
    """Rename a desk and change how it is reached; its code, which others cite, stays.

    Another canal is for what is handed over from now on: what is under way keeps its own.
    Saving confirms the contact data, if they suffice for an acknowledgement.
    """
    verrouiller(guichet.organisme, par)
    actuel = Guichet.objects.select_for_update().get(pk=guichet.pk)
    voulues = {"nom": nom.strip(), **coordonnees}
    changees = [
        colonne for colonne, valeur in voulues.items() if getattr(actuel, colonne) != valeur
    ]
    confirmees = actuel.a_confirmer
    for colonne in changees:
        setattr(actuel, colonne, voulues[colonne])
    actuel.a_confirmer = not joignable(actuel)
    if changees or confirmees != actuel.a_confirmer:
        actuel.save()
        consigner(
            verbe="guichet_modifie",
            objet=actuel,
            acteur=par,
            code=actuel.code,
            colonnes=changees,
            a_confirmer=actuel.a_confirmer,
        )
    return actuel


def joignable(guichet: Guichet) -> bool:
    """Whether an acknowledgement can name the desk: CRPA, R112-11-1 asks for its telephone and
    for its postal or electronic address.
    """
    return bool(guichet.telephone and (guichet.courriel or guichet.adresse))


@transaction.atomic
def fermer_guichet(*, guichet: Guichet, par: User) -> Guichet:
    """Receive nothing new; the officers finish what they have. Idempotent."""
    return _dater_fermeture(guichet, par, fermer=True)


@transaction.atomic
def rouvrir_guichet(*, guichet: Guichet, par: User) -> Guichet:
    """Receive again. Idempotent."""
    return _dater_fermeture(guichet, par, fermer=False)


def _dater_fermeture(guichet: Guichet, par: User, *, fermer: bool) -> Guichet:
    verrouiller(guichet.organisme, par)
    actuel = Guichet.objects.select_for_update().get(pk=guichet.pk)
    if fermer != (actuel.ferme_le is not None):
        actuel.ferme_le = timezone.now() if fermer else None
        actuel.save(update_fields=["ferme_le"])
        verbe = "guichet_ferme" if fermer else "guichet_rouvert"
        consigner(verbe=verbe, objet=actuel, acteur=par, code=actuel.code)
    return actuel


@transaction.atomic
def supprimer_guichet(*, guichet: Guichet, par: User) -> None:
    """Delete a desk that never received anything and holds no competence. Raises GuichetOccupe."""
    verrouiller(guichet.organisme, par)
    actuel = Guichet.objects.select_for_update().get(pk=guichet.pk)
    if obstacle := obstacle_a_la_suppression(actuel):
        raise GuichetOccupe(obstacle)
    consigner(verbe="guichet_supprime", objet=actuel, acteur=par, code=actuel.code)
    try:
        with transaction.atomic():
            actuel.delete()
    except ProtectedError as retenu:
        raise GuichetOccupe(
            f"« {actuel.nom} » a reçu des demandes, confiées depuis à un autre guichet : leur "
            "historique le nomme. Il ne peut pas être supprimé ; vous pouvez le fermer."
        ) from retenu


def obstacle_a_la_suppression(guichet: Guichet) -> str:
    """Why a desk cannot be deleted, with numbers and what to do instead; empty when it can."""
    toutes, vivantes = guichet.demandes.count(), guichet.demandes.en_cours().count()
    competences = guichet.competences.count()
    nom = f"« {guichet.nom} » ne peut pas être supprimé"
    if vivantes:
        pluriel = "s" if vivantes > 1 else ""
        return (
            f"{nom} : il a {vivantes} demande{pluriel} en cours. Pour les confier à un autre "
            "guichet, répétez puis appliquez un changement de compétences, ou réorientez-les une "
            "à une. Pour qu’il finisse ce qu’il a sans plus rien recevoir, fermez-le."
        )
    if toutes:
        pluriel = "s" if toutes > 1 else ""
        return (
            f"{nom} : {toutes} demande{pluriel} close{pluriel} y rest{'ent' if pluriel else 'e'} "
            f"rattachée{pluriel}. Vous pouvez le fermer : il ne recevra plus rien de nouveau."
        )
    if competences:
        pluriel = "s" if competences > 1 else ""
        return (
            f"{nom} : il a {competences} compétence{pluriel}. Supprimez-les d’abord par un "
            "changement de compétences : sa répétition dit où plus aucun guichet ne resterait."
        )
    return ""


def _code_libre(organisme: Organisme, nom: str) -> str:
    """A code nobody has: the organisme's and the name, then a number."""
    debut = slugify(f"{organisme.code}-{nom}")[:70].strip("-")
    code, rang = debut, 1
    while Guichet.objects.filter(code=code).exists():
        rang += 1
        code = f"{debut}-{rang}"
    return code
