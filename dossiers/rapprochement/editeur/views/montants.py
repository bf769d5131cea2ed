"""What an aide can give: its rules of amount, each with its source and its own condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from aides.criteres.echange import EchangeInvalide
from aides.edition import actes
from aides.edition.arbre import OperationRefusee
from aides.edition.examen import Examen, examiner
from aides.edition.operations import DefinirSource, Montant, Operation, RetirerMontant
from aides.models import BrouillonAide
from aides.montants import lire_regles
from aides.presentation import decrire
from dossiers.rapprochement.editeur.acces import brouillon_de, gestion_requise
from dossiers.rapprochement.editeur.champs import phrase
from dossiers.rapprochement.editeur.formulaires import (
    FormulaireChoixSource,
    cle_de,
)
from dossiers.rapprochement.editeur.formulaires_montants import FormulaireMontant
from dossiers.rapprochement.editeur.lignes import Ligne, ligne
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    REFUSE,
    form_source,
    modifier,
    page,
    page_en_conflit,
)
from dossiers.rapprochement.editeur.views.conditions import contexte_arbre, geste_sur_arbre
from dossiers.saisies import oublier, reprendre


@dataclass(frozen=True, slots=True)
class Regle:
    """One rule of amount as the page shows it; `condition` is None when it has none."""

    rang: int
    titre: str
    texte: str
    condition: Ligne | None
    source: str
    remarques: list[str]


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules, and the trees of their conditions; buttons post what to do."""
    brouillon = brouillon_de(request, pk)
    refus = ""
    if request.method == "POST":
        try:
            suite = _faire(request, brouillon)
        except actes.RevisionDepassee:
            actuel = brouillon_de(request, pk)
            return page_en_conflit(request, "editeur/montants.html", pk, _regles(actuel, request))
        except OperationRefusee as refusee:
            refus = phrase(refusee.message)
        else:
            return redirect(suite)
    contexte = _regles(brouillon, request, refus)
    status = CONFLIT if refus else 200
    return page(request, "editeur/montants.html", brouillon, contexte, status)


def _faire(request: HttpRequest, brouillon: BrouillonAide) -> str:
    retire = request.POST.get("retirer", "")
    if not retire:
        return geste_sur_arbre(request, brouillon)
    modifier(request, brouillon, RetirerMontant(int(retire) if retire.isdecimal() else -1))
    messages.success(request, "Cette règle est retirée.")
    return request.path


def _regles(brouillon: BrouillonAide, request: HttpRequest, refus: str = "") -> dict[str, Any]:
    examen = examiner(brouillon.document)
    montants = brouillon.document.get("montants", [])
    regles = [_regle(brouillon, rang, montant, examen) for rang, montant in enumerate(montants)]
    return {"examen": examen, "regles": regles, **contexte_arbre(request, refus)}


def _regle(brouillon: BrouillonAide, rang: int, montant: dict[str, Any], examen: Examen) -> Regle:
    try:
        sans_si = {cle: valeur for cle, valeur in montant.items() if cle != "si"}
        texte = decrire(lire_regles([sans_si], {})[0], montant)
    except (EchangeInvalide, LookupError, ValueError, ArithmeticError):
        texte = ""
    cle = montant.get("source")
    if isinstance(cle, str):
        source = brouillon.document.get("sources", {}).get(cle, {}).get("libelle", cle)
    else:
        source = (cle or {}).get("libelle", "")
    return Regle(
        rang=rang,
        titre=montant.get("libelle", "") or f"Règle {rang + 1}",
        texte=texte,
        condition=ligne(examen.conditions[rang]) if rang in examen.conditions else None,
        source=source,
        remarques=[r.message for r in examen.sous(f"montants/{rang}")
                   if not r.chemin.startswith(f"montants/{rang}/si")],
    )  # fmt: skip


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def montant(request: HttpRequest, pk: int, rang: int | None = None) -> HttpResponse:
    """A new rule, or one that is changed; its condition stays."""
    brouillon = brouillon_de(request, pk)
    montants = brouillon.document.get("montants", [])
    if rang is not None and rang >= len(montants):
        raise Http404
    actuel = montants[rang] if rang is not None else {}
    garde = reprendre(request) if request.method != "POST" else None
    donnees = request.POST if request.method == "POST" else garde
    montre = garde is not None
    initiales = FormulaireMontant.initiales(actuel)
    form = FormulaireMontant(donnees, garde=montre, initial=initiales)
    source = form_source(brouillon, actuel.get("source"), donnees, montre)
    contexte = {"form": form, "source": source, "nouveau": rang is None}
    if request.method != "POST":
        return page(request, "editeur/montant.html", brouillon, contexte)
    if not (form.is_valid() & source.is_valid()):
        return page(request, "editeur/montant.html", brouillon, contexte, REFUSE)
    try:
        modifier(request, brouillon, *_operations(brouillon, rang, form, source))
    except actes.RevisionDepassee:
        return page_en_conflit(request, "editeur/montant.html", pk, contexte)
    except OperationRefusee as refus:
        form.add_error(None, phrase(refus.message))
        return page(request, "editeur/montant.html", brouillon, contexte, CONFLIT)
    oublier(request)
    messages.success(request, "Cette règle est enregistrée.")
    return redirect("editeur:montants", pk)


def _operations(
    brouillon: BrouillonAide,
    rang: int | None,
    form: FormulaireMontant,
    source: FormulaireChoixSource,
) -> list[Operation]:
    operations: list[Operation] = []
    actuel = {} if rang is None else brouillon.document["montants"][rang]
    cle = source.cleaned_data["cle"]
    if source.nouvelle:
        cle = cle_de(source.cleaned_data["libelle"], brouillon.document.get("sources", {}))
        operations.append(DefinirSource(cle, source.valeur()))
    return [*operations, Montant(rang, {**form.valeurs(actuel), "source": cle})]
