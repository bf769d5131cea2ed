"""Officers, catalogue managers and administrators of an organisme: invited, moved, removed."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from portal.comptes import invitations
from portal.comptes.invitations import MAXIMUM_EN_ATTENTE, InvitationImpossible
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.actes.courriels import annoncer
from territoires.organismes.actes.droits import verrouiller
from territoires.organismes.models import (
    AdministrateurOrganisme,
    AgentGuichet,
    GestionnaireCatalogue,
    Guichet,
    InvitationOrganisme,
    Organisme,
)


@transaction.atomic
def inviter(
    *,
    organisme: Organisme,
    guichet: Guichet | None,
    courriel: str,
    par: User,
    catalogue: bool = False,
) -> InvitationOrganisme:
    """Invite an address to a desk or, without one, to administer the organisme or to keep its
    catalogue.

    One that waits already is sent again. Raises PermissionDenied and InvitationImpossible.
    """
    verrouille = verrouiller(organisme, par)
    courriel = courriel.strip().lower()
    if guichet is not None and guichet.organisme_id != verrouille.pk:
        raise InvitationImpossible("Ce guichet n’est pas de cet organisme.")
    if _deja_la(verrouille, guichet, catalogue, courriel):
        raise InvitationImpossible("Cette personne y est déjà.")
    if verrouille.invitations.en_attente().count() >= MAXIMUM_EN_ATTENTE:
        raise InvitationImpossible(
            f"{MAXIMUM_EN_ATTENTE} invitations attendent déjà une réponse : annulez-en d’abord."
        )
    trouvee: tuple[InvitationOrganisme, bool] = verrouille.invitations.sans_suite().get_or_create(
        organisme=verrouille,
        guichet=guichet,
        catalogue=catalogue,
        courriel=courriel,
        defaults={"par": par},
    )
    invitation, nouvelle = trouvee
    if not nouvelle:
        invitation.par = par
        invitation.save(update_fields=["par"])
    invitations.renouveler(invitation, nouvelle=nouvelle)
    consigner(
        verbe="inviter_agent",
        objet=invitation,
        acteur=par,
        organisme=verrouille.pk,
        guichet=guichet.pk if guichet else None,
        catalogue=catalogue,
    )
    return invitation


def _deja_la(organisme: Organisme, guichet: Guichet | None, catalogue: bool, courriel: str) -> bool:
    if guichet is not None:
        return guichet.affectations.filter(user__email__iexact=courriel).exists()
    if catalogue:
        return organisme.gestions.filter(user__email__iexact=courriel).exists()
    return organisme.administrations.filter(user__email__iexact=courriel).exists()


@transaction.atomic
def renvoyer_invitation(*, invitation: InvitationOrganisme, par: User) -> InvitationOrganisme:
    """Send an invitation again, with its whole time. Raises InvitationImpossible."""
    verrouiller(invitation.organisme, par)
    actuelle: InvitationOrganisme = InvitationOrganisme.objects.select_for_update().get(
        pk=invitation.pk
    )
    if actuelle.acceptee_le or actuelle.revoquee_le:
        raise InvitationImpossible("Cette invitation a déjà servi, ou elle a été annulée.")
    invitations.renouveler(actuelle)
    consigner(verbe="renvoyer_invitation", objet=actuelle, acteur=par)
    return actuelle


@transaction.atomic
def annuler_invitation(*, invitation: InvitationOrganisme, par: User) -> None:
    """Withdraw an invitation: its link no longer works. Idempotent."""
    verrouiller(invitation.organisme, par)
    actuelle: InvitationOrganisme = InvitationOrganisme.objects.select_for_update().get(
        pk=invitation.pk
    )
    if invitations.revoquer(actuelle):
        consigner(verbe="annuler_invitation", objet=actuelle, acteur=par)


@transaction.atomic
def rejoindre(
    *, invitation: InvitationOrganisme, user: User
) -> AgentGuichet | AdministrateurOrganisme | GestionnaireCatalogue:
    """Become an officer, a catalogue manager or an administrator, by an invitation to one's own
    confirmed address.

    Raises InvitationRefusee; then nothing changed.
    """
    organisme = Organisme.objects.select_for_update().get(pk=invitation.organisme_id)
    actuelle: InvitationOrganisme = InvitationOrganisme.objects.select_for_update().get(
        pk=invitation.pk
    )
    invitations.utiliser(actuelle, user)
    if actuelle.guichet is not None:
        return _affecter(actuelle.guichet, user, par=user, invitation=actuelle.pk)
    if actuelle.catalogue:
        return _confier_catalogue(organisme, user, par=user, invitation=actuelle.pk)
    return _nommer(organisme, user, par=user, invitation=actuelle.pk)


@transaction.atomic
def nommer_administrateur(
    *, organisme: Organisme, user: User, par: User
) -> AdministrateurOrganisme:
    """Make an existing account an administrator of an organisme. Idempotent."""
    return _nommer(verrouiller(organisme, par), user, par=par)


@transaction.atomic
def retirer_administrateur(*, administration: AdministrateurOrganisme, par: User) -> None:
    """End an administration; without any left, the portal's administrators remain."""
    verrouiller(administration.organisme, par)
    _terminer(administration, "administrateur_retire", par, organisme=administration.organisme_id)
    _revoquer_invitations_de(administration.user, administration.organisme)


@transaction.atomic
def retirer_gestionnaire(*, gestion: GestionnaireCatalogue, par: User) -> None:
    """Take the catalogue from somebody; the drafts stay to those who keep it."""
    verrouiller(gestion.organisme, par)
    organisme, user_id = gestion.organisme, gestion.user_id
    _terminer(gestion, "gestionnaire_retire", par, organisme=organisme.pk)
    texte = f"Vous ne tenez plus le catalogue des aides de {organisme.nom}."
    transaction.on_commit(partial(annoncer, user_id, organisme.nom, texte), robust=True)


@transaction.atomic
def deplacer_agent(*, affectation: AgentGuichet, vers: Guichet, par: User) -> AgentGuichet:
    """Move an officer to another desk of the organisme; their demandes stay where they are."""
    verrouiller(affectation.guichet.organisme, par)
    if vers.organisme_id != affectation.guichet.organisme_id:
        raise ValueError("On ne déplace un agent qu’entre guichets d’un même organisme.")
    if vers.pk == affectation.guichet_id:
        return affectation
    user = affectation.user
    _terminer(affectation, "agent_retire", par, guichet=affectation.guichet_id, vers=vers.pk)
    nouvelle = _affecter(vers, user, par=par)
    texte = f"Vous êtes maintenant agent du guichet « {vers.nom} »."
    transaction.on_commit(partial(annoncer, user.pk, vers.nom, texte), robust=True)
    return nouvelle


@transaction.atomic
def retirer_agent(*, affectation: AgentGuichet, par: User) -> None:
    """Remove an officer from a desk; what they followed is for their colleagues to take up."""
    verrouiller(affectation.guichet.organisme, par)
    nom, user_id = affectation.guichet.nom, affectation.user_id
    _terminer(affectation, "agent_retire", par, guichet=affectation.guichet_id)
    texte = (
        f"Vous n’êtes plus agent du guichet « {nom} » : ses demandes ne vous sont plus ouvertes."
    )
    transaction.on_commit(partial(annoncer, user_id, nom, texte), robust=True)


@transaction.atomic
def liberer_agent(*, user: User) -> None:
    """Somebody closes their account: they leave every desk and every organisme."""
    for affectation in user.affectations.order_by("pk"):
        _terminer(affectation, "agent_retire", user, guichet=affectation.guichet_id)
    for administration in user.administrations.select_related("organisme").order_by("pk"):
        _terminer(
            administration, "administrateur_retire", user, organisme=administration.organisme_id
        )
        _revoquer_invitations_de(user, administration.organisme)
    for gestion in user.gestions.order_by("pk"):
        _terminer(gestion, "gestionnaire_retire", user, organisme=gestion.organisme_id)
    InvitationOrganisme.objects.filter(courriel__iexact=user.email).delete()


def _affecter(guichet: Guichet, user: User, *, par: User, **donnees: int) -> AgentGuichet:
    affectation, nouvelle = AgentGuichet.objects.get_or_create(guichet=guichet, user=user)
    if nouvelle:
        consigner(
            verbe="agent_affecte",
            objet=affectation,
            acteur=par,
            guichet=guichet.pk,
            user=user.pk,
            **donnees,
        )
    return affectation


def _nommer(
    organisme: Organisme, user: User, *, par: User, **donnees: int
) -> AdministrateurOrganisme:
    administration, nouvelle = AdministrateurOrganisme.objects.get_or_create(
        organisme=organisme, user=user
    )
    if nouvelle:
        consigner(
            verbe="administrateur_nomme",
            objet=administration,
            acteur=par,
            organisme=organisme.pk,
            user=user.pk,
            **donnees,
        )
    return administration


def _confier_catalogue(
    organisme: Organisme, user: User, *, par: User, **donnees: int
) -> GestionnaireCatalogue:
    gestion, nouvelle = GestionnaireCatalogue.objects.get_or_create(organisme=organisme, user=user)
    if nouvelle:
        consigner(
            verbe="gestionnaire_nomme",
            objet=gestion,
            acteur=par,
            organisme=organisme.pk,
            user=user.pk,
            **donnees,
        )
    return gestion


def _terminer(
    lien: AgentGuichet | AdministrateurOrganisme | GestionnaireCatalogue,
    verbe: str,
    par: User,
    **donnees: int,
) -> None:
    consigner(verbe=verbe, objet=lien, acteur=par, user=lien.user_id, **donnees)
    lien.delete()


def _revoquer_invitations_de(user: User, organisme: Organisme) -> None:
    """Who no longer decides no longer lets anybody in."""
    for invitation in organisme.invitations.sans_suite().filter(par=user).order_by("pk"):
        if invitations.revoquer(invitation):
            consigner(verbe="annuler_invitation", objet=invitation, acteur=user)
