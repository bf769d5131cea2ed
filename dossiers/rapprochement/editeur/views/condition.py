"""One condition: what it is about, then its form, its sentence as one types, its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from aides.criteres.arbre import Feuille, Non, Source
from aides.criteres.echange import EchangeInvalide, ecrire, lire
from aides.criteres.redaction import Phrase, rediger
from aides.criteres.verification import verifier
from aides.edition import actes
from aides.edition.arbre import NEGATION, Noeud, OperationRefusee, est_groupe, noeud_a
from aides.edition.operations import (
    RACINE,
    Ajouter,
    DefinirSource,
    Grouper,
    Operation,
    Remplacer,
    arbres,
)
from aides.models import BrouillonAide
from aides.noms import Noms
from dossiers.rapprochement.editeur.acces import brouillon_de, gestion_requise
from dossiers.rapprochement.editeur.champs import CodesField, Recherche, phrase
from dossiers.rapprochement.editeur.feuilles import (
    FORMULAIRES,
    fait_de,
    genres,
    lisible,
    titre_de,
)
from dossiers.rapprochement.editeur.formulaires import FormulaireChoixSource, cle_de
from dossiers.rapprochement.editeur.formulaires_feuilles import FormulaireFeuille
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    REFUSE,
    cherche,
    conflit_sur,
    form_source,
    modifier,
    page,
)
from dossiers.rapprochement.editeur.views.conditions import adresse_arbre
from dossiers.rapprochement.editeur.vocabulaire import propositions
from dossiers.saisies import oublier, reprendre

#: Stands for the source of a leaf while its other keys are read.
_FICTIVE = {"libelle": "à choisir"}
SANS_SOURCE = Source("")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition goes, and what stood there."""

    operations: Callable[[Noeud], list[Operation]]
    #: The tree that one goes back to, and the line that has the focus there.
    retour: str
    #: What the address carries from one kind of condition to another.
    parametres: dict[str, str]
    feuille: Feuille | None = None
    denie: bool = False
    #: The source as the leaf writes it: a key, or a whole source.
    source: Any = None


@gestion_requise
@require_safe
def choisir(request: HttpRequest, pk: int) -> HttpResponse:
    """What a new condition is about: the facts of the vocabulary, by section, searchable."""
    brouillon = brouillon_de(request, pk)
    dans = _groupe_vise(brouillon, request.GET.get("dans", RACINE))
    q = request.GET.get("q", "")[:100]
    groupes = [
        (
            groupe.titre,
            [(p, _adresse_genre(pk, p.genre, p.fait, dans)) for p in groupe.propositions],
        )
        for groupe in propositions(q)
    ]
    contexte = {"dans": dans, "q": q, "groupes": groupes, "retour": adresse_arbre(pk, dans)}
    return page(request, "editeur/choisir.html", brouillon, contexte)


def _adresse_genre(pk: int, genre: str, fait: str, dans: str) -> str:
    """The form that is offered first for this proposition."""
    genre = genre or genres(fait)[0][0]
    parametres = urlencode({"dans": dans, "fait": fait})
    return f"{reverse('editeur:condition', args=[pk, genre])}?{parametres}"


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """A new condition of that kind about `fait`, put in the group `dans`."""
    brouillon = brouillon_de(request, pk)
    fait = request.GET.get("fait", "")
    if genre not in FORMULAIRES or not lisible(genre, fait):
        raise Http404
    dans = _groupe_vise(brouillon, request.GET.get("dans", RACINE))
    place = Place(
        operations=lambda noeud: [*_groupe_a_faire(brouillon, dans), Ajouter(dans, noeud)],
        retour=adresse_arbre(pk, dans),
        parametres={"dans": dans, "fait": fait},
    )
    return _condition(request, brouillon, genre, fait, place)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def changer(request: HttpRequest, pk: int) -> HttpResponse:
    """The condition at `chemin`, its negation with it."""
    brouillon = brouillon_de(request, pk)
    chemin = request.GET.get("chemin", "")
    noeud = _noeud(brouillon, chemin)
    denie = noeud.get("type") == NEGATION
    objet = noeud["critere"] if denie else noeud
    genre = str(objet.get("type"))
    if genre not in FORMULAIRES:
        raise Http404
    feuille = _lue(objet)
    fait = fait_de(feuille) if feuille else str(objet.get("fait") or objet.get("gauche") or "")
    if genre != "a_verifier" and not lisible(genre, fait):
        raise Http404
    place = Place(
        operations=lambda nouveau: [Remplacer(chemin, nouveau)],
        retour=adresse_arbre(pk, chemin),
        parametres={"chemin": chemin},
        feuille=feuille,
        denie=denie,
        source=objet.get("source"),
    )
    return _condition(request, brouillon, genre, fait, place)


def _lue(objet: Noeud) -> Feuille | None:
    """The leaf, whatever its source; None when it cannot be read."""
    try:
        return cast("Feuille", lire({**objet, "source": _FICTIVE}))
    except EchangeInvalide:
        return None


def _noeud(brouillon: BrouillonAide, chemin: str) -> Noeud:
    """The node at a path of the document, or 404."""
    racine = RACINE
    if chemin.startswith("montants/"):
        racine = "/".join(chemin.split("/")[:3])
    arbre = dict(arbres(brouillon.document)).get(racine)
    if arbre is None or not f"{chemin}/".startswith(f"{racine}/"):
        raise Http404
    try:
        return noeud_a(arbre, chemin.removeprefix(racine).removeprefix("/"))
    except OperationRefusee as refus:
        raise Http404 from refus


def _groupe_vise(brouillon: BrouillonAide, chemin: str) -> str:
    """The path of a group, of a whole tree that is one leaf, or of the condition that an amount
    has not yet; else 404."""
    etapes = chemin.split("/")
    if len(etapes) == 3 and etapes[0] == "montants" and etapes[2] == "si":
        montants = brouillon.document.get("montants", [])
        if etapes[1].isdecimal() and int(etapes[1]) < len(montants):
            return chemin
    if chemin != RACINE and not est_groupe(_noeud(brouillon, chemin)):
        raise Http404
    return chemin


def _groupe_a_faire(brouillon: BrouillonAide, chemin: str) -> list[Operation]:
    """A tree that is one leaf becomes a group before another condition joins it."""
    arbre = dict(arbres(brouillon.document)).get(chemin)
    return [Grouper((chemin,), "tous")] if arbre is not None and not est_groupe(arbre) else []


# ------------------------------------------------------------------ the form


def _condition(
    request: HttpRequest, brouillon: BrouillonAide, genre: str, fait: str, place: Place
) -> HttpResponse:
    garde = reprendre(request) if request.method != "POST" else None
    donnees = request.POST if request.method == "POST" else garde
    cherchee = request.method == "POST" and cherche(request.POST)
    montre = cherchee or garde is not None
    form = FORMULAIRES[genre][0](
        fait, donnees, feuille=place.feuille, contraire=place.denie, garde=montre
    )
    source = form_source(brouillon, place.source, donnees, montre)
    if "apercu" in request.GET:
        return _apercu(request, form)
    contexte = _contexte(form, source, genre, fait, place, brouillon.pk)
    if request.method != "POST" or cherchee:
        return page(request, "editeur/condition.html", brouillon, contexte)
    if not (form.is_valid() & source.is_valid()):
        return page(request, "editeur/condition.html", brouillon, contexte, REFUSE)
    try:
        _, chemin = modifier(request, brouillon, *_operations(brouillon, form, source, place))
    except actes.RevisionDepassee:
        actuel = brouillon_de(request, brouillon.pk)
        contexte["conflit"] = conflit_sur(actuel)
        return page(request, "editeur/condition.html", actuel, contexte, CONFLIT)
    except OperationRefusee as refus:
        form.add_error(None, phrase(refus.message))
        return page(request, "editeur/condition.html", brouillon, contexte, CONFLIT)
    oublier(request)
    return redirect(adresse_arbre(brouillon.pk, chemin))


def _operations(
    brouillon: BrouillonAide,
    form: FormulaireFeuille,
    source: FormulaireChoixSource,
    place: Place,
) -> list[Operation]:
    """The acts that write the checked condition, with its source if it is a new one."""
    sources = brouillon.document.get("sources", {})
    operations: list[Operation] = []
    cle = source.cleaned_data["cle"]
    if source.nouvelle:
        cle = cle_de(source.cleaned_data["libelle"], sources)
        operations.append(DefinirSource(cle, source.valeur()))
    noeud: Noeud = {**ecrire(form.feuille(SANS_SOURCE)), "source": cle}
    if form.denie:
        noeud = {"type": NEGATION, "critere": noeud}
    return [*operations, *place.operations(noeud)]


def _contexte(
    form: FormulaireFeuille,
    source: FormulaireChoixSource,
    genre: str,
    fait: str,
    place: Place,
    pk: int,
) -> dict[str, Any]:
    nouvelle = place.feuille is None and "dans" in place.parametres
    autres = genres(fait) if nouvelle and fait else []
    return {
        "form": form,
        "source": source,
        "titre": titre_de(fait) or FORMULAIRES[genre][2],
        "genre": FORMULAIRES[genre][2],
        "genres": [
            (libelle, _adresse_genre(pk, nom, fait, place.parametres["dans"]), nom == genre)
            for nom, libelle in autres
        ],
        "recherches": [Recherche(champ) for champ in form if isinstance(champ.field, CodesField)],
        "ordinaires": [
            champ
            for champ in form
            if not isinstance(champ.field, CodesField) and champ.name != "contraire"
        ],
        "retour": place.retour,
        "nouvelle": nouvelle,
        "changer_de_fait": f"{reverse('editeur:choisir', args=[pk])}?{urlencode(place.parametres)}",
    }


def _apercu(request: HttpRequest, form: FormulaireFeuille) -> HttpResponse:
    """The sentence of the condition as it is typed, and what is wrong with it."""
    dite: Phrase | None = None
    defauts: list[str] = []
    if form.is_valid():
        feuille = form.feuille(Source("apercu"))
        critere = Non(feuille) if form.denie else feuille
        noms = Noms.pour([critere])
        dite = rediger(critere, noms.lieu, noms.code)
        defauts = [phrase(defaut.message) for defaut in verifier(feuille)]
    contexte = {"phrase": dite, "defauts": defauts}
    return render(request, "editeur/_apercu.html", contexte)
