"""Roles in a company, leaving it, and giving it back to whom it belongs.

Every act locks the company first, so that one administrator always remains.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dossiers.depot.actes.annonces import annoncer_aux_responsables, annoncer_reponse
from dossiers.depot.actes.entreprises import responsables, verrouiller
from dossiers.models import Entreprise, InvitationEntreprise, Membre
from dossiers.rapprochement.models import Alerte
from portal.comptes.invitations import revoquer
from portal.comptes.models import User
from portal.socle.journal import consigner


class DernierResponsable(Exception):
    """A company whose members would have nobody to manage them; the message is French."""


@transaction.atomic
def changer_role(*, membre: Membre, role: str, par: User) -> Membre:
    """Make a member an administrator of the company, or no longer. Idempotent.

    Raises PermissionDenied and DernierResponsable.
    """
    entreprise = verrouiller(membre.entreprise, par)
    actuel = _actif(entreprise, membre)
    nouveau = Membre.Role(role)
    if actuel.role == nouveau:
        return actuel
    if nouveau != Membre.Role.RESPONSABLE:
        _garder_un_responsable(entreprise, actuel)
        _revoquer_invitations_de(entreprise, actuel.user)
    actuel.role = nouveau
    actuel.save(update_fields=["role"])
    consigner(
        verbe="changer_role", objet=actuel, acteur=par, entreprise=entreprise.pk, role=str(nouveau)
    )
    if actuel.user_id != par.pk:
        annoncer_reponse(
            actuel.user,
            f"Votre rôle dans {entreprise.nom} a changé",
            f"Vous y êtes maintenant « {nouveau.label.lower()} ».",
            reverse("depot:entreprise", args=[entreprise.siren]),
        )
    return actuel


@transaction.atomic
def retirer_membre(*, membre: Membre, par: User) -> None:
    """End somebody's membership; what they wrote stays with the company.

    Raises PermissionDenied and DernierResponsable.
    """
    entreprise = verrouiller(membre.entreprise, par)
    actuel = _actif(entreprise, membre)
    _garder_un_responsable(entreprise, actuel)
    _terminer(entreprise, actuel, "retirer_membre", par)
    annoncer_reponse(
        actuel.user,
        f"Vous n’êtes plus membre de {entreprise.nom}",
        f"Une personne qui administre {entreprise.nom} vous en a retiré : ses dossiers ne vous "
        "sont plus ouverts.",
        reverse("depot:liste"),
    )


@transaction.atomic
def quitter(*, entreprise: Entreprise, user: User) -> None:
    """Leave a company; alone, one leaves it without anybody. Raises DernierResponsable."""
    verrouillee = Entreprise.objects.select_for_update().get(pk=entreprise.pk)
    permission = verrouillee.permissions(user)["quitter"]
    membre = verrouillee.adhesions.filter(user=user, etat=Membre.Etat.ACTIF).first()
    if membre is None:
        raise PermissionDenied(permission.reason)
    if not permission:
        raise DernierResponsable(permission.reason)
    _terminer(verrouillee, membre, "quitter_entreprise", user)
    annoncer_aux_responsables(
        verrouillee,
        f"{user} a quitté {verrouillee.nom}",
        f"{user} a quitté {verrouillee.nom} sur le portail. Ses dossiers restent à l’entreprise.",
    )


@transaction.atomic
def reassigner(*, membre: Membre, retirer_autres: bool, par: User) -> Membre:
    """An administrator of the portal gives a company to one of its members or claimants.

    The others lose their access, or stay as plain members; waiting invitations are withdrawn,
    since those who sent them no longer decide. Raises PermissionDenied.
    """
    if not par.is_staff:
        raise PermissionDenied("Seule l’administration du portail peut confier une entreprise.")
    entreprise = verrouiller(membre.entreprise, par)
    choisi = entreprise.adhesions.select_for_update().get(pk=membre.pk)
    choisi.etat, choisi.role = Membre.Etat.ACTIF, Membre.Role.RESPONSABLE
    choisi.save(update_fields=["etat", "role"])
    for invitation in entreprise.invitations.sans_suite().order_by("pk"):
        _revoquer(invitation, par)
    autres = entreprise.adhesions.filter(etat=Membre.Etat.ACTIF).exclude(pk=choisi.pk)
    for autre in autres.select_related("user").order_by("pk"):
        _ecarter(entreprise, autre, par, retirer=retirer_autres)
    consigner(
        verbe="reassigner_entreprise",
        objet=entreprise,
        acteur=par,
        membre=choisi.pk,
        user=choisi.user_id,
        autres_retires=retirer_autres,
    )
    annoncer_reponse(
        choisi.user,
        f"{entreprise.nom} vous est confiée",
        f"L’administration du portail vous a confié l’espace de {entreprise.nom} : vous "
        "l’administrez désormais.",
        reverse("depot:entreprise", args=[entreprise.siren]),
    )
    return choisi


@transaction.atomic
def verifier_entreprise(*, entreprise: Entreprise, verifiee: bool, par: User) -> Entreprise:
    """Say that the members of a company may speak for it, or take it back. Idempotent."""
    if not par.is_staff:
        raise PermissionDenied("Seule l’administration du portail vérifie une entreprise.")
    verrouillee = verrouiller(entreprise, par)
    if verifiee != (verrouillee.verifiee_le is not None):
        verrouillee.verifiee_le = timezone.now() if verifiee else None
        verrouillee.save(update_fields=["verifiee_le"])
        consigner(verbe="verifier_entreprise", objet=verrouillee, acteur=par, verifiee=verifiee)
    return verrouillee


def _actif(entreprise: Entreprise, membre: Membre) -> Membre:
    """The membership as it is now; raises PermissionDenied when it has ended meanwhile."""
    actuel = (
        entreprise.adhesions.filter(pk=membre.pk, etat=Membre.Etat.ACTIF)
        .select_related("user")
        .first()
    )
    if actuel is None:
        raise PermissionDenied("Cette personne n’est plus membre de l’entreprise.")
    return actuel


def _garder_un_responsable(entreprise: Entreprise, membre: Membre) -> None:
    if [responsable.pk for responsable in responsables(entreprise)] == [membre.pk]:
        raise DernierResponsable(
            "C’est la seule personne à administrer l’entreprise : nommez-en d’abord une autre."
        )


def _terminer(entreprise: Entreprise, membre: Membre, verbe: str, par: User) -> None:
    _revoquer_invitations_de(entreprise, membre.user)
    Alerte.objects.filter(dossier__entreprise=entreprise, user=membre.user).delete()
    consigner(verbe=verbe, objet=membre, acteur=par, entreprise=entreprise.pk, user=membre.user_id)
    membre.delete()


def _ecarter(entreprise: Entreprise, membre: Membre, par: User, *, retirer: bool) -> None:
    """End a membership, or make it a plain one, and say so."""
    if retirer:
        _terminer(entreprise, membre, "retirer_membre", par)
        suite, chemin = "vous n’en êtes plus membre", reverse("depot:liste")
    else:
        membre.role = Membre.Role.MEMBRE
        membre.save(update_fields=["role"])
        suite = "vous en restez membre, sans l’administrer"
        chemin = reverse("depot:entreprise", args=[entreprise.siren])
    annoncer_reponse(
        membre.user,
        f"{entreprise.nom} est confiée à une autre personne",
        f"L’administration du portail a confié {entreprise.nom} à une autre personne : {suite}.",
        chemin,
    )


def _revoquer_invitations_de(entreprise: Entreprise, user: User) -> None:
    """Who no longer decides no longer lets anybody in."""
    for invitation in entreprise.invitations.sans_suite().filter(par=user).order_by("pk"):
        _revoquer(invitation, user)


def _revoquer(invitation: InvitationEntreprise, par: User) -> None:
    if revoquer(invitation):
        consigner(verbe="annuler_invitation", objet=invitation, acteur=par)
