"""An amount in words, as a letter spells it beside the figures."""

from __future__ import annotations

from decimal import Decimal

_UNITES = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
#: By tens; seventy and ninety are counted on sixty and eighty.
_DIZAINES = (
    "",
    "",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    *["soixante"] * 2,
    *["quatre-vingt"] * 2,
)
_GRANDS = ((10**9, "milliard"), (10**6, "million"))


def montant_en_lettres(montant: Decimal) -> str:
    """Euros in words: "vingt mille euros", "un million d’euros", "dix euros et cinq centimes".

    `montant` is positive, below a thousand billion, with at most two decimals.
    """
    entiers, centimes = divmod(int(montant * 100), 100)
    liaison = " d’" if entiers and entiers % 10**6 == 0 else " "
    texte = f"{nombre_en_lettres(entiers)}{liaison}euro{'s' if entiers > 1 else ''}"
    if centimes:
        cents = f"{nombre_en_lettres(centimes)} centime{'s' if centimes > 1 else ''}"
        texte = f"{texte} et {cents}" if entiers else cents
    return texte


def nombre_en_lettres(nombre: int) -> str:
    """A whole number in words, in the spelling that letters use (hyphens below a hundred)."""
    morceaux = []
    for valeur, mot in _GRANDS:
        combien, nombre = divmod(nombre, valeur)
        if combien:
            morceaux.append(f"{_sous_mille(combien)} {mot}{'s' if combien > 1 else ''}")
    milliers, reste = divmod(nombre, 1000)
    if milliers:
        # "mille" never takes an s, and what stands before it is not at the end.
        morceaux.append("mille" if milliers == 1 else f"{_sous_mille(milliers, final=False)} mille")
    if reste or not morceaux:
        morceaux.append(_sous_mille(reste))
    return " ".join(morceaux)


def _sous_mille(nombre: int, *, final: bool = True) -> str:
    """0 to 999; "cents" and "quatre-vingts" take their s only at the end."""
    centaines, reste = divmod(nombre, 100)
    if not centaines:
        return _sous_cent(reste, final=final)
    pluriel = "s" if centaines > 1 and not reste and final else ""
    cent = f"{_UNITES[centaines]} cent{pluriel}" if centaines > 1 else "cent"
    return f"{cent} {_sous_cent(reste, final=final)}" if reste else cent


def _sous_cent(nombre: int, *, final: bool) -> str:
    if nombre < 20:
        return _UNITES[nombre]
    if nombre == 80:
        return "quatre-vingts" if final else "quatre-vingt"
    dizaine, unite = divmod(nombre, 10)
    if dizaine in {7, 9}:
        unite += 10
    if not unite:
        return _DIZAINES[dizaine]
    et = " et " if unite in {1, 11} and dizaine < 8 else "-"
    return f"{_DIZAINES[dizaine]}{et}{_UNITES[unite]}"
