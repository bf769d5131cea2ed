"""The nodes of the eligibility language: one closed union of frozen dataclasses.

A tree says what a law, a regulation or a call for projects demands. It is data: comparable,
hashable, without behaviour. Every meaning it has is one function in a module beside this one
(`evaluation`, `redaction`, `echange`, `verification`), each matching every node and closed by
`assert_never`, so that a node added here does not pass mypy until every reading knows it.

Quantities are scaled integers (cents, tenths of a job, whole months): see `faits.Type`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """Where a condition comes from: an article, a délibération, a page, with its date.

    `verifie` is False when the text was not read again: people then see "à confirmer".
    """

    libelle: str
    url: str = ""
    date: date | None = None
    verifie: bool = True


class Operateur(StrEnum):
    """The five comparisons of two scaled integers; the value is the exchange code."""

    INFERIEUR = "<"
    INFERIEUR_OU_EGAL = "<="
    EGAL = "="
    SUPERIEUR_OU_EGAL = ">="
    SUPERIEUR = ">"


class Taille(StrEnum):
    """SME categories of the EU definition, smallest first (Annex I, Reg. (EU) 651/2014)."""

    MICRO = "micro"
    PETITE = "petite"
    MOYENNE = "moyenne"


@dataclass(frozen=True, slots=True, order=True)
class JourMois:
    """A day of every year; 29 February exists."""

    mois: int
    jour: int


# ------------------------------------------------------------------ leaves: one fact, one source


@dataclass(frozen=True, slots=True)
class Comparaison:
    """A quantity against a threshold in the fact's own scale: `effectif <= 2490` tenths.

    Here and in `Proportion` a fact may be a sum: "depense_equipement+depense_immateriel".
    """

    fait: str
    operateur: Operateur
    seuil: int
    source: Source


@dataclass(frozen=True, slots=True)
class Proportion:
    """`gauche <op> (numerateur / denominateur) x droite`, compared by cross-multiplication.

    One node for a share ("land at most 10 % of the costs") and for the comparison of two
    facts ("aid at most the own funds": 1/1). Both facts share one scale; denominateur > 0.
    """

    gauche: str
    operateur: Operateur
    numerateur: int
    denominateur: int
    droite: str
    source: Source


@dataclass(frozen=True, slots=True)
class Vrai:
    """A yes/no fact answered yes."""

    fait: str
    source: Source


@dataclass(frozen=True, slots=True)
class Parmi:
    """A choice, or at least one of several choices, among codes."""

    fait: str
    codes: frozenset[str]
    source: Source


@dataclass(frozen=True, slots=True)
class Commence:
    """A hierarchical code (NAF, legal form) under one of `codes` at any level; `sauf` wins.

    NAF codes, of rev. 2 or of 2025, may be a section letter, a division "10", a group "10.1",
    a class "10.11" or a sub-class "10.11Z"; legal forms one to four digits.
    """

    fait: str
    codes: frozenset[str]
    source: Source
    sauf: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Situe:
    """A place inside a périmètre of the national notation (`REG-76`, `EPCI-…`); `sauf` wins."""

    fait: str
    perimetre: frozenset[str]
    source: Source
    sauf: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EnZone:
    """A place inside a dated zone (`ZRR`, `AFR`…). A zone that is not loaded is INCONNU."""

    fait: str
    zone: str
    source: Source


@dataclass(frozen=True, slots=True)
class Fenetre:
    """A date within [`debut`, `fin`], both included, either open."""

    fait: str
    debut: date | None
    fin: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class FenetreAnnuelle:
    """A date whose day lies, every year, within [`debut`, `fin`], both included; when `fin`
    comes before `debut`, the window runs over New Year."""

    fait: str
    debut: JourMois
    fin: JourMois
    source: Source


@dataclass(frozen=True, slots=True)
class DelaiEntreAides:
    """One aid per period: none of `aides` (codes) was granted to the company less than `mois`
    whole months before the day of the request; `mois` = 0, none ever was."""

    aides: frozenset[str]
    mois: int
    source: Source


@dataclass(frozen=True, slots=True)
class SansObjetFait:
    """The fact was answered "not applicable" (no turnover yet, no works in the project)."""

    fait: str
    source: Source


@dataclass(frozen=True, slots=True)
class TailleEuropeenne:
    """The company is at most `maximum` in the EU definition: headcount AND (turnover OR
    balance sheet). A short name for the tree that `evaluation.definition` spells out."""

    maximum: Taille
    source: Source


@dataclass(frozen=True, slots=True)
class AVerifier:
    """A condition no fact can decide: INCONNU until an officer answers it.

    `code` is stable within the aide and names the officer's answer; `libelle` is the
    condition in French, as a sentence without its full stop.
    """

    code: str
    libelle: str
    source: Source


# ------------------------------------------------------------------ groups


@dataclass(frozen=True, slots=True)
class Tous:
    """Every criterion holds."""

    criteres: tuple[Critere, ...]


@dataclass(frozen=True, slots=True)
class Un:
    """At least one criterion holds."""

    criteres: tuple[Critere, ...]


@dataclass(frozen=True, slots=True)
class AuMoins:
    """At least `nombre` of the criteria hold."""

    nombre: int
    criteres: tuple[Critere, ...]


@dataclass(frozen=True, slots=True)
class Non:
    """The criterion does not hold."""

    critere: Critere


Feuille = (
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
    | TailleEuropeenne
    | AVerifier
)
Groupe = Tous | Un | AuMoins | Non
Critere = Feuille | Groupe


def feuilles_de(critere: Critere) -> Iterator[Feuille]:
    """Every leaf of a tree, in its order."""
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from feuilles_de(enfant)
        case Non(interieur):
            yield from feuilles_de(interieur)
        case _:
            yield critere
