"""What no fact decides: the conditions left to the officer, and the proof with their answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from aides.criteres.arbre import AuMoins, AVerifier, Critere, Non, Tous, Un
from aides.criteres.echange import EchangeInvalide, Json
from aides.criteres.evaluation import (
    Issue,
    Preuve,
    Situation,
    evaluer,
    feuilles_ouvertes,
    issue,
)
from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import FaitsInvalides
from aides.models import VersionAide
from aides.noms import Noms
from dossiers.models import Demande, Verification
from dossiers.rapprochement.catalogue import lire_version
from dossiers.rapprochement.contexte import memoire_de
from dossiers.rapprochement.models import Resultat
from portal.comptes.models import User
from portal.socle.permissions import Permission

journal = logging.getLogger(__name__)
BOOLEENS = {Verification.Reponse.OUI: True, Verification.Reponse.NON: False}


@dataclass(frozen=True, slots=True)
class Reponse:
    """What an officer answers to one condition: a `Verification.Reponse`, a comment."""

    reponse: str
    commentaire: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition left to the officer, with what was answered, if anything was."""

    feuille: AVerifier
    verification: Verification | None

    @property
    def est_repondue(self) -> bool:
        return self.verification is not None and self.verification.reponse in BOOLEENS


@dataclass(frozen=True, slots=True)
class Relecture:
    """The match of the deposit read again with the answers of the officer: `preuve` (see
    `preuve_json`) and `issue` are None as long as nothing was answered."""

    conditions: list[Condition]
    preuve: Json | None = None
    issue: Issue | None = None

    @property
    def restantes(self) -> list[Condition]:
        return [condition for condition in self.conditions if not condition.est_repondue]


def peut_verifier(demande: Demande, user: User) -> Permission:
    """Whether the person may answer now: who follows an open demande, at its desk."""
    reason = ""
    if not user.affectations.filter(guichet__demandes=demande).exists():
        reason = "Seuls les agents du guichet compétent peuvent agir."
    elif demande.est_close:
        reason = "Cette demande est close : les réponses ne changent plus."
    elif demande.agent_id != user.pk:
        reason = "La personne qui suit la demande répond ici : prenez-la en charge, ou le relais."
    return Permission(not reason, reason)


def conditions_de(version: VersionAide) -> dict[str, AVerifier]:
    """The conditions of an aide that only an officer decides, by code.

    Raises EchangeInvalide when its stored criteria cannot be read.
    """
    return {feuille.code: feuille for feuille in _a_verifier(lire_version(version).criteres)}


def _a_verifier(critere: Critere) -> Iterator[AVerifier]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from _a_verifier(enfant)
        case Non(interieur):
            yield from _a_verifier(interieur)
        case AVerifier():
            yield critere
        case _:
            pass


def relire(demande: Demande, resultat: Resultat) -> Relecture | None:
    """The conditions left to the officer, and the proof with the answers; None, logged, when
    what was stored cannot be read any more."""
    donnees = {v.code: v for v in demande.verifications.select_related("agent")}
    try:
        critere = lire_version(demande.version_aide).criteres
        depart = memoire_de(resultat.rapprochement).situation
        sans = evaluer(critere, depart)
        connues = conditions_de(demande.version_aide)
        reponses = {
            code: BOOLEENS[Verification.Reponse(v.reponse)]
            for code, v in donnees.items()
            if v.reponse in BOOLEENS
        }
        avec = evaluer(critere, Situation(depart.faits, depart.referentiel, reponses))
    except (EchangeInvalide, FaitsInvalides, LookupError, TypeError, ArithmeticError) as erreur:
        journal.error("Demande %s, preuve illisible : %s", demande.pk, erreur)
        return None
    ouvertes = {f.critere.code for f in feuilles_ouvertes(sans) if isinstance(f.critere, AVerifier)}
    conditions = [
        Condition(feuille, donnees.get(code))
        for code, feuille in connues.items()
        if code in ouvertes or code in donnees
    ]
    if not reponses:
        return Relecture(conditions)
    return Relecture(conditions, _json(critere, avec, depart), issue(avec))


def _json(critere: Critere, preuve: Preuve, situation: Situation) -> Json:
    lieux = {
        code
        for valeur in situation.faits.values()
        if isinstance(valeur, frozenset)
        for code in valeur
        if code.startswith("COM-")
    }
    noms = Noms.pour([critere], lieux)
    return preuve_json(preuve, noms.lieu, noms.code)
