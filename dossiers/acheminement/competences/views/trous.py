"""Where nobody, or several desks, are competent; and what closing a desk would open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.acheminement.competences.couverture import Etat
from dossiers.acheminement.competences.formulaires import FiltreTrous
from dossiers.acheminement.competences.presentation import consequences, lire
from dossiers.acheminement.competences.repetition import ecarts_sans
from dossiers.acheminement.competences.tableau import Tableau, tableau
from dossiers.rapprochement.editeur.acces import gestion_requise, organismes_de, personne
from dossiers.tableur import fichier_csv
from territoires.models import Region
from territoires.organismes.models import Competence, Guichet, NatureAide, Organisme

PAR_PAGE = 20
ETATS = {
    Etat.GUICHET: "un guichet",
    Etat.TROU: "aucun guichet",
    Etat.EGALITE: "plusieurs guichets",
    Etat.PARTIEL: "en partie",
    Etat.SANS_OBJET: "aucune aide",
}
COLONNES = (
    "code_epci",
    "intercommunalite",
    "communes",
    "communes_hors_region",
    "nature",
    "aide_ouverte",
    "etat",
    "communes_sans_guichet",
    "communes_plusieurs_guichets",
    "guichets",
)


@gestion_requise
@require_safe
def trous(request: HttpRequest) -> HttpResponse:
    """The holes and ties of a région or a département: sentences first, then each EPCI."""
    form, table = _table(request)
    lignes = table.lignes if table else ()
    if form.cleaned_data.get("montrer") != "tout":
        lignes = tuple(ligne for ligne in lignes if ligne.a_revoir)
    page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {"form": form, "tableau": table, "page": page}
    return render(request, "competences/trous.html", contexte)


@gestion_requise
@require_safe
def exporter(request: HttpRequest) -> HttpResponseBase:
    """The same as a file for a spreadsheet: a line for each EPCI and nature."""
    _, table = _table(request)
    return fichier_csv("competences", COLONNES, _rangees(table) if table else ())


def _table(request: HttpRequest) -> tuple[FiltreTrous, Tableau | None]:
    """The filter, and the table of its région; none before any région is loaded."""
    organismes_de(request)
    form = FiltreTrous(_region(request), request.GET)
    region = form.region_choisie or _region(request)
    if region is None:
        return form, None
    return form, tableau(
        region,
        form.jour,
        form.natures,
        sans_aide=form.sans_aide_aussi,
        departement=form.departement_choisi,
    )


def _region(request: HttpRequest) -> Region | None:
    """The région of the person's organismes; for the portal's own, the first in which somebody
    is competent."""
    if personne(request).is_staff:
        perimetres = Competence.objects.order_by().values_list("perimetre", flat=True)
        codes = sorted({c for perimetre in perimetres for c in perimetre if c.startswith("REG-")})
    else:
        miens = Organisme.objects.avec_catalogue_de(personne(request)).order_by("pk")
        codes = list(miens.values_list("territoire", flat=True)[:1])
    trouvee = _region_de(codes[0]) if codes else None
    return trouvee or Region.objects.order_by("code").first()


def _region_de(code: str) -> Region | None:
    niveau, _, numero = code.partition("-")
    chemins = {
        "REG": "code",
        "DEP": "departements",
        "EPCI": "departements__communes__epci",
        "COM": "departements__communes",
    }
    if niveau not in chemins:
        return None
    return Region.objects.filter(**{chemins[niveau]: numero}).order_by("code").first()


def _rangees(table: Tableau) -> Iterator[tuple[object, ...]]:
    for ligne in table.lignes:
        for nature, case in zip(table.natures, ligne.cases, strict=True):
            yield (
                ligne.code.removeprefix("EPCI-"),
                ligne.nom,
                ligne.communes,
                ligne.ailleurs,
                NatureAide(nature).value,
                "oui" if nature in table.avec_aides else "non",
                ETATS[case.etat],
                case.sans,
                case.plusieurs,
                " | ".join(case.guichets or case.egaux),
            )


# ------------------------------------------------------------------ closing a desk


@login_required
@require_safe
def fermer(request: HttpRequest, code: str) -> HttpResponse:
    """What closing a desk would open, before it is closed: for who administers its organisme."""
    administres = Organisme.objects.administres_par(personne(request))
    guichets = Guichet.objects.filter(organisme__in=administres).select_related("organisme")
    guichet = get_object_or_404(guichets, code=code, ferme_le__isnull=True)
    siennes = list(Competence.objects.filter(guichet=guichet).with_details().order_by("pk"))
    le = timezone.localdate()
    vives = [c for c in siennes if c.fin is None or c.fin >= le]
    contexte: dict[str, Any] = {
        "guichet": guichet,
        "lues": lire(vives, le),
        "consequences": consequences(ecarts_sans(vives)),
        "en_cours": guichet.demandes.en_cours().count(),
    }
    return render(request, "competences/fermer.html", contexte)
