"""The inbox of the desks, the list of a territory, and both as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.circuit import Etat
from dossiers.instruction import listes
from dossiers.instruction.listes import CLOSES, FiltreDemandes, compteurs
from dossiers.instruction.presentation import total_declare
from dossiers.instruction.views.commun import personne
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet
from dossiers.rapprochement.montants import REJETEES, SANS_MONTANT
from dossiers.tableur import fichier_csv
from territoires.models import Epci
from territoires.organismes.models import Guichet

PAR_PAGE = 25


@dataclass(frozen=True, slots=True)
class Vue:
    """A list page: what it may list, its filters, its counts, its default state and sort."""

    demandes: DemandeQuerySet
    champs: tuple[str, ...]
    groupes: tuple[str, ...]
    defaut: tuple[str, str]

    def filtre(self, request: HttpRequest) -> FiltreDemandes:
        return FiltreDemandes(
            request.GET,
            demandes=self.demandes,
            user=personne(request),
            champs=self.champs,
            defaut=self.defaut,
        )

    def contexte(self, request: HttpRequest) -> dict[str, Any]:
        filtre = self.filtre(request)
        pages = Paginator(filtre.filtrees(), PAR_PAGE)
        return {
            "filtre": filtre,
            "page": pages.get_page(request.GET.get("page")),
            "compteurs": compteurs(self.demandes, self.groupes),
            "decidees_trouvees": filtre.decidees_trouvees(),
            # A line leads back to the list as it was filtered.
            "suffixe": f"?{urlencode({'retour': request.get_full_path()})}" if request.GET else "",
        }


def _corbeille(request: HttpRequest) -> Vue:
    return Vue(
        Demande.objects.de_mes_guichets(personne(request)),
        champs=("agent", "guichet", "nature", "aide"),
        groupes=(
            Etat.A_ETUDIER.value,
            listes.NON_OUVERTES,
            Etat.EN_INSTRUCTION.value,
            listes.REPONSES,
            listes.MESSAGES,
            Etat.A_COMPLETER.value,
            listes.A_REPRENDRE,
            listes.URGENTES,
            listes.DECIDEES,
        ),
        defaut=(listes.EN_COURS, "echeance"),
    )


def _territoire(request: HttpRequest) -> Vue:
    return Vue(
        Demande.objects.de_mon_territoire(personne(request)),
        champs=("commune", "guichet", "financeur", "nature"),
        groupes=(
            listes.TOUTES,
            Etat.A_ROUTER.value,
            listes.EN_COURS,
            Etat.A_COMPLETER.value,
            listes.URGENTES,
            listes.DECIDEES,
        ),
        defaut=(listes.TOUTES, "-depot"),
    )


@login_required
@require_safe
def corbeille(request: HttpRequest) -> HttpResponse:
    """What the desks of the officer have to review."""
    guichets = list(
        Guichet.objects.filter(affectations__user=personne(request)).select_related("organisme")
    )
    if not guichets:
        return render(request, "instruction/sans_guichet.html")
    contexte = {"guichets": guichets, "plusieurs_guichets": len(guichets) > 1}
    contexte |= _corbeille(request).contexte(request)
    return render(request, "instruction/corbeille.html", contexte)


@login_required
@require_safe
def territoire(request: HttpRequest) -> HttpResponse:
    """Every demande located in the EPCI of the officer, whoever decides it."""
    codes = personne(request).affectations.filter(guichet__organisme__type="epci")
    sirens = [
        code.removeprefix("EPCI-")
        for code in codes.values_list("guichet__organisme__territoire", flat=True)
    ]
    epci = list(Epci.objects.filter(pk__in=sirens))
    if not epci:
        return render(request, "instruction/sans_territoire.html")
    vue = _territoire(request)
    contexte = vue.contexte(request)
    contexte |= {"epci": epci, "communes": _par_commune(vue.demandes)}
    contexte |= {"bilan": _bilan(vue.demandes)}
    return render(request, "instruction/territoire.html", contexte)


def _bilan(demandes: DemandeQuerySet) -> dict[str, Any]:
    return demandes.order_by().aggregate(
        entreprises=Count("dossier__entreprise", distinct=True),
        accorde=Sum("montant_accorde"),
    )


def _par_commune(demandes: DemandeQuerySet) -> Sequence[Mapping[str, Any]]:
    """Per commune: how many demandes, how many decided, amounts granted, most first."""
    return list(
        demandes.order_by()
        .values("commune__code", "commune__nom")
        .annotate(
            nombre=Count("pk"),
            decidees=Count("pk", filter=Q(etat__in=CLOSES)),
            accorde=Sum("montant_accorde"),
        )
        .order_by("-nombre", "commune__nom", "commune__code")
    )


# ------------------------------------------------------------------ CSV

COLONNES = (
    "numéro", "état", "entreprise", "SIREN", "aide", "guichet", "commune", "code commune",
    "déposée le", "réponse attendue avant le", "montant estimé", "montant accordé", "décidée le",
    "entreprise attendue jusqu’au", "réponse de l’entreprise reçue le", "agent en charge",
    "total des dépenses", "aide souhaitée",
)  # fmt: skip


@login_required
@require_safe
def corbeille_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _csv(_corbeille(request).filtre(request).filtrees(), "corbeille")


@login_required
@require_safe
def territoire_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _csv(_territoire(request).filtre(request).filtrees(), "territoire")


def _csv(demandes: DemandeQuerySet, nom: str) -> StreamingHttpResponse:
    lignes = demandes.select_related("version_dossier").iterator(chunk_size=500)
    return fichier_csv(nom, COLONNES, map(_colonnes, lignes))


def _colonnes(demande: Demande) -> tuple[object, ...]:
    entreprise, decidee = demande.dossier.entreprise, demande.decidee_le
    repondue = demande.repondue_le  # type: ignore[attr-defined]
    faits = demande.version_dossier.contenu["faits"]
    return (
        demande.numero,
        demande.get_etat_display(),
        entreprise.nom,
        entreprise.siren,
        demande.version_aide.titre,
        demande.guichet.nom if demande.guichet else "",
        demande.commune.nom,
        demande.commune.code,
        timezone.localdate(demande.deposee_le),
        demande.echeance,
        SANS_MONTANT if demande.etat in REJETEES else _montant(demande.montant_estime),
        _montant(demande.montant_accorde),
        timezone.localdate(decidee) if decidee else "",
        demande.attend_l_entreprise_jusqu_au or "",
        timezone.localdate(repondue) if repondue else "",
        demande.agent.get_full_name() if demande.agent else "",
        _montant(total_declare(faits)),
        _montant(faits.get("aide_souhaitee", {}).get("valeur")).replace("sans_objet", ""),
    )


def _montant(montant: object) -> str:
    return "" if montant is None else str(montant).replace(".", ",")
