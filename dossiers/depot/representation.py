"""A deposit as programs read it: its numbers, its hash, and how far each demande is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.etapes import Parcours, etapes, pannes, prises_en_charge
from dossiers.acheminement.models import Acheminement
from dossiers.models import Demande, Dossier, VersionDossier


def depots_json(dossiers: Collection[Dossier]) -> list[dict[str, Any]]:
    """Each deposited dossier in exchanged JSON, in five queries whatever their number."""
    pks = [dossier.pk for dossier in dossiers]
    demandes = list(
        Demande.objects.filter(dossier__in=pks)
        .select_related("aide", "version_aide", "guichet", "dossier")
        .prefetch_related(
            Prefetch("acheminements", Acheminement.objects.order_by("pk"), to_attr="remises")
        )
        .order_by("version_aide__titre", "pk")
    )
    prises, muets = prises_en_charge(demandes), pannes(demandes)
    par_dossier: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for demande in demandes:
        remises: list[Acheminement] = demande.remises  # type: ignore[attr-defined]
        parcours = etapes(demande, remises, prises.get(demande.pk), muets)
        par_dossier[demande.dossier_id].append(_demande(demande, parcours))
    versions = VersionDossier.objects.filter(dossier__in=pks).select_related("recu")
    versions = versions.order_by("numero")
    dernieres = {version.dossier_id: version for version in versions.defer("contenu")}
    return [_depot(d, dernieres[d.pk], par_dossier[d.pk]) for d in dossiers]


def _depot(
    dossier: Dossier, version: VersionDossier, demandes: list[dict[str, Any]]
) -> dict[str, Any]:
    identifiant = dossier.identifiant
    figee = [identifiant, version.numero]
    return {
        "identifiant": str(identifiant),
        "numero": dossier.numero,
        "siret": dossier.entreprise.siret,
        "depose_le": instant(dossier.depose_le),
        "version": version.numero,
        "empreinte": version.empreinte,
        "recu": version.recu.jws if hasattr(version, "recu") else None,
        "efface_le": instant(dossier.efface_le),
        "demandes": demandes,
        "liens": {
            "depot": adresse(reverse("api-depot", args=[identifiant])),
            "suivi": adresse(reverse("depot:suivi", args=[identifiant])),
            "recu": adresse(reverse("api-recu", args=figee)),
            "contenu": adresse(reverse("api-contenu", args=figee)),
        },
    }


def _demande(demande: Demande, parcours: Parcours) -> dict[str, Any]:
    guichet, suite = demande.guichet, parcours.suite
    return {
        "identifiant": str(demande.identifiant),
        "numero": demande.numero,
        "aide": demande.aide.code,
        "titre": demande.version_aide.titre,
        "etat": demande.etat,
        "libelle": parcours.libelle,
        "guichet": None if guichet is None else {"code": guichet.code, "nom": guichet.nom},
        "etapes": [
            {
                "code": pas.code,
                "libelle": pas.libelle,
                "etat": pas.etat.value,
                "quand": instant(pas.quand),
            }
            for pas in parcours.pas
        ],
        "suite": {"code": suite.code, "texte": suite.texte, "le": _jour(suite.le)},
        "echeance": demande.echeance.isoformat(),
        "montant_estime": _euros(demande.montant_estime),
        "montant_accorde": _euros(demande.montant_accorde),
    }


def _jour(le: date | None) -> str | None:
    return None if le is None else le.isoformat()


def instant(quand: datetime | None) -> str | None:
    """ISO 8601 in the time of the portal, to the second."""
    return None if quand is None else timezone.localtime(quand).isoformat(timespec="seconds")


def adresse(chemin: str) -> str:
    """The public address of a path of the portal."""
    return urljoin(settings.ADRESSE_PUBLIQUE, chemin)


def _euros(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{montant:.2f}"
