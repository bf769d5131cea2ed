"""What an officer does with a request for more that waits: correct it, cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers import complements
from dossiers.destinataires import prevenir_entreprise
from dossiers.instruction.actes import (
    DELAI_MAXIMUM,
    ELEMENTS_MAXIMUM,
    Element,
    ajouter_elements,
    verifier_elements,
)
from dossiers.models import Complement, Demande
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User


@transaction.atomic
def corriger_complement(
    *,
    demande: Demande,
    user: User,
    attendue_le: date,
    elements: Sequence[Element] = (),
    etat_vu: str = "",
) -> Complement:
    """Add `elements` to the request that waits, or put its due date off, and tell the company.

    The clock stands still until the new date (CRPA, article L114-5). What was asked stays
    asked, and the date never comes nearer. Raises TransitionRefusee.
    """
    actuelle = complements.verrouiller(demande)
    complement = complements.en_cours(actuelle)
    if complement is not None:
        verifier_correction(complement, elements, attendue_le)
    nombre = complement.elements.count() + len(elements) if complement else 0
    appliquee = appliquer(
        demande=actuelle,
        acte="corriger_complement",
        user=user,
        etat_vu=etat_vu,
        donnees={
            "complement": complement.pk if complement else None,
            "attendue_le": attendue_le.isoformat(),
            "ajoutes": len(elements),
            "elements": nombre,
        },
    )
    complement = appliquee.complements.get(close_le__isnull=True)
    complement.attendue_le = attendue_le
    complement.save(update_fields=["attendue_le"])
    ajouter_elements(complement, elements)
    complements.recalculer(appliquee)
    complement.demande = appliquee
    _annoncer_correction(complement)
    return complement


def _annoncer_correction(complement: Complement) -> None:
    demande = complement.demande
    aide = demande.version_aide.titre
    complements.annoncer(
        complement,
        sujet=f"Le guichet a corrigé ce qu’il vous demande : {aide}",
        debut=f"{complement.guichet.nom} a corrigé ce qu’il vous demande pour étudier votre "
        f"demande {demande.numero} ({aide}). Il attend maintenant",
    )


def verifier_correction(
    complement: Complement, elements: Sequence[Element], attendue_le: date
) -> None:
    """Raise TransitionRefusee when the correction changes nothing, or cannot be made."""
    if complement.est_en_retard:
        raise TransitionRefusee(
            "La date limite est passée, le délai court de nouveau : annulez cette demande, puis "
            "faites-en une autre."
        )
    verifier_elements(elements)
    reste = ELEMENTS_MAXIMUM - complement.elements.count()
    if len(elements) > reste:
        raise TransitionRefusee(
            f"Une demande compte au plus {ELEMENTS_MAXIMUM} éléments : vous pouvez encore en "
            f"ajouter {reste}."
        )
    dernier = date_maximum(complement)
    if not complement.attendue_le <= attendue_le <= dernier:
        raise TransitionRefusee(
            "La date limite peut reculer, pas avancer : "
            f"du {afficher_date(complement.attendue_le)} au {afficher_date(dernier)}.",
            champ="attendue_le",
        )
    if not elements and attendue_le == complement.attendue_le:
        raise TransitionRefusee("Ajoutez un élément, ou reculez la date limite.")


def date_maximum(complement: Complement) -> date:
    """The last due date that a correction may give: six months after the request."""
    dernier = timezone.localdate(complement.demandee_le) + DELAI_MAXIMUM
    return max(dernier, complement.attendue_le)


@transaction.atomic
def annuler_complement(*, demande: Demande, user: User, etat_vu: str = "") -> Demande:
    """Take back a request made by mistake: the clock runs again from today, the company has
    nothing to send and is told so. Raises TransitionRefusee.
    """
    actuelle = complements.verrouiller(demande)
    complement = complements.en_cours(actuelle)
    donnees = complements.pour_journal(complement) if complement else None
    reprise = appliquer(
        demande=actuelle, acte="annuler_complement", user=user, etat_vu=etat_vu, donnees=donnees
    )
    complement = reprise.complements.get(close_le__isnull=True)
    complements.clore(complement=complement, cloture=Complement.Cloture.ANNULE)
    actuelle = Demande.objects.get(pk=reprise.pk)
    aide = reprise.version_aide.titre
    prevenir_entreprise(
        reprise,
        sujet=f"Le guichet a annulé sa demande de compléments : {aide}",
        texte=f"Le guichet a annulé ce qu’il vous demandait pour votre demande {reprise.numero} "
        f"({aide}). Vous n’avez rien à envoyer. Son délai court de nouveau : son silence vaudra "
        f"rejet le {afficher_date(actuelle.echeance)}.",
    )
    return actuelle
