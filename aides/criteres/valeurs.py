"""Facts as JSON <-> values of the language, and values as French text.

In JSON an amount is euros as a decimal string ("40000.00"), a headcount a decimal string
("12.5"), a date ISO, a place its INSEE code; absent or null means not answered, "sans_objet"
not applicable. In the language each is what `faits.Type` says: no float ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from aides.criteres.codes import CODE_AIDE, SECTIONS_NAF, SECTIONS_NAF_2025, Sections, section_naf
from aides.criteres.faits import (
    SANS_OBJET,
    VOCABULAIRE,
    Fait,
    Faits,
    Repondant,
    SansObjet,
    Type,
    Valeur,
)
from aides.criteres.faits import (
    fait as fait_de,
)

#: Largest quantities believed: a thousand billion euros, ten million jobs, 100,000 of a count.
MONTANT_MAXIMUM = 10**12
EMPLOIS_MAXIMUM = 10**7
ENTIER_MAXIMUM = 10**5
OCTROIS_MAXIMUM = 200
ANNEES = range(1600, 2201)

_ATTENDUS = {
    Type.MONTANT: "un montant en euros, sans signe, deux décimales au plus : \"40000.00\"",
    Type.DIXIEMES: "un nombre d’emplois, une décimale au plus : \"12.5\"",
    Type.ENTIER: f"un nombre entier de 0 à {ENTIER_MAXIMUM}",
    Type.BOOLEEN: "true ou false",
    Type.DATE: "une date qui existe, écrite AAAA-MM-JJ",
    Type.CHOIX: "un code de la liste",
    Type.CHOIX_MULTIPLE: "une liste de codes",
    Type.CODE_NAF: "un code NAF de cinq caractères : \"25.11Z\"",
    Type.CODE_NAF_2025: "un code NAF 2025 de cinq caractères : \"25.53Y\"",
    Type.CODE_FORME: "une catégorie juridique de quatre chiffres : \"5710\"",
    Type.LIEU: "le code INSEE d’une commune : \"31555\"",
    Type.OCTROIS: "une liste : [{\"aide\": \"code-de-l-aide\", \"le\": \"2026-01-31\"}]",
}  # fmt: skip


class ValeurInvalide(ValueError):
    """A value that cannot be read; the message is French, for people."""


@dataclass(frozen=True, slots=True)
class ErreurFait:
    """What is wrong with one fact: its code, a French message, what was expected."""

    fait: str
    message: str
    attendu: str


class FaitsInvalides(ValueError):
    """Facts that cannot be read; `erreurs` names every fault, in the order of the object."""

    def __init__(self, erreurs: list[ErreurFait]) -> None:
        super().__init__(" ; ".join(f"{e.fait} : {e.message}" for e in erreurs))
        self.erreurs = erreurs


# ------------------------------------------------------------------ JSON -> values


def depuis_json(
    objet: Mapping[str, object], resoudre_lieu: Callable[[str], frozenset[str]]
) -> Faits:
    """The known facts of `objet`. `resoudre_lieu` turns an INSEE code into every code its
    commune carries, and raises LookupError or gives none when it does not exist.

    Raises FaitsInvalides with every fault found.
    """
    if not isinstance(objet, Mapping):
        raise FaitsInvalides([ErreurFait("", "ce n’est pas un objet", "un objet JSON")])
    faits: dict[str, Valeur] = {}
    erreurs: list[ErreurFait] = []
    for code, brut in objet.items():
        fait = VOCABULAIRE.get(code)
        if fait is None:
            erreurs.append(ErreurFait(str(code), "fait inconnu", "un code du vocabulaire"))
        elif fait.repondant is Repondant.CALCUL:
            bases = ", ".join(fait.bases) or "la date de la demande, donnée à part"
            erreurs.append(ErreurFait(code, "ce fait se calcule, il ne se donne pas", bases))
        elif brut is not None:
            try:
                faits[code] = lire_valeur(fait, brut, resoudre_lieu)
            except ValeurInvalide as invalide:
                erreurs.append(ErreurFait(code, str(invalide), attendu(fait)))
    if erreurs:
        raise FaitsInvalides(erreurs)
    return faits


def attendu(fait: Fait) -> str:
    """What an answer to `fait` looks like in JSON, in French."""
    texte = _ATTENDUS[fait.type]
    if fait.choix is not None:
        texte = f"{texte} : {', '.join(fait.choix)}"
    return f'{texte}, ou "sans_objet"' if fait.sans_objet else texte


def lire_valeur(  # noqa: C901 - one case per type
    fait: Fait, brut: object, resoudre_lieu: Callable[[str], frozenset[str]]
) -> Valeur:
    """One answer, never null. Raises ValeurInvalide with a French message."""
    if brut == SANS_OBJET.value:
        if not fait.sans_objet:
            raise ValeurInvalide("ce fait ne peut pas être sans objet")
        return SANS_OBJET
    match fait.type:
        case Type.MONTANT | Type.DIXIEMES | Type.ENTIER:
            return lire_quantite(fait.type, brut)
        case Type.BOOLEEN:
            if not isinstance(brut, bool):
                raise ValeurInvalide("ce n’est ni true ni false")
            return brut
        case Type.DATE:
            return lire_date(brut)
        case Type.CHOIX:
            return _choix(fait, brut)
        case Type.CHOIX_MULTIPLE:
            if not isinstance(brut, list):
                raise ValeurInvalide("ce n’est pas une liste")
            return frozenset(_choix(fait, element) for element in brut)
        case Type.CODE_NAF:
            return lire_naf(brut)
        case Type.CODE_NAF_2025:
            return lire_naf(brut, SECTIONS_NAF_2025)
        case Type.CODE_FORME:
            if not isinstance(brut, str) or not re.fullmatch("[1-9][0-9]{3}", brut):
                raise ValeurInvalide("catégorie juridique mal formée")
            return brut
        case Type.LIEU:
            return _lieu(brut, resoudre_lieu)
        case Type.OCTROIS:
            return _octrois(brut)
        case _:
            assert_never(fait.type)


def lire_quantite(type_: Type, brut: object) -> int:
    """A quantity in its own scale: cents, tenths of a job, or units.

    Integers and decimal strings are exact and accepted; a JSON number with a point is not
    (0.1 has no exact binary form). Raises ValeurInvalide.
    """
    if isinstance(brut, float):
        raise ValeurInvalide("écrivez ce nombre entre guillemets : un flottant n’est pas exact")
    if isinstance(brut, bool) or not isinstance(brut, int | str):
        raise ValeurInvalide("ce n’est pas un nombre")
    if type_ is Type.ENTIER:
        if not isinstance(brut, int):
            raise ValeurInvalide("ce n’est pas un nombre entier (sans guillemets)")
        return _borne(brut, 1, ENTIER_MAXIMUM)
    decimales, maximum = (2, MONTANT_MAXIMUM) if type_ is Type.MONTANT else (1, EMPLOIS_MAXIMUM)
    echelle = 10**decimales
    if isinstance(brut, int):
        return _borne(brut, echelle, maximum)
    lu = re.fullmatch(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,30}))?", brut)
    if lu is None:
        raise ValeurInvalide("nombre mal formé (chiffres, et un point avant les décimales)")
    signe, unites, fraction = lu[1], lu[2], lu[3] or ""
    if len(fraction) > decimales:
        raise ValeurInvalide(f"trop de décimales ({decimales} au plus)")
    exact = int(unites) * echelle + int(fraction.ljust(decimales, "0"))
    if signe and exact:
        raise ValeurInvalide("nombre négatif")
    return _plafonner(exact, echelle, maximum)


def _borne(unites: int, echelle: int, maximum: int) -> int:
    if unites < 0:
        raise ValeurInvalide("nombre négatif")
    return _plafonner(unites * echelle, echelle, maximum)


def _plafonner(exact: int, echelle: int, maximum: int) -> int:
    if exact > maximum * echelle:
        raise ValeurInvalide("nombre démesuré")
    return exact


def lire_date(brut: object) -> date:
    """An ISO calendar date, AAAA-MM-JJ only. Raises ValeurInvalide."""
    if not isinstance(brut, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", brut):
        raise ValeurInvalide("date mal formée")
    try:
        lue = date.fromisoformat(brut)
    except ValueError as impossible:
        raise ValeurInvalide("cette date n’existe pas") from impossible
    if lue.year not in ANNEES:
        raise ValeurInvalide("année invraisemblable")
    return lue


def lire_naf(brut: object, sections: Sections = SECTIONS_NAF) -> str:
    """A sub-class of NAF, rév. 2 by default, written "25.11Z" whatever its point and case were.

    Raises ValeurInvalide.
    """
    lu = re.fullmatch(r"([0-9]{2})\.?([0-9]{2}[A-Za-z])", brut) if isinstance(brut, str) else None
    if lu is None:
        raise ValeurInvalide("code NAF mal formé")
    code = f"{lu[1]}.{lu[2].upper()}"
    if not section_naf(code, sections):
        raise ValeurInvalide("ce code n’est dans aucune section de la NAF")
    return code


def _choix(fait: Fait, brut: object) -> str:
    if not isinstance(brut, str):
        raise ValeurInvalide("ce n’est pas un code (une chaîne)")
    if brut not in (fait.choix or {}):
        raise ValeurInvalide(f"choix inconnu : {brut[:60]}")
    return brut


def _octrois(brut: object) -> frozenset[str]:
    """Grants [{"aide": …, "le": …}] as "aide@AAAA-MM-JJ"."""
    if not isinstance(brut, list) or len(brut) > OCTROIS_MAXIMUM:
        raise ValeurInvalide(f"ce n’est pas une liste ({OCTROIS_MAXIMUM} aides au plus)")
    octrois = set()
    for ligne in brut:
        if not isinstance(ligne, dict) or ligne.keys() != {"aide", "le"}:
            raise ValeurInvalide("chaque aide obtenue a un code (« aide ») et une date (« le »)")
        aide = ligne["aide"]
        if not isinstance(aide, str) or len(aide) > 80 or not CODE_AIDE.fullmatch(aide):
            raise ValeurInvalide("code d’aide mal formé")
        octrois.add(f"{aide}@{lire_date(ligne['le']).isoformat()}")
    return frozenset(octrois)


def _lieu(brut: object, resoudre_lieu: Callable[[str], frozenset[str]]) -> frozenset[str]:
    lu = re.fullmatch("(?:COM-)?([0-9][0-9AB][0-9]{3})", brut) if isinstance(brut, str) else None
    if lu is None:
        raise ValeurInvalide("code de commune mal formé")
    try:
        codes = resoudre_lieu(lu[1])
    except LookupError:
        codes = frozenset()
    if not codes:
        raise ValeurInvalide(f"commune inconnue : {lu[1]}")
    return codes


# ------------------------------------------------------------------ values -> JSON


def vers_json(faits: Faits) -> dict[str, object]:
    """The facts as JSON, in the order of the vocabulary; a place by the INSEE code of its
    commune."""
    return {
        code: valeur_json(fait, faits[code]) for code, fait in VOCABULAIRE.items() if code in faits
    }


def valeur_json(fait: Fait, valeur: Valeur) -> object:
    """One value in its canonical JSON form."""
    if isinstance(valeur, SansObjet):
        return valeur.value
    match valeur:
        case bool() | str():
            return valeur
        case int():
            return ecrire_quantite(fait.type, valeur)
        case date():
            return valeur.isoformat()
        case frozenset() if fait.type is Type.LIEU:
            return insee(valeur)
        case frozenset() if fait.type is Type.OCTROIS:
            return [{"aide": aide, "le": le} for aide, le in octrois(valeur)]
        case frozenset():
            return sorted(valeur)
        case _:
            assert_never(valeur)


def ecrire_quantite(type_: Type, valeur: int) -> str | int:
    """A scaled quantity in its canonical JSON form: "40000.00", "2.5", "249", 36."""
    if type_ is Type.MONTANT:
        return f"{valeur // 100}.{valeur % 100:02d}"
    if type_ is Type.DIXIEMES:
        return f"{valeur // 10}.{valeur % 10}" if valeur % 10 else str(valeur // 10)
    return valeur


def octrois(valeur: frozenset[str]) -> list[tuple[str, str]]:
    """Grants as (code of the aide, ISO day), in order."""
    return [(aide, le) for aide, _, le in (octroi.partition("@") for octroi in sorted(valeur))]


def insee(lieu: frozenset[str]) -> str:
    """The INSEE code of the commune whose codes these are; raises ValueError without one."""
    communes = sorted(code for code in lieu if code.startswith("COM-"))
    if not communes:
        raise ValueError("un lieu sans commune")
    return communes[0].removeprefix("COM-")


# ------------------------------------------------------------------ values -> French

ESPACE, _FINE = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
    "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def afficher(
    code: str, valeur: Valeur | None, nommer_lieu: Callable[[str], str] | None = None
) -> str:
    """A value, or a threshold, of the fact `code` in French: "1 500 000 €", "12,5 emplois",
    "21 novembre 2026", the labels of the choices; a place by the name that `nommer_lieu` gives
    its "COM-…" code, else that code. None (not answered) is the empty string."""
    fait = fait_de(code)
    if valeur is None:
        return ""
    if isinstance(valeur, SansObjet):
        return "sans objet"
    match valeur:
        case bool():
            return "oui" if valeur else "non"
        case int():
            return _quantite(fait, valeur)
        case date():
            return afficher_date(valeur)
        case str():
            return (fait.choix or {}).get(valeur, valeur)
        case frozenset() if fait.type is Type.LIEU:
            commune = f"COM-{insee(valeur)}"
            return nommer_lieu(commune) if nommer_lieu else commune
        case frozenset() if fait.type is Type.OCTROIS:
            lignes = (f"{a} ({afficher_date(date.fromisoformat(le))})" for a, le in octrois(valeur))
            return ", ".join(lignes) or "aucune"
        case frozenset():
            libelles = [lib for choix, lib in (fait.choix or {}).items() if choix in valeur]
            return ", ".join(libelles) or "aucun"
        case _:
            assert_never(valeur)


def afficher_jour(mois: int, jour: int) -> str:
    """A day of every year in French, "1er mars"."""
    return f"{'1er' if jour == 1 else jour} {_MOIS[mois - 1]}"


def afficher_date(jour: date) -> str:
    """A date in French, "1er janvier 2026"."""
    return f"{afficher_jour(jour.month, jour.day)} {jour.year}"


def _quantite(fait: Fait, valeur: int) -> str:
    if fait.type is Type.MONTANT:
        return f"{_nombre(valeur, 100, 2)}{ESPACE}€"
    echelle = 10 if fait.type is Type.DIXIEMES else 1
    nombre = _nombre(valeur, echelle, 1)
    if fait.unite is None:
        return nombre
    # French counts in the singular below two: "1,5 emploi".
    return f"{nombre}{ESPACE}{fait.unite[valeur >= 2 * echelle]}"


def _nombre(valeur: int, echelle: int, decimales: int) -> str:
    """A scaled integer with narrow spaces between thousands, its decimals only if not zero."""
    unites, reste = divmod(abs(valeur), echelle)
    signe = "-" if valeur < 0 else ""
    entier = f"{signe}{unites:,}".replace(",", _FINE)
    return f"{entier},{reste:0{decimales}d}" if reste else entier
