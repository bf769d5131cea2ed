"""The front page: one sentence, the first questions of a simulation, three steps, live counts."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aides.models import Aide
from dossiers.delais import Percentile
from dossiers.depot.simulation import FormulaireSimulation
from dossiers.models import Demande
from territoires.organismes.models import Guichet

#: The questions asked on the front page; the others come after.
PREMIERES = ("commune_projet", "naf")


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """What the portal does, where to begin, and how much of it there is today."""
    # A record that completes another aide is not asked for on its own.
    ouvertes = Aide.objects.ouvertes(timezone.localdate()).filter(version__complete="")
    chiffres = [
        (str(ouvertes.count()), "aides ouvertes aujourd’hui"),
        (str(Guichet.objects.count()), "guichets qui instruisent ici"),
    ]
    mediane = delai_median()
    if mediane is not None:
        jours = max(1, round(mediane / timedelta(days=1)))
        chiffres.append(
            (f"{jours} jour{'s' * (jours > 1)}", "pour décider, dans la moitié des cas")
        )
    form = FormulaireSimulation(QueryDict())
    form.is_valid()
    premieres = [question for question in form.questions() if question.fait.code in PREMIERES]
    contexte = {"chiffres": chiffres, "premieres": premieres}
    return render(request, "depot/accueil.html", contexte)


def delai_median() -> timedelta | None:
    """The median time from a deposit to its decision; None while nothing was decided."""
    duree = ExpressionWrapper(F("decidee_le") - F("deposee_le"), DurationField())
    decidees = Demande.objects.filter(decidee_le__isnull=False).order_by()
    mediane: timedelta | None = decidees.aggregate(mediane=Percentile(duree, "0.5"))["mediane"]
    return mediane
