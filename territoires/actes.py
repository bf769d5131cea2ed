"""Every write of the geography: loading the reference data, loading a zone's layer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from portal.socle.journal import consigner
from territoires.chargement import Jeu, charger
from territoires.fichier_zone import FichierZone, FormatZone, lire_fichier_zone
from territoires.models import AppartenanceZone, Chargement, CoucheZone, Zone


class ActeImpossible(Exception):
    """The act contradicts what is there; the message (French) says what."""


@transaction.atomic
def charger_reference(
    *, jeu: Jeu, dossier: Path, annoncer: Callable[[str, int], object]
) -> Chargement | None:
    """Make the tables of `jeu` hold its fixtures, whole or not at all (see `charger`)."""
    chargement = charger(jeu, dossier, annoncer)
    if chargement is not None:
        consigner(
            verbe="reference_chargee",
            objet=chargement,
            millesime=chargement.millesime,
            empreinte=chargement.empreinte,
            lignes=chargement.lignes,
        )
    return chargement


@dataclass(frozen=True)
class DescriptionZone:
    """What an official list says of itself: the zone, its period (both days included)."""

    code: str
    nom: str
    source: str
    du: date
    au: date | None = None


@transaction.atomic
def importer_zone(
    *, description: DescriptionZone, fichier: Path, forme: FormatZone | None = None
) -> tuple[CoucheZone, bool]:
    """Load one dated layer of a zone; return it, and whether its communes were (re)written.

    The same zone and first day replace the layer: the same file again changes nothing but its
    last day, its name or its source. Raises FichierZoneInvalide, or ActeImpossible when
    another layer of the zone is in force on one of those days: nothing is then loaded.
    """
    if description.au is not None and description.au < description.du:
        raise ActeImpossible("La zone finirait avant de commencer.")
    forme = forme or FormatZone()
    lu = lire_fichier_zone(fichier, forme)
    zone, _ = Zone.objects.get_or_create(code=description.code)
    # Locked: two imports at once must not both find the period free.
    zone = Zone.objects.select_for_update().get(pk=zone.pk)
    _verifier_periode_libre(zone, description)
    couche, a_ecrire = _enregistrer_couche(zone, description, forme, lu)
    consigner(
        verbe="zone_importee",
        objet=couche,
        zone=zone.code,
        du=description.du,
        au=description.au,
        empreinte=lu.empreinte,
        communes=len(lu.statuts),
    )
    return couche, a_ecrire


def _enregistrer_couche(
    zone: Zone, description: DescriptionZone, forme: FormatZone, lu: FichierZone
) -> tuple[CoucheZone, bool]:
    """Save zone and layer, and its lines when the file is not the one already there."""
    zone.nom = description.nom
    zone.save()
    couche = zone.couches.filter(du=description.du).first()
    couche = couche or CoucheZone(zone=zone, du=description.du)
    a_ecrire = couche.empreinte != lu.empreinte
    couche.au = description.au
    couche.source = description.source
    couche.statuts_donnes = bool(forme.colonne_statut)
    couche.empreinte = lu.empreinte
    couche.save()
    if a_ecrire:
        couche.appartenances.all().delete()
        lignes = (
            AppartenanceZone(couche=couche, code_commune=code, statut=statut)
            for code, statut in lu.statuts.items()
        )
        AppartenanceZone.objects.bulk_create(lignes, batch_size=5000)
    return couche, a_ecrire


def _verifier_periode_libre(zone: Zone, description: DescriptionZone) -> None:
    autres = CoucheZone.objects.filter(zone=zone).exclude(du=description.du)
    gene = autres.recouvrant(description.du, description.au).first()
    if gene is not None:
        fin = f"au {gene.au:%d/%m/%Y}" if gene.au else "sans fin"
        raise ActeImpossible(
            f"La zone {zone.code} a déjà une couche du {gene.du:%d/%m/%Y} {fin} : une seule peut "
            "être en vigueur un jour donné. Importez-la de nouveau avec --au pour la clore."
        )
