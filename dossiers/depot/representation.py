"""A deposit as programs read it: its numbers, its hash, and how far each demande is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.models import Demande, Dossier, VersionDossier
from portal.socle.models import Evenement


def depots_json(dossiers: Collection[Dossier]) -> list[dict[str, Any]]:
    """Each deposited dossier in exchanged JSON, in four queries whatever their number."""
    pks = [dossier.pk for dossier in dossiers]
    demandes = list(
        Demande.objects.filter(dossier__in=pks)
        .select_related("aide", "version_aide", "guichet", "dossier")
        .prefetch_related(
            Prefetch(
                "acheminements",
                Acheminement.objects.de_reference().filter(rendue_le=None).order_by("-pk"),
                to_attr="remises",
            )
        )
        .order_by("version_aide__titre", "pk")
    )
    reprises = _prises_en_charge(demandes)
    par_dossier: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for demande in demandes:
        par_dossier[demande.dossier_id].append(_demande(demande, reprises.get(str(demande.pk))))
    versions = VersionDossier.objects.filter(dossier__in=pks).order_by("numero")
    dernieres = {
        pk: (numero, empreinte)
        for pk, numero, empreinte in versions.values_list("dossier", "numero", "empreinte")
    }
    return [_depot(d, dernieres[d.pk], par_dossier[d.pk]) for d in dossiers]


def _prises_en_charge(demandes: Collection[Demande]) -> dict[str, datetime]:
    """When somebody last took each demande in charge, by its key in the journal."""
    lignes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower,
        objet_id__in=[str(demande.pk) for demande in demandes],
        verbe="prendre_en_charge",
    )
    return dict(lignes.order_by("pk").values_list("objet_id", "quand"))


def _depot(
    dossier: Dossier, version: tuple[int, str], demandes: list[dict[str, Any]]
) -> dict[str, Any]:
    identifiant = dossier.identifiant
    return {
        "identifiant": str(identifiant),
        "numero": dossier.numero,
        "siret": dossier.entreprise.siret,
        "depose_le": instant(dossier.depose_le),
        "version": version[0],
        "empreinte": version[1],
        "demandes": demandes,
        "liens": {
            "depot": adresse(reverse("api-depot", args=[identifiant])),
            "suivi": adresse(reverse("depot:suivi", args=[identifiant])),
        },
    }


def _demande(demande: Demande, prise: datetime | None) -> dict[str, Any]:
    remises: list[Acheminement] = demande.remises  # type: ignore[attr-defined]
    remise = remises[0] if remises else None
    remise_le = remise.remise_le if remise else None
    # What another desk did before it gave the demande back is not said of this one.
    prise_ici = prise if prise and remise_le and prise >= remise_le else None
    guichet = demande.guichet
    return {
        "identifiant": str(demande.identifiant),
        "numero": demande.numero,
        "aide": demande.aide.code,
        "titre": demande.version_aide.titre,
        "etat": demande.etat,
        "libelle": demande.get_etat_display(),
        "guichet": None if guichet is None else {"code": guichet.code, "nom": guichet.nom},
        "deposee_le": instant(demande.deposee_le),
        "remise_le": instant(remise_le),
        "ouverte_le": instant(remise.accusee_le if remise else None),
        "prise_en_charge_le": instant(prise_ici),
        "decidee_le": instant(demande.decidee_le),
        "echeance": demande.echeance.isoformat(),
        "montant_estime": _euros(demande.montant_estime),
        "montant_accorde": _euros(demande.montant_accorde),
    }


def instant(quand: datetime | None) -> str | None:
    """ISO 8601 in the time of the portal, to the second."""
    return None if quand is None else timezone.localtime(quand).isoformat(timespec="seconds")


def adresse(chemin: str) -> str:
    """The public address of a path of the portal."""
    return urljoin(settings.ADRESSE_PUBLIQUE, chemin)


def _euros(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{montant:.2f}"
