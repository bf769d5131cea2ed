"""How much an aide can give: the rules of amount of its version against the facts of a dossier.

An estimate is always "at most": only the desk decides. Amounts are Decimal euros, rounded down
to the cent, so that the page never promises a cent that the rule does not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from aides.criteres.arbre import Critere, Source
from aides.criteres.echange import lire
from aides.criteres.evaluation import Situation, Verdict, evaluer
from aides.criteres.faits import Faits

CENTIME = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LigneMontant:
    """What one rule gives. `maximum` is None when the answers do not allow to compute it.

    `assiette` is the eligible expense in euros; `certaine` is False while the rule's own
    condition is not settled.
    """

    forme: str
    libelle: str
    maximum: Decimal | None
    taux: Decimal | None
    assiette: Decimal | None
    plafond: Decimal | None
    certaine: bool


@dataclass(frozen=True, slots=True)
class Estimation:
    """The rules that apply or may apply, and the best that a company can hope for."""

    lignes: tuple[LigneMontant, ...]

    @property
    def maximum(self) -> Decimal | None:
        """The highest amount among the rules that can be computed; None if none can."""
        return max((ligne.maximum for ligne in self.lignes if ligne.maximum), default=None)

    @property
    def plafond(self) -> Decimal | None:
        return max((ligne.plafond for ligne in self.lignes if ligne.plafond), default=None)

    @property
    def taux(self) -> Decimal | None:
        return max((ligne.taux for ligne in self.lignes if ligne.taux), default=None)

    @property
    def texte(self) -> str:
        """What is shown: "jusqu’à 35 000 €", "jusqu’à 50 % des dépenses"; empty if nothing."""
        if self.maximum is not None:
            return f"jusqu’à {euros(self.maximum)}"
        if self.plafond is not None:
            taux = f"{pourcentage(self.taux)}, " if self.taux is not None else ""
            return f"{taux}plafonné à {euros(self.plafond)}"
        if self.taux is not None:
            return f"jusqu’à {pourcentage(self.taux)} des dépenses"
        return ""

    def en_json(self) -> dict[str, Any]:
        """The estimate in exchanged JSON, amounts as decimal strings."""
        return {
            "maximum": _texte(self.maximum),
            "texte": self.texte,
            "lignes": [
                {
                    "forme": ligne.forme,
                    "libelle": ligne.libelle,
                    "maximum": _texte(ligne.maximum),
                    "taux": _texte(ligne.taux),
                    "assiette": _texte(ligne.assiette),
                    "plafond": _texte(ligne.plafond),
                    "certaine": ligne.certaine,
                }
                for ligne in self.lignes
            ],
        }


@dataclass(frozen=True, slots=True)
class Regle:
    """One rule of amount, read once. Rates are fractions, amounts euros, `None` when absent.

    `assiette` names the expenses that count; `si` is the rule's own condition.
    """

    forme: str
    libelle: str
    assiette: tuple[str, ...]
    taux: Decimal | None
    minimum: Decimal | None
    plafond: Decimal | None
    par_emploi: Decimal | None
    forfait: Decimal | None
    si: Critere | None


def lire_regles(
    montants: Sequence[Mapping[str, Any]], sources: Mapping[str, Source]
) -> tuple[Regle, ...]:
    """The rules of a version from their exchanged JSON. Raises EchangeInvalide."""
    return tuple(
        Regle(
            forme=regle["forme"],
            libelle=regle.get("libelle", ""),
            assiette=tuple(regle.get("assiette", ("depenses_total",))),
            taux=_decimal(regle, "taux"),
            minimum=_decimal(regle, "minimum"),
            plafond=_decimal(regle, "plafond"),
            par_emploi=_decimal(regle, "par_emploi"),
            forfait=_decimal(regle, "forfait"),
            si=lire(regle["si"], sources) if "si" in regle else None,
        )
        for regle in montants
    )


def estimer(regles: Iterable[Regle], situation: Situation) -> Estimation:
    """What the rules give in a situation, its facts completed (`faits.completer`).

    A rule whose condition is surely not met is left out; one whose condition is not settled
    counts, marked `certaine=False`.
    """
    lignes = []
    for regle in regles:
        verdict = evaluer(regle.si, situation).verdict if regle.si else Verdict.OUI
        if verdict is not Verdict.NON:
            lignes.append(_ligne(regle, situation.faits, certaine=verdict is Verdict.OUI))
    return Estimation(tuple(lignes))


def _ligne(regle: Regle, faits: Faits, *, certaine: bool) -> LigneMontant:
    assiette = _assiette(regle.assiette, faits)
    return LigneMontant(
        forme=regle.forme,
        libelle=regle.libelle,
        maximum=_maximum(regle, assiette, faits),
        taux=regle.taux,
        assiette=assiette,
        plafond=regle.plafond,
        certaine=certaine,
    )


def _assiette(codes: Iterable[str], faits: Faits) -> Decimal | None:
    """The eligible expense in euros; None unless every line of it is known."""
    valeurs = [faits.get(code) for code in codes]
    if any(valeur is None for valeur in valeurs):
        return None
    return sum((_euros(valeur) for valeur in valeurs if isinstance(valeur, int)), ZERO)


def _maximum(regle: Regle, assiette: Decimal | None, faits: Faits) -> Decimal | None:
    """Rate on the expense, or a lump sum, plus the bonus by job created, within the ceiling.

    Below the minimum that a scheme pays, nothing is given.
    """
    base = regle.forfait
    if regle.taux is not None:
        base = None if assiette is None else regle.taux * assiette
    if regle.par_emploi is not None:
        emplois = faits.get("emplois_crees")
        if not isinstance(emplois, int) or (regle.taux is not None and base is None):
            return None
        base = (base or ZERO) + regle.par_emploi * emplois / 10
    if base is None:
        return None
    if regle.plafond is not None:
        base = min(base, regle.plafond)
    if regle.minimum is not None and base < regle.minimum:
        return ZERO
    return base.quantize(CENTIME, ROUND_DOWN)


def _euros(centimes: int) -> Decimal:
    return Decimal(centimes) / 100


def _decimal(regle: Mapping[str, Any], cle: str) -> Decimal | None:
    return Decimal(regle[cle]) if cle in regle else None


def _texte(montant: Decimal | None) -> str | None:
    return None if montant is None else str(montant)


def euros(montant: Decimal) -> str:
    """An amount for people: "35 000 €", "1 234,50 €"; cents only when there are some."""
    entier = montant == montant.to_integral_value()
    chiffres = f"{montant:,.0f}" if entier else f"{montant:,.2f}"
    return chiffres.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def pourcentage(taux: Decimal) -> str:
    """A rate for people: 0.5 is "50 %"."""
    return f"{(taux * 100).normalize():f}".replace(".", ",") + "\u00a0%"
