"""One more aide for a dossier already deposited: the same guarantees as the deposit."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.taches import annoncer
from dossiers.depot.actes.depot import (
    DepotImpossible,
    choisies_deposables,
    commune_du_projet,
    demandees,
    demander,
    figer,
)
from dossiers.faits import faits_du_dossier
from dossiers.models import Demande, Dossier, VersionDossier
from dossiers.notifications import prevenir
from dossiers.rapprochement.actes import garder
from dossiers.rapprochement.appariement import AideAppariee, apparier
from dossiers.recus.actes import emettre
from dossiers.templatetags.portail import date_longue
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.zones import ReferentielZones


@transaction.atomic
def ajouter_aide(*, dossier: Dossier, code: str, par: User) -> Demande:
    """File one more demande for a deposited dossier; its clock starts today.

    The answers are those that were deposited: a new version freezes them again with the pieces
    of the day, and its own match. One demande per aide: a second click returns the first one.
    Raises DepotImpossible.
    """
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if actuel.est_brouillon:
        raise DepotImpossible("Ce dossier n’est pas encore déposé : choisissez l’aide avec lui.")
    if actuel.efface_le is not None:
        raise DepotImpossible("Le contenu de ce dossier est effacé : ouvrez-en un nouveau.")
    existante = actuel.demandes.filter(aide__code=code).first()
    if existante is not None:
        return existante
    maintenant = timezone.now()
    le = timezone.localdate(maintenant)
    faits = faits_du_dossier(actuel, le)
    commune = commune_du_projet(faits)
    referentiel = ReferentielZones.au(le)
    appariement = apparier(faits, le, referentiel=referentiel)
    (aide,) = choisies_deposables(appariement, [code])
    version = figer(actuel, par, maintenant)
    garder(version=version, appariement=appariement, demandees=[aide], referentiel=referentiel)
    (demande,) = demandes = demander(version, [aide], commune, par)
    actuel.choix = sorted({*actuel.choix, code})
    actuel.save(update_fields=["choix", "modifie_le"])
    inscription = consigner(
        verbe="ajouter_aide", objet=actuel, acteur=par, dossier_id=actuel.pk,
        version=version.pk, empreinte=version.empreinte, aide=code,
    )  # fmt: skip
    emettre(version=version, demandees=demandees(demandes, [aide]), inscription=inscription)
    _accuser_enregistrement(demande, version, aide, par)
    annoncer(version.pk)
    return demande


def _accuser_enregistrement(
    demande: Demande, version: VersionDossier, aide: AideAppariee, par: User
) -> None:
    """The acknowledgement of registration, as at the deposit (CRPA, article R112-11-2)."""
    prevenir(
        users=[par],
        demande=demande,
        sujet=f"Demande {demande.numero} enregistrée",
        texte=f"Nous avons reçu votre demande « {aide.version.titre} » le "
        f"{date_longue(version.deposee_le)} : c’est la date qui compte. Elle porte le numéro "
        f"{demande.numero} et reprend les réponses de votre dossier {demande.dossier.numero}. Ce "
        "message est l’accusé d’enregistrement électronique de votre envoi (CRPA, article "
        "R112-11-2). Le guichet chargé de la demande vous adressera un accusé de réception "
        "complet, au plus tard dix jours ouvrés après l’avoir reçue.",
        chemin=reverse("depot:suivi", args=[version.dossier.identifiant]),
    )
