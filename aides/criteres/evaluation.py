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
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    JourMois,
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
from aides.criteres.codes import SANS_SECTION, SECTIONS, sous
from aides.criteres.faits import (
    DATE_DEMANDE,
    QUANTITES,
    SANS_OBJET,
    Faits,
    Type,
    Valeur,
    a_repondre,
    lire,
    mois_revolus,
)


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
    Comparaison
    | Proportion
    | Vrai
    | Parmi
    | Commence
    | Situe
    | EnZone
    | Fenetre
    | FenetreAnnuelle
    | DelaiEntreAides
    | SansObjetFait
)


def _feuille(critere: FeuilleDeFait, situation: Situation) -> Preuve:
    """A leaf that reads facts: "not applicable" satisfies none, whatever is still missing."""
    faits = situation.faits
    codes = lus(critere)
    valeurs = [lire(faits, code) for code in codes]
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
        verdict = _verdict(_satisfait(critere, valeur, base, faits))
    return Preuve(critere, verdict, valeur, manquants, base=base)


def _satisfait(  # noqa: C901 - one case per leaf
    critere: FeuilleDeFait, valeur: Valeur, base: Valeur | None, faits: Faits
) -> bool:
    """Whether a known, applicable value satisfies the leaf."""
    match critere, valeur:
        case Comparaison(_, operateur, seuil), int():
            return _compare(valeur, operateur, seuil)
        case Proportion(_, operateur, numerateur, denominateur), int():
            return _compare(valeur * denominateur, operateur, numerateur * _entier(base))
        case Vrai(), bool():
            return valeur
        case Parmi(_, codes), str():
            return valeur in codes
        case Parmi(_, codes), frozenset():
            return not valeur.isdisjoint(codes)
        case Commence(fait, codes, _, sauf), str():
            sections = SECTIONS.get(fait, SANS_SECTION)
            return sous(valeur, codes, sections) and not sous(valeur, sauf, sections)
        case Situe(_, perimetre, _, sauf), frozenset():
            return not valeur.isdisjoint(perimetre) and valeur.isdisjoint(sauf)
        case EnZone(_, zone), frozenset():
            return f"ZONE-{zone}" in valeur
        case Fenetre(_, debut, fin), date():
            return (debut is None or debut <= valeur) and (fin is None or valeur <= fin)
        case FenetreAnnuelle(_, debut, fin), date():
            jour = JourMois(valeur.month, valeur.day)
            return debut <= jour <= fin if debut <= fin else jour >= debut or jour <= fin
        case DelaiEntreAides(aides, mois), frozenset():
            le = faits[DATE_DEMANDE.code]
            return not any(_trop_recent(octroi, aides, mois, le) for octroi in valeur)
        case _:
            raise TypeError(f"{critere!r} ne peut pas lire {valeur!r}")


def _indecidable(critere: EnZone, valeur: Valeur | None, referentiel: Referentiel) -> bool:
    """Whether a zone is not loaded, or holds only a part of the commune: an officer must look."""
    partiel = isinstance(valeur, frozenset) and f"ZONE-PARTIELLE-{critere.zone}" in valeur
    return partiel or not referentiel.zone_chargee(critere.zone)


def _trop_recent(octroi: str, aides: frozenset[str], mois: int, le: Valeur) -> bool:
    """Whether a grant ("aide@2026-01-31") of one of `aides` stands in the way on the day `le`."""
    aide, _, jour = octroi.partition("@")
    if aide not in aides or not isinstance(le, date):
        return False
    return mois == 0 or mois_revolus(date.fromisoformat(jour), le) < mois


def _entier(valeur: Valeur | None) -> int:
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
        case DelaiEntreAides():
            return ("aides_obtenues",)
        case (
            Comparaison(fait)
            | Vrai(fait)
            | Parmi(fait)
            | Commence(fait)
            | Situe(fait)
            | EnZone(fait)
            | Fenetre(fait)
            | FenetreAnnuelle(fait)
            | SansObjetFait(fait)
        ):
            return (fait,)
        case _:
            assert_never(feuille)


#: The types of fact each leaf can read; `SansObjetFait` any fact that allows the answer.
TYPES_LISIBLES: Mapping[type[FeuilleDeFait], frozenset[Type]] = {
    Comparaison: QUANTITES,
    Proportion: QUANTITES,
    Vrai: frozenset({Type.BOOLEEN}),
    Parmi: frozenset({Type.CHOIX, Type.CHOIX_MULTIPLE}),
    Commence: frozenset({Type.CODE_NAF, Type.CODE_NAF_2025, Type.CODE_FORME}),
    Situe: frozenset({Type.LIEU}),
    EnZone: frozenset({Type.LIEU}),
    Fenetre: frozenset({Type.DATE}),
    FenetreAnnuelle: frozenset({Type.DATE}),
    DelaiEntreAides: frozenset({Type.OCTROIS}),
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
            tranche = bornes(preuve) != (Verdict.INCONNU, Verdict.INCONNU)
            return Issue.A_COMPLETER if tranche else Issue.SOUS_RESERVE
        case _:
            assert_never(preuve.verdict)


def bornes(preuve: Preuve) -> tuple[Verdict, Verdict]:
    """The lowest and the highest verdict this node can have once the company has answered
    everything, each of its unknown leaves taken as independent, what is an officer's to say
    left unsaid.

    Every group is monotone in its children, so that the ends of its interval come from the
    ends of theirs.
    """
    if preuve.verdict is not Verdict.INCONNU:
        return preuve.verdict, preuve.verdict
    enfants = [bornes(enfant) for enfant in preuve.enfants]
    match preuve.critere:
        case Tous():
            return min(bas for bas, _ in enfants), min(haut for _, haut in enfants)
        case Un():
            return max(bas for bas, _ in enfants), max(haut for _, haut in enfants)
        case AuMoins(nombre):
            plus_bas, plus_haut = ([e[0] for e in enfants], [e[1] for e in enfants])
            return _rang(nombre, plus_bas), _rang(nombre, plus_haut)
        case Non():
            ((bas, haut),) = enfants
            return Verdict(-haut), Verdict(-bas)
        case TailleEuropeenne():
            return enfants[0]
        case (
            Comparaison()
            | Proportion()
            | Vrai()
            | Parmi()
            | Commence()
            | Situe()
            | EnZone()
            | Fenetre()
            | FenetreAnnuelle()
            | DelaiEntreAides()
            | SansObjetFait()
            | AVerifier()
        ):
            if preuve.manquants:
                return Verdict.NON, Verdict.OUI
            return Verdict.INCONNU, Verdict.INCONNU
        case _:
            assert_never(preuve.critere)


#: One leaf in one letter: it holds, it does not, the company can answer, an officer must look.
LETTRES = {(1, 1): "o", (-1, -1): "n", (-1, 1): "e", (0, 0): "a"}


def resume(preuve: Preuve) -> str:
    """The leaves of a proof in the order of its tree, each as one of `LETTRES`: with the tree and
    the facts, all that it takes to write the proof again."""
    if isinstance(preuve.critere, Tous | Un | AuMoins | Non):
        return "".join(resume(enfant) for enfant in preuve.enfants)
    return LETTRES[bornes(preuve)]


def feuilles_ouvertes(preuve: Preuve) -> list[Preuve]:
    """The unknown leaves under unknown groups: what can still change the verdict."""
    if preuve.verdict is not Verdict.INCONNU:
        return []
    if not preuve.enfants:
        return [preuve]
    return [feuille for enfant in preuve.enfants for feuille in feuilles_ouvertes(enfant)]
