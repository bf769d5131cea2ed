"""The amount that a demande may get, in one wording for every page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Case, DecimalField, Func, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce

from aides.montants import euros
from dossiers.circuit import Etat
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet
from dossiers.rapprochement.models import Resultat

A_CALCULER, SANS_MONTANT = "à calculer", "–"
REJETEES = (Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE, Etat.RETIREE)


class _PlusHauteBorne(Func):
    """The highest amount or ceiling of the rules of an exchanged estimate (PostgreSQL)."""

    template = (
        "(SELECT MAX(COALESCE(regle->>'maximum', regle->>'plafond')::numeric)"
        " FROM jsonb_array_elements(%(expressions)s) AS regle)"
    )
    output_field = DecimalField()


def avec_texte_montant(demandes: DemandeQuerySet) -> DemandeQuerySet:
    """With `texte_montant`: what the deposit's match said of the amount, None without a match."""
    texte = _resultats().values(texte=KeyTextTransform("texte", "montant"))[:1]
    return demandes.annotate(texte_montant=Subquery(texte))


def montant_affiche() -> Case:
    """The euros that a list shows of a demande, to sort by: granted, else estimated, else the
    ceiling; null when it shows none, as once the demande is refused or closed.
    """
    borne = Subquery(
        _resultats().values(borne=_PlusHauteBorne(KeyTransform("lignes", "montant")))[:1]
    )
    return Case(
        When(~Q(etat__in=REJETEES), then=Coalesce("montant_accorde", "montant_estime", borne))
    )


def _resultats() -> QuerySet[Resultat]:
    """What the deposit's match said of the aide of the demande of the outer query."""
    return Resultat.objects.filter(
        rapprochement__version_dossier=OuterRef("version_dossier"),
        version_aide=OuterRef("version_aide"),
    ).order_by()


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
