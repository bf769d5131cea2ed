"""The peers, each telling the status of every criterion of every aide, in their best known modes.

Everything is compiled beforehand, and a text met twice is compiled once. CEL reads the facts once
and is then asked criterion by criterion. zen-engine reads them again at each call: it is asked for
all the criteria of an aide at once, as one would, and also for those of hundreds of aides written
into one list, which is the fastest way we found. rule-engine knows no lists of conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import cel
import rule_engine
import zen

from aides.criteres.arbre import Tous
from bench.traduction import CEL, RULE_ENGINE, ZEN, Contexte, Dialecte, expression

#: For each aide, what became of each of its criteria: None where the peer cannot say.
Statuts = list[list[bool | None]]
Lecteur = Callable[[Contexte], Statuts]
#: Those of a catalogue, for its first so many aides.
Lecteurs = Callable[[int], Lecteur]
#: Aides per list: beyond, zen-engine gains nothing.
LOT = 250


@dataclass(frozen=True, slots=True)
class Pair:
    """A peer in one mode. `compiler` turns a catalogue into what reads a dossier; `inconnus`:
    whether it knows a fact that nobody answered; `maximum`: aides, for one that would take
    minutes. `code` is its name in the results, `court` in the picture."""

    code: str
    nom: str
    court: str
    compiler: Callable[[Sequence[Tous]], Lecteurs]
    inconnus: bool = False
    maximum: int = 20_000


def _textes(arbres: Sequence[Tous], mots: Dialecte) -> list[list[str]]:
    return [[expression(critere, mots) for critere in arbre.criteres] for arbre in arbres]


def _programmes(textes: list[list[str]], compiler: Callable[[str], Any]) -> list[list[Any]]:
    uniques = {texte: compiler(texte) for aide in textes for texte in aide}
    return [[uniques[texte] for texte in aide] for aide in textes]


def _liste(textes: list[str]) -> str:
    return f"[{', '.join(textes)}]"


def _cel(arbres: Sequence[Tous]) -> Lecteurs:
    programmes = _programmes(_textes(arbres, CEL), cel.compile)

    def lecteur(nombre: int) -> Lecteur:
        aides = programmes[:nombre]

        def lire(contexte: Contexte) -> Statuts:
            faits = cel.Context(contexte)
            return [_cel_aide(aide, faits) for aide in aides]

        return lire

    return lecteur


def _cel_aide(programmes: list[Any], faits: Any) -> list[bool | None]:
    """CEL absorbs an error that cannot matter; one that remains is a fact without answer."""
    try:
        return [programme.execute(faits) for programme in programmes]
    except RuntimeError:
        return [_cel_critere(programme, faits) for programme in programmes]


def _cel_critere(programme: Any, faits: Any) -> bool | None:
    try:
        return bool(programme.execute(faits))
    except RuntimeError:
        return None


def _zen_par_aide(arbres: Sequence[Tous]) -> Lecteurs:
    textes = [_liste(aide) for aide in _textes(arbres, ZEN)]
    programmes = [zen.compile_expression(texte) for texte in textes]

    def lecteur(nombre: int) -> Lecteur:
        aides = programmes[:nombre]
        return lambda contexte: [aide.evaluate(contexte) for aide in aides]

    return lecteur


def _zen_par_lots(arbres: Sequence[Tous]) -> Lecteurs:
    textes = [_liste(aide) for aide in _textes(arbres, ZEN)]
    lots = [_liste(textes[debut : debut + LOT]) for debut in range(0, len(textes), LOT)]
    programmes = [zen.compile_expression(lot) for lot in lots]

    def lecteur(nombre: int) -> Lecteur:
        siens = programmes[: nombre // LOT]
        return lambda contexte: [aide for lot in siens for aide in lot.evaluate(contexte)]

    return lecteur


def _rule_engine(arbres: Sequence[Tous]) -> Lecteurs:
    programmes = _programmes(_textes(arbres, RULE_ENGINE), rule_engine.Rule)

    def lecteur(nombre: int) -> Lecteur:
        aides = programmes[:nombre]
        return lambda contexte: [[regle.matches(contexte) for regle in aide] for aide in aides]

    return lecteur


def _nom(paquet: str, mode: str = "") -> str:
    return f"{paquet} {version(paquet)}{mode}"


PAIRS = (
    Pair("cel", _nom("common-expression-language"), "CEL (Rust)", _cel, inconnus=True),
    Pair("zen_par_aide", _nom("zen-engine", ", par aide"), "zen-engine, by aid", _zen_par_aide),
    Pair(
        "zen_par_lots",
        _nom("zen-engine", f", par {LOT} aides"),
        f"zen-engine, by {LOT} aids",
        _zen_par_lots,
    ),
    Pair("rule_engine", _nom("rule-engine"), "rule-engine", _rule_engine, maximum=2_000),
)
