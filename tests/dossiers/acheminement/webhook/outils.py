"""A demande to hand over to the system of its desk."""

from __future__ import annotations

from typing import Any

from dossiers.acheminement.models import Acheminement, Connexion, SecretConnexion
from dossiers.acheminement.webhook.coffre import chiffrer
from dossiers.acheminement.webhook.signature import nouveau_secret
from dossiers.models import Piece
from dossiers.pieces.actes import ajouter_piece
from territoires.organismes.models import Canal, Guichet
from tests.dossiers.pieces.fichiers import PDF, SimpleUploadedFile
from tests.fabriques import AcheminementFabrique, DemandeFabrique, MembreFabrique

SOURCE = {"libelle": "Règlement fictif", "url": "", "date": None, "verifie": False}


def a_remettre(**champs: Any) -> Acheminement:
    """By webhook, with one file filed with the dossier."""
    demande = DemandeFabrique(avec_guichet=True, etat="a_etudier", **champs)
    acheminement: Acheminement = AcheminementFabrique(
        demande=demande, guichet=demande.guichet, canal=Canal.WEBHOOK
    )
    return Acheminement.objects.get(pk=acheminement.pk)


def joindre(acheminement: Acheminement, nom: str = "devis.pdf", *, figee: bool = True) -> Piece:
    """A file of the dossier: of its frozen version, or added since."""
    dossier = acheminement.demande.dossier
    membre = MembreFabrique(entreprise=dossier.entreprise)
    fichier = SimpleUploadedFile(nom, PDF + nom.encode())
    piece = ajouter_piece(dossier=dossier, fichier=fichier, par=membre.user).piece
    if figee:
        version = acheminement.version_dossier
        version.contenu["pieces"].append(
            {
                "identifiant": str(piece.identifiant), "type": piece.type,
                "empreinte": piece.empreinte, "taille": piece.taille,
            }
        )  # fmt: skip
        version.save()
    return piece


def relier(guichet: Guichet, url: str, *, active: bool = True) -> str:
    """Connect a desk; its secret."""
    connexion, _ = Connexion.objects.update_or_create(
        guichet=guichet, defaults={"url": url, "active": active}
    )
    secret = nouveau_secret()
    SecretConnexion.objects.create(connexion=connexion, chiffre=chiffrer(secret))
    return secret


def preuve() -> dict[str, Any]:
    """A proof as a match keeps it: a group of two conditions."""
    feuille = {
        "type": "comparaison", "negation": False, "phrase": "L’effectif est de 249 au plus",
        "verdict": "oui", "qui": "entreprise", "faits": [], "valeur_affichee": "12,5",
        "seuil": "≤ 249", "source": SOURCE, "manquants": [], "liaison": "", "enfants": [],
    }  # fmt: skip
    groupe = {"qui": None, "source": None, "valeur_affichee": "", "liaison": "et"}
    return feuille | groupe | {"type": "tous", "enfants": [feuille, feuille | {"verdict": "non"}]}
