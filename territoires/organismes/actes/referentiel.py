"""The organismes, desks, compétences and conventions of an exchange file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from portal.socle.journal import consigner
from territoires.organismes.echange import OrganismesLus, champs_de_competence
from territoires.organismes.models import (
    ChangementCompetences,
    Competence,
    Convention,
    Guichet,
    Organisme,
)
from territoires.organismes.verrou import modifier_seul


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """How many rows of each kind a file created or changed."""

    organismes: int
    guichets: int
    competences: int
    conventions: int


@transaction.atomic
def enregistrer_organismes(
    *, contenu: OrganismesLus, par: models.Model | None = None
) -> Enregistrement:
    """Make the database say what the file says of the organismes and guichets it names.

    The compétences of a named guichet become exactly those of the file; organismes and guichets
    that it does not name are left alone, and so are the contact data that somebody confirmed and
    the compétences of a desk that somebody set on screen. Routing waits meanwhile; what is routed
    already stays where it is.
    """
    modifier_seul()
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
    conventions = sum(_enregistrer_convention(ligne, par) for ligne in contenu.conventions)
    competences = _enregistrer_competences(contenu, par)
    return Enregistrement(organismes, guichets, competences, conventions)


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


def _enregistrer_convention(ligne: Mapping[str, Any], par: models.Model | None) -> bool:
    """Create or change a convention; False, nothing written, when it already says the same."""
    convention = Convention.objects.filter(code=ligne["code"]).first()
    nouvelle = convention is None
    convention = convention or Convention(code=ligne["code"], revision=0)
    colonnes = {
        "genre": ligne["genre"],
        "reference": ligne["reference"],
        "natures": sorted(ligne["natures"]),
        "perimetre": ligne["perimetre"].split("|"),
        "signee_le": date.fromisoformat(ligne["signee_le"]) if "signee_le" in ligne else None,
        "debut": date.fromisoformat(ligne["debut"]),
        "fin": date.fromisoformat(ligne["fin"]) if "fin" in ligne else None,
        "source": ligne["source"],
    }
    parties = {cle: set(ligne[cle]) for cle in ("donneurs", "receveurs")}
    if not nouvelle:
        codes = {
            cle: set(getattr(convention, cle).order_by().values_list("code", flat=True))
            for cle in parties
        }
        egales = all(getattr(convention, nom) == valeur for nom, valeur in colonnes.items())
        if egales and codes == parties:
            return False
    for nom, valeur in colonnes.items():
        setattr(convention, nom, valeur)
    convention.revision += 1
    convention.save()
    for cle, voulues in parties.items():
        getattr(convention, cle).set(Organisme.objects.filter(code__in=voulues))
    verbe = "convention_creee" if nouvelle else "convention_modifiee"
    consigner(verbe=verbe, objet=convention, acteur=par, code=convention.code)
    return True


def _enregistrer_competences(contenu: OrganismesLus, par: models.Model | None) -> int:
    """Replace the compétences of each guichet that the file names and nobody set on screen;
    return how many changed."""
    regles = _guichets_regles()
    guichets = {
        guichet.code: guichet
        for guichet in Guichet.objects.select_for_update()
        .filter(code__in=[ligne["code"] for ligne in contenu.guichets])
        .exclude(pk__in=regles)
        .order_by("code")
    }
    conventions = dict(Convention.objects.order_by().values_list("code", "pk"))
    voulues = [
        Competence(
            guichet=guichets[ligne["guichet"]],
            convention_id=conventions[ligne["convention"]] if "convention" in ligne else None,
            **champs_de_competence(ligne),
        )
        for ligne in contenu.competences
        if ligne["guichet"] in guichets
    ]
    presentes = {
        _cle(competence): competence
        for competence in Competence.objects.filter(guichet__in=guichets.values())
    }
    manquantes = [competence for competence in voulues if _cle(competence) not in presentes]
    gardees = {_cle(competence) for competence in voulues}
    disparues = [ligne for cle, ligne in presentes.items() if cle not in gardees]
    Competence.objects.filter(pk__in=[ligne.pk for ligne in disparues]).delete()
    Competence.objects.bulk_create(manquantes)
    touches = {competence.guichet_id for competence in [*manquantes, *disparues]}
    for guichet in guichets.values():
        if guichet.pk in touches:
            consigner(verbe="competences_modifiees", objet=guichet, acteur=par, code=guichet.code)
    return len(manquantes) + len(disparues)


def _guichets_regles() -> set[int]:
    """Keys of the desks whose compétences somebody set on screen."""
    appliques = ChangementCompetences.objects.filter(applique_le__isnull=False).order_by()
    return {pk for pks in appliques.values_list("guichets", flat=True) for pk in pks}


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
        competence.convention_id,
    )
