"""What a company does once its demandes are filed: answer what is asked, withdraw."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from dossiers import complements
from dossiers.circuit import Etat
from dossiers.destinataires import membres, prevenir_guichet, prevenir_suivi
from dossiers.models import Complement, Demande, ElementComplement, Piece
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User

REPONSE_MAXIMUM = 3000


class ReponseIncomplete(TransitionRefusee):
    """Something asked for has neither answer nor file: possible, but asked for again."""

    def __init__(self, manquants: list[ElementComplement]) -> None:
        super().__init__(
            "Votre réponse est incomplète. Complétez-la, ou cochez la case pour l’envoyer ainsi."
        )
        self.manquants = manquants


@transaction.atomic
def enregistrer_reponses(
    *, complement: Complement, user: User, reponses: Mapping[int, str]
) -> None:
    """Keep a draft: primary key of an element -> answer, or why the piece cannot be given.

    The desk sees it once it is sent. Raises TransitionRefusee when it is too late or too long.
    """
    demande = complements.verrouiller(complement.demande)
    if not membres(demande).filter(pk=user.pk).exists():
        raise TransitionRefusee("Seule l’entreprise qui a déposé la demande peut le faire.")
    actuel = Complement.objects.get(pk=complement.pk)
    if not actuel.est_en_cours:
        raise TransitionRefusee(_close(actuel))
    for element in actuel.elements.filter(pk__in=reponses):
        texte = reponses[element.pk].replace("\r\n", "\n").strip()
        if len(texte) > REPONSE_MAXIMUM:
            raise TransitionRefusee(
                f"Une réponse dépasse {REPONSE_MAXIMUM} caractères : {element.libelle}"
            )
        if texte != element.reponse:
            element.reponse = texte
            element.save(update_fields=["reponse"])


def sans_reponse(complement: Complement) -> list[ElementComplement]:
    """What has neither answer nor file yet."""
    elements = complement.elements.filter(reponse="")
    return list(elements.exclude(pieces__in=Piece.objects.gardees()).order_by("rang"))


@transaction.atomic
def repondre(*, complement: Complement, user: User, incomplete: bool = False) -> Complement:
    """Send the answer: the review goes on, the clock runs since the earlier of today and the
    due date (CRPA, article L114-5). A late answer is taken; a second one changes nothing.

    Raises ReponseIncomplete unless `incomplete`, TransitionRefusee.
    """
    demande = complements.verrouiller(complement.demande)
    actuel = Complement.objects.get(pk=complement.pk)
    if not actuel.est_en_cours:
        if actuel.est_repondu and membres(demande).filter(pk=user.pk).exists():
            return actuel
        raise TransitionRefusee(_close(actuel))
    manquants = sans_reponse(actuel)
    if manquants and not incomplete:
        raise ReponseIncomplete(manquants)
    a_completer = demande.etat == Etat.A_COMPLETER
    appliquee = appliquer(
        demande=demande,
        acte="completer" if a_completer else "completer_reorientee",
        user=user,
        donnees=complements.pour_journal(actuel) | {"manquants": len(manquants)},
    )
    actuel.demande = appliquee
    complements.clore(complement=actuel, cloture=Complement.Cloture.REPONDU, par=user)
    nom = appliquee.dossier.entreprise.nom
    prevenir_suivi(
        appliquee,
        sujet=f"{nom} a répondu",
        texte=f"{nom} a répondu à la demande de compléments, demande {appliquee.numero} "
        f"({appliquee.version_aide.titre})"
        + (f" ; {len(manquants)} sans réponse." if manquants else "."),
        ancre="#complements",
    )
    return actuel


def _close(complement: Complement) -> str:
    if complement.est_repondu:
        return "Votre réponse est déjà partie : elle ne se modifie plus. Écrivez au guichet."
    if complement.cloture == Complement.Cloture.SANS_ATTENDRE:
        return "Le guichet a poursuivi sans attendre ces éléments. Écrivez-lui si besoin."
    if complement.cloture == Complement.Cloture.ANNULE:
        return "Le guichet a annulé cette demande : vous n’avez rien à envoyer."
    return "Cette demande est close : le guichet n’attend plus ces éléments."


@transaction.atomic
def retirer(*, demande: Demande, user: User, motif: str = "", etat_vu: str = "") -> Demande:
    """Withdraw a demande, whatever its open state; the desk is told. It cannot be undone.

    Against a decision taken at the same moment, the first on the locked row wins and the other
    is told. Raises TransitionRefusee.
    """
    retiree = appliquer(demande=demande, acte="retirer", user=user, motif=motif, etat_vu=etat_vu)
    nom = retiree.dossier.entreprise.nom
    prevenir_guichet(
        retiree,
        sujet=f"Demande retirée par {nom}",
        texte=f"{nom} a retiré sa demande {retiree.numero} ({retiree.version_aide.titre}). "
        "Vous n’avez plus rien à faire.",
    )
    return retiree
