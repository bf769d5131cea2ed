"""What is sent to the system of a desk: one demande, as docs/schemas/demande-1.json says.

`contenu` is read from rows that nothing changes once a demande is handed over (the frozen version
of the dossier, the version of the aide, the kept match): each attempt sends the same, and
`empreinte` is its hash. What depends on the moment (links, due date) is beside it, in `suivi`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.webhook.liens import DUREE, adresse_piece
from dossiers.models import Piece
from dossiers.rapprochement.models import Resultat

Json = dict[str, Any]
FORMAT, VERSION, TYPE = "dossier-unique/demande", 1, "demande.remise"


def canonique(valeur: object) -> str:
    """The one way to write a value: keys sorted, no space, no escape but those of RFC 8785.

    There is no number with a point in what we write, and keys are ASCII: it is that standard.
    """
    return json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def empreinte(contenu: Json) -> str:
    """SHA-256 of the canonical JSON of `contenu`, in hexadecimal."""
    return hashlib.sha256(canonique(contenu).encode()).hexdigest()


def message(acheminement: Acheminement, maintenant: datetime) -> Json:
    """The whole message of one attempt."""
    contenu = contenu_de(acheminement)
    return {
        "type": TYPE,
        "timestamp": _instant(maintenant),
        "data": {
            "format": FORMAT,
            "version": VERSION,
            "cle": str(acheminement.cle),
            "empreinte": empreinte(contenu),
            "contenu": contenu,
            "suivi": _suivi(acheminement, contenu, maintenant),
        },
    }


def contenu_de(acheminement: Acheminement) -> Json:
    """The part that every attempt sends the same."""
    demande, version = acheminement.demande, acheminement.version_dossier
    fige, aide, guichet = version.contenu, demande.version_aide, acheminement.guichet
    return {
        "demande": {
            "numero": demande.numero,
            "deposee_le": _instant(demande.deposee_le),
            "motif_orientation": demande.motif_orientation,
        },
        "aide": {"code": demande.aide.code, "version": aide.numero, "titre": aide.titre},
        "guichet": {"code": guichet.code, "organisme": guichet.organisme.code},
        "dossier": {
            "numero": demande.dossier.numero,
            "version": version.numero,
            "empreinte": version.empreinte,
        },
        "entreprise": {cle: fige["entreprise"][cle] for cle in ("siren", "siret", "nom")},
        "projet": {
            "titre": fige["titre"],
            "description": fige["description"],
            "commune": demande.commune.code,
        },
        "faits": {
            code: {
                "valeur": fait["valeur"],
                "provenance": fait.get("provenance", ""),
                "le": fait.get("le", ""),
            }
            for code, fait in fige["faits"].items()
        },
        "rapprochement": _rapprochement(acheminement),
        "pieces": list(_pieces_deposees(acheminement)),
    }


def _rapprochement(acheminement: Acheminement) -> Json | None:
    """The outcome of the match of the deposit, and its proof in short; None if none was kept."""
    demande = acheminement.demande
    resultat = (
        Resultat.objects.filter(
            rapprochement__version_dossier=acheminement.version_dossier_id,
            version_aide=demande.version_aide_id,
        )
        .select_related("rapprochement")
        .first()
    )
    if resultat is None:
        return None
    return {
        "le": resultat.rapprochement.le.isoformat(),
        "issue": resultat.issue,
        "montant_estime": resultat.montant.get("maximum"),
        "preuve": _preuve(resultat.preuve) if resultat.preuve else None,
    }


def _preuve(noeud: Mapping[str, Any]) -> Json:
    """What people read of a proof: the condition, its verdict, the value, the source."""
    source = noeud["source"]
    return {
        "phrase": noeud["phrase"],
        "verdict": noeud["verdict"],
        "qui": noeud["qui"],
        "valeur": noeud["valeur_affichee"],
        "source": source and {cle: source[cle] for cle in ("libelle", "url", "verifie")},
        "liaison": noeud["liaison"],
        "enfants": [_preuve(enfant) for enfant in noeud["enfants"]],
    }


def _pieces_deposees(acheminement: Acheminement) -> Iterator[Json]:
    """The files of the frozen version. The row only adds the name, which does not change."""
    version = acheminement.version_dossier
    noms = {str(i): nom for i, nom in version.pieces().values_list("identifiant", "nom")}
    for piece in version.contenu["pieces"]:
        yield {
            "identifiant": piece["identifiant"],
            "type": piece["type"],
            "nom": noms.get(piece["identifiant"], ""),
            "taille": piece["taille"],
            "empreinte": piece["empreinte"],
        }


def _suivi(acheminement: Acheminement, contenu: Json, maintenant: datetime) -> Json:
    """What holds at the moment of this attempt."""
    demande, guichet = acheminement.demande, acheminement.guichet
    deposees = {piece["identifiant"] for piece in contenu["pieces"]}
    lisibles = list(Piece.objects.de_la_demande(demande).order_by("deposee_le", "pk"))
    expire_le = _instant(maintenant + DUREE)
    return {
        "echeance": demande.echeance.isoformat(),
        "entreprise_verifiee": demande.dossier.entreprise.verifiee_le is not None,
        "page": _absolue(reverse("instruction:demande", args=[demande.identifiant])),
        "accuses": _absolue(reverse("api-accuses", args=[guichet.code])),
        "pieces_ajoutees": [
            {
                "identifiant": str(piece.identifiant),
                "type": piece.type,
                "nom": piece.nom,
                "taille": piece.taille,
                "empreinte": piece.empreinte,
            }
            for piece in lisibles
            if str(piece.identifiant) not in deposees
        ],
        "liens": [
            {
                "piece": str(piece.identifiant),
                "adresse": _absolue(adresse_piece(acheminement.cle, piece.identifiant)),
                "expire_le": expire_le,
            }
            for piece in lisibles
        ],
    }


def _absolue(chemin: str) -> str:
    return urljoin(settings.ADRESSE_PUBLIQUE, chemin)


def _instant(instant: datetime) -> str:
    """ "2026-11-22T09:00:00Z", to the second."""
    return timezone.localtime(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
