"""The amount that a demande may get, in one wording for every page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform

from aides.montants import euros
from dossiers.circuit import Etat
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet
from dossiers.rapprochement.models import Resultat

A_CALCULER, SANS_MONTANT = "à calculer", "–"
REJETEES = (Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE, Etat.RETIREE)


def avec_texte_montant(demandes: DemandeQuerySet) -> DemandeQuerySet:
    """With `texte_montant`: what the deposit's match said of the amount, None without a match."""
    resultats = Resultat.objects.filter(
        rapprochement__version_dossier=OuterRef("version_dossier"),
        version_aide=OuterRef("version_aide"),
    )
    texte = resultats.values(texte=KeyTextTransform("texte", "montant"))[:1]
    return demandes.annotate(texte_montant=Subquery(texte))


def montant_attendu(demande: Demande) -> str:
    """The estimate ("jusqu’à 35 000 €", "plafonné à 300 000 €"), else that it is to be computed.

    A dash once the demande is refused or closed. `demande` comes from `avec_texte_montant`.
    """
    if demande.etat in REJETEES:
        return SANS_MONTANT
    if texte := cast("Any", demande).texte_montant:
        return str(texte)
    estime = demande.montant_estime
    return A_CALCULER if estime is None else f"jusqu’à {euros(estime)}"
