"""What the pages of a draft share: tabs, the text beside, changes and their refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from aides.criteres.valeurs import afficher_date
from aides.edition import actes
from aides.edition.examen import Examen, examiner
from aides.edition.operations import Operation
from aides.models import BrouillonAide
from dossiers.rapprochement.editeur.acces import brouillon_de, personne
from dossiers.rapprochement.editeur.formulaires import (
    NOUVELLE,
    FormulaireChoixSource,
    jour_de,
)
from dossiers.rapprochement.editeur.lignes import ancre, ligne
from territoires.perimetre import libelles

CONFLIT, REFUSE = 409, 422
#: Places named in the text beside; the others are counted.
LIEUX_NOMMES = 6
#: (name of the address, words, where its remarks are in the document)
ONGLETS = (
    ("editeur:fiche", "Fiche", ("titre", "promesse", "description", "nature",
     "natures_secondaires", "formes", "porteurs")),
    ("editeur:cadre", "Lieu et dates", ("perimetre", "exclusions", "ouverture", "cloture",
     "statut", "statut_precision", "verifie_le", "voie")),
    ("editeur:conditions", "Conditions", ("criteres",)),
    ("editeur:montants", "Montants", ("montants",)),
    ("editeur:sources", "Sources", ("sources",)),
    ("editeur:repeter", "Publier", ()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Onglet:
    """One tab of a draft, with the number of faults that it shows."""

    url: str
    libelle: str
    ici: bool
    nombre: int


@dataclass(frozen=True, slots=True)
class Conflit:
    """Somebody else changed the draft while a page was open."""

    qui: str
    quoi: str
    quand: Any


def revision_vue(request: HttpRequest) -> int:
    """The revision that the page showed; one that no draft has if the page does not say."""
    texte = request.POST.get("revision", "")
    return int(texte) if texte.isdecimal() and len(texte) < 10 else 0


def modifier(
    request: HttpRequest, brouillon: BrouillonAide, *operations: Operation
) -> tuple[BrouillonAide, str]:
    """Do these acts one after the other; the path that the last one touched.

    Raises RevisionDepassee or OperationRefusee.
    """
    revision, chemin = revision_vue(request), ""
    for operation in operations:
        brouillon, chemin = actes.modifier_brouillon(
            brouillon=brouillon, operation=operation, revision=revision, par=personne(request)
        )
        revision = brouillon.revision
    return brouillon, chemin


def cherche(donnees: QueryDict) -> bool:
    """Whether the button pressed only looks for codes; with nothing to look for, it saves."""
    cherches = (valeur for nom, valeur in donnees.items() if nom.endswith("_q"))
    return "chercher" in donnees and any(str(valeur).strip() for valeur in cherches)


def form_source(
    brouillon: BrouillonAide, actuelle: object, donnees: QueryDict | None, montre: bool
) -> FormulaireChoixSource:
    """The choice of a source, `actuelle` (a key, or a source in full) chosen already; one
    written in place is shown as a new one."""
    sources = brouillon.document.get("sources", {})
    initiales: dict[str, Any] = {}
    if isinstance(actuelle, str):
        initiales["cle"] = actuelle
    elif isinstance(actuelle, dict):
        egales = [cle for cle, source in sources.items() if source == actuelle]
        initiales = FormulaireChoixSource.initiales(actuelle)
        initiales["cle"] = egales[0] if egales else NOUVELLE
    return FormulaireChoixSource(sources, donnees, garde=montre, initial=initiales)


def conflit_sur(brouillon: BrouillonAide) -> Conflit:
    """Who changed the draft last, and what."""
    qui = brouillon.modifie_par.nom_complet if brouillon.modifie_par else ""
    return Conflit(qui or "Quelqu’un", brouillon.annulable, brouillon.modifie_le)


def page(
    request: HttpRequest,
    gabarit: str,
    brouillon: BrouillonAide,
    contexte: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of the draft, with its tabs and what a company will read."""
    examen = contexte.pop("examen", None) or examiner(brouillon.document)
    commun = {
        "brouillon": brouillon,
        "examen": examen,
        "arbre": ligne(examen.arbre),
        "onglets": _onglets(request, brouillon, examen),
        "cadre": _cadre(examen),
        "annulable": brouillon.annulable,
        "retablissable": brouillon.retablissable,
        "conflit": None,
        "form": None,
    }
    return render(request, gabarit, {**commun, **contexte}, status=status)


def page_en_conflit(
    request: HttpRequest, gabarit: str, pk: int, contexte: dict[str, Any]
) -> HttpResponse:
    """The same page over the draft as it is now: what was typed is kept, and sending it again
    writes it over what the other person changed."""
    actuel = brouillon_de(request, pk)
    conflit = {"conflit": conflit_sur(actuel)}
    return page(request, gabarit, actuel, {**contexte, **conflit}, status=CONFLIT)


def page_de(pk: int, chemin: str) -> tuple[str, str]:
    """The address and the name of the page of the draft that shows a path of the document."""
    if not chemin:
        return reverse("editeur:fiche", args=[pk]), "L’aide entière"
    cle = chemin.partition("/")[0]
    trouves = ((nom, libelle) for nom, libelle, prefixes in ONGLETS if cle in prefixes)
    nom, libelle = next(trouves, ONGLETS[0][:2])
    suite = f"#{ancre(chemin)}" if cle == "criteres" else ""
    return reverse(nom, args=[pk]) + suite, libelle


def _onglets(request: HttpRequest, brouillon: BrouillonAide, examen: Examen) -> list[Onglet]:
    onglets = []
    for nom, libelle, prefixes in ONGLETS:
        url = reverse(nom, args=[brouillon.pk])
        ici = request.path == url or (url.count("/") > 4 and request.path.startswith(url))
        fautes = [r for prefixe in prefixes for r in examen.sous(prefixe) if r.bloquante]
        onglets.append(Onglet(url, libelle, ici, len(fautes)))
    return onglets


def _cadre(examen: Examen) -> list[str]:
    """Périmètre and dates in words, as far as they are filled in."""
    document = examen.document
    lieux = {cle: document.get(cle, "").split("|") for cle in ("perimetre", "exclusions")}
    noms = libelles(code for codes in lieux.values() for code in codes if code)
    dits = []
    if dedans := _nommes(lieux["perimetre"], noms):
        sauf = _nommes(lieux["exclusions"], noms)
        dits.append(f"Le projet est situé : {dedans}{f', sauf {sauf}' if sauf else ''}")
    for cle, debut in (("ouverture", "Ouverte à partir du"), ("cloture", "Ouverte jusqu’au")):
        if isinstance(valeur := jour_de(document.get(cle)), date):
            dits.append(f"{debut} {afficher_date(valeur)}")
    return dits


def _nommes(codes: list[str], noms: dict[str, str]) -> str:
    dits = [noms.get(code, code) for code in codes if code]
    reste = len(dits) - LIEUX_NOMMES
    suite = f" et {reste} autre{'s' * (reste > 1)}" if reste > 0 else ""
    return ", ".join(dits[:LIEUX_NOMMES]) + suite
