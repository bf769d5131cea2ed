"""What a person picks from a long list: places, activities, legal forms, aides, by name or code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from aides.criteres.codes import (
    CODE_AIDE,
    SECTIONS_NAF_2025,
    TERRITOIRE,
    est_niveau_forme,
    est_niveau_naf,
)
from aides.emprise import FRANCE
from aides.models import Aide
from territoires.models import ActiviteNaf, FormeJuridique
from territoires.normalisation import normaliser
from territoires.organismes.models import Organisme
from territoires.perimetre import libelles
from territoires.recherche import LieuTrouve, chercher_lieux

#: Results shown at once: more of them and nobody reads the list.
LIMITE = 15
LONGUEUR = 80


@dataclass(frozen=True, slots=True)
class Choix:
    """One thing of a list: its code, and how people read it."""

    code: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Selecteur:
    """A list one picks from: how it is searched, named, and what a code of it looks like."""

    chercher: Callable[[str], list[Choix]]
    nommer: Callable[[Iterable[str]], Mapping[str, str]]
    accepte: Callable[[str], bool]
    #: What to type, in words.
    invite: str

    def choisis(self, codes: Iterable[str]) -> list[Choix]:
        """The codes with their names, in order; a code that has no name shows itself."""
        lus = list(dict.fromkeys(codes))
        noms = self.nommer(lus)
        return [Choix(code, noms.get(code, code)) for code in lus]

    def trouver(self, texte: str, sauf: Iterable[str]) -> list[Choix]:
        """What `texte` may mean, without what is chosen already; nothing for a blank."""
        texte = texte.strip()[:LONGUEUR]
        deja = set(sauf)
        trouves = self.chercher(texte) if texte else []
        return [choix for choix in trouves if choix.code not in deja][:LIMITE]


def _lieux(texte: str) -> list[Choix]:
    trouves = chercher_lieux(texte, LIMITE + 10)
    if normaliser(texte) == "france":
        trouves.insert(0, LieuTrouve(FRANCE, "France"))
    return [Choix(lieu.code, lieu.libelle) for lieu in trouves]


def _naf(texte: str) -> list[Choix]:
    """Every level: a code and what lies under it, or labels that hold every word."""
    code = texte.upper()
    if est_niveau_naf(code):
        dessous = Q(section=code) if code.isalpha() else Q(code__startswith=code)
        lignes = ActiviteNaf.objects.filter(dessous).order_by("niveau", "code")
    else:
        lignes = ActiviteNaf.objects.order_by("niveau", "code")
    mots = [] if est_niveau_naf(code) else normaliser(texte).split()
    trouvees = [
        Choix(ligne.code, _libelle_naf(ligne.code, ligne.libelle))
        for ligne in lignes
        if all(mot in normaliser(f"{ligne.code} {ligne.libelle}") for mot in mots)
    ]
    return trouvees[: LIMITE * 2]


def _libelle_naf(code: str, libelle: str) -> str:
    return f"Section {code} – {libelle}" if code.isalpha() else f"{code} – {libelle}"


def _nommer_naf(codes: Iterable[str]) -> dict[str, str]:
    lignes = ActiviteNaf.objects.filter(code__in=list(codes))
    return {ligne.code: _libelle_naf(ligne.code, ligne.libelle) for ligne in lignes}


def _est_naf_2025(code: str) -> bool:
    return est_niveau_naf(code, SECTIONS_NAF_2025)


def _naf_2025(texte: str) -> list[Choix]:
    """The code that was typed: the labels of NAF 2025 are not loaded here."""
    code = texte.upper()
    return [Choix(code, _nommer_naf_2025([code])[code])] if _est_naf_2025(code) else []


def _nommer_naf_2025(codes: Iterable[str]) -> dict[str, str]:
    return {code: f"Section {code}" if code.isalpha() else code for code in codes}


def _formes(texte: str) -> list[Choix]:
    lignes = FormeJuridique.objects.order_by("niveau", "code")
    if texte.isdigit():
        lignes = lignes.filter(code__startswith=texte)
    mots = [] if texte.isdigit() else normaliser(texte).split()
    return [
        Choix(ligne.code, f"{ligne.code} – {ligne.libelle}")
        for ligne in lignes
        if all(mot in normaliser(ligne.libelle) for mot in mots)
    ][: LIMITE * 2]


def _nommer_formes(codes: Iterable[str]) -> dict[str, str]:
    lignes = FormeJuridique.objects.filter(code__in=list(codes))
    return {ligne.code: f"{ligne.code} – {ligne.libelle}" for ligne in lignes}


def _aides(texte: str) -> list[Choix]:
    dites = Q(version__titre__icontains=texte) | Q(code__icontains=texte)
    lignes = Aide.objects.publiees().filter(dites).select_related("version").order_by("code")
    return [Choix(aide.code, _titre(aide)) for aide in lignes[: LIMITE * 2]]


def _nommer_aides(codes: Iterable[str]) -> dict[str, str]:
    lignes = Aide.objects.publiees().filter(code__in=list(codes)).select_related("version")
    return {aide.code: _titre(aide) for aide in lignes}


def _titre(aide: Aide) -> str:
    return aide.version.titre if aide.version is not None else aide.code


def _organismes(texte: str) -> list[Choix]:
    dits = Q(nom__icontains=texte) | Q(code__icontains=texte)
    lignes: Iterable[Organisme] = Organisme.objects.filter(dits).order_by("nom", "pk")[: LIMITE * 2]
    return [Choix(organisme.code, organisme.nom) for organisme in lignes]


def _nommer_organismes(codes: Iterable[str]) -> dict[str, str]:
    return dict(Organisme.objects.filter(code__in=list(codes)).values_list("code", "nom"))


def _nommer_lieux(codes: Iterable[str]) -> Mapping[str, str]:
    return libelles(codes)


def _est_code(code: str) -> bool:
    return CODE_AIDE.fullmatch(code) is not None


SELECTEURS: Mapping[str, Selecteur] = {
    "lieux": Selecteur(
        _lieux, _nommer_lieux, lambda code: TERRITOIRE.fullmatch(code) is not None,
        "Un nom de commune, d’intercommunalité, de département ou de région",
    ),
    "naf": Selecteur(
        _naf, _nommer_naf, est_niveau_naf, "Un mot de l’activité, ou un code : C, 25, 25.11Z",
    ),
    "naf_2025": Selecteur(
        _naf_2025, _nommer_naf_2025, _est_naf_2025, "Un code de la NAF 2025 : C, 25, 25.11Z",
    ),
    "formes": Selecteur(
        _formes, _nommer_formes, est_niveau_forme, "Un mot de la forme, ou son code : 5, 57, 5710",
    ),
    "aides": Selecteur(_aides, _nommer_aides, _est_code, "Un mot du titre de l’aide"),
    "organismes": Selecteur(
        _organismes, _nommer_organismes, _est_code, "Un mot du nom de l’organisme",
    ),
}  # fmt: skip
#: What is picked for each fact whose values are codes.
PAR_FAIT: Mapping[str, str] = {
    "naf": "naf",
    "naf_2025": "naf_2025",
    "forme_juridique": "formes",
    "commune_siege": "lieux",
    "commune_projet": "lieux",
    "aides_obtenues": "aides",
}
