"""A proof as JSON: what pages, the API, `apparier` and the stored match show of it.

Same shape as `redaction`: negations are pushed down, so that each line is a condition to meet
and its verdict reads as it stands.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import assert_never

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.echange import Json, ecrire, ecrire_source
from aides.criteres.evaluation import Preuve, Verdict, feuilles_ouvertes, lus
from aides.criteres.faits import Valeur
from aides.criteres.faits import fait as fait_de
from aides.criteres.redaction import (
    CONTRAIRES,
    NommerCode,
    NommerLieu,
    Redacteur,
    enumerer,
    intitule,
    liaison,
    part,
    sans_nom,
)
from aides.criteres.valeurs import afficher, afficher_date, afficher_jour, valeur_json

_TYPES = {"et": "tous", "ou": "un", "": "au_moins"}
VERDICTS = {Verdict.OUI: "oui", Verdict.NON: "non", Verdict.INCONNU: "inconnu"}


def sans_libelle(code: str) -> str:
    """A place by its code alone."""
    return code.removeprefix("ZONE-")


def preuve_json(
    preuve: Preuve, nommer_lieu: NommerLieu = sans_libelle, nommer_code: NommerCode = sans_nom
) -> Json:
    """The proof as JSON objects that all have the same keys.

    - `type`: the node's exchange code (of the contrary for a denied group: "un" for "tous");
      `negation`: whether a leaf is denied; `phrase`: the condition to meet, in French;
    - `verdict`: "oui", "non", "inconnu"; `qui` can still answer, or answered: "entreprise",
      "agent" (also a zone that holds a part of the commune), "referentiel" (a zone not loaded);
      null for a group;
    - `faits`: the facts the leaf reads, each {code, libelle, valeur, affichee}, `valeur` in
      the exchange format, null when not answered; `valeur_affichee`: all of them as one text;
    - `seuil`: what the value is compared with, as text; `source`: object, null for a group;
    - `manquants`: codes of the facts the company can still give here or below;
    - `liaison`: the word between `enfants`, "et", "ou" or "".
    """
    return _Presentation(Redacteur(nommer_lieu, nommer_code)).noeud(preuve, True)


@lru_cache(maxsize=4096)
def _type_de_feuille(feuille: Feuille) -> str:
    """Its exchange code; kept, for a proof is written at each deposit and a leaf rarely."""
    return str(ecrire(feuille)["type"])


class _Presentation:
    def __init__(self, redacteur: Redacteur) -> None:
        self.redacteur = redacteur

    def noeud(self, preuve: Preuve, oui: bool) -> Json:
        critere = preuve.critere
        match critere:
            case Non():
                return self.noeud(preuve.enfants[0], not oui)
            case Tous() | Un() | AuMoins():
                return self._groupe(preuve, critere, oui)
            case _:
                return self._feuille(preuve, critere, oui)

    def _groupe(self, preuve: Preuve, groupe: Tous | Un | AuMoins, oui: bool) -> Json:
        enfants = [self.noeud(enfant, oui) for enfant in preuve.enfants]
        type_ = _TYPES[liaison(groupe, oui)] if not oui else _type(groupe)
        return _json(preuve, oui, type_, intitule(groupe, oui)) | {
            "liaison": liaison(groupe, oui),
            "enfants": enfants,
        }

    def _feuille(self, preuve: Preuve, feuille: Feuille, oui: bool) -> Json:
        texte = self.redacteur.texte(feuille, oui)
        objet = _json(preuve, oui, _type_de_feuille(feuille), texte) | {
            "negation": not oui,
            "qui": _qui(preuve, feuille),
            "source": {"url": "", "date": None, "verifie": True} | ecrire_source(feuille.source),
            "seuil": self._seuil(feuille, oui),
        }
        if isinstance(feuille, TailleEuropeenne):
            # The definition is a group: its lines come straight below.
            lignes = preuve.enfants[0].enfants
            enfants = [self.noeud(ligne, oui) for ligne in lignes]
            return objet | {"liaison": liaison(feuille, oui), "enfants": enfants}
        if isinstance(feuille, AVerifier):
            affichee = "" if preuve.valeur is None else "oui" if preuve.valeur else "non"
            return objet | {"valeur_affichee": affichee}
        faits = [
            self._fait(code, valeur)
            for code, valeur in zip(lus(feuille), (preuve.valeur, preuve.base), strict=False)
        ]
        return objet | {"faits": faits, "valeur_affichee": _affichee(faits)}

    def _fait(self, code: str, valeur: Valeur | None) -> Json:
        fait = fait_de(code)
        return {
            "code": code,
            "libelle": fait.libelle,
            "valeur": None if valeur is None else valeur_json(fait, valeur),
            "affichee": afficher(code, valeur, self.redacteur.nommer_lieu),
        }

    def _seuil(self, feuille: Feuille, oui: bool) -> str:  # noqa: C901 - one case per leaf
        mots = self.redacteur
        match feuille:
            case Comparaison(code, operateur, seuil):
                return f"{_signe(operateur, oui)} {afficher(code, seuil)}"
            case Proportion(_, operateur):
                return f"{_signe(operateur, oui)} {part(feuille)}"
            case Parmi(code, codes):
                return _exclu(afficher(code, codes), oui)
            case Commence(code, codes, _, sauf):
                return _exclu(_sauf(mots.codes(code, codes), mots.codes(code, sauf)), oui)
            case Situe(_, perimetre, _, sauf):
                return _exclu(_sauf(mots.lieux(perimetre), mots.lieux(sauf)), oui)
            case EnZone(_, zone):
                return _exclu(mots.nommer_lieu(f"ZONE-{zone}"), oui)
            case Fenetre(_, debut, fin):
                return _periode(debut, fin) if oui else f"hors période {_periode(debut, fin)}"
            case FenetreAnnuelle(_, jour, dernier):
                annee = (
                    f"du {afficher_jour(jour.mois, jour.jour)} "
                    f"au {afficher_jour(dernier.mois, dernier.jour)} de chaque année"
                )
                return annee if oui else f"hors période {annee}"
            case DelaiEntreAides(_, mois):
                delai = f"{mois} mois au moins depuis la dernière" if mois else "jamais obtenue"
                return _exclu(delai, oui)
            case Vrai() | SansObjetFait() | TailleEuropeenne() | AVerifier():
                return ""
            case _:
                assert_never(feuille)


def _json(preuve: Preuve, oui: bool, type_: str, phrase: str) -> Json:
    """The keys that every node has, those of leaves empty."""
    verdict = preuve.verdict if oui else Verdict(-preuve.verdict)
    ouvertes = feuilles_ouvertes(preuve)
    manquants = frozenset[str]().union(*(feuille.manquants for feuille in ouvertes))
    return {
        "type": type_,
        "negation": False,
        "phrase": phrase,
        "verdict": VERDICTS[verdict],
        "qui": None,
        "faits": [],
        "valeur_affichee": "",
        "seuil": "",
        "source": None,
        "manquants": sorted(manquants),
        "liaison": "",
        "enfants": [],
    }


def _type(groupe: Tous | Un | AuMoins) -> str:
    match groupe:
        case Tous():
            return "tous"
        case Un():
            return "un"
        case AuMoins():
            return "au_moins"
        case _:
            assert_never(groupe)


def _qui(preuve: Preuve, feuille: Feuille) -> str:
    if isinstance(feuille, AVerifier):
        return "agent"
    if isinstance(feuille, EnZone) and preuve.verdict is Verdict.INCONNU and not preuve.manquants:
        lieu = preuve.valeur
        partielle = isinstance(lieu, frozenset) and f"ZONE-PARTIELLE-{feuille.zone}" in lieu
        return "agent" if partielle else "referentiel"
    return "entreprise"


def _signe(operateur: Operateur, oui: bool) -> str:
    if operateur is Operateur.EGAL:
        return "=" if oui else "≠"
    signe = operateur if oui else CONTRAIRES[operateur]
    return signe.value.replace("<=", "≤").replace(">=", "≥")


def _affichee(faits: list[Json]) -> str:
    """The values in one text: "5 000 €", "Terrain : 5 000 € ; Total des dépenses : …"."""
    if len(faits) == 1:
        return str(faits[0]["affichee"])
    lignes = (f"{fait['libelle']} : {fait['affichee'] or 'non renseigné'}" for fait in faits)
    return " ; ".join(lignes)


def _exclu(texte: str, oui: bool) -> str:
    """What is expected; of a denied leaf, everything but that."""
    return texte if oui else f"tout sauf {texte}"


def _periode(debut: date | None, fin: date | None) -> str:
    if debut is None:
        return f"jusqu’au {afficher_date(fin)}" if fin else "sans limite"
    if fin is None:
        return f"à partir du {afficher_date(debut)}"
    return f"du {afficher_date(debut)} au {afficher_date(fin)}"


def _sauf(codes: list[str], sauf: list[str]) -> str:
    return f"{', '.join(codes)}, sauf {enumerer(sauf, 'et')}" if sauf else ", ".join(codes)
