"""Places over HTTP: open reference data, nothing is written."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from territoires.recherche import CommuneTrouvee, chercher_communes


@require_safe
@cache_control(public=True, max_age=3600)
def communes_json(request: HttpRequest) -> JsonResponse:
    """`?q=`: at most 20 communes, by name, former name, postcode or INSEE code."""
    trouvees = chercher_communes(request.GET.get("q", ""))
    return JsonResponse(
        {"communes": [_en_json(trouvee) for trouvee in trouvees]},
        json_dumps_params={"ensure_ascii": False},
    )


def _en_json(trouvee: CommuneTrouvee) -> dict[str, Any]:
    commune = trouvee.commune
    epci = commune.epci
    return {
        "code": commune.code,
        "nom": commune.nom,
        "ancien_nom": trouvee.ancien_nom,
        "codes_postaux": commune.codes_postaux,
        "departement": {"code": commune.departement.code, "nom": commune.departement.nom},
        "epci": {"siren": epci.siren, "nom": epci.nom} if epci else None,
    }
