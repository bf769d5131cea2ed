"""Companies and who may speak for them here."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from stdnum.fr import siret as siret_fr

from dossiers.depot.actes.annonces import annoncer_demande, annoncer_reponse
from dossiers.models import Entreprise, Membre
from portal.comptes.models import User
from portal.socle.journal import consigner


class EntrepriseDejaConnue(Exception):
    """Somebody already speaks for this SIREN here."""


@transaction.atomic
def creer_entreprise(*, siret: str, nom: str, par: User) -> Entreprise:
    """Register a company nobody holds yet; `par` becomes its first member, and administers it.

    Raises EntrepriseDejaConnue, and stdnum's ValidationError for an invalid SIRET.
    """
    siret = siret_fr.validate(siret)
    siren = siret_fr.to_siren(siret)
    try:
        with transaction.atomic():
            entreprise = Entreprise.objects.create(siren=siren, siret=siret, nom=nom.strip())
    except IntegrityError as doublon:
        raise EntrepriseDejaConnue(siren) from doublon
    Membre.objects.create(
        entreprise=entreprise, user=par, etat=Membre.Etat.ACTIF, role=Membre.Role.RESPONSABLE
    )
    consigner(verbe="creer_entreprise", objet=entreprise, acteur=par)
    return entreprise


@transaction.atomic
def adherer(*, entreprise: Entreprise, par: User) -> Membre:
    """Ask to join a company: the claim shows nothing until it is accepted. Idempotent.

    Those who can answer are told: its administrators, or the portal's when it has none left.
    """
    membre, nouveau = Membre.objects.get_or_create(
        entreprise=entreprise, user=par, defaults={"etat": Membre.Etat.EN_ATTENTE}
    )
    if nouveau:
        consigner(verbe="demander_adhesion", objet=membre, acteur=par, entreprise=entreprise.pk)
        annoncer_demande(membre)
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
    """An administrator of the company, or of the portal, lets a claimant in. Idempotent.

    Whoever enters a company that nobody administers any more administers it.
    """
    entreprise = verrouiller(membre.entreprise, par)
    attente = Membre.objects.select_for_update().get(pk=membre.pk)
    if attente.etat != Membre.Etat.ACTIF:
        attente.etat = Membre.Etat.ACTIF
        if not responsables(entreprise):
            attente.role = Membre.Role.RESPONSABLE
        attente.save(update_fields=["etat", "role"])
        consigner(verbe="accepter_adhesion", objet=attente, acteur=par, role=attente.role)
        annoncer_reponse(
            attente.user,
            f"Vous êtes membre de {entreprise.nom}",
            f"Votre demande de rattachement à {entreprise.nom} est acceptée : ses dossiers vous "
            "sont ouverts.",
            reverse("depot:entreprise", args=[entreprise.siren]),
        )
    return attente


@transaction.atomic
def refuser_adhesion(*, membre: Membre, par: User) -> None:
    """An administrator of the company, or of the portal, turns a claimant down.

    The claim is erased: the same person may ask again.
    """
    verrouiller(membre.entreprise, par)
    attente = Membre.objects.select_for_update().select_related("user").get(pk=membre.pk)
    if attente.etat != Membre.Etat.EN_ATTENTE:
        return
    consigner(verbe="refuser_adhesion", objet=attente, acteur=par, demandeur=attente.user_id)
    annoncer_reponse(
        attente.user,
        "Votre demande de rattachement n’est pas acceptée",
        f"Votre demande de rattachement à l’entreprise de SIREN {attente.entreprise.siren} n’est "
        "pas acceptée. Si vous agissez bien pour elle, voyez avec la personne qui la dirige, ou "
        "écrivez à l’administration du portail.",
        reverse("depot:liste"),
    )
    attente.delete()


def responsables(entreprise: Entreprise) -> list[Membre]:
    """The active members who administer a company."""
    actifs = entreprise.adhesions.filter(etat=Membre.Etat.ACTIF, role=Membre.Role.RESPONSABLE)
    return list(actifs.select_related("user").order_by("pk"))


def verrouiller(entreprise: Entreprise, par: User) -> Entreprise:
    """Lock a company while its members change; raises PermissionDenied if `par` may not."""
    verrouillee = Entreprise.objects.select_for_update().get(pk=entreprise.pk)
    if not par.is_staff and not verrouillee.permissions(par)["gerer"]:
        raise PermissionDenied(verrouillee.permissions(par)["gerer"].reason)
    return verrouillee
