"""Inviting somebody to a company by e-mail, and joining it by that invitation."""

from __future__ import annotations

from django.db import transaction

from dossiers.depot.actes.annonces import annoncer_aux_responsables
from dossiers.depot.actes.entreprises import responsables, verrouiller
from dossiers.models import Entreprise, InvitationEntreprise, Membre
from portal.comptes import invitations
from portal.comptes.invitations import MAXIMUM_EN_ATTENTE, InvitationImpossible
from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def inviter(*, entreprise: Entreprise, courriel: str, role: str, par: User) -> InvitationEntreprise:
    """Invite an address, which may have no account yet; one that waits already is sent again.

    Raises PermissionDenied, and InvitationImpossible when the person is a member already.
    """
    verrouillee = verrouiller(entreprise, par)
    courriel = courriel.strip().lower()
    if verrouillee.adhesions.filter(etat=Membre.Etat.ACTIF, user__email__iexact=courriel).exists():
        raise InvitationImpossible("Cette personne est déjà membre de l’entreprise.")
    if verrouillee.invitations.en_attente().count() >= MAXIMUM_EN_ATTENTE:
        raise InvitationImpossible(
            f"{MAXIMUM_EN_ATTENTE} invitations attendent déjà une réponse : annulez-en d’abord."
        )
    trouvee: tuple[InvitationEntreprise, bool] = verrouillee.invitations.sans_suite().get_or_create(
        entreprise=verrouillee, courriel=courriel, defaults={"par": par, "role": role}
    )
    invitation, nouvelle = trouvee
    if not nouvelle:
        invitation.par, invitation.role = par, role
        invitation.save(update_fields=["par", "role"])
    invitations.renouveler(invitation, nouvelle=nouvelle)
    consigner(
        verbe="inviter_membre",
        objet=invitation,
        acteur=par,
        entreprise=verrouillee.pk,
        role=str(role),
    )
    return invitation


@transaction.atomic
def renvoyer_invitation(*, invitation: InvitationEntreprise, par: User) -> InvitationEntreprise:
    """Send an invitation again, with its whole time. Raises InvitationImpossible."""
    verrouiller(invitation.entreprise, par)
    actuelle: InvitationEntreprise = InvitationEntreprise.objects.select_for_update().get(
        pk=invitation.pk
    )
    if actuelle.acceptee_le or actuelle.revoquee_le:
        raise InvitationImpossible("Cette invitation a déjà servi, ou elle a été annulée.")
    invitations.renouveler(actuelle)
    consigner(verbe="renvoyer_invitation", objet=actuelle, acteur=par)
    return actuelle


@transaction.atomic
def annuler_invitation(*, invitation: InvitationEntreprise, par: User) -> None:
    """Withdraw an invitation: its link no longer works. Idempotent."""
    verrouiller(invitation.entreprise, par)
    actuelle: InvitationEntreprise = InvitationEntreprise.objects.select_for_update().get(
        pk=invitation.pk
    )
    if invitations.revoquer(actuelle):
        consigner(verbe="annuler_invitation", objet=actuelle, acteur=par)


@transaction.atomic
def rejoindre(*, invitation: InvitationEntreprise, user: User) -> Membre:
    """Join the company by an invitation sent to one's own confirmed address, once.

    Raises InvitationRefusee; then nothing changed.
    """
    entreprise = Entreprise.objects.select_for_update().get(pk=invitation.entreprise_id)
    actuelle: InvitationEntreprise = InvitationEntreprise.objects.select_for_update().get(
        pk=invitation.pk
    )
    invitations.utiliser(actuelle, user)
    membre, _ = Membre.objects.get_or_create(entreprise=entreprise, user=user)
    if membre.etat != Membre.Etat.ACTIF:
        membre.etat = Membre.Etat.ACTIF
        orpheline = not responsables(entreprise)
        membre.role = Membre.Role.RESPONSABLE if orpheline else Membre.Role(actuelle.role)
        membre.save(update_fields=["etat", "role"])
    consigner(
        verbe="rejoindre_entreprise",
        objet=membre,
        acteur=user,
        entreprise=entreprise.pk,
        invitation=actuelle.pk,
        role=membre.role,
    )
    annoncer_aux_responsables(
        entreprise,
        f"{user.email} a rejoint {entreprise.nom}",
        f"{user.email} a accepté son invitation et voit maintenant les dossiers de "
        f"{entreprise.nom}.",
        sauf=[user],
    )
    return membre
