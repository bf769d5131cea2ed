"""The organismes, desks and compétences of an exchange file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from portal.socle.journal import consigner
from territoires.organismes.echange import OrganismesLus
from territoires.organismes.models import Competence, Guichet, Organisme


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """How many rows of each kind a file created or changed."""

    organismes: int
    guichets: int
    competences: int


@transaction.atomic
def enregistrer_organismes(
    *, contenu: OrganismesLus, par: models.Model | None = None
) -> Enregistrement:
    """Make the database say what the file says of the organismes and guichets it names.

    The compétences of a named guichet become exactly those of the file; organismes and guichets
    that it does not name are left alone, and so are the contact data that somebody confirmed.
    """
    organismes = sum(
        _enregistrer(Organisme, ligne["code"], _colonnes_organisme(ligne), par)
        for ligne in contenu.organismes
    )
    ids = dict(Organisme.objects.values_list("code", "pk"))
    confirmes = set(Guichet.objects.filter(a_confirmer=False).values_list("code", flat=True))
    guichets = sum(
        _enregistrer(Guichet, ligne["code"], _colonnes_guichet(ligne, ids, confirmes), par)
        for ligne in contenu.guichets
    )
    return Enregistrement(organismes, guichets, _enregistrer_competences(contenu, par))


def _colonnes_organisme(ligne: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "nom": ligne["nom"],
        "type": ligne["type"],
        "siren": ligne.get("siren", ""),
        "territoire": ligne.get("territoire", ""),
        "site": ligne.get("site", ""),
        "source": ligne.get("source", {}),
    }


def _colonnes_guichet(
    ligne: Mapping[str, Any], organismes: Mapping[str, int], confirmes: set[str]
) -> dict[str, Any]:
    colonnes = {"nom": ligne["nom"], "organisme_id": organismes[ligne["organisme"]]}
    if ligne["code"] in confirmes:
        return colonnes
    return colonnes | {
        "courriel": ligne.get("courriel", ""),
        "telephone": ligne.get("telephone", ""),
        "adresse": ligne.get("adresse", ""),
        "a_confirmer": ligne.get("a_confirmer", True),
    }


def _enregistrer(
    modele: type[Organisme] | type[Guichet],
    code: str,
    colonnes: Mapping[str, Any],
    par: models.Model | None,
) -> bool:
    """Create or change one row; False, nothing written, when it already says the same."""
    objet: Organisme | Guichet = modele.objects.filter(code=code).first() or modele(code=code)
    changees = [nom for nom, valeur in colonnes.items() if getattr(objet, nom) != valeur]
    nouveau = objet.pk is None
    if not nouveau and not changees:
        return False
    for nom in changees:
        setattr(objet, nom, colonnes[nom])
    objet.save()
    nom_du_modele = modele._meta.model_name
    consigner(
        verbe=f"{nom_du_modele}_{'cree' if nouveau else 'modifie'}",
        objet=objet,
        acteur=par,
        code=code,
        colonnes=changees,
    )
    return True


def _enregistrer_competences(contenu: OrganismesLus, par: models.Model | None) -> int:
    """Replace the compétences of each guichet that the file names; return how many changed."""
    guichets = {
        guichet.code: guichet
        for guichet in Guichet.objects.select_for_update()
        .filter(code__in=[ligne["code"] for ligne in contenu.guichets])
        .order_by("code")
    }
    voulues = [_competence(ligne, guichets) for ligne in contenu.competences]
    presentes = {
        _cle(competence): competence
        for competence in Competence.objects.filter(guichet__in=guichets.values())
    }
    manquantes = [competence for competence in voulues if _cle(competence) not in presentes]
    gardees = {_cle(competence) for competence in voulues}
    disparues = [pk.pk for cle, pk in presentes.items() if cle not in gardees]
    Competence.objects.filter(pk__in=disparues).delete()
    Competence.objects.bulk_create(manquantes)
    touches = {competence.guichet_id for competence in manquantes} | {
        competence.guichet_id for cle, competence in presentes.items() if cle not in gardees
    }
    for guichet in guichets.values():
        if guichet.pk in touches:
            consigner(verbe="competences_modifiees", objet=guichet, acteur=par, code=guichet.code)
    return len(manquantes) + len(disparues)


def _competence(ligne: Mapping[str, Any], guichets: Mapping[str, Guichet]) -> Competence:
    return Competence(
        guichet=guichets[ligne["guichet"]],
        nature=ligne["nature"],
        perimetre=ligne["perimetre"].split("|"),
        exclusions=ligne["exclusions"].split("|") if "exclusions" in ligne else [],
        debut=date.fromisoformat(ligne["debut"]),
        fin=date.fromisoformat(ligne["fin"]) if "fin" in ligne else None,
        base_legale=ligne["base_legale"],
    )


def _cle(competence: Competence) -> tuple[Any, ...]:
    """All that a compétence says: two rows with the same key are the same."""
    return (
        competence.guichet_id,
        competence.nature,
        tuple(competence.perimetre),
        tuple(competence.exclusions),
        competence.debut,
        competence.fin,
        tuple(sorted(competence.base_legale.items())),
    )
