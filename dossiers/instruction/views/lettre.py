"""The letter as it will look, before the officer decides: nothing is written."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers.circuit import CIRCUIT, Etat
from dossiers.documents.contenu import contenu_decision
from dossiers.instruction.actes import MONTANT_MAXIMUM
from dossiers.instruction.formulaires import FormulaireActe
from dossiers.instruction.views.commun import chemin, personne
from dossiers.instruction.views.demande import FORMULAIRES
from dossiers.models import Demande, Document


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lettre(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """What the company would receive for what is typed so far (nothing, when only read); a part
    of the page for htmx.
    """
    if acte not in FORMULAIRES:
        raise Http404
    visibles = Demande.objects.visibles_au_guichet(personne(request)).with_details()
    cible = get_object_or_404(visibles.select_related("version_dossier"), identifiant=identifiant)
    permission = cible.permissions(personne(request))[acte]
    contexte = {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "refus": permission.reason,
        "c": _contenu(cible, acte, FORMULAIRES[acte](request.POST)) if permission else None,
    }
    if getattr(request, "htmx", False):
        return render(request, "instruction/_lettre.html", contexte)
    return render(request, "instruction/lettre.html", contexte | chemin(request, cible))


def _contenu(cible: Demande, acte: str, formulaire: FormulaireActe) -> dict[str, object]:
    """The letter of a decision that is not taken: the demande is changed here only."""
    formulaire.is_valid()
    cible.etat = CIRCUIT[acte].apres(Etat(cible.etat))
    cible.decidee_le = timezone.now()
    cible.motif = formulaire["motif"].value() or ""
    cible.montant_accorde = _montant(formulaire.cleaned_data.get("montant_accorde"))
    document = Document(demande=cible, genre=Document.Genre.DECISION)
    return contenu_decision(cible, document.reference)


def _montant(montant: Decimal | None) -> Decimal | None:
    """The amount, unless the act would refuse it."""
    if montant is None or not 0 < montant <= MONTANT_MAXIMUM:
        return None
    return montant if montant == montant.quantize(Decimal("0.01")) else None
