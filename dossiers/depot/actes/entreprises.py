"""Companies and who may speak for them here."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from stdnum.fr import siret as siret_fr

from dossiers.models import Entreprise, Membre
from portal.comptes.models import User
from portal.socle.journal import consigner


class EntrepriseDejaConnue(Exception):
    """Somebody already speaks for this SIREN here."""


@transaction.atomic
def creer_entreprise(*, siret: str, nom: str, par: User) -> Entreprise:
    """Register a company nobody holds yet; `par` becomes its first, active member.

    Raises EntrepriseDejaConnue, and stdnum's ValidationError for an invalid SIRET.
    """
    siret = siret_fr.validate(siret)
    siren = siret_fr.to_siren(siret)
    try:
        with transaction.atomic():
            entreprise = Entreprise.objects.create(siren=siren, siret=siret, nom=nom.strip())
    except IntegrityError as doublon:
        raise EntrepriseDejaConnue(siren) from doublon
    Membre.objects.create(entreprise=entreprise, user=par, etat=Membre.Etat.ACTIF)
    consigner(verbe="creer_entreprise", objet=entreprise, acteur=par)
    return entreprise


@transaction.atomic
def adherer(*, entreprise: Entreprise, par: User) -> Membre:
    """Ask to join a company: the claim shows nothing until a member accepts it. Idempotent."""
    membre, nouveau = Membre.objects.get_or_create(
        entreprise=entreprise, user=par, defaults={"etat": Membre.Etat.EN_ATTENTE}
    )
    if nouveau:
        consigner(verbe="demander_adhesion", objet=membre, acteur=par, entreprise=entreprise.pk)
    return membre


@transaction.atomic
def rattacher(*, siret: str, nom: str, par: User) -> Membre:
    """The membership of `par` in the company of this SIRET: active if the company was unknown
    or already theirs, else pending. Raises stdnum's ValidationError for an invalid SIRET.
    """
    siren = siret_fr.to_siren(siret_fr.validate(siret))
    entreprise = Entreprise.objects.filter(siren=siren).first()
    if entreprise is None:
        try:
            entreprise = creer_entreprise(siret=siret, nom=nom, par=par)
        except EntrepriseDejaConnue:
            entreprise = Entreprise.objects.get(siren=siren)
    return adherer(entreprise=entreprise, par=par)


@transaction.atomic
def accepter_adhesion(*, membre: Membre, par: User) -> Membre:
    """A member, or a portal administrator, lets a claimant in. Idempotent."""
    attente = _attente(membre, par)
    if attente.etat != Membre.Etat.ACTIF:
        attente.etat = Membre.Etat.ACTIF
        attente.save(update_fields=["etat"])
        consigner(verbe="accepter_adhesion", objet=attente, acteur=par)
    return attente


@transaction.atomic
def refuser_adhesion(*, membre: Membre, par: User) -> None:
    """A member, or a portal administrator, turns a claimant down; the claim is erased."""
    attente = _attente(membre, par)
    if attente.etat == Membre.Etat.EN_ATTENTE:
        consigner(verbe="refuser_adhesion", objet=attente, acteur=par, demandeur=attente.user_id)
        attente.delete()


def _attente(membre: Membre, par: User) -> Membre:
    if not par.is_staff:
        entreprises = Entreprise.objects.visibles_par(par)
        if not entreprises.filter(pk=membre.entreprise_id).exists():
            raise PermissionDenied("Seul un membre de l’entreprise peut répondre à cette demande.")
    return Membre.objects.select_for_update().get(pk=membre.pk)
