"""Reading one JSON object of the exchange format, key by key, each refusal with its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from aides.criteres.arbre import JourMois, Source
from aides.criteres.codes import TERRITOIRE
from aides.criteres.evaluation import TYPES_LISIBLES, FeuilleDeFait
from aides.criteres.faits import Fait
from aides.criteres.faits import fait as fait_de
from aides.criteres.valeurs import ValeurInvalide, lire_date, lire_quantite

TEXTE_MAXIMUM = 1_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Defaut:
    """One fault of a tree: its path ("criteres/3/valeur"), a French message."""

    chemin: str
    message: str


class Refus(Exception):
    """One fault met while reading; `echange` gathers them."""

    def __init__(self, chemin: str, message: str) -> None:
        super().__init__(message)
        self.defaut = Defaut(chemin, message)


def joindre(chemin: str, cle: str | int) -> str:
    """The path of `cle` under `chemin`."""
    return f"{chemin}/{cle}" if chemin else str(cle)


class Noeud:
    """One JSON object and its path; each method reads one key or raises Refus."""

    def __init__(self, objet: object, chemin: str, sources: Mapping[str, Source]) -> None:
        if not isinstance(objet, dict):
            raise Refus(chemin, "un objet est attendu")
        self.objet: dict[str, object] = objet
        self.chemin = chemin
        self.sources = sources

    def refus(self, cle: str, message: str) -> Refus:
        return Refus(joindre(self.chemin, cle), message)

    def exiger(
        self, requises: AbstractSet[str], facultatives: AbstractSet[str] = frozenset()
    ) -> None:
        """Refuses a missing key, and one that the format does not know."""
        for cle in sorted(requises - self.objet.keys()):
            raise self.refus(cle, "clé manquante")
        for cle in sorted(self.objet.keys() - requises - facultatives):
            raise self.refus(cle[:60], "clé inconnue")

    def texte(self, cle: str) -> str:
        brut = self.objet[cle]
        if not isinstance(brut, str):
            raise self.refus(cle, "une chaîne est attendue")
        if len(brut) > TEXTE_MAXIMUM:
            raise self.refus(cle, f"texte trop long (plus de {TEXTE_MAXIMUM} caractères)")
        return brut

    def entier(self, cle: str, minimum: int, maximum: int) -> int:
        brut = self.objet[cle]
        if isinstance(brut, bool) or not isinstance(brut, int) or not minimum <= brut <= maximum:
            raise self.refus(cle, f"un nombre entier de {minimum} à {maximum} est attendu")
        return brut

    def booleen(self, cle: str, defaut: bool) -> bool:
        brut = self.objet.get(cle, defaut)
        if not isinstance(brut, bool):
            raise self.refus(cle, "true ou false attendu")
        return brut

    def date(self, cle: str) -> date | None:
        """A date; None when the key is absent."""
        if cle not in self.objet:
            return None
        try:
            return lire_date(self.objet[cle])
        except ValeurInvalide as invalide:
            raise self.refus(cle, f"{invalide} (attendu : AAAA-MM-JJ)") from invalide

    def jour_mois(self, cle: str) -> JourMois:
        """A day of every year, written MM-JJ."""
        brut = self.texte(cle)
        try:
            # A leap year: 29 February exists.
            jour = lire_date(f"2024-{brut}")
        except ValeurInvalide as invalide:
            raise self.refus(cle, "un jour de l’année est attendu (MM-JJ)") from invalide
        return JourMois(jour.month, jour.day)

    def un_de(self, cle: str, valeurs: Mapping[str, T]) -> T:
        texte = self.texte(cle)
        if texte not in valeurs:
            raise self.refus(cle, f"attendu : {', '.join(valeurs)}")
        return valeurs[texte]

    def motif(self, cle: str, motif: re.Pattern[str], attendu: str) -> re.Match[str]:
        lu = motif.fullmatch(self.texte(cle))
        if lu is None:
            raise self.refus(cle, f"attendu : {attendu}")
        return lu

    def fait(self, cle: str, feuille: type[FeuilleDeFait]) -> Fait:
        """A fact of the vocabulary, or a sum of facts, of a type that this leaf can read."""
        try:
            fait = fait_de(self.texte(cle))
        except KeyError as inconnu:
            raise self.refus(cle, f"fait inconnu : {self.texte(cle)[:60]}") from inconnu
        if fait.type not in TYPES_LISIBLES[feuille]:
            raise self.refus(cle, f"ce critère ne sait pas lire « {fait.code} » ({fait.type})")
        return fait

    def quantite(self, cle: str, fait: Fait) -> int:
        """A threshold, in the scale of `fait`."""
        try:
            return lire_quantite(fait.type, self.objet[cle])
        except ValeurInvalide as invalide:
            raise self.refus(cle, str(invalide)) from invalide

    def codes(self, cle: str, accepte: Callable[[str], bool]) -> frozenset[str]:
        """A list of strings that `accepte` recognises; only `sauf` may be absent or empty."""
        bruts = self.objet.get(cle, [])
        if not isinstance(bruts, list) or not (bruts or cle == "sauf"):
            raise self.refus(cle, "une liste d’au moins un code est attendue")
        for rang, brut in enumerate(bruts):
            if not isinstance(brut, str) or not accepte(brut):
                ecrit = f" : {brut[:60]}" if isinstance(brut, str) else ""
                raise self.refus(f"{cle}/{rang}", f"code inconnu ou mal formé{ecrit}")
        return frozenset(bruts)

    def perimetre(self, cle: str) -> frozenset[str]:
        """Codes of the national notation, `REG-76|DEP-31`; only `sauf` may be absent or ""."""
        brut = self.objet.get(cle, "")
        if cle == "sauf" and brut == "":
            return frozenset()
        codes = brut.split("|") if isinstance(brut, str) else [""]
        for code in codes:
            if not TERRITOIRE.fullmatch(code):
                raise self.refus(cle, f"territoire mal formé : « {code[:60]} »")
        return frozenset(codes)

    def source(self, cle: str = "source") -> Source:
        """The source of a leaf, inline or named by its key among those of the aide."""
        brut = self.objet[cle]
        if not isinstance(brut, str):
            return source_en_ligne(brut, joindre(self.chemin, cle))
        if brut not in self.sources:
            raise self.refus(cle, f"source inconnue : « {brut[:60]} »")
        return self.sources[brut]


def source_en_ligne(brut: object, chemin: str) -> Source:
    """A source written as an object. Raises Refus."""
    noeud = Noeud(brut, chemin, {})
    noeud.exiger({"libelle"}, {"url", "date", "verifie"})
    url = noeud.texte("url") if "url" in noeud.objet else ""
    # These become links on pages: no "javascript:".
    if url and not re.fullmatch(r"https?://[^\s/]\S*", url):
        raise noeud.refus("url", "une adresse en http ou https est attendue")
    return Source(noeud.texte("libelle"), url, noeud.date("date"), noeud.booleen("verifie", True))
