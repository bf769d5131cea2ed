"""Which form for which fact: the kinds of condition, and what each is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aides.criteres.arbre import (
    AVerifier,
    Commence,
    Comparaison,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    TailleEuropeenne,
    Vrai,
)
from aides.criteres.evaluation import TYPES_LISIBLES
from aides.criteres.faits import SOMME, VOCABULAIRE
from aides.criteres.redaction import nommer
from dossiers.rapprochement.editeur.formulaires_feuilles import (
    FormulaireAVerifier,
    FormulaireCommence,
    FormulaireDelai,
    FormulaireFenetre,
    FormulaireFenetreAnnuelle,
    FormulaireFeuille,
    FormulaireParmi,
    FormulaireSansObjet,
    FormulaireSitue,
    FormulaireTaille,
    FormulaireVrai,
    FormulaireZone,
)
from dossiers.rapprochement.editeur.formulaires_quantites import (
    FormulaireComparaison,
    FormulaireProportion,
)

#: Exchange code of a kind of condition -> its form, its leaf, how the page calls it.
FORMULAIRES: Mapping[str, tuple[type[FormulaireFeuille], type[Any], str]] = {
    "comparaison": (FormulaireComparaison, Comparaison, "Comparer à un seuil"),
    "proportion": (FormulaireProportion, Proportion, "Comparer à une autre réponse"),
    "vrai": (FormulaireVrai, Vrai, "Répondre oui ou non"),
    "parmi": (FormulaireParmi, Parmi, "Choisir parmi des réponses"),
    "commence": (FormulaireCommence, Commence, "Choisir des codes"),
    "situe": (FormulaireSitue, Situe, "Dans un territoire"),
    "en_zone": (FormulaireZone, EnZone, "Dans une zone"),
    "fenetre": (FormulaireFenetre, Fenetre, "Entre deux dates"),
    "fenetre_annuelle": (FormulaireFenetreAnnuelle, FenetreAnnuelle, "Chaque année"),
    "delai_entre_aides": (FormulaireDelai, DelaiEntreAides, "Une aide par période"),
    "taille_europeenne": (FormulaireTaille, TailleEuropeenne, "Taille européenne"),
    "a_verifier": (FormulaireAVerifier, AVerifier, "Condition laissée à l’agent"),
    "sans_objet": (FormulaireSansObjet, SansObjetFait, "La question est sans objet"),
}
#: The kinds that read no fact of the vocabulary by name.
SANS_FAIT = ("taille_europeenne", "a_verifier")


def type_de(feuille: Feuille) -> str:
    """The exchange code of a leaf."""
    return next(nom for nom, (_, genre, _) in FORMULAIRES.items() if isinstance(feuille, genre))


def fait_de(feuille: Feuille) -> str:
    """The fact that the form of a leaf is about; the first of a sum; the code of an officer's
    condition; nothing for a size category."""
    match feuille:
        case Proportion(gauche):
            return gauche.split(SOMME)[0]
        case AVerifier(code):
            return code
        case DelaiEntreAides():
            return "aides_obtenues"
        case TailleEuropeenne():
            return ""
        case _:
            return feuille.fait.split(SOMME)[0]


def genres(code: str) -> list[tuple[str, str]]:
    """The kinds of condition that can read this fact, each with its name."""
    return [(nom, libelle) for nom, (_, _, libelle) in FORMULAIRES.items() if lisible(nom, code)]


def lisible(genre: str, code: str) -> bool:
    """Whether a condition of this kind can be about this fact."""
    if genre in SANS_FAIT:
        return code == ""
    if code not in VOCABULAIRE:
        return False
    lu, feuille = VOCABULAIRE[code], FORMULAIRES[genre][1]
    if feuille is SansObjetFait:
        return lu.sans_objet
    return lu.type in TYPES_LISIBLES[feuille]


def titre_de(code: str) -> str:
    """How a page names the fact: "Le total du bilan"."""
    if code not in VOCABULAIRE:
        return ""
    nom = nommer(VOCABULAIRE[code])
    return nom[0].upper() + nom[1:]
