"""The requests for what is missing and the statutory clock: what both sides' acts share."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from aides.criteres.valeurs import afficher_date
from dossiers.destinataires import prevenir_entreprise
from dossiers.horloge import Suspension, echeance
from dossiers.models import Complement, Demande, Piece
from portal.comptes.models import User


def verrouiller(demande: Demande) -> Demande:
    """The locked row of the demande, which goes before those of its requests in every act."""
    return Demande.objects.select_for_update().get(pk=demande.pk)


def en_cours(demande: Demande) -> Complement | None:
    """The request that waits for its answer, if any."""
    return demande.complements.filter(close_le__isnull=True).first()


def clore(*, complement: Complement, cloture: Complement.Cloture, par: User | None = None) -> None:
    """End the request now: the clock runs again since the earlier of now and its due date."""
    complement.close_le, complement.cloture = timezone.now(), cloture
    complement.repondue_par = par
    complement.save(update_fields=["close_le", "cloture", "repondue_par"])
    recalculer(complement.demande)


def recalculer(demande: Demande) -> None:
    """Write the day on which silence means rejection, from the requests as they are."""
    suspensions = [complement.suspension for complement in demande.complements.all()]
    demande.echeance = echeance(demande.deposee_le, suspensions)
    demande.save(update_fields=["echeance"])


def pour_journal(complement: Complement) -> dict[str, object]:
    """What the journal keeps when the request ends today: the period of suspension."""
    fin = min(complement.attendue_le, timezone.localdate())
    return {
        "complement": complement.pk,
        "debut": timezone.localdate(complement.demandee_le).isoformat(),
        "fin": fin.isoformat(),
        "en_retard": complement.est_en_retard,
    }


def echeance_prevue(demande: Demande, attendue_le: date) -> date:
    """The day on which silence would mean rejection, were the answer due on `attendue_le`: of
    the request that waits, or of one that would leave today.
    """
    suspensions = [c.suspension for c in demande.complements.filter(close_le__isnull=False)]
    courant = en_cours(demande)
    debut = timezone.localdate(courant.demandee_le if courant else None)
    return echeance(demande.deposee_le, [*suspensions, Suspension(debut, attendue_le)])


# ------------------------------------------------------------------ in words

#: An announcement names each thing in this many characters: the page says it whole.
INTITULE_MAXIMUM = 75


def intitule(type_piece: str, libelle: str) -> str:
    """What is asked for, as people read it: "Devis : machine à bois"; a question is itself."""
    nature = str(Piece.Type(type_piece).label) if type_piece else ""
    if not nature or nature == libelle or type_piece == Piece.Type.AUTRE:
        return libelle
    return f"{nature} : {libelle}"


def annoncer(complement: Complement, *, sujet: str, debut: str) -> None:
    """Tell the company what is asked for, until when, and what that does to the delay.

    `debut` opens the text, before the list.
    """
    demande = complement.demande
    lignes = [
        "- "
        + Truncator(
            intitule(element.type_piece, element.libelle)
            if element.type_piece
            else f"Question : {element.libelle}"
        ).chars(INTITULE_MAXIMUM)
        for element in complement.elements.order_by("rang")
    ]
    texte = "\n".join([f"{debut} :", *lignes, _delai(complement)])
    chemin = reverse("depot:a_faire", args=[demande.dossier.identifiant])
    prevenir_entreprise(demande, sujet=sujet, texte=texte, chemin=chemin)


def _delai(complement: Complement) -> str:
    demande = complement.demande
    texte = f"Répondez avant la fin du {afficher_date(complement.attendue_le)}."
    if demande.echeance_depassee:
        return texte
    return (
        f"{texte} Jusqu’à votre réponse, et au plus tard jusqu’à cette date, le délai du guichet "
        "est suspendu : si vous répondez le dernier jour, son silence vaudra rejet le "
        f"{afficher_date(demande.echeance)} ; plus tôt si vous répondez avant."
    )
