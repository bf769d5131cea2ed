"""What an officer does with a demande. Every act goes through `transitions.appliquer`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from aides.montants import euros
from dossiers import complements
from dossiers.acheminement import actes as acheminement
from dossiers.destinataires import agents, prevenir_agent, prevenir_entreprise, prevenir_guichet
from dossiers.documents.actes import demander_decision
from dossiers.documents.mentions import Mentions, mentions_proposees
from dossiers.instruction.limites import verifier_acceptation
from dossiers.models import Complement, Demande, ElementComplement, Piece
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User
from territoires.organismes.models import Guichet

#: What a request for more may hold, and the time it gives: the law sets no length (CRPA,
#: article L114-5), a month is what desks usually give.
ELEMENTS_MAXIMUM, LIBELLE_MAXIMUM, MESSAGE_MAXIMUM = 20, 500, 3000
DELAI_PROPOSE, DELAI_MAXIMUM = timedelta(days=30), timedelta(days=183)


@transaction.atomic
def prendre_en_charge(*, demande: Demande, user: User, etat_vu: str = "") -> Demande:
    """The officer takes the demande: it is under review, and theirs."""
    return appliquer(
        demande=demande, acte="prendre_en_charge", user=user, etat_vu=etat_vu, agent=user
    )


@transaction.atomic
def accepter(
    *,
    demande: Demande,
    user: User,
    montant_accorde: Decimal,
    motif: str = "",
    etat_vu: str = "",
    montant_confirme: bool = False,
    mentions: Mentions | None = None,
) -> Demande:
    """Grant `montant_accorde` euros; `motif` holds the conditions, if any, and `mentions` what
    else the letter says, as proposed when None.

    An unusual amount must be confirmed (see `limites.verifier_acceptation`). Raises
    TransitionRefusee, of which MontantInhabituel.
    """
    mentions = mentions or mentions_proposees(demande, user)
    verifier_acceptation(
        demande,
        montant_accorde,
        motif=motif,
        mentions=mentions,
        montant_confirme=montant_confirme,
    )
    acceptee = appliquer(
        demande=demande,
        acte="accepter",
        user=user,
        motif=motif,
        etat_vu=etat_vu,
        montant_accorde=montant_accorde,
    )
    _annoncer_decision(
        acceptee, mentions, f"est acceptée : {euros(montant_accorde)} vous sont accordés"
    )
    return acceptee


@transaction.atomic
def refuser(
    *,
    demande: Demande,
    user: User,
    motif: str,
    etat_vu: str = "",
    mentions: Mentions | None = None,
) -> Demande:
    """Refuse, with reasons (CRPA, article L211-2); `mentions` may name the criteria."""
    refusee = appliquer(demande=demande, acte="refuser", user=user, motif=motif, etat_vu=etat_vu)
    _annoncer_decision(
        refusee,
        mentions or mentions_proposees(demande, user),
        "est refusée ; le motif est sur la page de suivi",
    )
    return refusee


@transaction.atomic
def classer_sans_suite(
    *,
    demande: Demande,
    user: User,
    motif: str,
    etat_vu: str = "",
    mentions: Mentions | None = None,
) -> Demande:
    """Close without a decision on the merits (abandoned, duplicate, not the right desk)."""
    classee = appliquer(
        demande=demande, acte="classer_sans_suite", user=user, motif=motif, etat_vu=etat_vu
    )
    _annoncer_decision(
        classee,
        mentions or mentions_proposees(demande, user),
        "est classée sans suite ; le motif est sur la page de suivi",
    )
    return classee


def _annoncer_decision(demande: Demande, mentions: Mentions, texte: str) -> None:
    """Tell the company, and have the letter that says it all written."""
    demander_decision(demande, mentions)
    aide = demande.version_aide.titre
    prevenir_entreprise(
        demande,
        sujet=f"Décision sur votre demande : {aide}",
        texte=f"Votre demande {demande.numero} ({aide}) {texte}.",
    )


# ------------------------------------------------------------------ what is missing


@dataclass(frozen=True, slots=True)
class Element:
    """One thing to ask for: a piece of this `Piece.Type`, or a question when it is empty."""

    libelle: str
    type_piece: str = ""


@transaction.atomic
def demander_complement(
    *,
    demande: Demande,
    user: User,
    elements: Sequence[Element],
    attendue_le: date,
    message: str = "",
    etat_vu: str = "",
) -> Complement:
    """Ask the company for pieces and answers until `attendue_le`, included.

    The statutory clock stops meanwhile (CRPA, article L114-5). Who asks follows the demande
    when nobody does. Raises TransitionRefusee.
    """
    verifier_complement(elements, attendue_le, message)
    actuelle = complements.verrouiller(demande)
    suivie = agents(actuelle).filter(demandes_suivies=actuelle).exists()
    appliquee = appliquer(
        demande=actuelle,
        acte="demander_complement",
        user=user,
        etat_vu=etat_vu,
        agent=None if suivie else user,
        donnees={"attendue_le": attendue_le.isoformat(), "elements": len(elements)},
    )
    complement = Complement.objects.create(
        demande=appliquee,
        guichet=cast("Guichet", appliquee.guichet),
        message=message.strip(),
        demandee_par=user,
        demandee_le=timezone.now(),
        attendue_le=attendue_le,
    )
    ajouter_elements(complement, elements)
    complements.recalculer(appliquee)
    _annoncer_complement(complement, len(elements))
    return complement


def ajouter_elements(complement: Complement, elements: Sequence[Element]) -> None:
    """Write what is asked for, after what already is."""
    debut = complement.elements.count() + 1
    ElementComplement.objects.bulk_create(
        ElementComplement(
            complement=complement,
            rang=rang,
            genre="piece" if element.type_piece else "question",
            type_piece=element.type_piece,
            libelle=element.libelle.strip(),
        )
        for rang, element in enumerate(elements, start=debut)
    )


def verifier_complement(elements: Sequence[Element], attendue_le: date, message: str) -> None:
    """Raise TransitionRefusee when the request makes no sense."""
    jour = timezone.localdate()
    if not elements:
        raise TransitionRefusee("Demandez au moins une pièce, ou posez une question.")
    verifier_elements(elements)
    if len(message) > MESSAGE_MAXIMUM:
        raise TransitionRefusee(
            f"Le message dépasse {MESSAGE_MAXIMUM} caractères.", champ="message"
        )
    if not jour < attendue_le <= jour + DELAI_MAXIMUM:
        raise TransitionRefusee(
            "La date limite va de demain à six mois : "
            f"du {afficher_date(jour + timedelta(days=1))} "
            f"au {afficher_date(jour + DELAI_MAXIMUM)}.",
            champ="attendue_le",
        )


def verifier_elements(elements: Sequence[Element]) -> None:
    """Raise TransitionRefusee when there are too many, or one says nothing or too much."""
    if len(elements) > ELEMENTS_MAXIMUM:
        raise TransitionRefusee(f"Demandez au plus {ELEMENTS_MAXIMUM} éléments à la fois.")
    for element in elements:
        if not 0 < len(element.libelle.strip()) <= LIBELLE_MAXIMUM:
            raise TransitionRefusee(
                f"Dites ce que vous demandez, en {LIBELLE_MAXIMUM} caractères au plus."
            )
        if element.type_piece and element.type_piece not in Piece.Type.values:
            raise TransitionRefusee("Ce type de pièce n’existe pas.")


def _annoncer_complement(complement: Complement, nombre: int) -> None:
    demande = complement.demande
    aide = demande.version_aide.titre
    complements.annoncer(
        complement,
        sujet=f"Le guichet attend votre réponse : {aide}",
        debut=f"{complement.guichet.nom} vous demande {nombre} "
        f"élément{'s' if nombre > 1 else ''} pour étudier votre demande {demande.numero} ({aide})",
    )


@transaction.atomic
def reprendre(*, demande: Demande, user: User, etat_vu: str = "") -> Demande:
    """Go on without waiting for the company's answer: the clock runs again from today."""
    actuelle = complements.verrouiller(demande)
    complement = complements.en_cours(actuelle)
    donnees = complements.pour_journal(complement) if complement else None
    reprise = appliquer(
        demande=actuelle, acte="reprendre", user=user, etat_vu=etat_vu, donnees=donnees
    )
    complement = reprise.complements.get(close_le__isnull=True)
    complements.clore(complement=complement, cloture=Complement.Cloture.SANS_ATTENDRE)
    aide = reprise.version_aide.titre
    prevenir_entreprise(
        reprise,
        sujet=f"Le guichet n’attend plus votre réponse : {aide}",
        texte=f"Le guichet poursuit l’étude de votre demande {reprise.numero} ({aide}) sans "
        "attendre les compléments demandés. Vous n’avez plus rien à envoyer ; vous pouvez "
        "toujours lui écrire.",
    )
    return Demande.objects.get(pk=reprise.pk)


# ------------------------------------------------------------------ who follows it


@transaction.atomic
def prendre_le_relais(*, demande: Demande, user: User, etat_vu: str = "") -> Demande:
    """The officer follows the demande from now on, instead of a colleague or of nobody."""
    precedent = demande.agent
    appliquee = appliquer(
        demande=demande, acte="prendre_le_relais", user=user, etat_vu=etat_vu, agent=user
    )
    if precedent is not None:
        _annoncer_relais(appliquee, precedent, f"{user.get_full_name()} a pris le relais")
    return appliquee


@transaction.atomic
def passer_le_relais(*, demande: Demande, user: User, agent: User, etat_vu: str = "") -> Demande:
    """Give the demande to a colleague of the same desk, who is told."""
    if not agents(demande).filter(pk=agent.pk).exists():
        raise TransitionRefusee("Choisissez une personne de ce guichet.", champ="agent")
    appliquee = appliquer(
        demande=demande,
        acte="passer_le_relais",
        user=user,
        etat_vu=etat_vu,
        agent=agent,
        donnees={"agent": agent.pk},
    )
    if agent != user:
        _annoncer_relais(appliquee, agent, f"{user.get_full_name()} vous a confié le suivi")
    return appliquee


def _annoncer_relais(demande: Demande, agent: User, fait: str) -> None:
    nom = demande.dossier.entreprise.nom
    prevenir_agent(
        demande,
        agent,
        sujet=f"Suivi de la demande {demande.numero}",
        texte=f"{fait} : demande {demande.numero} de {nom} ({demande.version_aide.titre}).",
    )


# ------------------------------------------------------------------ another desk


@transaction.atomic
def reorienter(
    *,
    demande: Demande,
    user: User,
    motif: str,
    guichet: Guichet | None = None,
    etat_vu: str = "",
) -> Demande:
    """Hand the demande to another desk (None: the human queue chooses), and tell who must know.

    Same demande, same date, same clock. A request for more that waits stays valid: its answer
    goes to the new desk. Raises TransitionRefusee.
    """
    appliquee = acheminement.reorienter(
        demande=demande, user=user, motif=motif, guichet=guichet, etat_vu=etat_vu
    )
    aide, numero = appliquee.version_aide.titre, appliquee.numero
    vers = f"à {guichet.nom}" if guichet else "à l’équipe d’orientation du portail"
    prevenir_entreprise(
        appliquee,
        sujet=f"Votre demande change de guichet : {aide}",
        texte=f"Votre demande {numero} ({aide}) est confiée {vers}. Sa date de dépôt et son "
        "délai ne changent pas. Vous n’avez rien à faire de plus.",
    )
    if guichet is not None:
        nom = appliquee.dossier.entreprise.nom
        prevenir_guichet(
            appliquee,
            sujet=f"Demande réorientée vers votre guichet : {nom}",
            texte=f"La demande {numero} de {nom} ({aide}) vous est réorientée par un autre "
            f"guichet, qui en donne le motif. Réponse due avant le "
            f"{afficher_date(appliquee.echeance)}.",
        )
    return appliquee
