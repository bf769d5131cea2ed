"""Numbers as people type them, on whichever side of the portal: read and written one way."""

from __future__ import annotations

import re

from aides.criteres.valeurs import ValeurInvalide

#: Every space, thousands separators of other countries, and the unit people add.
_PARASITES = re.compile(r"[\s'’_]|€|euros?(?=ht$|$)|eur(?=ht$|$)", re.IGNORECASE)
#: What they add after it; taxes included is another amount, which is not read.
_HORS_TAXES = re.compile(r"(?<=[\dk])h\.?t\.?$", re.IGNORECASE)
_MOINS = ("-", "−", "–")


def lire_nombre(texte: str, decimales: int) -> str:
    """ "1 500 000,50 €" -> "1500000.50". Raises ValeurInvalide with a message for people."""
    nombre = re.sub(r"[\s]", "", texte)
    nombre = _PARASITES.sub("", nombre)
    milliers = decimales == 2 and re.fullmatch(
        r"(\d{1,12})(?:[.,](\d{1,3}))?k", _HORS_TAXES.sub("", nombre), re.IGNORECASE
    )
    if milliers:
        return str(int(milliers[1] + (milliers[2] or "").ljust(3, "0")))
    if decimales == 2:
        nombre = _HORS_TAXES.sub("", nombre)
    if nombre.startswith(_MOINS):
        raise ValeurInvalide("Un nombre négatif n’est pas possible ici.")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", nombre):
        nombre = nombre.replace(".", "")
    elif re.fullmatch(r"\d{1,3}\.\d{3}", nombre):
        clair = nombre.replace(".", "\N{NO-BREAK SPACE}")
        raise ValeurInvalide(f"« {texte} » prête à confusion : écrivez « {clair} » ou une virgule.")
    nombre = nombre.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,30}(\.[0-9]+)?", nombre):
        raise ValeurInvalide("Écrivez un nombre en chiffres, par exemple 1 500, 1 500,50 ou 30 k€.")
    if "." in nombre and not decimales:
        raise ValeurInvalide("Écrivez un nombre entier, sans virgule.")
    if "." in nombre and len(nombre.partition(".")[2]) > decimales:
        au_plus = "deux chiffres" if decimales == 2 else "un chiffre"
        raise ValeurInvalide(f"Écrivez {au_plus} au plus après la virgule.")
    return nombre


def ecrire_nombre(valeur: object) -> str:
    """ "1500000.50" -> "1 500 000,50"; what is not a number is given back as it was typed."""
    texte = str(valeur)
    if not re.fullmatch(r"\d+(\.\d+)?", texte):
        return texte
    unites, _, fraction = texte.partition(".")
    entier = f"{int(unites):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{entier},{fraction}" if fraction.strip("0") else entier
