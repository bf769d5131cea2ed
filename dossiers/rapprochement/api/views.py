"""Simulations over HTTP: posted facts against the catalogue, nothing is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_header_parameters
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from aides.api.reponses import Negociation, repetes
from aides.api.views import identifiant_de, refus
from aides.criteres.faits import VOCABULAIRE
from aides.criteres.valeurs import FaitsInvalides
from aides.models import Aide
from dossiers.faits import lire_faits
from dossiers.rapprochement.api.serializers import ReponseSerializer, SimulationSerializer
from dossiers.rapprochement.appariement import apparier
from dossiers.rapprochement.presentation import appariement_json
from portal.socle.json_strict import DocumentInvalide, lire_json
from portal.socle.problemes import LongueurRequise, TropVolumineuse

OCTETS_MAXIMUM = 64 * 1024
OBJET_ATTENDU = (
    "Un objet JSON (un dictionnaire) est attendu, par exemple "
    '{"faits": {"effectif": "12", "commune_projet": "31555"}}.'
)
EXEMPLES = [
    OpenApiExample(
        "Une entreprise et son projet",
        value={
            "faits": {
                "effectif": "12", "naf": "25.11Z", "forme_juridique": "5710",
                "commune_projet": "31555", "chiffre_affaires": "1500000.00",
                "nature_projet": ["investissement"], "projet_commence": False,
            },
        },
        request_only=True,
    ),
    OpenApiExample(
        "À un jour donné, pour certaines aides",
        value={
            "faits": {"effectif": "12", "date_creation": "sans_objet"},
            "le": "2026-11-21",
            "aides": ["occ-contrat-innovation"],
        },
        request_only=True,
    ),
]  # fmt: skip
OPTIONS = ("preuves", "contrefactuels")
PARAMETRES = (*OPTIONS, "format")
OUI_NON = {"oui": True, "non": False}


class LecteurJson(BaseParser):
    """One JSON object of a bounded size, read strictly: each fault is named with its key.

    Not DRF's own parser, of which the whole body is in memory before it is read.
    """

    media_type = "application/json"
    #: What is sent, and what it looks like, as refusals say it.
    envoi = "Une simulation"
    attendu = OBJET_ATTENDU

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        _, options = parse_header_parameters(media_type or "")
        if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type or "", "Le corps doit être en UTF-8.")
        octets = stream.read(OCTETS_MAXIMUM + 1)
        if len(octets) > OCTETS_MAXIMUM:
            raise TropVolumineuse(f"{self.envoi} tient en {OCTETS_MAXIMUM // 1024} Ko.")
        try:
            # Numbers with a point go through: each is refused as the fact it answers.
            valeur = lire_json(octets, flottants=True).valeur
        except DocumentInvalide as invalide:
            (defaut,) = invalide.defauts
            champ = ".".join(str(cle) for cle in defaut.chemin)
            raise ValidationError({champ: defaut.message}) from invalide
        if not isinstance(valeur, dict):
            raise ValidationError(self.attendu)
        return valeur


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
    content_negotiation_class = Negociation
    throttle_classes = (Rythme,)
    name = "Simulations"
    description = "Apparie des faits au catalogue, sans compte et sans rien enregistrer."

    @extend_schema(
        operation_id="simulations_faire",
        summary="Simuler",
        description="Apparie des faits au catalogue, sans compte et sans rien enregistrer.",
        request=SimulationSerializer,
        examples=EXEMPLES,
        parameters=[
            OpenApiParameter("format", str, enum=["json"], description="Format de la réponse"),
            OpenApiParameter(
                "preuves", str, enum=[*OUI_NON], description="Avec la preuve de chaque issue"
            ),
            OpenApiParameter(
                "contrefactuels",
                str,
                enum=[*OUI_NON],
                description="Avec le plus petit changement qui ouvrirait chaque aide",
            ),
        ],
        responses={
            200: ReponseSerializer,
            **refus(400, 405, 406, 411, 413, 415, 429),
        },
        tags=["Simulations"],
    )
    def post(self, request: Request) -> Response:
        refuser_les_morceaux(request)
        options = _options(request)
        demande = SimulationSerializer(data=request.data)
        demande.is_valid(raise_exception=True)
        jour = demande.validated_data.get("le") or timezone.localdate()
        try:
            faits = lire_faits(demande.validated_data["faits"], jour)
        except FaitsInvalides as invalides:
            raise faits_refuses(invalides) from invalides
        demandees = demande.validated_data.get("aides")
        codes = None if demandees is None else _publiees(demandees)
        resultat = appariement_json(apparier(faits, jour, codes=codes), faits, **options)
        return Response(resultat, headers={"Cache-Control": "no-store"})


def faits_refuses(invalides: FaitsInvalides) -> ValidationError:
    """What is wrong with each fact, by its code."""
    erreurs = {e.fait: f"{e.message} ; attendu : {e.attendu}" for e in invalides.erreurs}
    for inconnu in erreurs.keys() - VOCABULAIRE.keys():
        erreurs[inconnu] += f" (voir {reverse('api-faits')})"
    return ValidationError({"faits": erreurs})


def refuser_les_morceaux(request: Request) -> None:
    """Django reads nothing of a body whose length is not given. Raises LongueurRequise."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise LongueurRequise


def _options(request: Request) -> dict[str, bool]:
    erreurs = {
        nom: f"Paramètre inconnu. Paramètres acceptés : {', '.join(PARAMETRES)}."
        for nom in request.query_params
        if nom not in PARAMETRES
    } | repetes(request, PARAMETRES)
    demandees = {nom: request.query_params.get(nom, "non") for nom in OPTIONS}
    for nom, demandee in demandees.items():
        if demandee not in OUI_NON:
            erreurs[nom] = "Valeurs acceptées : oui, non."
    if erreurs:
        raise ValidationError(erreurs)
    return {nom: OUI_NON[demandee] for nom, demandee in demandees.items()}


def _publiees(codes: list[str]) -> set[str]:
    """The codes of these published aides, named by code or UUID, open or not.

    Raises ValidationError.
    """
    identifiants = {code: lu for code in codes if (lu := identifiant_de(code)) is not None}
    aides = Aide.objects.publiees().filter(
        Q(code__in=codes) | Q(identifiant__in=identifiants.values())
    )
    connus = dict(aides.order_by("code").values_list("code", "identifiant"))
    uuids = set(connus.values())
    inconnus = [c for c in codes if c not in connus and identifiants.get(c) not in uuids]
    if inconnus:
        raise ValidationError({"aides": f"Aides inconnues : {', '.join(inconnus[:20])}."})
    return set(connus)
