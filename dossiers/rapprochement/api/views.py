"""Simulations over HTTP: posted facts against the catalogue, nothing is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from aides.api.serializers import ProblemeSerializer
from aides.criteres.valeurs import FaitsInvalides, depuis_json
from aides.models import Aide, VersionAide
from dossiers.faits import resolveur
from dossiers.rapprochement.api.serializers import ReponseSerializer, SimulationSerializer
from dossiers.rapprochement.appariement import apparier, versions_ouvertes
from dossiers.rapprochement.presentation import appariement_json
from portal.socle.json_strict import DocumentInvalide, lire_json

OCTETS_MAXIMUM = 64 * 1024
OUI_NON = {"oui": True, "non": False}


class TropVolumineux(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"Une simulation tient en {OCTETS_MAXIMUM // 1024} Kio."


class LecteurJson(JSONParser):
    """JSON of a bounded size, read strictly: each fault is named with its key."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        octets = stream.read(OCTETS_MAXIMUM + 1)
        if len(octets) > OCTETS_MAXIMUM:
            raise TropVolumineux
        try:
            return lire_json(octets).valeur
        except DocumentInvalide as invalide:
            (defaut,) = invalide.defauts
            champ = ".".join(str(cle) for cle in defaut.chemin)
            raise ValidationError({champ: defaut.message}) from invalide


class Rythme(AnonRateThrottle):
    """Two simulations a second over a minute, for one address."""

    scope = "simulations"
    rate = "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        adresse = hashlib.sha256(self.get_ident(request).encode()).hexdigest()
        return f"rythme-{self.scope}-{adresse}"


class Simulations(APIView):
    """Open to all, bounded in size and in rhythm; writes nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (LecteurJson,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = (Rythme,)

    @extend_schema(
        operation_id="simulations_faire",
        summary="Simuler",
        description="Apparie des faits au catalogue, sans compte et sans rien enregistrer.",
        request=SimulationSerializer,
        parameters=[
            OpenApiParameter(
                "preuves", str, enum=[*OUI_NON], description="Avec la preuve de chaque issue"
            )
        ],
        responses={
            200: ReponseSerializer,
            (400, "application/problem+json"): ProblemeSerializer,
            (413, "application/problem+json"): ProblemeSerializer,
            (429, "application/problem+json"): ProblemeSerializer,
        },
        tags=["Simulations"],
    )
    def post(self, request: Request) -> Response:
        preuves = _preuves(request)
        demande = SimulationSerializer(data=request.data)
        demande.is_valid(raise_exception=True)
        jour = demande.validated_data.get("le") or timezone.localdate()
        try:
            faits = depuis_json(demande.validated_data["faits"], resolveur(jour))
        except FaitsInvalides as invalides:
            erreurs = {e.fait: f"{e.message} ; attendu : {e.attendu}" for e in invalides.erreurs}
            raise ValidationError({"faits": erreurs}) from invalides
        codes = demande.validated_data.get("aides")
        versions = versions_ouvertes(jour) if codes is None else _publiees(codes)
        resultat = appariement_json(apparier(faits, versions, jour), faits, preuves=preuves)
        return Response(resultat, headers={"Cache-Control": "no-store"})


def _preuves(request: Request) -> bool:
    erreurs = {
        nom: "Paramètre inconnu. Paramètre accepté : preuves."
        for nom in request.query_params
        if nom != "preuves"
    }
    demandees = request.query_params.get("preuves", "non")
    if demandees not in OUI_NON:
        erreurs["preuves"] = "Valeurs acceptées : oui, non."
    if erreurs:
        raise ValidationError(erreurs)
    return OUI_NON[demandees]


def _publiees(codes: list[str]) -> list[VersionAide]:
    """The published versions of these aides, open or not. Raises ValidationError."""
    aides = Aide.objects.publiees().filter(code__in=codes).select_related("version__aide")
    versions = {aide.code: aide.version for aide in aides.order_by("code")}
    inconnus = [code for code in codes if code not in versions]
    if inconnus:
        raise ValidationError({"aides": f"Aides inconnues : {', '.join(inconnus[:20])}."})
    return [version for version in versions.values() if version is not None]
