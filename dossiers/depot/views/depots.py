"""The last check, the deposit, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from aides.criteres.evaluation import Issue
from aides.models import VersionAide
from dossiers.acheminement.routage import competences_au, guichet_attendu
from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.groupes import EXPLICATIONS, generosite
from dossiers.depot.presentation import (
    Carte,
    EtatSection,
    apparier_dossier,
    cadre_du_dossier,
    cartes,
    etats_sections,
    financeurs,
    reponses,
)
from dossiers.depot.suivi import SILENCE, organisme_a_dire, suivis
from dossiers.horloge import echeance
from dossiers.models import Dossier, VersionDossier
from dossiers.notifications import dernier_courriel_revenu
from dossiers.rapprochement.inverse.alertes import aides_gagnees
from dossiers.rapprochement.models import Rapprochement
from territoires.models import Commune
from territoires.normalisation import normaliser
from territoires.organismes.models import Guichet, Organisme
from territoires.perimetre import commune_actuelle, lieu


@dataclass(frozen=True, slots=True)
class Destination:
    """An aide chosen, and the desk expected to review it (None: a human will find it)."""

    carte: Carte
    guichet: Guichet | None
    motif: str

    @property
    def organisme(self) -> str:
        """Whose desk it is, unless the desk's own name says it."""
        return organisme_a_dire(self.guichet) if self.guichet else ""

    @property
    def du_territoire(self) -> bool:
        return self.guichet is not None and self.guichet.organisme.type == Organisme.Type.EPCI


@dataclass(frozen=True, slots=True)
class Manques:
    """What an incomplete dossier lacks: sections without any answer, and chosen aides whose
    outcome still depends on an answer.
    """

    sections: list[EtatSection]
    cartes: list[Carte]

    def __bool__(self) -> bool:
        return bool(self.sections or self.cartes)


EN_L_ETAT = (
    "Votre dossier est incomplet : complétez-le, ou cochez « Je dépose en l’état » en bas de page."
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def verifier(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """What goes to whom and who will see it; POST deposits, once however often it is sent."""
    dossier = dossier_de(request, identifiant)
    if not dossier.est_brouillon:
        return redirect("depot:suivi", identifiant)
    if request.method != "POST":
        return _verification(request, dossier, ())
    # Without a commune the act refuses anyway, and says why.
    situe = "commune_projet" in dossier.faits
    if situe and not request.POST.get("en_l_etat") and _manques(dossier, _choisies(dossier)):
        return _verification(request, dossier, (EN_L_ETAT,))
    revision = request.POST.get("revision", "")
    try:
        actes.deposer(
            dossier=dossier,
            codes=dossier.choix,
            par=utilisateur(request),
            revision=int(revision) if revision.isdecimal() else 0,
        )
    except actes.DepotImpossible as impossible:
        return _verification(request, dossier, impossible.motifs)
    except actes.ConflitDeRevision:
        messages.warning(
            request,
            "Des réponses ou des pièces ont changé pendant que vous relisiez, dans un autre "
            "onglet ou par une autre personne. Rien n’est déposé : relisez, puis déposez.",
        )
        return redirect("depot:verifier", identifiant)
    return redirect("depot:suivi", identifiant)


def _verification(request: HttpRequest, dossier: Dossier, motifs: Collection[str]) -> HttpResponse:
    le = timezone.localdate()
    choisies = _choisies(dossier)
    code = dossier.faits.get("commune_projet", {}).get("valeur")
    commune = commune_actuelle(code) if code else None
    contexte: dict[str, Any] = {
        "dossier": dossier,
        "motifs": motifs,
        "destinations": destinations(choisies, commune),
        "commune": commune,
        "le": le,
        "echeance": echeance(timezone.now()),
        "silence": SILENCE,
        "sections": reponses(dossier.faits, le),
        "pieces": dossier.pieces.gardees(),
        "manques": _manques(dossier, choisies),
        "membres": dossier.entreprise.adhesions.filter(etat="actif").count(),
        "deposable": bool(commune and choisies),
    }
    return render(request, "depot/verifier.html", contexte)


def _choisies(dossier: Dossier) -> list[Carte]:
    aides = apparier_dossier(dossier).aides
    choisies = [aide for aide in aides if aide.version.code in dossier.choix]
    return cartes(cadre_du_dossier(dossier), sorted(choisies, key=generosite))


def _manques(dossier: Dossier, choisies: list[Carte]) -> Manques:
    return Manques(
        [etat for etat in etats_sections(dossier) if not etat.repondues],
        [carte for carte in choisies if carte.questions],
    )


def destinations(choisies: list[Carte], commune: Commune | None) -> list[Destination]:
    """The expected desk of each aide, by the very function that the router will ask."""
    if commune is None:
        return [Destination(carte, None, "") for carte in choisies]
    le = timezone.localdate()
    codes, competences = lieu(commune, le), competences_au(le)

    def destination(carte: Carte) -> Destination:
        trouve = guichet_attendu(carte.version, codes, le, competences)
        if isinstance(trouve, Guichet):
            return Destination(carte, trouve, "")
        return Destination(carte, None, trouve.motif)

    return [destination(carte) for carte in choisies]


@require_safe
@never_cache
@connexion_requise
def suivi(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The receipt number, and each demande step by step."""
    dossier = dossier_de(request, identifiant)
    if dossier.est_brouillon:
        return redirect("depot:dossier", identifiant)
    version = dossier.versions.select_related("rapprochement").get(numero=1)
    lignes, externes = suivis(dossier), _externes(version)
    attendues = sum(ligne.attendu for ligne in lignes)
    non_lus = sum(ligne.non_lus for ligne in lignes)
    contexte = {
        "dossier": dossier,
        "suivis": lignes,
        "attendues": attendues,
        "non_lus": non_lus,
        "a_faire": attendues or non_lus,
        # The page looks again by itself until every desk has its demande.
        "en_chemin": any(suivi.en_chemin for suivi in lignes),
        "retirees": sum(ligne.retiree for ligne in lignes),
        "decidees": [ligne for ligne in lignes if ligne.demande.est_close and not ligne.retiree],
        "vivantes": sum(not ligne.retiree for ligne in lignes),
        "externes": [e for e in externes if e.issue is not Issue.A_COMPLETER],
        "externes_a_completer": [e for e in externes if e.issue is Issue.A_COMPLETER],
        "pieces": dossier.pieces.gardees(),
        "silence": SILENCE,
        "courriel_revenu": dernier_courriel_revenu(utilisateur(request)),
        "nouvelles": aides_gagnees(dossier),
        "alerte": dossier.alertes.filter(user=utilisateur(request)).first(),
    }
    return render(request, "depot/suivi.html", contexte)


@require_safe
@never_cache
@connexion_requise
def reponses_deposees(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """What was deposited, as it was frozen: to read again or to print."""
    dossier = dossier_de(request, identifiant)
    if dossier.est_brouillon:
        return redirect("depot:dossier", identifiant)
    version = dossier.versions.get(numero=1)
    contexte = {
        "dossier": dossier,
        "version": version,
        "contenu": version.contenu,
        "sections": reponses(version.contenu["faits"], timezone.localdate(version.deposee_le)),
        "pieces": version.pieces(),
    }
    return render(request, "depot/reponses.html", contexte)


@dataclass(frozen=True, slots=True)
class Externe:
    """An aide that is asked for elsewhere, who pays it, and what the deposit's match said."""

    version: VersionAide
    financeurs: str
    issue: Issue

    @property
    def pourquoi(self) -> str:
        return EXPLICATIONS[self.issue]


def _externes(version: VersionDossier) -> list[Externe]:
    """The aides that are asked for elsewhere and that the match did not refuse, as the deposit
    saw them: what is within reach first.
    """
    rapprochement: Rapprochement | None = getattr(version, "rapprochement", None)
    autres = rapprochement.autres if rapprochement else {}
    issues = {
        int(cle): Issue(issue) for cle, (issue, _) in autres.items() if issue != Issue.NON_ELIGIBLE
    }
    externes = (
        VersionAide.objects.filter(pk__in=issues, voie=VersionAide.Voie.EXTERNE)
        .select_related("aide")
        .prefetch_related("porteurs__organisme")
    )
    trouvees = [Externe(aide, financeurs(aide), issues[aide.pk]) for aide in externes]
    rangs = list(Issue)
    return sorted(trouvees, key=lambda e: (rangs.index(e.issue), normaliser(e.version.titre)))
