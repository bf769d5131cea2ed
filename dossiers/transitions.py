"""The one place where a demande changes state: the table of `circuit`, enforced."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from dossiers.circuit import CIRCUIT, ETATS_FINAUX, Qui, Transition
from dossiers.models import Demande
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.models import Guichet

#: A reason that the company reads says something; the maximum is that of the column.
MOTIF_MINIMUM, MOTIF_MAXIMUM = 10, 3000


class TransitionRefusee(Exception):
    """The act is not possible; the message is French, for the person who tried.

    `champ` names what to correct ("motif"); empty when it is not in what was typed.
    """

    def __init__(self, message: str, *, champ: str = "") -> None:
        super().__init__(message)
        self.champ = champ


@transaction.atomic
def appliquer(  # noqa: PLR0913 - one act, with every column that an act may write
    *,
    demande: Demande,
    acte: str,
    user: User | None = None,
    motif: str = "",
    etat_vu: str = "",
    agent: User | None = None,
    guichet: Guichet | None = None,
    montant_accorde: Decimal | None = None,
) -> Demande:
    """Do `acte` on the locked row and journal it; returns the row as it is now.

    `etat_vu` is the state the person was looking at: another one now means that a colleague
    acted meanwhile. The reason stays on the demande, the journal holds no free text. `agent`,
    `guichet` and `montant_accorde` (euros) are written when given; `user` is None when the
    system acts. Raises TransitionRefusee.
    """
    transition = CIRCUIT[acte]
    actuelle = Demande.objects.select_for_update().get(pk=demande.pk)
    _verifier(actuelle, transition, user, etat_vu)
    motif = _motif(motif, transition)
    avant, actuelle.etat = actuelle.etat, transition.vers
    if transition.vers in ETATS_FINAUX:
        actuelle.motif, actuelle.decidee_le = motif, timezone.now()
    if agent is not None:
        actuelle.agent = agent
    donnees: dict[str, object] = {"de": avant, "vers": actuelle.etat}
    if guichet is not None:
        actuelle.guichet, actuelle.prochaine_tentative = guichet, None
        actuelle.file = actuelle.file_motif = ""
        actuelle.motif_orientation = motif
        donnees["guichet"] = guichet.pk
    if montant_accorde is not None:
        actuelle.montant_accorde = donnees["montant_accorde"] = montant_accorde
    actuelle.save()
    consigner(verbe=acte, objet=actuelle, acteur=user, dossier_id=actuelle.dossier_id, **donnees)
    return actuelle


def _verifier(demande: Demande, transition: Transition, user: User | None, etat_vu: str) -> None:
    if user is not None:
        permission = demande.permissions(user)[transition.acte]
        if not permission:
            raise TransitionRefusee(permission.reason)
    elif transition.qui is not Qui.SYSTEME or demande.etat not in transition.de:
        raise TransitionRefusee(f"« {transition.libelle} » n’est pas possible dans cet état.")
    if etat_vu and etat_vu != demande.etat:
        raise TransitionRefusee(
            f"Cette demande vient de changer : elle est « {demande.get_etat_display()} ». "
            "Relisez-la avant de recommencer."
        )


def _motif(motif: str, transition: Transition) -> str:
    motif = motif.strip()
    if transition.motive and not motif:
        raise TransitionRefusee(
            "Indiquez le motif : il est communiqué à l’entreprise.", champ="motif"
        )
    communique = transition.motive and transition.vers in ETATS_FINAUX
    if communique and len(motif) < MOTIF_MINIMUM:
        raise TransitionRefusee(
            f"Expliquez le motif en {MOTIF_MINIMUM} caractères au moins : l’entreprise le lira.",
            champ="motif",
        )
    if len(motif) > MOTIF_MAXIMUM:
        raise TransitionRefusee(f"Le motif dépasse {MOTIF_MAXIMUM} caractères.", champ="motif")
    return motif
