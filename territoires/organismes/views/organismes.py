"""The organismes a person administers: desks, officers, administrators, invitations."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.comptes.invitations import InvitationImpossible
from portal.comptes.models import User
from portal.comptes.pages import lien_inconnu, repondre
from territoires.organismes import actes
from territoires.organismes.formulaires import InvitationForm
from territoires.organismes.models import (
    AdministrateurOrganisme,
    AgentGuichet,
    GestionnaireCatalogue,
    InvitationOrganisme,
    Organisme,
)
from territoires.organismes.views.acces import organisme_de, personne

PAR_PAGE = 30


@require_safe
@login_required
def liste(request: HttpRequest) -> HttpResponse:
    """Those the person administers; straight to the only one."""
    user = personne(request)
    administres = Organisme.objects.administres_par(user)
    if not user.is_staff:
        seuls = list(administres[:2])
        if not seuls:
            raise Http404
        if len(seuls) == 1:
            return redirect("organismes:organisme", seuls[0].code)
    q = request.GET.get("q", "").strip()[:100]
    if q:
        administres = administres.filter(nom__icontains=q)
    lignes = administres.annotate(nombre_guichets=Count("guichets")).order_by("nom", "pk")
    page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "organismes/liste.html", {"page": page, "q": q})


@require_safe
@login_required
def organisme(request: HttpRequest, code: str) -> HttpResponse:
    """The desks of an organisme and who works there."""
    administre = organisme_de(request, code)
    return _page(request, administre, InvitationForm(administre))


@require_POST
@login_required
def inviter(request: HttpRequest, code: str) -> HttpResponse:
    """Invite an address; what was typed is kept when it is refused."""
    administre = organisme_de(request, code)
    form = InvitationForm(administre, request.POST)
    if form.is_valid():
        try:
            actes.inviter(organisme=administre, par=personne(request), **form.invitation())
        except InvitationImpossible as impossible:
            form.add_error("courriel", str(impossible))
        else:
            adresse = form.cleaned_data["courriel"].lower()
            messages.success(request, f"Invitation envoyée à {adresse}.")
            return redirect("organismes:organisme", code)
    return _page(request, administre, form, status=422)


@require_POST
@login_required
def invitation_envoyee(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    administre = organisme_de(request, code)
    envoyee = get_object_or_404(InvitationOrganisme, pk=pk, organisme=administre)
    if request.POST.get("action") == "renvoyer":
        try:
            actes.renvoyer_invitation(invitation=envoyee, par=personne(request))
        except InvitationImpossible as impossible:
            messages.warning(request, str(impossible))
        else:
            messages.success(request, f"Invitation renvoyée à {envoyee.courriel}.")
    elif request.POST.get("action") == "annuler":
        actes.annuler_invitation(invitation=envoyee, par=personne(request))
        messages.success(request, "Invitation annulée : son lien ne fonctionne plus.")
    return redirect("organismes:organisme", code)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Where the invited person answers; joining is done by POST."""
    recue = InvitationOrganisme.du_jeton(jeton)
    if recue is None:
        return lien_inconnu(request)
    if recue.guichet is not None:
        quoi = f"devenir agent du guichet « {recue.guichet.nom} » ({recue.organisme.nom})"
    elif recue.catalogue:
        quoi = f"écrire et publier les aides de {recue.organisme.nom}"
    else:
        quoi = f"administrer les guichets de {recue.organisme.nom}"

    def accepter(user: User) -> HttpResponse:
        actes.rejoindre(invitation=recue, user=user)
        messages.success(request, "C’est fait : vos droits sont ouverts.")
        return redirect("depot:compte")

    return repondre(request, recue, quoi=quoi, accepter=accepter)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def administrateur(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Remove an administrator, once told what it means."""
    administre = organisme_de(request, code)
    administration = get_object_or_404(
        AdministrateurOrganisme.objects.select_related("user"), pk=pk, organisme=administre
    )
    if request.method == "POST":
        actes.retirer_administrateur(administration=administration, par=personne(request))
        messages.success(request, f"{administration.user} n’administre plus {administre.nom}.")
        if Organisme.objects.administres_par(personne(request)).filter(code=code).exists():
            return redirect("organismes:organisme", code)
        return redirect("depot:compte")
    contexte = {"organisme": administre, "administration": administration}
    return render(request, "organismes/administrateur.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def gestionnaire(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take the catalogue from somebody, once told what it means."""
    administre = organisme_de(request, code)
    gestion = get_object_or_404(
        GestionnaireCatalogue.objects.select_related("user"), pk=pk, organisme=administre
    )
    if request.method == "POST":
        actes.retirer_gestionnaire(gestion=gestion, par=personne(request))
        messages.success(request, f"{gestion.user} ne tient plus le catalogue.")
        return redirect("organismes:organisme", code)
    contexte = {"organisme": administre, "gestion": gestion}
    return render(request, "organismes/gestionnaire.html", contexte)


def _page(
    request: HttpRequest, administre: Organisme, form: InvitationForm, status: int = 200
) -> HttpResponse:
    affectations = AgentGuichet.objects.select_related("user").order_by("depuis", "pk")
    contexte = {
        "organisme": administre,
        "guichets": administre.guichets.prefetch_related(
            Prefetch("affectations", queryset=affectations), "competences"
        ).order_by("ferme_le", "nom", "pk"),
        "administrations": administre.administrations.select_related("user"),
        "gestions": administre.gestions.select_related("user"),
        "invitations": administre.invitations.sans_suite().select_related("guichet"),
        "form": form,
    }
    return render(request, "organismes/organisme.html", contexte, status=status)
