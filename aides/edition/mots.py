"""The words for what documents of aides cite: names of places, organismes, rules, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aides.criteres.arbre import AuMoins, Source, Tous, Un
from aides.criteres.echange import EchangeInvalide, lire
from aides.criteres.redaction import Phrase, Redacteur, intitule, liaison
from aides.criteres.valeurs import ValeurInvalide, afficher_date, lire_date
from aides.echange.documents import SEPARATEUR
from aides.edition.arbre import NEGATION, Noeud, enfants, est_groupe
from aides.edition.lecture import forme, lire_brouillon, sources_lisibles
from aides.edition.operations import arbres
from aides.models import Porteur, VersionAide
from aides.models.forme import Forme
from aides.montants import lire_regles
from aides.noms import Noms
from aides.presentation import decrire
from territoires.organismes.models import NatureAide, Organisme

ABSENT = ""
INCOMPLET = "critère incomplet"
_LIBELLES: dict[str, Mapping[str, str]] = {
    "nature": dict(NatureAide.choices),
    "natures_secondaires": dict(NatureAide.choices),
    "formes": dict(Forme.choices),
    "statut": dict(VersionAide.Statut.choices),
    "voie": dict(VersionAide.Voie.choices),
}
_DATES = ("ouverture", "cloture", "verifie_le")


@dataclass(frozen=True, slots=True)
class Mots:
    """Names read once for a whole comparison; `organismes` gives a name by code."""

    noms: Noms
    organismes: Mapping[str, str]

    @classmethod
    def pour(cls, *documents: Mapping[str, Any] | None) -> Self:
        """The names of all that these documents cite, in a constant number of queries."""
        presents = [document for document in documents if document]
        lisibles = [
            critere
            for document in presents
            for chemin, racine in arbres(document)
            for _, critere in lire_brouillon(racine, chemin, sources_lisibles(document)).lisibles()
        ]
        lieux = {
            code
            for document in presents
            for cle in ("perimetre", "exclusions")
            if isinstance(document.get(cle), str)
            for code in document[cle].split(SEPARATEUR)
        }
        noms = dict(Organisme.objects.order_by().values_list("code", "nom"))
        return cls(Noms.pour(lisibles, lieux), noms)

    def lieu(self, code: str) -> str:
        return self.noms.lieu(code)

    def activite(self, code: str) -> str:
        nom = self.noms.code("naf", code)
        return f"{code} ({nom})" if nom else code

    def porteur(self, porteur: Mapping[str, Any]) -> str:
        """ "Région fictive : financeur, diffuseur"."""
        code = str(porteur.get("organisme", ""))
        roles = dict(Porteur.Role.choices)
        dits = ", ".join(roles.get(role, str(role)).lower() for role in porteur.get("roles", ()))
        return f"{self.organismes.get(code, code)} : {dits}"

    def source(self, brut: object) -> str:
        """A source written in full: its label, its date, its address."""
        if not isinstance(brut, Mapping):
            return str(brut or ABSENT)
        quand = _jour(brut["date"]) if brut.get("date") else ABSENT
        doute = "à confirmer" if brut.get("verifie") is False else ABSENT
        return ", ".join(filter(None, (brut.get("libelle"), quand, doute, brut.get("url"))))

    def champ(self, cle: str, valeur: Any) -> str:
        """A field that is one thing, or a list of choices."""
        if not valeur:
            return ABSENT
        if cle in _DATES:
            return _jour(valeur)
        if cle == "voie":
            type_ = str(valeur.get("type"))
            libelle = _LIBELLES[cle].get(type_, type_)
            return " : ".join(filter(None, (libelle, valeur.get("url"))))
        libelles = _LIBELLES.get(cle, {})
        if isinstance(valeur, list):
            return ", ".join(libelles.get(str(code), str(code)) for code in sorted(valeur))
        return libelles.get(str(valeur), str(valeur))


@dataclass(frozen=True, slots=True)
class Page:
    """What one document says, with its own sources.

    `reecrites` are the keys of sources that the other document writes otherwise: that is said
    once, of the source, and not of each criterion that cites it.
    """

    mots: Mots
    sources: Mapping[str, Source]
    brutes: Mapping[str, Any]
    reecrites: frozenset[str] = frozenset()

    @classmethod
    def de(
        cls, document: Mapping[str, Any], mots: Mots, autre: Mapping[str, Any] | None = None
    ) -> Self:
        """The page of a document that is compared with `autre`."""
        brutes, la = document.get("sources", {}), (autre or {}).get("sources", {})
        reecrites = frozenset(cle for cle in brutes.keys() & la.keys() if brutes[cle] != la[cle])
        return cls(mots, sources_lisibles(document), brutes, reecrites)

    def identite(self, brut: object) -> str:
        """What tells the source of a leaf from another."""
        if isinstance(brut, str) and brut in self.reecrites:
            return f"clé {brut}"
        return self.source(brut)

    def source(self, brut: object) -> str:
        """The source of a leaf, named by its key or written in full; empty without one."""
        return self.mots.source(self.brutes.get(brut, brut) if isinstance(brut, str) else brut)

    def texte(self, noeud: Noeud, oui: bool) -> str:
        """A whole node in one line: "L’une au moins des conditions suivantes : (…) ; ou (…)"."""
        if noeud.get("type") == NEGATION:
            return self.texte(noeud["critere"], not oui)
        if est_groupe(noeud):
            lien = liaison(_forme(noeud), oui)
            entre = f" ; {lien} " if lien else " ; "
            dits = entre.join(f"({self.texte(enfant, oui)})" for enfant in enfants(noeud))
            return f"{self.intitule(noeud, oui)} : {dits}"
        try:
            critere = lire({**noeud, "source": {"libelle": "lue à part"}})
        except EchangeInvalide:
            return INCOMPLET
        return _a_plat(Redacteur(self.mots.noms.lieu, self.mots.noms.code).phrase(critere, oui))

    def intitule(self, noeud: Noeud, oui: bool) -> str:
        """The words that introduce a group."""
        return intitule(_forme(noeud), oui)

    def montant(self, montant: Mapping[str, Any] | None) -> str:
        """A rule of amount without its condition: "Petites entreprises : Subvention : 20 %…"."""
        if montant is None:
            return ABSENT
        sans = {cle: valeur for cle, valeur in montant.items() if cle != "si"}
        try:
            (regle,) = lire_regles([sans], self.sources)
            dit = decrire(regle, sans)
        except (ArithmeticError, KeyError, TypeError, ValueError):
            dit = "montant incomplet"
        libelles = dict(Forme.choices)
        forme_ = libelles.get(str(sans.get("forme")), ABSENT)
        return " : ".join(filter(None, (sans.get("libelle"), dit or forme_)))


def _forme(noeud: Noeud) -> Tous | Un | AuMoins:
    return forme(noeud, len(enfants(noeud)))


def _a_plat(phrase: Phrase) -> str:
    lien = f" ; {phrase.liaison} " if phrase.liaison else " ; "
    dits = lien.join(f"({_a_plat(enfant)})" for enfant in phrase.enfants)
    return f"{phrase.texte} : {dits}" if dits else phrase.texte


def _jour(brut: object) -> str:
    """A date of a document written out; as it was typed when it is not one."""
    try:
        return afficher_date(lire_date(brut))
    except ValeurInvalide:
        return str(brut)
