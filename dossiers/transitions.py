"""The one place where a demande changes state: the table of `circuit`, enforced."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from dossiers.circuit import CIRCUIT, Etat, Qui, Transition
from dossiers.models import SILENCE_DIT, Complement, Demande
from portal.comptes.models import User
from portal.socle.journal import evenement, inscrire
from portal.socle.models import Evenement
from territoires.organismes.models import Guichet

#: A reason that the company reads says something; the maximum is that of the column.
MOTIF_MINIMUM, MOTIF_MAXIMUM = 10, 3000

#: What an act may write.
COLONNES = (
    "etat", "motif", "decidee_le", "prochaine_tentative", "file", "file_motif", "guichet", "agent",
    "a_prevenir_le", "motif_orientation", "montant_accorde",
)  # fmt: skip


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
    donnees: Mapping[str, object] | None = None,
    verrouillee: bool = False,
) -> Demande:
    """Do `acte` on the locked row and journal it; returns the row as it is now.

    `verrouillee`: the transaction has just read `demande` and holds its lock.

    `etat_vu` is the state the person was looking at: another one now means that a colleague
    acted meanwhile. The reason stays on the demande, the journal holds no free text. `agent`,
    `guichet` and `montant_accorde` (euros) are written when given; `user` is None when the
    system acts; `donnees` go to the journal. Raises TransitionRefusee.
    """
    lignes_verrouillees = Demande.objects.select_for_update()
    actuelle = demande if verrouillee else lignes_verrouillees.get(pk=demande.pk)
    ligne = _changer(
        actuelle,
        CIRCUIT[acte],
        user=user,
        motif=motif,
        etat_vu=etat_vu,
        agent=agent,
        guichet=guichet,
        montant_accorde=montant_accorde,
        donnees=donnees,
    )
    actuelle.save(update_fields=COLONNES)
    inscrire([ligne])
    return actuelle


def changer(
    *,
    demande: Demande,
    acte: str,
    guichet: Guichet | None = None,
    donnees: Mapping[str, object] | None = None,
) -> Evenement:
    """`appliquer` by the system to one of many rows that the caller has locked, and writes
    together: their `COLONNES`, and the lines of the journal that are returned, in the order of the
    dossiers. Raises TransitionRefusee.
    """
    return _changer(demande, CIRCUIT[acte], guichet=guichet, donnees=donnees)


def _changer(  # noqa: PLR0913 - as `appliquer`
    actuelle: Demande,
    transition: Transition,
    *,
    user: User | None = None,
    motif: str = "",
    etat_vu: str = "",
    agent: User | None = None,
    guichet: Guichet | None = None,
    montant_accorde: Decimal | None = None,
    donnees: Mapping[str, object] | None = None,
) -> Evenement:
    """Do it in memory; the line of the journal that says so."""
    _verifier(actuelle, transition, user, etat_vu)
    motif = _motif(motif, transition)
    avant, actuelle.etat = Etat(actuelle.etat), transition.apres(Etat(actuelle.etat))
    lignes = {**(donnees or {}), "de": avant, "vers": actuelle.etat}
    if actuelle.est_close:
        _clore(actuelle, motif)
    elif actuelle.etat == Etat.A_ROUTER and avant != Etat.A_ROUTER:
        lignes["guichet"] = actuelle.guichet_id
        _rendre(actuelle, motif)
    if agent is not None:
        actuelle.agent = agent
    if guichet is not None:
        _confier(actuelle, guichet, motif)
        lignes["guichet"] = guichet.pk
    if montant_accorde is not None:
        actuelle.montant_accorde = lignes["montant_accorde"] = montant_accorde
    return evenement(
        verbe=transition.acte,
        objet=actuelle,
        acteur=user,
        dossier_id=actuelle.dossier_id,
        **lignes,
    )


def _clore(demande: Demande, motif: str) -> None:
    """Nothing is expected of anybody any more."""
    demande.motif, demande.decidee_le = motif, timezone.now()
    demande.prochaine_tentative, demande.file, demande.file_motif = None, "", ""
    demande.complements.filter(close_le__isnull=True).update(
        close_le=demande.decidee_le, cloture=Complement.Cloture.DEMANDE_CLOSE
    )


def _rendre(demande: Demande, motif: str) -> None:
    """Back to routing: no desk and no officer has it, the clock is left alone."""
    demande.guichet = demande.agent = None
    demande.prochaine_tentative = timezone.now()
    demande.motif_orientation = motif
    # The next desk has its own days to open it.
    demande.a_prevenir_le = demande.prochaine_tentative + SILENCE_DIT


def _confier(demande: Demande, guichet: Guichet, motif: str) -> None:
    demande.guichet, demande.prochaine_tentative = guichet, None
    demande.file = demande.file_motif = ""
    # The rules have no reason of their own: that of who redirected the demande stays.
    demande.motif_orientation = motif or demande.motif_orientation


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
    communique = transition.motive and transition.qui is Qui.AGENT
    if communique and len(motif) < MOTIF_MINIMUM:
        raise TransitionRefusee(
            f"Expliquez le motif en {MOTIF_MINIMUM} caractères au moins : l’entreprise le lira.",
            champ="motif",
        )
    if len(motif) > MOTIF_MAXIMUM:
        raise TransitionRefusee(f"Le motif dépasse {MOTIF_MAXIMUM} caractères.", champ="motif")
    return motif
