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
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    CLASSEE_SANS_SUITE = "classee_sans_suite", "Classée sans suite"


ETATS_FINAUX = frozenset({Etat.ACCEPTEE, Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE})


class Qui(StrEnum):
    """Who may do an act."""

    SYSTEME = "systeme"
    AGENT = "agent"
    ADMINISTRATION = "administration"


class Horloge(StrEnum):
    """What an act does to the statutory clock."""

    COURT = "court"
    ARRET = "arret"


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which states, to which, by whom, and whether it needs a reason.

    `ouverte`: somebody at the desk must have acknowledged the demande first.
    """

    acte: str
    libelle: str
    de: frozenset[Etat]
    vers: Etat
    qui: Qui
    horloge: Horloge
    motive: bool = False
    ouverte: bool = False


_SUIVIES = frozenset({Etat.EN_INSTRUCTION})
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
        Transition(
            "prendre_en_charge", "Prendre en charge",
            frozenset({Etat.A_ETUDIER}), Etat.EN_INSTRUCTION, Qui.AGENT, Horloge.COURT,
            ouverte=True,
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
            _SUIVIES | {Etat.A_ETUDIER}, Etat.CLASSEE_SANS_SUITE, Qui.AGENT, Horloge.ARRET,
            motive=True, ouverte=True,
        ),
    )
}  # fmt: skip
