"""The catalogue in the national schema `dispositif-aide-professionnels` v0.2.0, as CSV rows.

What the schema can hold is derived from the criteria only where they surely say it: a column
left empty means "see the eligibility text", never "no condition".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone

from aides.criteres.arbre import (
    Commence,
    Comparaison,
    Critere,
    Operateur,
    Parmi,
    Taille,
    TailleEuropeenne,
    Tous,
)
from aides.criteres.choix import SECTEURS
from aides.criteres.echange import lire, lire_sources
from aides.criteres.redaction import Phrase, rediger
from aides.models import VersionAide
from aides.models.forme import Forme
from aides.noms import Noms

COLONNES = (
    "id", "titre", "promesse", "description", "eligibilite", "types_aides", "porteurs",
    "programmes_parents", "url_source", "cibles", "eligibilite_geographique",
    "eligibilite_geographique_exclusions", "date_ouverture", "date_cloture", "date_mise_a_jour",
    "base_juridique", "eligibilite_effectif_minimal", "eligibilite_effectif_maximal",
    "eligibilite_categorie_taille_entreprise", "eligibilite_annees_existence_minimal",
    "eligibilite_forme_juridique", "eligibilite_forme_juridique_exclusions",
    "ciblage_secteur_activite", "ciblage_naf", "ciblage_naf_exclusions", "chainage_paiement",
)  # fmt: skip
REQUISES = (
    "id", "titre", "description", "eligibilite", "types_aides", "porteurs", "cibles",
    "eligibilite_geographique", "date_mise_a_jour", "ciblage_secteur_activite",
)  # fmt: skip
#: The schema writes the number of a place with digits only: Corsica's départements and
#: communes (2A, 2B) cannot be said.
LIEU_NATIONAL = re.compile(r"[A-Z]+-[0-9]+")
TOUS_SECTEURS = "tous secteurs d'activité"
#: Categories of INSEE whose members all meet the EU ceiling.
_CATEGORIES = {Taille.MICRO: "MIC", Taille.MOYENNE: "MIC|PME"}


class Inexprimable(ValueError):
    """An aide that the national schema cannot hold; the message (French) says why."""


def lignes_nationales(
    versions: Iterable[VersionAide],
) -> Iterator[tuple[VersionAide, dict[str, str] | Inexprimable]]:
    """The row of each version, by column, or why it has none.

    Reads `version.aide` and its porteurs with their organismes: prefetch them.
    """
    lues = [(v, lire(v.criteres, lire_sources(v.sources))) for v in versions]
    noms = Noms.pour(critere for _, critere in lues)
    for version, critere in lues:
        try:
            yield version, _ligne(version, critere, noms)
        except Inexprimable as inexprimable:
            yield version, inexprimable


def _ligne(version: VersionAide, critere: Critere, noms: Noms) -> dict[str, str]:
    maximum, minimum = _effectifs(critere)
    ligne = {
        "id": str(version.aide.identifiant),
        "titre": version.titre,
        "promesse": version.promesse,
        "description": version.description,
        "eligibilite": "\n".join(f"• {phrase}" for phrase in _phrases(critere, noms)),
        "types_aides": "|".join(Forme(forme).label.lower() for forme in version.formes),
        "porteurs": _porteurs(version),
        "url_source": _url_source(version),
        "cibles": "professionnels",
        "eligibilite_geographique": _lieux(version.perimetre),
        "eligibilite_geographique_exclusions": _lieux(version.exclusions),
        "date_ouverture": _instant(version.ouverture, time.min),
        "date_cloture": _instant(version.cloture, time(23, 59, 59)),
        "date_mise_a_jour": _utc(version.publiee_le),
        "base_juridique": _bases(version.bases_juridiques),
        "eligibilite_effectif_minimal": minimum,
        "eligibilite_effectif_maximal": maximum,
        "eligibilite_categorie_taille_entreprise": _categorie(critere),
        "eligibilite_annees_existence_minimal": _annees(critere),
        "ciblage_secteur_activite": _secteurs(critere),
        "ciblage_naf": "|".join(version.naf),
        "ciblage_naf_exclusions": "|".join(version.naf_exclusions),
    }
    return {colonne: ligne.get(colonne, "") for colonne in COLONNES}


def phrases(version: VersionAide) -> list[str]:
    """The conditions of a version in French, one sentence for each where all must hold."""
    critere = lire(version.criteres, lire_sources(version.sources))
    return _phrases(critere, Noms.pour([critere]))


def _phrases(critere: Critere, noms: Noms) -> list[str]:
    phrase = rediger(critere, noms.lieu, noms.code)
    return [_a_plat(p) for p in (phrase.enfants if phrase.liaison == "et" else (phrase,))]


def _a_plat(phrase: Phrase) -> str:
    if not phrase.enfants:
        return phrase.texte
    lien = f" ; {phrase.liaison} " if phrase.liaison else " ; "
    return f"{phrase.texte} : {lien.join(f'({_a_plat(e)})' for e in phrase.enfants)}"


def _porteurs(version: VersionAide) -> str:
    porteurs = []
    for porteur in version.porteurs.all():
        siren = {"siren": porteur.organisme.siren} if porteur.organisme.siren else {}
        porteurs.append({"nom": porteur.organisme.nom, **siren, "roles": porteur.roles})
    return json.dumps(porteurs, ensure_ascii=False)


def _bases(bases: list[dict[str, Any]]) -> str:
    """Legal bases as the schema asks: both keys on every object, so those with an address."""
    avec_lien = [{"libelle": b["libelle"], "lien": b["url"]} for b in bases if b.get("url")]
    return json.dumps(avec_lien, ensure_ascii=False) if avec_lien else ""


def _url_source(version: VersionAide) -> str:
    sources: dict[str, dict[str, Any]] = version.sources
    ordre = sorted(sources, key=lambda cle: (cle != "page", cle))
    return next((sources[c]["url"] for c in ordre if sources[c].get("url")), version.url_externe)


def _lieux(codes: list[str]) -> str:
    for code in codes:
        if not LIEU_NATIONAL.fullmatch(code):
            raise Inexprimable(f"le schéma national ne sait pas écrire {code}")
    return "|".join(codes)


def _instant(jour: date | None, heure: time) -> str:
    """A day of Paris as an instant: it opens at midnight, its last second is included."""
    if jour is None:
        return ""
    return _utc(datetime.combine(jour, heure, timezone.get_default_timezone()))


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------ what the criteria surely say


def conjoints(critere: Critere) -> Iterator[Critere]:
    """The criteria that must all hold, whatever else the tree says."""
    if isinstance(critere, Tous):
        for enfant in critere.criteres:
            yield from conjoints(enfant)
    else:
        yield critere


def _effectifs(critere: Critere) -> tuple[str, str]:
    """Highest and lowest headcount allowed, in whole persons; empty when no condition says."""
    plafonds: list[int] = []
    planchers: list[int] = []
    for conjoint in conjoints(critere):
        match conjoint:
            case Comparaison("effectif", Operateur.INFERIEUR_OU_EGAL, seuil):
                plafonds.append(seuil // 10)
            case Comparaison("effectif", Operateur.INFERIEUR, seuil):
                plafonds.append((seuil - 1) // 10)
            case Comparaison("effectif", Operateur.SUPERIEUR_OU_EGAL, seuil):
                planchers.append(-(-seuil // 10))
            case Comparaison("effectif", Operateur.SUPERIEUR, seuil):
                planchers.append(seuil // 10 + 1)
            case TailleEuropeenne(Taille.PETITE):
                plafonds.append(49)
            case _:
                pass
    return _texte(min(plafonds, default=None)), _texte(max(planchers, default=None))


def _texte(nombre: int | None) -> str:
    return "" if nombre is None else str(nombre)


def _categorie(critere: Critere) -> str:
    tailles = [c.maximum for c in conjoints(critere) if isinstance(c, TailleEuropeenne)]
    return _CATEGORIES.get(tailles[0], "") if len(tailles) == 1 else ""


def _annees(critere: Critere) -> str:
    """Whole years of existence required; a number of months that makes none is left out."""
    for conjoint in conjoints(critere):
        match conjoint:
            case Comparaison("age_mois", Operateur.SUPERIEUR_OU_EGAL, mois) if mois % 12 == 0:
                return str(mois // 12)
            case _:
                pass
    return ""


def _secteurs(critere: Critere) -> str:
    for conjoint in conjoints(critere):
        match conjoint:
            case Parmi("secteur", codes):
                return "|".join(libelle for code, libelle in SECTEURS.items() if code in codes)
            case Commence("naf"):
                return "secteurs ciblés par code NAF"
            case _:
                pass
    return TOUS_SECTEURS
