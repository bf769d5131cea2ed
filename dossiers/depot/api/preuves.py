"""The proofs of a deposit, as files: its signed receipt, and the very bytes that it vouches for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from aides.api.views import refus
from aides.criteres.valeurs import afficher_date
from dossiers.depot.api.views import FORMAT, VueDepots
from dossiers.recus.models import Recu
from portal.socle.json_canonique import canonique

REFUS = refus(400, 401, 403, 404, 405, 406, 429)


class Octets(BaseRenderer):
    """Bytes, as they are: a space more and their hash is another."""

    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        octets: bytes = data
        return octets


class Jose(Octets):
    media_type = "application/jose"
    format = "jose"


class Json(Octets):
    media_type = "application/json"
    format = "json"


class RecuDepot(VueDepots):
    """The receipt of one version of a deposit."""

    name = "Reçu d’un dépôt"
    description = "Le reçu signé d’une version d’un dossier déposé."
    renderer_classes = (Jose,)

    @extend_schema(
        operation_id="depots_recu",
        summary="Télécharger le reçu signé",
        description="Le reçu d’une version, en JWS compact (RFC 7515, ES256). Il se vérifie sans "
        "ce portail, avec les clés de /.well-known/jwks.json ; « empreinte » y est le SHA-256 des "
        "octets que rend « Télécharger le contenu déposé ».",
        parameters=[OpenApiParameter("format", str, enum=["jose"], description="Format rendu")],
        responses={(200, Jose.media_type): OpenApiTypes.STR, **REFUS},
        tags=["Dépôts"],
    )
    def get(self, request: Request, identifiant: uuid.UUID, numero: int) -> Response:
        recu = _recu(self, identifiant, numero)
        return _fichier(recu.jws.encode(), recu.nom_de_fichier)


class ContenuDepot(VueDepots):
    """What was deposited in one version, byte for byte."""

    name = "Contenu d’un dépôt"
    description = "Le contenu figé d’une version d’un dossier déposé."
    renderer_classes = (Json,)

    @extend_schema(
        operation_id="depots_contenu",
        summary="Télécharger le contenu déposé",
        description="Ce qui a été figé au dépôt, en JSON canonique (UTF-8, clés triées, sans "
        "espace) : le SHA-256 de ces octets est l’« empreinte » du dépôt et de son reçu. Gardez-"
        "les tels quels. Un contenu effacé n’est plus là (404) ; son reçu reste.",
        parameters=[FORMAT],
        responses={(200, Json.media_type): OpenApiTypes.OBJECT, **REFUS},
        tags=["Dépôts"],
    )
    def get(self, request: Request, identifiant: uuid.UUID, numero: int) -> Response:
        recu = _recu(self, identifiant, numero)
        efface_le = recu.version.dossier.efface_le
        if efface_le is not None:
            jour = afficher_date(timezone.localdate(efface_le))
            raise NotFound(
                f"Le contenu de ce dépôt a été effacé le {jour}. Son reçu et son empreinte restent."
            )
        return _fichier(canonique(recu.version.contenu), recu.nom_du_contenu)


def _recu(vue: VueDepots, identifiant: uuid.UUID, numero: int) -> Recu:
    """The receipt of a version that the account may read. Raises Http404."""
    return get_object_or_404(
        Recu.objects.select_related("version__dossier"),
        version__dossier__in=vue.get_queryset().filter(identifiant=identifiant).order_by(),
        version__numero=numero,
    )


def _fichier(octets: bytes, nom: str) -> Response:
    entetes = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{nom}"',
    }
    return Response(octets, headers=entetes)
