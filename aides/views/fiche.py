"""The page of an aide: an address that lasts, whatever becomes of the aide."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aides import presentation
from aides.criteres.echange import EchangeInvalide
from aides.filtres import ETATS, etat_de
from aides.models import Aide, Porteur, VersionAide
from aides.models.forme import Forme
from territoires.organismes.models import NatureAide

journal = logging.getLogger(__name__)


@require_safe
def aide(request: HttpRequest, code: str) -> HttpResponse:
    """What an aide says today; withdrawn, what it said last."""
    trouvee = get_object_or_404(Aide, code=code)
    versions = list(_versions(trouvee))
    if not versions:
        raise Http404
    return _fiche(request, trouvee, _actuelle(trouvee, versions), versions)


@require_safe
def version(request: HttpRequest, code: str, numero: int) -> HttpResponse:
    """What an aide said in one of its versions."""
    trouvee = get_object_or_404(Aide, code=code)
    versions = list(_versions(trouvee))
    montree = next((v for v in versions if v.numero == numero), None)
    if montree is None:
        raise Http404
    return _fiche(request, trouvee, montree, versions)


def _actuelle(aide: Aide, versions: list[VersionAide]) -> VersionAide:
    """The published version, or the last one of an aide that was withdrawn."""
    return next((v for v in versions if v.pk == aide.version_id), versions[0])


def _versions(aide: Aide) -> Any:
    return aide.versions.prefetch_related("porteurs__organisme").order_by("-numero")


def _fiche(
    request: HttpRequest, aide: Aide, montree: VersionAide, versions: list[VersionAide]
) -> HttpResponse:
    le = timezone.localdate()
    etat = etat_de(montree, le)
    actuelle = _actuelle(aide, versions)
    retiree, ancienne = aide.version_id is None, montree != actuelle
    ici = montree.voie == VersionAide.Voie.PORTAIL
    contexte: dict[str, Any] = {
        "aide": aide,
        "version": montree,
        "versions": versions,
        "actuelle": actuelle,
        "retiree": retiree,
        "ancienne": ancienne,
        "demandable": etat == "ouverte" and not retiree and not ancienne,
        "etat": etat,
        "libelle_etat": ETATS[etat],
        "le": le,
        "natures": _libelles(NatureAide, [montree.nature, *montree.natures_secondaires]),
        "formes": _libelles(Forme, montree.formes),
        "porteurs": _porteurs(montree),
        "perimetre": presentation.niveaux(montree.perimetre),
        "exclusions": presentation.niveaux(montree.exclusions),
        "guichets": presentation.guichets_de(montree, le) if ici else None,
        "completee": _autre(montree.complete),
        "precisions": list(_precisions(aide)),
    }
    return render(request, "aides/fiche.html", contexte | _redaction(montree))


def _redaction(montree: VersionAide) -> dict[str, Any]:
    """What is written in the language of criteria; None where it cannot be read."""
    try:
        noms, cites = presentation.noms_de(montree), presentation.Bibliographie()
        contexte: dict[str, Any] = {
            "baremes": presentation.baremes(montree, noms, cites),
            "condition": presentation.condition(montree, noms, cites),
            "sources": presentation.sources_de(montree, cites),
        }
        sources = [renvoi.source for renvoi in contexte["sources"]]
        dates = [source.date for source in sources if source.date]
        return contexte | {
            "releve": max(dates, default=None),
            "a_relire": any(not source.verifie for source in sources),
        }
    except EchangeInvalide:
        journal.exception("Aide %s, version %s", montree.aide_id, montree.numero)
        return {
            "condition": None, "baremes": [], "sources": [], "releve": None, "a_relire": False,
        }  # fmt: skip


def _libelles(choix: type[NatureAide] | type[Forme], codes: list[str]) -> list[str]:
    noms = dict(choix.choices)
    return [str(noms.get(code, code)) for code in codes]


def _porteurs(montree: VersionAide) -> list[tuple[str, list[Porteur]]]:
    """(what they do, who), for the roles that somebody plays."""
    tous = list(montree.porteurs.all())
    roles = {
        "Finance": Porteur.Role.FINANCEUR,
        "Instruit les demandes": Porteur.Role.INSTRUCTEUR,
        "Fait connaître l’aide": Porteur.Role.DIFFUSEUR,
    }
    listes = [(libelle, [p for p in tous if role in p.roles]) for libelle, role in roles.items()]
    return [(libelle, porteurs) for libelle, porteurs in listes if porteurs]


def _autre(code: str) -> VersionAide | None:
    """The published version of the aide that this one completes, if it completes one."""
    autre = Aide.objects.publiees().select_related("version__aide").filter(code=code).first()
    return autre.version if autre else None


def _precisions(aide: Aide) -> Any:
    """Published records that complete this aide."""
    return (
        VersionAide.objects.filter(complete=aide.code, aide__version__isnull=False)
        .filter(pk__in=Aide.objects.publiees().values("version"))
        .select_related("aide")
        .order_by("titre", "pk")
    )
