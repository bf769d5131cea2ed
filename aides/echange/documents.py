"""One aide of an exchange document <-> the version that says it, without loss either way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from aides.models import Porteur, VersionAide

FORMAT = "dossier-unique/aides"
VERSION = 1
SEPARATEUR = "|"

#: The keys of an aide, in the order they are written.
CLES = (
    "code", "identifiant", "titre", "promesse", "description", "nature", "natures_secondaires",
    "formes", "porteurs", "perimetre", "exclusions", "ouverture", "cloture", "statut",
    "statut_precision", "verifie_le", "voie", "bases_juridiques", "sources", "criteres",
    "montants", "naf", "naf_exclusions", "complete",
)  # fmt: skip
#: Those whose column holds what the document holds.
_IDENTIQUES = (
    "titre", "promesse", "description", "nature", "natures_secondaires", "formes", "statut",
    "statut_precision", "bases_juridiques", "sources", "criteres", "montants", "naf",
    "naf_exclusions", "complete",
)  # fmt: skip
#: The keys of what is nested, in the order they are written: PostgreSQL keeps none.
_RANGS = {
    cle: rang
    for rang, cle in enumerate(
        (
            "type", "code", "organisme", "roles", "forme", "fait", "gauche", "operateur", "valeur",
            "part", "droite", "codes", "aides", "mois", "perimetre", "sauf", "zone", "debut", "fin",
            "maximum", "taux", "taux_minimum", "assiette", "minimum", "plafond", "par_emploi",
            "forfait", "si", "libelle", "nombre", "criteres", "critere", "url", "date",
            "verifie", "source",
        )
    )
}  # fmt: skip
_DATES = ("ouverture", "cloture", "verifie_le")
_LIEUX = ("perimetre", "exclusions")


def empreinte_de(document: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the document written with sorted keys and no space."""
    texte = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


def version_de(document: Mapping[str, Any]) -> VersionAide:
    """An unsaved version that says what a checked document says; its aide is to be set."""
    voie = document["voie"]
    return VersionAide(
        empreinte=empreinte_de(document),
        voie=voie["type"],
        url_externe=voie.get("url", ""),
        **{cle: document[cle] for cle in _IDENTIQUES if cle in document},
        **{cle: date.fromisoformat(document[cle]) for cle in _DATES if cle in document},
        **{cle: document[cle].split(SEPARATEUR) for cle in _LIEUX if cle in document},
    )


def porteurs_de(
    document: Mapping[str, Any], version: VersionAide, organismes: Mapping[str, int]
) -> Iterator[Porteur]:
    """The unsaved porteurs of `version`; `organismes` gives a primary key by code."""
    for rang, porteur in enumerate(document["porteurs"]):
        yield Porteur(
            version=version,
            organisme_id=organismes[porteur["organisme"]],
            roles=porteur["roles"],
            rang=rang,
        )


def document_de(version: VersionAide) -> dict[str, Any]:
    """What `version_de` read: keys in their order, the empty ones left out.

    Reads `version.aide` and `version.porteurs` with their organismes: prefetch them.
    """
    voie = {"type": version.voie}
    if version.url_externe:
        voie["url"] = version.url_externe
    valeurs: dict[str, Any] = {cle: getattr(version, cle) for cle in _IDENTIQUES}
    valeurs |= {cle: jour.isoformat() for cle in _DATES if (jour := getattr(version, cle))}
    valeurs |= {cle: SEPARATEUR.join(getattr(version, cle)) for cle in _LIEUX}
    valeurs |= {
        "code": version.aide.code,
        "identifiant": str(version.aide.identifiant),
        "voie": voie,
        "porteurs": [
            {"organisme": porteur.organisme.code, "roles": porteur.roles}
            for porteur in version.porteurs.all()
        ],
    }
    return ranger(valeurs)


def ranger(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an aide with its keys in the order they are written, the empty ones left
    out: PostgreSQL keeps no order."""
    return {cle: _ranger(document[cle]) for cle in CLES if document.get(cle)}


def _ranger(valeur: Any) -> Any:
    if isinstance(valeur, list):
        return [_ranger(element) for element in valeur]
    if isinstance(valeur, dict):
        cles = sorted(valeur, key=lambda cle: (_RANGS.get(cle, len(_RANGS)), cle))
        return {cle: _ranger(valeur[cle]) for cle in cles}
    return valeur


def ecrire_catalogue(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The text of a whole exchange file, one aide at a time, ordered as given."""
    yield f'{{\n "format": "{FORMAT}",\n "version": {VERSION},\n "aides": ['
    separateur = "\n"
    for document in documents:
        texte = json.dumps(document, ensure_ascii=False, indent=1)
        yield separateur + "  " + texte.replace("\n", "\n  ")
        separateur = ",\n"
    yield "\n ]\n}\n"
