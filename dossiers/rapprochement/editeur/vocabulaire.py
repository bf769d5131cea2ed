"""The vocabulary as the editor offers it: facts by section, what adds up, what compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aides.criteres.faits import DECLARES, QUANTITES, SOMME, VOCABULAIRE, Fait, Section, fait
from aides.criteres.redaction import nommer
from territoires.models import Zone
from territoires.normalisation import normaliser
from territoires.zones import ZONES_CONNUES

TITRES = {
    Section.ENTREPRISE: "L’entreprise",
    Section.PROJET: "Le projet",
    Section.LIEU: "Le lieu",
    Section.CALENDRIER: "Les dates",
    Section.DEPENSES: "Les dépenses",
    Section.FINANCEMENT: "Le financement et les autres aides",
    Section.EMPLOIS: "Les emplois",
    Section.FILIERE: "Les secteurs",
}
TAILLE = "La taille européenne de l’entreprise (micro, petite, PME)"
A_VERIFIER = "Une condition que l’agent du guichet vérifiera"


@dataclass(frozen=True, slots=True)
class Proposition:
    """One thing a condition may be about: a fact, or nothing but its kind."""

    libelle: str
    fait: str = ""
    genre: str = ""
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Groupe:
    """The propositions of one section."""

    titre: str
    propositions: list[Proposition]


def propositions(texte: str = "") -> list[Groupe]:
    """What a condition may be about, by section, kept when every word of `texte` is said."""
    groupes = [
        Groupe(titre, [_proposition(lu) for lu in VOCABULAIRE.values() if lu.section is section])
        for section, titre in TITRES.items()
    ]
    taille = Proposition(TAILLE, genre="taille_europeenne", precision="Annexe I du règlement 651")
    groupes[0].propositions.insert(0, taille)
    officier = Proposition(
        A_VERIFIER, genre="a_verifier", precision="Ce qu’aucune réponse de l’entreprise ne dit"
    )
    groupes.append(Groupe("Autre", [officier]))
    mots = normaliser(texte).split()
    gardes = [Groupe(g.titre, [p for p in g.propositions if _dit(g, p, mots)]) for g in groupes]
    return [groupe for groupe in gardes if groupe.propositions]


def _proposition(lu: Fait) -> Proposition:
    return Proposition(lu.libelle, lu.code, precision=lu.question)


def _dit(groupe: Groupe, proposition: Proposition, mots: list[str]) -> bool:
    dit = normaliser(f"{groupe.titre} {proposition.libelle} {proposition.precision}")
    return all(mot in dit for mot in mots)


#: Sections whose amounts or jobs make sense added up.
SOMMABLES = (Section.DEPENSES, Section.FINANCEMENT, Section.EMPLOIS)


def additionnables(code: str, deja: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The other quantities of the section that can be added to this one, and those that are
    added `deja`."""
    lu = VOCABULAIRE[code]
    if lu not in DECLARES or lu.type not in QUANTITES:
        return []
    return [
        (autre.code, autre.libelle)
        for autre in DECLARES
        if autre is not lu
        and autre.type is lu.type
        and (autre.code in deja or (autre.section is lu.section and lu.section in SOMMABLES))
    ]


def somme(code: str, autres: Iterable[str]) -> str:
    """The code of a fact, or of its sum with others, in the order of the vocabulary."""
    voulus = {code, *autres}
    return SOMME.join(lu.code for lu in VOCABULAIRE.values() if lu.code in voulus)


def comparables(code: str, deja: str = "") -> list[tuple[str, str]]:
    """The quantities of the same unit as this one, and what it is compared with `deja`."""
    lu = VOCABULAIRE[code]
    choix = [
        (autre.code, nommer(autre))
        for autre in VOCABULAIRE.values()
        if autre.type is lu.type and autre.type in QUANTITES and autre is not lu
    ]
    if deja and deja not in dict(choix):
        choix.append((deja, nommer(fait(deja))))
    return choix


def zones_en_mots(deja: str = "") -> list[tuple[str, str]]:
    """Every zone that exists, loaded or not, with its name, and the one chosen `deja`."""
    noms = {deja: deja} if deja else {}
    noms |= ZONES_CONNUES
    noms.update(Zone.objects.order_by("code").values_list("code", "nom"))
    return sorted(noms.items())
