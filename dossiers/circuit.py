"""The life cycle of a demande: one table, enforced in `transitions`, drawn from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Etat(models.TextChoices):
    """The states people see."""

    A_ROUTER = "a_router", "En cours d’orientation"
    A_ETUDIER = "a_etudier", "À étudier"
    EN_INSTRUCTION = "en_instruction", "En instruction"
    A_COMPLETER = "a_completer", "À compléter"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    CLASSEE_SANS_SUITE = "classee_sans_suite", "Classée sans suite"
    RETIREE = "retiree", "Retirée"


ETATS_FINAUX = frozenset({Etat.ACCEPTEE, Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE, Etat.RETIREE})


class Qui(StrEnum):
    """Who may do an act."""

    SYSTEME = "systeme"
    AGENT = "agent"
    ENTREPRISE = "entreprise"
    ADMINISTRATION = "administration"


class Horloge(StrEnum):
    """What an act does to the statutory clock."""

    COURT = "court"
    #: Until the earlier of the answer and the due date (CRPA, article L114-5).
    SUSPENSION = "suspension"
    ARRET = "arret"


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which states, to which, by whom, and whether it needs a reason.

    `vers` is None when the state stays what it is. `ouverte`: somebody at the desk must have
    acknowledged the demande first. `complement`: whether a request for more must be waiting for
    its answer (True), must not (False), or either (None).
    """

    acte: str
    libelle: str
    de: frozenset[Etat]
    vers: Etat | None
    qui: Qui
    horloge: Horloge
    motive: bool = False
    ouverte: bool = False
    complement: bool | None = None

    def apres(self, etat: Etat) -> Etat:
        """The state that follows `etat`."""
        return self.vers or etat


_SUIVIES = frozenset({Etat.EN_INSTRUCTION})
_REPRENABLES = _SUIVIES | {Etat.A_COMPLETER}
_CHEZ_LE_GUICHET = frozenset({Etat.A_ETUDIER, Etat.EN_INSTRUCTION, Etat.A_COMPLETER})
CIRCUIT: dict[str, Transition] = {
    transition.acte: transition
    for transition in (
        Transition(
            "router", "Confier au guichet compétent",
            frozenset({Etat.A_ROUTER}), Etat.A_ETUDIER, Qui.SYSTEME, Horloge.COURT,
        ),
        Transition(
            "orienter", "Confier à un guichet choisi",
            frozenset({Etat.A_ROUTER}), Etat.A_ETUDIER, Qui.ADMINISTRATION, Horloge.COURT,
            motive=True,
        ),
        Transition(
            "accuser", "Ouvrir la demande",
            frozenset({Etat.A_ETUDIER}), Etat.A_ETUDIER, Qui.AGENT, Horloge.COURT,
        ),
        # By the page that the desk's e-mail leads to, or by its own system.
        Transition(
            "accuser_a_distance", "Accuser réception hors du portail",
            frozenset({Etat.A_ETUDIER}), Etat.A_ETUDIER, Qui.SYSTEME, Horloge.COURT,
        ),
        Transition(
            "prendre_en_charge", "Prendre en charge",
            frozenset({Etat.A_ETUDIER}), Etat.EN_INSTRUCTION, Qui.AGENT, Horloge.COURT,
            ouverte=True,
        ),
        Transition(
            "demander_complement", "Demander un complément",
            _SUIVIES | {Etat.A_ETUDIER}, Etat.A_COMPLETER, Qui.AGENT, Horloge.SUSPENSION,
            ouverte=True, complement=False,
        ),
        Transition(
            "completer", "Répondre",
            frozenset({Etat.A_COMPLETER}), Etat.EN_INSTRUCTION, Qui.ENTREPRISE, Horloge.COURT,
            complement=True,
        ),
        # Elements may be added and the due date put off, never brought forward.
        Transition(
            "corriger_complement", "Corriger la demande de compléments",
            _REPRENABLES, None, Qui.AGENT, Horloge.SUSPENSION,
            ouverte=True, complement=True,
        ),
        Transition(
            "annuler_complement", "Annuler la demande de compléments",
            _REPRENABLES, Etat.EN_INSTRUCTION, Qui.AGENT, Horloge.COURT,
            ouverte=True, complement=True,
        ),
        # What the former desk asked for is still expected; the new one is as far as it is.
        Transition(
            "completer_reorientee", "Répondre après un changement de guichet",
            _SUIVIES | {Etat.A_ROUTER, Etat.A_ETUDIER}, None, Qui.ENTREPRISE, Horloge.COURT,
            complement=True,
        ),
        Transition(
            "reprendre", "Reprendre l’instruction sans attendre",
            _REPRENABLES, Etat.EN_INSTRUCTION, Qui.AGENT, Horloge.COURT,
            ouverte=True, complement=True,
        ),
        Transition(
            "prendre_le_relais", "Prendre le relais",
            _REPRENABLES, None, Qui.AGENT, Horloge.COURT, ouverte=True,
        ),
        Transition(
            "passer_le_relais", "Confier à un collègue",
            _REPRENABLES, None, Qui.AGENT, Horloge.COURT, ouverte=True,
        ),
        Transition(
            "reorienter", "Réorienter vers un autre guichet",
            _CHEZ_LE_GUICHET, Etat.A_ROUTER, Qui.AGENT, Horloge.COURT,
            motive=True, ouverte=True,
        ),
        # Who is competent has changed: the system does what a person rehearsed and applied.
        Transition(
            "deplacer", "Déplacer après un changement de compétences",
            _CHEZ_LE_GUICHET, Etat.A_ROUTER, Qui.SYSTEME, Horloge.COURT,
        ),
        Transition(
            "retirer", "Retirer la demande",
            _CHEZ_LE_GUICHET | {Etat.A_ROUTER}, Etat.RETIREE, Qui.ENTREPRISE, Horloge.ARRET,
        ),
        Transition(
            "accepter", "Accepter",
            _SUIVIES, Etat.ACCEPTEE, Qui.AGENT, Horloge.ARRET, ouverte=True,
        ),
        Transition(
            "refuser", "Refuser",
            _SUIVIES, Etat.REFUSEE, Qui.AGENT, Horloge.ARRET, motive=True,
            ouverte=True,
        ),
        Transition(
            "classer_sans_suite", "Classer sans suite",
            _CHEZ_LE_GUICHET, Etat.CLASSEE_SANS_SUITE, Qui.AGENT, Horloge.ARRET,
            motive=True, ouverte=True,
        ),
    )
}  # fmt: skip
