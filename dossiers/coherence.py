"""What answers may not say together, or at all: dates out of order, absurd quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from aides.criteres.choix import DEPENSES
from aides.criteres.faits import DECLARES, SANS_OBJET, Section, Type

#: A project above ten billion euros is a slip of the keyboard; a company may be larger.
PLAFOND_PROJET = Decimal(10**10)
PLAFOND_EFFECTIF = Decimal(1_000_000)
#: A project is not older, nor further away, than that.
HORIZON = timedelta(days=30 * 365)
#: Above, a project's jobs are more often a slip than a project.
EMPLOIS_ETONNANTS = Decimal(10_000)

_DU_PROJET = (Section.DEPENSES, Section.FINANCEMENT)
_MONTANTS = [f.code for f in DECLARES if f.type is Type.MONTANT and f.section in _DU_PROJET]
_EFFECTIFS = [f.code for f in DECLARES if f.type is Type.DIXIEMES]
_EMPLOIS_DU_PROJET = [f.code for f in DECLARES if f.section is Section.EMPLOIS]


def incoherences(faits: Mapping[str, object], le: date) -> dict[str, str]:
    """Code of the fact to correct -> French message, for known facts in exchanged JSON."""
    erreurs: dict[str, str] = {}
    for code in _MONTANTS:
        if _nombre(faits.get(code)) > PLAFOND_PROJET:
            erreurs[code] = "Ce montant dépasse dix milliards d’euros : vérifiez les zéros."
    for code in _EFFECTIFS:
        if _nombre(faits.get(code)) > PLAFOND_EFFECTIF:
            erreurs[code] = "Cet effectif dépasse un million d’emplois : vérifiez les zéros."
    return erreurs | _dates(faits, le)


def remarques(faits: Mapping[str, object], le: date) -> dict[str, str]:
    """Code of a fact -> what its author should look at again; nothing of it is refused."""
    notes: dict[str, str] = {}
    debut = _jour(faits.get("date_debut_projet"))
    if debut and debut < le and faits.get("projet_commence") is False:
        notes["date_debut_projet"] = (
            "Cette date est passée, et vous avez répondu que le projet n’est pas commencé : "
            "corrigez l’une des deux réponses."
        )
    for code in _EMPLOIS_DU_PROJET:
        if _nombre(faits.get(code)) > EMPLOIS_ETONNANTS:
            notes[code] = "C’est plus de 10 000 emplois : est-ce bien cela ?"
    total = sum((_nombre(faits.get(code)) for code in DEPENSES), Decimal())
    aide = _nombre(faits.get("aide_souhaitee"))
    if total and aide > total:
        notes["aide_souhaitee"] = "L’aide souhaitée dépasse le total des dépenses du projet."
    return notes


def _dates(faits: Mapping[str, object], le: date) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    creation = _jour(faits.get("date_creation"))
    debut, fin = _jour(faits.get("date_debut_projet")), _jour(faits.get("date_fin_projet"))
    if creation and creation > le:
        erreurs["date_creation"] = (
            "Cette date est dans l’avenir. Si l’entreprise n’est pas encore immatriculée, "
            "cochez « sans objet »."
        )
    for code, jour in (("date_debut_projet", debut), ("date_fin_projet", fin)):
        if jour and abs(jour - le) > HORIZON:
            bornes = f"entre {(le - HORIZON).year + 1} et {(le + HORIZON).year - 1}"
            comment = "ancienne" if jour < le else "lointaine"
            erreurs[code] = f"Cette date est trop {comment} : donnez une année {bornes}."
    if debut and fin and fin < debut:
        erreurs["date_fin_projet"] = "La fin du projet est avant son début."
    return erreurs


def _nombre(valeur: object) -> Decimal:
    return Decimal(valeur) if isinstance(valeur, str) and valeur != SANS_OBJET.value else Decimal()


def _jour(valeur: object) -> date | None:
    if isinstance(valeur, str) and valeur != SANS_OBJET.value:
        return date.fromisoformat(valeur)
    return None
