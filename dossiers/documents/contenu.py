"""All that a document says, as JSON: composed once, frozen, then only set in type.

Values are French text ready to print, so that what was frozen is what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from stdnum.fr import siret as siret_fr

from aides.criteres.valeurs import afficher_date
from aides.montants import euros, pourcentage
from dossiers.circuit import Etat
from dossiers.documents import droit, projet
from dossiers.documents.lettres import montant_en_lettres
from dossiers.documents.mentions import Mentions, taux
from dossiers.models import Complement, Demande, Document
from dossiers.rapprochement.models import Resultat
from dossiers.recus.models import Recu
from dossiers.templatetags.portail import date_longue
from territoires.normalisation import normaliser
from territoires.organismes.models import Guichet

Contenu = dict[str, Any]
TITRES = {
    Etat.ACCEPTEE: "Décision d’attribution d’une aide",
    Etat.REFUSEE: "Décision de refus d’une aide",
    Etat.CLASSEE_SANS_SUITE: "Classement sans suite d’une demande d’aide",
}


# ------------------------------------------------------------------ acknowledgement


def contenu_accuse(document: Document, le: datetime) -> Contenu:
    """The acknowledgement of an electronic filing (CRPA, article R112-11-1), issued on `le`.

    Date of receipt; service in charge with its address and telephone; that silence means
    rejection and on which date; means and times of appeal; what is missing, with its deadline
    (R112-11-4). And what the dossier says for article 6 of the règlement (UE) 651/2014.
    """
    demande, faits = document.demande, projet.faits_de(document.demande)
    return {
        **_commun(demande, document.guichet, document.reference, le),
        "titre": "Accusé de réception électronique",
        "sens": "",
        "objet": f"Votre demande « {demande.version_aide.titre} »",
        "echeance": afficher_date(demande.echeance),
        "remplace": _precedent(document),
        "manques": _manques(demande),
        "projet": projet.lignes_projet(demande),
        "couts": projet.couts(faits),
        "total": projet.total(faits),
        "empreinte_dossier": demande.version_dossier.empreinte,
        "recu": _recu(demande),
        "droit": {
            "accuse": droit.ACCUSE,
            "depart": droit.DEPART,
            "silence": droit.SILENCE,
            "incomplete": droit.INCOMPLETE,
            "effet_incitatif": droit.EFFET_INCITATIF,
            **_droit_recours(),
        },
    }


def _precedent(document: Document) -> str:
    """The acknowledgement that this one replaces, another desk having taken over."""
    precedent = (
        Document.objects.filter(
            demande=document.demande, genre=document.genre, numero__lt=document.numero
        )
        .order_by("-numero")
        .first()
    )
    return precedent.reference if precedent else ""


def _recu(demande: Demande) -> dict[str, str] | None:
    """The signed receipt that the file carries, and where it is verified."""
    recu = Recu.objects.filter(version=demande.version_dossier_id).first()
    if recu is None:
        return None
    adresse = f"{settings.ADRESSE_PUBLIQUE}{reverse('recus:verifier')}"
    return {"fichier": recu.nom_de_fichier, "adresse": adresse}


def _manques(demande: Demande) -> dict[str, Any] | None:
    """What the desk is waiting for, and until when; None when it asked for nothing."""
    complement = Complement.objects.filter(demande=demande, close_le__isnull=True).first()
    if complement is None:
        return None
    return {
        "attendue_le": afficher_date(complement.attendue_le),
        "elements": list(complement.elements.order_by("rang").values_list("libelle", flat=True)),
    }


# ------------------------------------------------------------------ decision


def contenu_decision(demande: Demande, reference: str, mentions: Mentions) -> Contenu:
    """The letter that tells a decision: `demande` carries its state, amount, reason and date,
    `mentions` what its author wrote besides.

    An amount that is still to be typed (a preview) is None.
    """
    if demande.guichet is None or demande.decidee_le is None:
        raise ValueError("Une décision a un guichet et une date.")
    sens = Etat(demande.etat)
    contenu = {
        **_commun(demande, demande.guichet, reference, demande.decidee_le),
        "titre": TITRES[sens],
        "objet": f"Votre demande « {demande.version_aide.titre} »",
        "sens": sens.value,
        "projet": demande.version_dossier.contenu["titre"],
        "motif": demande.motif.strip(),
        "signataire": mentions.signataire.strip(),
        "delegation": mentions.delegation.strip(),
        "criteres": [asdict(critere) for critere in mentions.criteres],
        "droit": {"motivation": droit.MOTIVATION, **_droit_recours()},
    }
    return contenu | _attribution(demande, mentions) if sens is Etat.ACCEPTEE else contenu


def _attribution(demande: Demande, mentions: Mentions) -> Contenu:
    montant, faits = demande.montant_accorde, projet.faits_de(demande)
    bases = [ligne.strip() for ligne in mentions.base.splitlines() if ligne.strip()]
    return {
        "montant": "" if montant is None else euros(montant),
        "montant_lettres": "" if montant is None else montant_en_lettres(montant),
        "rappel": [
            ("Forme de l’aide", _forme_accordee(demande, mentions)),
            ("Lieu du projet", demande.commune.libelle),
            ("Début du projet", projet.texte(faits, "date_debut_projet")),
            ("Fin du projet", projet.texte(faits, "date_fin_projet")),
            ("Financement public demandé", projet.texte(faits, "aide_souhaitee")),
        ],
        "couts": projet.couts(faits),
        "total": projet.total(faits),
        "calcul": _calcul(demande),
        "assiette": _assiette(montant, mentions.assiette),
        "versement": mentions.versement.strip(),
        "convention": montant is not None and montant > droit.SEUIL_CONVENTION,
        "seuil_convention": euros(Decimal(droit.SEUIL_CONVENTION)),
        "bases": bases,
        "de_minimis": any("2023/2831" in base for base in bases),
        "droit_convention": droit.CONVENTION,
    }


def _forme_accordee(demande: Demande, mentions: Mentions) -> str:
    """The form granted; all those of the aide as long as none is chosen."""
    return projet.nom_de_forme(mentions.forme) if mentions.forme else projet.formes(demande)


def _assiette(montant: Decimal | None, assiette: Decimal | None) -> str:
    """ "80 000 €, soit un taux d’aide de 30 %"; empty when no expense was retained."""
    if not assiette or montant is None:
        return ""
    exact = taux(montant, assiette)
    liaison = "de " if exact * assiette == montant else "d’environ "
    return f"{euros(assiette)}, soit un taux d’aide {liaison}{pourcentage(exact)}"


def _calcul(demande: Demande) -> list[tuple[str, str]]:
    """The rules of amount as the deposit's match applied them: (rule, its computation)."""
    resultat = Resultat.objects.filter(
        rapprochement__version_dossier=demande.version_dossier_id,
        version_aide=demande.version_aide_id,
    ).first()
    lignes = resultat.montant.get("lignes", []) if resultat else []
    return [(ligne.get("libelle") or _forme(ligne), _detail(ligne)) for ligne in lignes]


def _forme(ligne: Mapping[str, Any]) -> str:
    return projet.nom_de_forme(str(ligne.get("forme", "")))


def _detail(ligne: Mapping[str, Any]) -> str:
    """ "30 % de 100 000 €, plafond de 35 000 €, soit au plus 30 000 €"."""
    morceaux = []
    if taux := ligne.get("taux"):
        assiette = ligne.get("assiette")
        base = f" de {euros(Decimal(assiette))}" if assiette else ""
        morceaux.append(f"{pourcentage(Decimal(taux))}{base}")
    if plafond := ligne.get("plafond"):
        morceaux.append(f"plafond de {euros(Decimal(plafond))}")
    if maximum := ligne.get("maximum"):
        morceaux.append(f"soit au plus {euros(Decimal(maximum))}")
    if not ligne.get("certaine", True):
        morceaux.append("sous condition")
    return ", ".join(morceaux) or "à calculer par le service"


# ------------------------------------------------------------------ what both say


def _commun(demande: Demande, guichet: Guichet, reference: str, le: datetime) -> Contenu:
    entreprise = demande.version_dossier.contenu["entreprise"]
    return {
        "reference": reference,
        "emis_le": timezone.localtime(le).isoformat(timespec="seconds"),
        "date": afficher_date(timezone.localdate(le)),
        "organisme": guichet.organisme.nom,
        "service": {
            "nom": guichet.nom,
            "adresse": guichet.adresse,
            "courriel": guichet.courriel,
            "telephone": guichet.telephone,
            "complet": _avec_organisme(guichet),
            "a_confirmer": guichet.a_confirmer,
        },
        "destinataire": {
            "nom": entreprise["nom"],
            "siret": siret_fr.format(entreprise["siret"]),
            "siege": projet.commune_siege(projet.faits_de(demande)),
        },
        "aide": demande.version_aide.titre,
        "demande": demande.numero,
        "recue_le": date_longue(demande.deposee_le),
    }


def _droit_recours() -> Contenu:
    return {
        "gracieux": droit.RECOURS_GRACIEUX,
        "contentieux": droit.RECOURS_CONTENTIEUX,
        "abreviations": droit.ABREVIATIONS,
    }


def _avec_organisme(guichet: Guichet) -> str:
    """The desk and whose it is, unless its name says so already."""
    nom = guichet.organisme.nom
    return guichet.nom if normaliser(nom) in normaliser(guichet.nom) else f"{nom}, {guichet.nom}"
