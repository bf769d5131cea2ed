"""Dossier -> verdict and proof: the reading that people are shown.

Three values, OUI = +1, INCONNU = 0, NON = -1 (strong Kleene logic): AND is `min`, OR is
`max`, NOT is `-`, AuMoins(n) the n-th largest. The proof mirrors the tree node by node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Protocol, assert_never

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Feuille,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.codes import sous
from aides.criteres.faits import SANS_OBJET, Faits, Type, Valeur, a_repondre


class Verdict(IntEnum):
    """Three truth values, ordered so that `min`, `max` and `-` are the logic."""

    NON = -1
    INCONNU = 0
    OUI = 1


class Issue(StrEnum):
    """The four outcomes people see."""

    ELIGIBLE = "eligible"
    SOUS_RESERVE = "sous_reserve"
    A_COMPLETER = "a_completer"
    NON_ELIGIBLE = "non_eligible"


class Referentiel(Protocol):
    """What the language asks of geography: whether a zone is loaded on the evaluation day."""

    def zone_chargee(self, zone: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Preuve:
    """One node's verdict, and why: the value used, what is missing, the proofs below it.

    `manquants` names the facts a company can still answer at this leaf; a leaf INCONNU with
    none is for an officer, or waits for a zone to be loaded. `base` is the second value of a
    `Proportion`.
    """

    critere: Critere
    verdict: Verdict
    valeur: Valeur | None = None
    manquants: frozenset[str] = frozenset()
    enfants: tuple[Preuve, ...] = ()
    base: Valeur | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All an evaluation may look at. `faits` is completed (`faits.completer`); `reponses`
    holds the officers' answers to the `AVerifier` leaves, by code."""

    faits: Faits
    referentiel: Referentiel
    reponses: Mapping[str, bool] = field(default_factory=dict)


def evaluer(critere: Critere, situation: Situation) -> Preuve:
    """The proof of `critere` in `situation`."""
    match critere:
        case Tous(criteres):
            enfants = _evaluer_tous(criteres, situation)
            return _groupe(critere, min((e.verdict for e in enfants), default=Verdict.OUI), enfants)
        case Un(criteres):
            enfants = _evaluer_tous(criteres, situation)
            return _groupe(critere, max((e.verdict for e in enfants), default=Verdict.NON), enfants)
        case AuMoins(nombre, criteres):
            enfants = _evaluer_tous(criteres, situation)
            return _groupe(critere, _rang(nombre, [e.verdict for e in enfants]), enfants)
        case Non(interieur):
            enfant = evaluer(interieur, situation)
            return _groupe(critere, Verdict(-enfant.verdict), (enfant,))
        case TailleEuropeenne():
            enfant = evaluer(definition(critere), situation)
            return _groupe(critere, enfant.verdict, (enfant,))
        case AVerifier(code):
            reponse = situation.reponses.get(code)
            return Preuve(critere, _verdict(reponse), reponse)
        case _:
            return _feuille(critere, situation)


def _evaluer_tous(criteres: Iterable[Critere], situation: Situation) -> tuple[Preuve, ...]:
    return tuple(evaluer(critere, situation) for critere in criteres)


def _rang(nombre: int, verdicts: list[Verdict]) -> Verdict:
    """The `nombre`-th largest; none is needed for zero, none suffices beyond the last."""
    if nombre < 1:
        return Verdict.OUI
    return sorted(verdicts, reverse=True)[nombre - 1] if nombre <= len(verdicts) else Verdict.NON


def _groupe(critere: Critere, verdict: Verdict, enfants: tuple[Preuve, ...]) -> Preuve:
    return Preuve(critere, verdict, enfants=enfants)


def _verdict(vrai: bool | None) -> Verdict:
    return Verdict.INCONNU if vrai is None else Verdict.OUI if vrai else Verdict.NON


FeuilleDeFait = (
    Comparaison | Proportion | Vrai | Parmi | Commence | Situe | EnZone | Fenetre | SansObjetFait
)


def _feuille(critere: FeuilleDeFait, situation: Situation) -> Preuve:
    """A leaf that reads facts: "not applicable" satisfies none, whatever is still missing."""
    faits = situation.faits
    codes = lus(critere)
    valeurs = [faits.get(code) for code in codes]
    valeur, base = valeurs[0], valeurs[1] if len(valeurs) > 1 else None
    manquants = frozenset[str]()
    verdict = Verdict.INCONNU
    if isinstance(critere, EnZone) and _indecidable(critere, valeur, situation.referentiel):
        pass
    elif isinstance(critere, SansObjetFait) and valeur is not None:
        verdict = _verdict(valeur is SANS_OBJET)
    elif SANS_OBJET in valeurs:
        verdict = Verdict.NON
    elif valeur is None or None in valeurs:
        manquants = manquants.union(*(a_repondre(code, faits) for code in codes))
    else:
        verdict = _verdict(_satisfait(critere, valeur, faits))
    return Preuve(critere, verdict, valeur, manquants, base=base)


def _satisfait(critere: FeuilleDeFait, valeur: Valeur, faits: Faits) -> bool:
    """Whether a known, applicable value satisfies the leaf."""
    match critere, valeur:
        case Comparaison(_, operateur, seuil), int():
            return _compare(valeur, operateur, seuil)
        case Proportion(_, operateur, numerateur, denominateur, droite), int():
            return _compare(valeur * denominateur, operateur, numerateur * _entier(faits[droite]))
        case Vrai(), bool():
            return valeur
        case Parmi(_, codes), str():
            return valeur in codes
        case Parmi(_, codes), frozenset():
            return not valeur.isdisjoint(codes)
        case Commence(_, codes, _, sauf), str():
            return sous(valeur, codes) and not sous(valeur, sauf)
        case Situe(_, perimetre, _, sauf), frozenset():
            return not valeur.isdisjoint(perimetre) and valeur.isdisjoint(sauf)
        case EnZone(_, zone), frozenset():
            return f"ZONE-{zone}" in valeur
        case Fenetre(_, debut, fin), date():
            return (debut is None or debut <= valeur) and (fin is None or valeur <= fin)
        case _:
            raise TypeError(f"{critere!r} ne peut pas lire {valeur!r}")


def _indecidable(critere: EnZone, valeur: Valeur | None, referentiel: Referentiel) -> bool:
    """Whether a zone is not loaded, or holds only a part of the commune: an officer must look."""
    partiel = isinstance(valeur, frozenset) and f"ZONE-PARTIELLE-{critere.zone}" in valeur
    return partiel or not referentiel.zone_chargee(critere.zone)


def _entier(valeur: Valeur) -> int:
    if isinstance(valeur, int):
        return valeur
    raise TypeError(f"{valeur!r} n’est pas une quantité")


def _compare(gauche: int, operateur: Operateur, droite: int) -> bool:
    match operateur:
        case Operateur.INFERIEUR:
            return gauche < droite
        case Operateur.INFERIEUR_OU_EGAL:
            return gauche <= droite
        case Operateur.EGAL:
            return gauche == droite
        case Operateur.SUPERIEUR_OU_EGAL:
            return gauche >= droite
        case Operateur.SUPERIEUR:
            return gauche > droite
        case _:
            assert_never(operateur)


def lus(feuille: Feuille) -> tuple[str, ...]:
    """The codes of the facts a leaf reads, the one it is about first."""
    match feuille:
        case Proportion(gauche, _, _, _, droite):
            return (gauche, droite)
        case TailleEuropeenne():
            return ("effectif", "chiffre_affaires", "total_bilan")
        case AVerifier():
            return ()
        case (
            Comparaison(fait)
            | Vrai(fait)
            | Parmi(fait)
            | Commence(fait)
            | Situe(fait)
            | EnZone(fait)
            | Fenetre(fait)
            | SansObjetFait(fait)
        ):
            return (fait,)
        case _:
            assert_never(feuille)


_QUANTITES = frozenset({Type.MONTANT, Type.DIXIEMES, Type.ENTIER})
#: The types of fact each leaf can read; `SansObjetFait` any fact that allows the answer.
TYPES_LISIBLES: Mapping[type[FeuilleDeFait], frozenset[Type]] = {
    Comparaison: _QUANTITES,
    Proportion: _QUANTITES,
    Vrai: frozenset({Type.BOOLEEN}),
    Parmi: frozenset({Type.CHOIX, Type.CHOIX_MULTIPLE}),
    Commence: frozenset({Type.CODE_NAF, Type.CODE_FORME}),
    Situe: frozenset({Type.LIEU}),
    EnZone: frozenset({Type.LIEU}),
    Fenetre: frozenset({Type.DATE}),
    SansObjetFait: frozenset(Type),
}


#: Headcount (persons, strictly below), turnover and balance sheet (euros, at most).
SEUILS = {
    Taille.MICRO: (10, 2_000_000, 2_000_000),
    Taille.PETITE: (50, 10_000_000, 10_000_000),
    Taille.MOYENNE: (250, 50_000_000, 43_000_000),
}
ANNEXE_I = Source(
    "Règlement (UE) 651/2014, annexe I, article 2",
    "https://eur-lex.europa.eu/eli/reg/2014/651/oj/fra",
)


def definition(taille: TailleEuropeenne) -> Critere:
    """What an EU size category means: headcount AND (turnover OR balance sheet).

    Annex I, article 2, Regulation (EU) 651/2014. A company without closed accounts answers
    "not applicable", which no ceiling can exceed: its estimate is for the officer to check
    (article 4, paragraph 3).
    """
    effectif, chiffre_affaires, bilan = SEUILS[taille.maximum]

    def plafond(fait: str, euros: int) -> tuple[Critere, Critere]:
        compare = Comparaison(fait, Operateur.INFERIEUR_OU_EGAL, euros * 100, ANNEXE_I)
        return compare, SansObjetFait(fait, ANNEXE_I)

    return Tous(
        (
            Comparaison("effectif", Operateur.INFERIEUR, effectif * 10, ANNEXE_I),
            Un((*plafond("chiffre_affaires", chiffre_affaires), *plafond("total_bilan", bilan))),
        )
    )


# ------------------------------------------------------------------ the outcome


def issue(preuve: Preuve) -> Issue:
    """The outcome people see, read off the proof of an aide."""
    match preuve.verdict:
        case Verdict.OUI:
            return Issue.ELIGIBLE
        case Verdict.NON:
            return Issue.NON_ELIGIBLE
        case Verdict.INCONNU:
            decidable = accessibles(preuve) != {Verdict.INCONNU}
            return Issue.A_COMPLETER if decidable else Issue.SOUS_RESERVE
        case _:
            assert_never(preuve.verdict)


REPONSES = frozenset({Verdict.NON, Verdict.OUI})


def accessibles(preuve: Preuve) -> frozenset[Verdict]:
    """The verdicts this node can have once the company has answered everything, each of its
    unknown leaves taken as independent, what is an officer's to say left unsaid."""
    if preuve.verdict is not Verdict.INCONNU:
        return frozenset({preuve.verdict})
    match preuve.critere:
        case Tous():
            return _nieme(preuve, len(preuve.enfants))
        case Un():
            return _nieme(preuve, 1)
        case AuMoins(nombre):
            return _nieme(preuve, nombre)
        case Non():
            return frozenset(Verdict(-v) for v in accessibles(preuve.enfants[0]))
        case TailleEuropeenne():
            return accessibles(preuve.enfants[0])
        case (
            Comparaison()
            | Proportion()
            | Vrai()
            | Parmi()
            | Commence()
            | Situe()
            | EnZone()
            | Fenetre()
            | SansObjetFait()
            | AVerifier()
        ):
            return REPONSES if preuve.manquants else frozenset({Verdict.INCONNU})
        case _:
            assert_never(preuve.critere)


def _nieme(preuve: Preuve, rang: int) -> frozenset[Verdict]:
    """What the `rang`-th largest of the children can be, each choosing freely its own.

    A value is reached when the children that can take it do, and the others that must choose
    a side can be split so that fewer than `rang` are above and at least `rang` not below.
    """
    choix = [accessibles(enfant) for enfant in preuve.enfants]

    def atteint(valeur: Verdict) -> bool:
        egaux = sum(valeur in options for options in choix)
        autres = [options for options in choix if valeur not in options]
        au_dessus = sum(min(options) > valeur for options in autres)
        libres = sum(min(options) < valeur < max(options) for options in autres)
        voulus = max(0, rang - au_dessus - egaux)
        return voulus <= libres and au_dessus + voulus <= rang - 1

    return frozenset(valeur for valeur in Verdict if atteint(valeur))


def feuilles_ouvertes(preuve: Preuve) -> list[Preuve]:
    """The unknown leaves under unknown groups: what can still change the verdict."""
    if preuve.verdict is not Verdict.INCONNU:
        return []
    if not preuve.enfants:
        return [preuve]
    return [feuille for enfant in preuve.enfants for feuille in feuilles_ouvertes(enfant)]
