"""The draft: its task list, and one page for each section."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from aides.criteres.faits import DECLARES, VOCABULAIRE, Section
from aides.criteres.valeurs import afficher, lire_valeur
from dossiers.depot import actes, vues
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.formulaires import RECHERCHES, RESUMES, TITRES, FormulaireSection
from dossiers.depot.presentation import apparier_dossier, bilan, etats_sections, preremplie
from dossiers.depot.recherches import LIMITE, chercher, nommer
from dossiers.faits import faits_du_dossier
from dossiers.models import Dossier
from dossiers.saisies import oublier, reprendre

#: Choices of the page of two versions: `garder_<code>`.
GARDER = "garder_"
#: What the page of two versions does not send on as it came.
NON_REPORTES = ("csrfmiddlewaretoken", "revision", "autosauve", "signalees", vues.CHAMP)
SECTIONS = tuple(Section)
#: What is looked up of a longer text.
TEXTE_MAXIMUM = 80


@require_safe
@never_cache
@connexion_requise
def sommaire(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The task list, and the running result beside it."""
    dossier = dossier_de(request, identifiant)
    if not dossier.est_brouillon:
        return redirect("depot:suivi", identifiant)
    etats = etats_sections(dossier)
    contexte = {
        "dossier": dossier,
        "sections": [(etat, RESUMES[etat.section]) for etat in etats],
        "completes": sum(etat.complete for etat in etats),
        "nombre_pieces": dossier.pieces.gardees().count(),
        "bilan": bilan(apparier_dossier(dossier)),
    }
    return render(request, "depot/dossier.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def section(request: HttpRequest, identifiant: uuid.UUID, section: Section) -> HttpResponse:
    """One section: shown, saved by its button, or saved as one types."""
    dossier = dossier_de(request, identifiant)
    if not dossier.est_brouillon:
        messages.info(request, "Ce dossier est déposé : ses réponses ne changent plus.")
        return redirect("depot:suivi", identifiant)
    if request.method != "POST":
        garde = reprendre(request)
        form = FormulaireSection(section, dossier, garde)
        return _page(request, form, reprise=garde)
    form = FormulaireSection(section, dossier, _trancher(request, section, dossier))
    if request.POST.get("autosauve"):
        return _autosauver(request, form)
    if not form.is_valid():
        return _page(request, form)
    try:
        _enregistrer(request, form, complete=True)
    except actes.ConflitDeRevision as conflit:
        return _deux_versions(request, form, conflit)
    _annoncer(request, form)
    for code, remarque in form.remarques().items():
        messages.warning(request, f"{form.fields[code].label} : {remarque}")
    oublier(request)
    messages.success(request, f"« {TITRES[section]} » : vos réponses sont enregistrées.")
    suivante = SECTIONS[(SECTIONS.index(section) + 1) :][:1]
    if "revenir" in request.POST or not suivante:
        return redirect("depot:dossier", identifiant)
    return redirect("depot:section", identifiant, suivante[0])


def _annoncer(request: HttpRequest, form: FormulaireSection) -> None:
    """What was replaced is said again on the next page."""
    for note in form.notes.values():
        messages.info(request, note)


def _enregistrer(request: HttpRequest, form: FormulaireSection, *, complete: bool) -> Dossier:
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        revision = 0
    return actes.enregistrer_section(
        dossier=form.dossier,
        section=form.section,
        faits=form.reponses(),
        textes=form.textes(),
        par=utilisateur(request),
        page=actes.PageVue(revision, vues.lire(request.POST)),
        complete=complete,
    )


def _page(
    request: HttpRequest,
    form: FormulaireSection,
    *,
    reprise: QueryDict | None = None,
) -> HttpResponse:
    dossier = form.dossier
    posees = request.POST if request.method == "POST" else reprise
    contexte = {
        "dossier": dossier,
        "form": form,
        "section": form.section,
        "titre": TITRES[form.section],
        "rang": SECTIONS.index(form.section) + 1,
        "nombre": len(SECTIONS),
        # What the page was built from: a form sent again keeps the revision it had.
        "revision": posees.get("revision", "0") if posees else dossier.revision,
        "vues": posees.get(vues.CHAMP, "")
        if posees
        else vues.ecrire(vues.montrees(dossier, form.section)),
        "reprise": reprise is not None,
        "preremplie": preremplie(dossier, form.section),
        "bilan": bilan(apparier_dossier(dossier)),
        "total": _total(dossier),
    }
    return render(request, "depot/section.html", contexte)


def _total(dossier: Dossier) -> str:
    """The total of the expenses in words, of the lines already answered."""
    faits = faits_du_dossier(dossier, timezone.localdate())
    montants = [
        valeur
        for fait in DECLARES
        if fait.section is Section.DEPENSES and isinstance(valeur := faits.get(fait.code), int)
    ]
    return afficher("depenses_total", sum(montants)) if montants else ""


def _autosauver(request: HttpRequest, form: FormulaireSection) -> HttpResponse:
    """Save what can be read, say what cannot; the fragment also refreshes the result."""
    form.is_valid()
    contexte: dict[str, Any] = {"form": form, "section": form.section, "conflit": False}
    dossier = form.dossier
    status = 200
    montrees = vues.lire(request.POST) or {}
    try:
        dossier = _enregistrer(request, form, complete=False)
        montrees |= vues.saisies(form, montrees)
    except actes.ConflitDeRevision:
        contexte["conflit"], status = True, 409
    except actes.FaitsRefuses as refus:
        for code, message in refus.erreurs.items():
            form.add_error(code if code in form.fields else None, message)
    else:
        _annoncer(request, form)
    for code in form.resolus:
        form.fields[code].widget.attrs["hx-swap-oob"] = "true"
    contexte |= {
        "dossier": dossier,
        "revision": request.POST.get("revision", "0") if contexte["conflit"] else dossier.revision,
        "vues": vues.ecrire(montrees),
        "bilan": bilan(apparier_dossier(dossier)),
        "total": _total(dossier),
        # The summary at the top keeps only what it said and is still to correct.
        "signalees": [
            form[nom]
            for nom in request.POST.get("signalees", "").split()
            if nom in form.errors and nom in form.fields
        ],
        "quand": timezone.localtime(),
    }
    return render(request, "depot/autosauvegarde.html", contexte, status=status)


def _trancher(request: HttpRequest, section: Section, dossier: Dossier) -> QueryDict:
    """The posted form, the stored value put back where the person chose to keep it."""
    donnees = request.POST.copy()
    initiales = FormulaireSection(section, dossier)
    for nom, champ in initiales.fields.items():
        if donnees.get(GARDER + nom) == "enregistree":
            for cle in (nom, f"{nom}__so"):
                donnees.pop(cle, None)
            valeur = champ.prepare_value(initiales.initial.get(nom))
            if valeur not in (None, ""):
                donnees.setlist(nom, valeur if isinstance(valeur, list) else [str(valeur)])
            if initiales.initial.get(f"{nom}__so"):
                donnees[f"{nom}__so"] = "on"
    return donnees


def _deux_versions(
    request: HttpRequest, form: FormulaireSection, conflit: actes.ConflitDeRevision
) -> HttpResponse:
    """409: what was typed here beside what was saved meanwhile, one choice for each answer."""
    autre = FormulaireSection(form.section, conflit.dossier)
    montrees = vues.lire(request.POST)
    autres = {} if montrees is None else vues.saisies(form, montrees)
    champs = [
        {
            "nom": GARDER + nom,
            "libelle": autre.fields[nom].label,
            "saisie": _en_mots(nom, form.cleaned_data.get(nom)),
            "enregistree": _en_mots(nom, _stockee(conflit.dossier, nom)),
        }
        for nom in form.fields
        if nom in conflit.codes
    ]
    dernier = conflit.dernier
    contexte = {
        "dossier": conflit.dossier,
        "titre": TITRES[form.section],
        "section": form.section,
        "champs": champs,
        "autres": [
            (autre.fields[nom].label, _en_mots(nom, valeur))
            for nom, valeur in autres.items()
            if nom not in conflit.codes
        ],
        "vues": ""
        if montrees is None
        else vues.ecrire(montrees | {nom: _stockee(conflit.dossier, nom) for nom in conflit.codes}),
        "caches": _reportes(request),
        "quand": dernier.quand if dernier else None,
        "par_moi": dernier is not None and dernier.acteur_id == utilisateur(request).pk,
    }
    return render(request, "depot/deux_versions.html", contexte, status=409)


def _reportes(request: HttpRequest) -> list[tuple[str, Any]]:
    """What was posted and is posted again with the choice."""
    return [
        (nom, valeur)
        for nom in request.POST
        if nom not in NON_REPORTES and not nom.startswith(GARDER)
        for valeur in request.POST.getlist(nom)
    ]


def _stockee(dossier: Dossier, nom: str) -> Any:
    if nom in ("titre", "description"):
        return getattr(dossier, nom)
    return dossier.faits.get(nom, {}).get("valeur")


def _en_mots(nom: str, valeur: Any) -> str:
    """An exchanged value in words."""
    if valeur in (None, ""):
        return "Pas de réponse"
    fait = VOCABULAIRE.get(nom)
    if fait is None:
        return str(valeur)
    if valeur == "sans_objet":
        return "Sans objet"
    if fait.type in RECHERCHES:
        return nommer(fait, valeur)
    return afficher(nom, lire_valeur(fait, valeur, lambda code: frozenset({f"COM-{code}"})))


@require_safe
@cache_control(public=True, max_age=3600)
def suggestions(request: HttpRequest, code: str) -> HttpResponse:
    """Options for the list of a field that is looked up: communes, activities, legal forms.

    Open reference data, at most `recherches.LIMITE` lines of it: no account is needed. Each
    option bears what was typed too: a browser hides those that do not hold it, and a trade
    rarely bears its everyday name.
    """
    fait = VOCABULAIRE.get(code)
    if fait is None or fait.type not in RECHERCHES:
        raise Http404
    texte = request.GET.get(code, "").strip()[:TEXTE_MAXIMUM]
    trouvaille = chercher(fait, texte, LIMITE) if len(texte) > 1 else None
    libelles: list[str] = []
    if trouvaille and trouvaille.code:
        libelles = [nommer(fait, trouvaille.code)]
    elif trouvaille:
        libelles = [candidat.libelle for candidat in trouvaille.candidats]
    contexte = {"libelles": libelles, "texte": texte}
    return render(request, "depot/suggestions.html", contexte)
