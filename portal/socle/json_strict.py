"""Reading a JSON file that people wrote: every fault with its path and its line.

Stricter than the standard library: a key given twice, NaN, Infinity, a number with a point (it
has no exact binary form), a number out of any measure and a document out of any depth are faults.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Chemin = tuple[str | int, ...]

_BLANC = re.compile(r"[ \t\n\r]*")
_LACHE = json.JSONDecoder()
CHIFFRES_MAXIMUM = 30
#: Far above any format of ours, far below what Python can recurse into.
PROFONDEUR_MAXIMUM = 200
#: Keys of a path too deep to be named in full.
CLES_MONTREES = 8
_JETON = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]')
#: The standard library's messages, in French.
_FAUTES = {
    "Expecting value": "une valeur est attendue",
    "Expecting ',' delimiter": "une virgule est attendue",
    "Expecting ':' delimiter": "deux-points sont attendus",
    "Expecting property name enclosed in double quotes": "une clé entre guillemets est attendue",
    "Extra data": "il y a quelque chose après la fin",
    "Unterminated string starting at": "chaîne qui ne se ferme pas",
    "Invalid control character at": "caractère de contrôle interdit",
    "Illegal trailing comma before end of object": "virgule en trop",
    "Illegal trailing comma before end of array": "virgule en trop",
}


@dataclass(frozen=True, slots=True)
class Defaut:
    """One fault: where (`chemin` in the document, line from 1), and a French message."""

    chemin: Chemin
    message: str
    ligne: int | None = None

    def __str__(self) -> str:
        ligne = "" if self.ligne is None else f"ligne {self.ligne} : "
        lieu = "/".join(str(cle) for cle in self.chemin)
        return f"{ligne}{lieu} : {self.message}" if lieu else f"{ligne}{self.message}"


class DocumentInvalide(ValueError):
    """A document that cannot be read; `defauts` are in the order of the file."""

    def __init__(self, defauts: list[Defaut]) -> None:
        super().__init__("\n".join(str(defaut) for defaut in defauts))
        self.defauts = defauts


class _Faute(Exception):
    pass


def _objet(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) < len(paires):
        ((double, _),) = Counter(cle for cle, _ in paires).most_common(1)
        raise _Faute(f"clé donnée deux fois : « {double[:60]} »")
    return objet


def _constante(nom: str) -> Any:
    raise _Faute(f"{nom} n’est pas un nombre de JSON")


def _flottant(texte: str) -> Any:
    raise _Faute(f"{texte[:40]} : écrivez entre guillemets un nombre qui a un point")


def _entier(texte: str) -> int:
    if len(texte) > CHIFFRES_MAXIMUM:
        raise _Faute("nombre démesuré")
    return int(texte)


_STRICT = json.JSONDecoder(
    object_pairs_hook=_objet,
    parse_constant=_constante,
    parse_float=_flottant,
    parse_int=_entier,
)
#: The same, where who reads the values says itself, one by one, that it wants no float.
_STRICT_SAUF_FLOTTANTS = json.JSONDecoder(
    object_pairs_hook=_objet,
    parse_constant=_constante,
    parse_int=_entier,
)


@dataclass(frozen=True, slots=True)
class DocumentJson:
    """A document read, with its text, so that a path can be given its line."""

    texte: str
    valeur: Any

    def defaut(self, chemin: Chemin, message: str) -> Defaut:
        """A fault at `chemin`, with the line where the deepest existing part of it begins."""
        position = _avancer(self.texte, 0)
        for cle in chemin:
            trouve = next((p for c, p in _membres(self.texte, position) if c == cle), None)
            if trouve is None:
                break
            position = trouve
        return Defaut(chemin, message, _ligne(self.texte, position))


def lire_json(octets: bytes, *, flottants: bool = False) -> DocumentJson:
    """The document in `octets` (UTF-8, with or without its mark). Raises DocumentInvalide.

    `flottants` lets numbers with a point through as floats, for a reader that refuses them
    itself with all that is wrong: none may be used as a value.
    """
    decodeur = _STRICT_SAUF_FLOTTANTS if flottants else _STRICT
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        ligne = octets.count(b"\n", 0, erreur.start) + 1
        faute = Defaut((), "ce fichier n’est pas en UTF-8", ligne)
        raise DocumentInvalide([faute]) from erreur
    try:
        valeur = decodeur.decode(texte)
    except RecursionError as erreur:
        raise DocumentInvalide([_trop_profond(texte)]) from erreur
    except json.JSONDecodeError as erreur:
        chemin, _ = _situer(texte, decodeur)
        message = f"JSON mal formé, colonne {erreur.colno} : {_FAUTES.get(erreur.msg, erreur.msg)}"
        raise DocumentInvalide([Defaut(chemin, message, erreur.lineno)]) from erreur
    except _Faute as faute_lue:
        chemin, position = _situer(texte, decodeur)
        defaut = Defaut(chemin, str(faute_lue), _ligne(texte, position))
        raise DocumentInvalide([defaut]) from faute_lue
    if not _raisonnable(valeur):
        raise DocumentInvalide([_trop_profond(texte)])
    document = DocumentJson(texte, valeur)
    # Only an escape can make a string that cannot be stored.
    if "\\u" in texte:
        for chemin, chaine in textes(valeur):
            if message := _illisible(chaine):
                raise DocumentInvalide([document.defaut(chemin, message)])
    return document


def _raisonnable(valeur: Any) -> bool:
    """Whether a value has no more than PROFONDEUR_MAXIMUM levels, looked at one by one."""
    niveau = [valeur]
    for _ in range(PROFONDEUR_MAXIMUM + 1):
        niveau = [
            enfant
            for courant in niveau
            if isinstance(courant, dict | list)
            for enfant in (courant.values() if isinstance(courant, dict) else courant)
        ]
        if not niveau:
            return True
    return False


def _trop_profond(texte: str) -> Defaut:
    """The fault of a document too deep to be read: the beginning of its path, and its line."""
    pile: list[str | int] = []
    dernier = ""
    for jeton in _JETON.finditer(texte):
        match jeton[0]:
            case "[" | "{" as ouvrant:
                pile.append(0 if ouvrant == "[" else "")
            case "]" | "}":
                pile.pop()
            case ":":
                pile[-1] = json.loads(dernier)
            case "," if isinstance(pile[-1], int):
                pile[-1] += 1
            case chaine:
                dernier = chaine
        if len(pile) > PROFONDEUR_MAXIMUM:
            break
    message = f"document trop profond (plus de {PROFONDEUR_MAXIMUM} niveaux)"
    return Defaut((*pile[:CLES_MONTREES], "…"), message, _ligne(texte, jeton.start()))


def textes(valeur: Any) -> Iterator[tuple[Chemin, str]]:
    """Every string of a JSON value, keys included, with its path."""
    pile: list[tuple[Chemin, Any]] = [((), valeur)]
    while pile:
        chemin, courant = pile.pop()
        if isinstance(courant, str):
            yield chemin, courant
        elif isinstance(courant, list):
            pile.extend(((*chemin, rang), enfant) for rang, enfant in enumerate(courant))
        elif isinstance(courant, dict):
            for cle, enfant in courant.items():
                yield chemin, cle
                pile.append(((*chemin, cle), enfant))


def _illisible(chaine: str) -> str:
    """Why a string cannot be stored as text; empty when it can."""
    if "\0" in chaine:
        return "le caractère nul est interdit"
    if chaine.isascii():
        return ""
    try:
        chaine.encode()
    except UnicodeEncodeError:
        return "demi-caractère Unicode isolé"
    return ""


def _avancer(texte: str, position: int) -> int:
    trouve = _BLANC.match(texte, position)
    return trouve.end() if trouve else position


def _ligne(texte: str, position: int) -> int:
    return texte.count("\n", 0, position) + 1


def _membres(texte: str, position: int) -> Iterator[tuple[str | int, int]]:
    """Key (or rank) and position of each member of the value at `position`; none for a scalar.

    Raises ValueError or IndexError where the text stops being JSON.
    """
    ouvrant = texte[position]
    if ouvrant not in "[{":
        return
    position, rang = _avancer(texte, position + 1), 0
    while texte[position] not in "]}":
        cle: str | int = rang
        if ouvrant == "{":
            cle, position = _LACHE.raw_decode(texte, position)
            position = _avancer(texte, _avancer(texte, position) + 1)
        yield cle, position
        _, position = _LACHE.raw_decode(texte, position)
        position = _avancer(texte, position)
        if texte[position] == ",":
            position = _avancer(texte, position + 1)
        rang += 1


def _situer(texte: str, decodeur: json.JSONDecoder) -> tuple[Chemin, int]:
    """Path and position of the innermost value that the strict decoder refuses."""
    chemin: Chemin = ()
    position = _avancer(texte, 0)
    while True:
        try:
            membres = _membres(texte, position)
            fautif = next((m for m in membres if not _accepte(texte, m[1], decodeur)), None)
        except (ValueError, IndexError):
            return chemin, position
        if fautif is None:
            return chemin, position
        cle, position = fautif
        chemin = (*chemin, cle)


def _accepte(texte: str, position: int, decodeur: json.JSONDecoder) -> bool:
    try:
        decodeur.raw_decode(texte, position)
    except (_Faute, ValueError, IndexError):
        return False
    return True
