"""Reading a file of golden cases (TOML, keys and values in French): see docs/cas.md.

Every fault is told with its line, and with what was probably meant.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from aides.criteres.choix import DEPENSES
from aides.criteres.evaluation import Issue
from aides.criteres.faits import QUANTITES, SANS_OBJET, VOCABULAIRE, Fait, Faits, Repondant, Type
from aides.criteres.valeurs import FaitsInvalides

ISSUES = {
    "éligible": Issue.ELIGIBLE,
    "éligible sous réserve": Issue.SOUS_RESERVE,
    "à compléter": Issue.A_COMPLETER,
    "non éligible": Issue.NON_ELIGIBLE,
}
_DU_FICHIER = ("aide", "source", "le", "faits", "agent", "cas")
_DU_CAS = ("nom", "le", "faits", "agent", "attendu", "raisons", "montant")
SANS_REPONSE = "sans réponse"
_ENTETE = re.compile(r"\s*\[\[\s*cas\s*\]\]")
#: What the standard library says of a fault, and what we say.
_FAUTES = {
    "Expected '=' after a key": "un signe = est attendu après la clé",
    "Invalid value": "valeur mal écrite (un texte se met entre guillemets)",
    "Cannot overwrite a value": "cette clé est déjà donnée plus haut",
    "Cannot declare": "cette partie est déjà ouverte plus haut",
    "Unterminated string": "un guillemet ne se ferme pas",
    "Illegal character": "un guillemet ne se ferme pas, ou un caractère est interdit ici",
    "Unclosed array": "un crochet ne se ferme pas",
    "Expected newline or end of document": "il y a quelque chose de trop en fin de ligne",
    "Invalid statement": "ce n’est ni une clé, ni une valeur, ni un titre entre crochets",
}


@dataclass(frozen=True, slots=True)
class Faute:
    """What cannot be used in a file: its line (from 1), a French message."""

    ligne: int
    message: str

    def __str__(self) -> str:
        return f"ligne {self.ligne} : {self.message}"


class CasInvalides(ValueError):
    """A file that cannot be used; `fautes` are in the order of its lines."""

    def __init__(self, fautes: list[Faute]) -> None:
        self.fautes = sorted(dict.fromkeys(fautes), key=lambda faute: faute.ligne)
        super().__init__("\n".join(str(faute) for faute in self.fautes))


@dataclass(frozen=True, slots=True)
class Cas:
    """One dossier, and what the aide must answer to it. `montant` is in euros, or a text."""

    ligne: int
    aide: str
    nom: str
    le: date
    faits: Faits
    agent: Mapping[str, bool]
    attendu: Issue
    raisons: tuple[str, ...]
    montant: str | None


#: Facts in exchanged JSON, read for a day; raises FaitsInvalides.
LireFaits = Callable[[Mapping[str, object], date], Faits]


def lire_cas(texte: str, lire_faits: LireFaits) -> list[Cas]:
    """The cases of a file, in its order. Raises CasInvalides with every fault found."""
    try:
        objet = tomllib.loads(texte, parse_float=str)
    except tomllib.TOMLDecodeError as erreur:
        raise CasInvalides([_faute_de_syntaxe(str(erreur), texte)]) from erreur
    return _Lecture(objet, texte.split("\n"), lire_faits).cas()


def _faute_de_syntaxe(message: str, texte: str) -> Faute:
    lu = re.search(r"\(at line (\d+), column \d+\)", message)
    ligne = int(lu[1]) if lu else texte.count("\n") + 1
    dit = (francais for anglais, francais in _FAUTES.items() if message.startswith(anglais))
    return Faute(ligne, next(dit, "cette ligne ne se lit pas"))


class _Lecture:
    """One file: gathers the faults, each at its line."""

    def __init__(self, objet: dict[str, Any], lignes: list[str], lire_faits: LireFaits) -> None:
        self.objet = objet
        self.lignes = lignes
        self.lire_faits = lire_faits
        self.fautes: list[Faute] = []
        self.entetes = [n for n, ligne in enumerate(lignes, 1) if _ENTETE.match(ligne)]

    def cas(self) -> list[Cas]:
        self._cles(self.objet, _DU_FICHIER, 0)
        aide = self._texte(self.objet, "aide", 0)
        bruts = self.objet.get("cas")
        if not isinstance(bruts, list) or not all(isinstance(brut, dict) for brut in bruts):
            self._fautif(0, "cas", "il faut au moins un cas, sous un titre [[cas]]")
            bruts = []
        lus = [self._cas(rang, brut, aide) for rang, brut in enumerate(bruts, 1)]
        if self.fautes:
            raise CasInvalides(self.fautes)
        return [cas for cas in lus if cas is not None]

    def _cas(self, rang: int, brut: dict[str, Any], aide: str) -> Cas | None:
        self._cles(brut, _DU_CAS, rang)
        avant = len(self.fautes)
        jour = self._jour(brut, rang)
        attendu = self._attendu(brut, rang)
        faits = None if jour is None else self._faits(brut, rang, jour)
        agent = self._agent(brut, rang)
        nom = self._texte(brut, "nom", rang)
        raisons = self._raisons(brut, rang)
        montant = brut.get("montant")
        if not isinstance(montant, str | int | None) or isinstance(montant, bool):
            self._fautif(rang, "montant", "un nombre d’euros ou un texte est attendu")
        if jour is None or attendu is None or faits is None or len(self.fautes) > avant:
            return None
        return Cas(
            self.ligne(rang), aide, nom, jour, faits, agent, attendu, raisons,
            None if montant is None else str(montant),
        )  # fmt: skip

    # -------------------------------------------------------------- where

    def ligne(self, rang: int, cle: str = "") -> int:
        """The line of a key of the file (rank 0) or of a case; else where its part begins."""
        debut = self.entetes[rang - 1] if 0 < rang <= len(self.entetes) else 1
        fin = self.entetes[rang] if rang < len(self.entetes) else len(self.lignes) + 1
        motif = re.compile(
            rf"\s*[\[\"']*(?:cas\.)?(?:faits\.|agent\.)?{re.escape(cle)}[\]\"']*\s*(=|$)"
        )
        for numero in range(debut, fin):
            if cle and motif.match(self.lignes[numero - 1]):
                return numero
        return debut

    def _fautif(self, rang: int, cle: str, message: str) -> None:
        self.fautes.append(Faute(self.ligne(rang, cle), message))

    # -------------------------------------------------------------- what

    def _cles(self, objet: Mapping[str, Any], connues: Collection[str], rang: int) -> None:
        for cle in objet:
            if cle not in connues:
                self._fautif(rang, cle, f"clé inconnue : {cle}{proche(cle, connues)}")

    def _texte(self, objet: Mapping[str, Any], cle: str, rang: int) -> str:
        brut = objet.get(cle)
        if not isinstance(brut, str) or not brut.strip():
            self._fautif(rang, cle, f"« {cle} » manque, ou n’est pas un texte entre guillemets")
            return ""
        return brut

    def _jour(self, brut: Mapping[str, Any], rang: int) -> date | None:
        ici = rang if "le" in brut else 0
        jour = brut.get("le", self.objet.get("le"))
        if not isinstance(jour, date) or isinstance(jour, datetime):
            exemple = "« le » manque, ou n’est pas une date (sans guillemets : le = 2026-11-21)"
            self._fautif(ici, "le", exemple)
            return None
        return jour

    def _attendu(self, brut: Mapping[str, Any], rang: int) -> Issue | None:
        texte = self._texte(brut, "attendu", rang)
        par_nom = {normaliser(nom): issue for nom, issue in ISSUES.items()}
        if texte and normaliser(texte) not in par_nom:
            choix = ", ".join(ISSUES)
            self._fautif(rang, "attendu", f"issue inconnue : {texte} ; attendu : {choix}")
        return par_nom.get(normaliser(texte))

    def _raisons(self, brut: Mapping[str, Any], rang: int) -> tuple[str, ...]:
        raisons = brut.get("raisons", [])
        if not isinstance(raisons, list) or not all(isinstance(r, str) for r in raisons):
            self._fautif(rang, "raisons", "une liste de textes entre guillemets est attendue")
            return ()
        return tuple(raisons)

    def _table(self, brut: Mapping[str, Any], cle: str, rang: int) -> dict[str, Any]:
        """What the file says for all its cases, then what this one says."""
        table: dict[str, Any] = {}
        for objet, ici in ((self.objet, 0), (brut, rang)):
            partie = objet.get(cle, {})
            if isinstance(partie, dict):
                table |= partie
            else:
                self._fautif(ici, cle, f"« {cle} » est un titre : [{'cas.' * bool(ici)}{cle}]")
        return table

    def _agent(self, brut: Mapping[str, Any], rang: int) -> dict[str, bool]:
        reponses: dict[str, bool] = {}
        for code, valeur in self._table(brut, "agent", rang).items():
            reponse = _oui_non(valeur)
            if reponse is None:
                self._fautif(rang, code, f"{code} : oui ou non est attendu")
            else:
                reponses[code] = reponse
        return reponses

    def _faits(self, brut: Mapping[str, Any], rang: int, jour: date) -> Faits | None:
        objet: dict[str, object] = {}
        table = self._table(brut, "faits", rang)
        if not table.keys().isdisjoint(DEPENSES):
            # Whoever writes one expense writes them all: the others are nothing.
            table = dict.fromkeys(DEPENSES, 0) | table
        declares = [code for code, f in VOCABULAIRE.items() if f.repondant is not Repondant.CALCUL]
        for code, valeur in table.items():
            fait = VOCABULAIRE.get(code)
            if fait is None:
                suite = proche(code, declares)
                self._fautif(
                    self._rang_du_fait(brut, rang, code), code, f"fait inconnu : {code}{suite}"
                )
            elif not (isinstance(valeur, str) and normaliser(valeur) == normaliser(SANS_REPONSE)):
                seule = fait.type is Type.CHOIX_MULTIPLE and isinstance(valeur, str)
                objet[code] = en_json(fait, [valeur] if seule else valeur)
        try:
            return self.lire_faits(objet, jour)
        except FaitsInvalides as invalides:
            for erreur in invalides.erreurs:
                ici = self._rang_du_fait(brut, rang, erreur.fait)
                attendu = _attendu_ici(VOCABULAIRE[erreur.fait], erreur.attendu)
                self._fautif(
                    ici, erreur.fait, f"{erreur.fait} : {erreur.message} ; attendu : {attendu}"
                )
            return None

    @staticmethod
    def _rang_du_fait(brut: Mapping[str, Any], rang: int, code: str) -> int:
        propres = brut.get("faits")
        return rang if isinstance(propres, dict) and code in propres else 0


def _attendu_ici(fait: Fait, attendu: str) -> str:
    """What is expected, as one writes it in TOML."""
    if fait.type is Type.BOOLEEN:
        return "oui ou non"
    if fait.type is Type.CHOIX_MULTIPLE:
        return "une liste de codes ou de libellés de la liste"
    return attendu


# ------------------------------------------------------------------ values as people write them


def en_json(fait: Fait, valeur: object) -> object:
    """A TOML value in exchanged JSON: "oui", "sans objet", "40 000,50" and labels understood."""
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, dict):
        return {cle: en_json(fait, element) for cle, element in valeur.items()}
    if isinstance(valeur, list):
        return [en_json(fait, element) for element in valeur]
    if fait.choix is not None and isinstance(valeur, str):
        return _code_du_choix(fait, valeur)
    if not isinstance(valeur, str):
        return valeur
    if normaliser(valeur) == "sans objet":
        return SANS_OBJET.value
    if fait.type is Type.BOOLEEN:
        reponse = _oui_non(valeur)
        return valeur if reponse is None else reponse
    if fait.type in QUANTITES:
        chiffres = re.sub(r"[\s\u00a0\u202f]", "", valeur).replace(",", ".")
        return int(chiffres) if fait.type is Type.ENTIER and chiffres.isdecimal() else chiffres
    return valeur


def _code_du_choix(fait: Fait, texte: str) -> str:
    par_libelle = {normaliser(libelle): code for code, libelle in (fait.choix or {}).items()}
    return par_libelle.get(normaliser(texte), texte)


def _oui_non(valeur: object) -> bool | None:
    if isinstance(valeur, bool):
        return valeur
    mots = {"oui": True, "non": False}
    return mots.get(normaliser(valeur)) if isinstance(valeur, str) else None


def normaliser(texte: str) -> str:
    """In small letters, without accents, with ordinary spaces and apostrophes."""
    decompose = unicodedata.normalize("NFKD", texte.replace("’", "'")).casefold()
    sans = "".join(lettre for lettre in decompose if not unicodedata.combining(lettre))
    return " ".join(sans.replace("_", " ").split())


def proche(ecrit: str, connus: Collection[str]) -> str:
    """ " (vouliez-vous dire « effectif » ?)", or nothing."""
    trouves = get_close_matches(ecrit, connus, n=1, cutoff=0.6)
    return f" (vouliez-vous dire « {trouves[0]} » ?)" if trouves else ""
