"""Does an aide answer to a golden case what people wrote that it must?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aides.criteres.arbre import AuMoins, AVerifier, Non, TailleEuropeenne, Tous, Un
from aides.criteres.evaluation import Issue, Preuve, Situation, Verdict, evaluer, issue, lus
from aides.criteres.faits import completer
from aides.criteres.questions import feuilles_decisives
from aides.criteres.redaction import Redacteur
from aides.criteres.reparations import bases
from aides.models import VersionAide
from aides.montants import Estimation, estimer
from aides.noms import Noms
from dossiers.rapprochement.cas.lecture import ISSUES, Cas, normaliser
from dossiers.rapprochement.catalogue import lire_version
from territoires.zones import ReferentielZones

NOMS_DES_ISSUES = {issue: nom for nom, issue in ISSUES.items()}
#: What the lines of each outcome are.
TITRES = {
    Issue.NON_ELIGIBLE: "ce qui refuse",
    Issue.A_COMPLETER: "ce qui manque",
    Issue.SOUS_RESERVE: "ce qui reste à vérifier",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """A condition that explains the outcome: its sentence, and the codes it may be named by."""

    phrase: str
    codes: frozenset[str]

    def est(self, raison: str) -> bool:
        """Whether `raison` names it: one of its codes, or words of its sentence."""
        return raison in self.codes or normaliser(raison) in normaliser(self.phrase)

    def __str__(self) -> str:
        return f"{self.phrase} ({', '.join(sorted(self.codes))})"


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of a case: `ecarts` in French, none when it is as expected."""

    cas: Cas
    obtenu: Issue
    lignes: tuple[Ligne, ...]
    ecarts: tuple[str, ...]


def verifier(cas: Cas, version: VersionAide, noms: Noms | None = None) -> Verification:
    """Evaluate the aide of a case, on its day; `noms` are those that its tree cites.

    Raises EchangeInvalide if its criteria cannot be read.
    """
    lue = lire_version(version)
    situation = Situation(completer(cas.faits, cas.le), ReferentielZones.au(cas.le), cas.agent)
    preuve = evaluer(lue.criteres, situation)
    noms = noms or Noms.pour([lue.criteres])
    obtenu = issue(preuve)
    lignes = tuple(_lignes(preuve, obtenu, Redacteur(noms.lieu, noms.code)))
    ecarts = list(_ecarts(cas, obtenu, lignes))
    if cas.montant is not None:
        ecarts += _ecarts_du_montant(cas.montant, estimer(lue.regles, situation))
    return Verification(cas, obtenu, lignes, tuple(ecarts))


def _ecarts(cas: Cas, obtenu: Issue, lignes: tuple[Ligne, ...]) -> Iterator[str]:
    if obtenu is not cas.attendu:
        voulu, eu = NOMS_DES_ISSUES[cas.attendu], NOMS_DES_ISSUES[obtenu]
        yield f"attendu : {voulu} ; obtenu : {eu}"
        return
    for raison in cas.raisons:
        if not any(ligne.est(raison) for ligne in lignes):
            yield f"raison attendue, absente : « {raison} »"
    if cas.raisons and obtenu is Issue.NON_ELIGIBLE:
        for ligne in lignes:
            if not any(ligne.est(raison) for raison in cas.raisons):
                yield f"refus inattendu : {ligne}"


def _ecarts_du_montant(attendu: str, estimation: Estimation) -> list[str]:
    """A number is the highest amount in euros; a text, what people are shown."""
    maximum = estimation.maximum
    if attendu.replace(".", "", 1).isdecimal():
        juste = maximum is not None and maximum == type(maximum)(attendu)
    else:
        juste = normaliser(attendu) == normaliser(estimation.texte)
    obtenu = estimation.texte or "aucun montant"
    return [] if juste else [f"montant attendu : {attendu} ; obtenu : {obtenu}"]


# ------------------------------------------------------------------ why


def _lignes(preuve: Preuve, obtenu: Issue, redacteur: Redacteur) -> Iterator[Ligne]:
    """The conditions that explain an outcome: that refuse, that the company may still settle,
    or that an officer must check."""
    if obtenu is Issue.ELIGIBLE:
        return
    if obtenu is Issue.A_COMPLETER:
        decisives = {id(feuille) for feuille in feuilles_decisives(preuve)}
        retenues = [(p, oui) for p, oui in _feuilles(preuve, True, None) if id(p) in decisives]
    else:
        voulu = Verdict.NON if obtenu is Issue.NON_ELIGIBLE else Verdict.INCONNU
        retenues = list(_feuilles(preuve, True, voulu))
    for feuille, oui in retenues:
        critere = feuille.critere
        if not isinstance(critere, Tous | Un | AuMoins | Non):
            codes = {base for code in lus(critere) for base in (code, *bases(code))}
            codes |= {critere.code} if isinstance(critere, AVerifier) else set()
            yield Ligne(redacteur.texte(critere, oui), frozenset(codes))


def _feuilles(preuve: Preuve, oui: bool, voulu: Verdict | None) -> Iterator[tuple[Preuve, bool]]:
    """The leaves that read `voulu` under nodes that do, and whether each is wanted; all of them
    when `voulu` is None. A European size is one condition where it is not asked by its parts."""
    if voulu is not None and preuve.verdict * (1 if oui else -1) != voulu:
        return
    if not preuve.enfants or (voulu is not None and isinstance(preuve.critere, TailleEuropeenne)):
        yield preuve, oui
        return
    ici = oui is not isinstance(preuve.critere, Non)
    for enfant in preuve.enfants:
        yield from _feuilles(enfant, ici, voulu)
