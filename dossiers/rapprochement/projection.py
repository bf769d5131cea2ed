"""A version's facts as one flat row: pure, nothing is saved here."""

from __future__ import annotations

import hashlib

from aides.criteres.faits import SANS_OBJET, Fait, Faits, Valeur
from aides.criteres.valeurs import insee
from dossiers.models import VersionDossier
from dossiers.rapprochement.models import FaitsDossier
from dossiers.rapprochement.models.faits import LIEUX, PROJETES, colonne_insee

#: To be raised when the way a column is filled changes.
_MANIERE = 1
#: What a row is made by: another vocabulary, or another manner, is another edition.
EDITION = hashlib.sha256(
    "|".join([str(_MANIERE), *(f"{fait.code}:{fait.type}" for fait in PROJETES)]).encode()
).hexdigest()[:16]
_EPCI = "EPCI-"


def ligne(version: VersionDossier, faits: Faits, *, courante: bool) -> FaitsDossier:
    """The unsaved row of a version; `faits` are those it declares, with their places resolved."""
    rangee = FaitsDossier(
        version=version,
        dossier_id=version.dossier_id,
        entreprise_id=version.dossier.entreprise_id,
        courante=courante,
        edition=EDITION,
        sans_objet=[],
    )
    for fait in PROJETES:
        valeur = _valeur(fait, faits)
        if valeur is SANS_OBJET:
            rangee.sans_objet.append(fait.code)
        elif isinstance(valeur, frozenset):
            lieu = fait.code in LIEUX
            colonnes = colonnes_du_lieu(fait.code, valeur) if lieu else {fait.code: sorted(valeur)}
            for nom, contenu in colonnes.items():
                setattr(rangee, nom, contenu)
        else:
            setattr(rangee, fait.code, valeur)
    return rangee


def _valeur(fait: Fait, faits: Faits) -> Valeur | None:
    """A declared fact, or one computed from declared ones: none depends on the day."""
    return faits.get(fait.code) if fait.calcul is None else fait.calcul(faits)


def colonnes_du_lieu(lieu: str, codes: frozenset[str]) -> dict[str, str | list[str]]:
    """The columns of a place: its codes in a stable order, the INSEE code of its commune and, of
    the project's, the EPCI."""
    colonnes: dict[str, str | list[str]] = {lieu: sorted(codes), colonne_insee(lieu): insee(codes)}
    if lieu == "commune_projet":
        epci = (code.removeprefix(_EPCI) for code in codes if code.startswith(_EPCI))
        colonnes["epci_projet"] = next(epci, "")
    return colonnes
