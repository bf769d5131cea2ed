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
#: Before a ceiling that is all that is known: it is the aide's, not an estimate of the project's.
PLAFOND_SEUL = "plafond de l’aide : "
SANS_ASSIETTE = "aucune dépense de ce projet n’y donne droit"


@dataclass(frozen=True, slots=True)
class LigneMontant:
    """What one rule gives. `maximum` is None when the answers do not allow to compute it, zero
    below the `minimum` that the scheme pays.

    `assiette` is the eligible expense in euros; `certaine` is False while the rule's own
    condition is not settled.
    """

    forme: str
    libelle: str
    maximum: Decimal | None
    taux: Decimal | None
    assiette: Decimal | None
    minimum: Decimal | None
    plafond: Decimal | None
    certaine: bool

    @property
    def borne(self) -> Decimal | None:
        """What the rule cannot exceed, as far as it is known."""
        return self.plafond if self.maximum is None else self.maximum


@dataclass(frozen=True, slots=True)
class Estimation:
    """The rules that apply or may apply, and the best that a company can hope for.

    Rules are alternatives: the total is the highest of them, never their sum.
    """

    lignes: tuple[LigneMontant, ...]

    @property
    def maximum(self) -> Decimal | None:
        """The highest amount; None while a rule that could give more is not computed."""
        montants = [ligne.maximum for ligne in self.lignes if ligne.maximum is not None]
        return max(montants) if montants and len(montants) == len(self.lignes) else None

    @property
    def texte(self) -> str:
        """What is shown: "jusqu’à 35 000 €", "plafond de l’aide : 10 000 €"; empty if nothing."""
        if not self.lignes:
            return ""
        reserve = "" if all(ligne.certaine for ligne in self.lignes) else ", sous condition"
        if self.maximum:
            return f"jusqu’à {euros(self.maximum)}{reserve}"
        if self.maximum is not None:
            minimum = min((ligne.minimum for ligne in self.lignes if ligne.minimum), default=ZERO)
            return f"aucun versement sous {euros(minimum)}" if minimum else SANS_ASSIETTE
        partiel = _partiel(self.lignes)
        return f"{partiel}{reserve}" if partiel else ""

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
                    "minimum": _texte(ligne.minimum),
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
        minimum=regle.minimum,
        plafond=regle.plafond,
        certaine=certaine,
    )


def _assiette(codes: Iterable[str], faits: Faits) -> Decimal | None:
    """The eligible expense in euros; None unless every line of it is known."""
    valeurs = [faits.get(code) for code in codes]
    if any(valeur is None for valeur in valeurs):
        return None
    somme = sum((_euros(valeur) for valeur in valeurs if isinstance(valeur, int)), ZERO)
    return somme.quantize(CENTIME)


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
        return ZERO.quantize(CENTIME)
    return base.quantize(CENTIME, ROUND_DOWN)


def _euros(centimes: int) -> Decimal:
    return Decimal(centimes) / 100


def _decimal(regle: Mapping[str, Any], cle: str) -> Decimal | None:
    return Decimal(regle[cle]) if cle in regle else None


def _texte(montant: Decimal | None) -> str | None:
    return None if montant is None else str(montant)


def _partiel(lignes: Sequence[LigneMontant]) -> str:
    """What can be said while a rule is not computed: its rate and ceiling, or what is known."""
    bornes = [ligne.borne for ligne in lignes if ligne.borne is not None]
    taux = max((ligne.taux for ligne in lignes if ligne.taux is not None), default=None)
    if len(bornes) == len(lignes):
        debut = f"{pourcentage(taux)}, " if taux is not None else ""
        return f"{debut}{PLAFOND_SEUL}{euros(max(bornes))}"
    if taux is not None and len(lignes) == 1:
        return f"jusqu’à {pourcentage(taux)} des dépenses"
    connus = [ligne.maximum for ligne in lignes if ligne.maximum]
    return f"jusqu’à {euros(max(connus))} pour une partie" if connus else ""


def euros(montant: Decimal) -> str:
    """An amount for people: "35 000 €", "1 234,50 €"; cents only when there are some."""
    entier = montant == montant.to_integral_value()
    chiffres = f"{montant:,.0f}" if entier else f"{montant:,.2f}"
    return chiffres.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def pourcentage(taux: Decimal) -> str:
    """A rate for people: 0.5 is "50 %"."""
    return f"{(taux * 100).normalize():f}".replace(".", ",") + "\u00a0%"
