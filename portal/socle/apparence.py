"""Light, dark, or as the system: a reader's choice, kept in a cookie, without JavaScript."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

TEMOIN = "apparence"
UN_AN = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Apparence:
    """One choice; `mode` is what Bootstrap calls it, empty when the system decides."""

    code: str
    libelle: str
    mode: str


APPARENCES = (
    Apparence("systeme", "Automatique", ""),
    Apparence("clair", "Clair", "light"),
    Apparence("sombre", "Sombre", "dark"),
)
PAR_CODE = {apparence.code: apparence for apparence in APPARENCES}


def choisie(request: HttpRequest) -> Apparence:
    """Return what the cookie says; an unknown value counts for none."""
    return PAR_CODE.get(request.COOKIES.get(TEMOIN, ""), APPARENCES[0])


# Without a token: the worst a foreign page can do is to darken this one, and a token in every
# footer would put a cookie on pages that need none.
@csrf_exempt
@require_POST
def choisir(request: HttpRequest) -> HttpResponse:
    """Keep `apparence` (a code) for a year and return to `suite`, a page of this site."""
    apparence = PAR_CODE.get(request.POST.get("apparence", ""))
    if apparence is None:
        return HttpResponseBadRequest(
            "Apparence inconnue.", content_type="text/plain; charset=utf-8"
        )
    suite = request.POST.get("suite", "")
    hotes = {request.get_host()}
    if not url_has_allowed_host_and_scheme(suite, hotes, require_https=request.is_secure()):
        suite = "/"
    reponse = HttpResponseRedirect(suite)
    if apparence.mode:
        reponse.set_cookie(
            TEMOIN,
            apparence.code,
            max_age=UN_AN,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        reponse.delete_cookie(TEMOIN, samesite="Lax")
    return reponse
