"""The open catalogue over HTTP: no key, nothing is written."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.http import quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aides.api.reponses import (
    EtatDuCatalogue,
    Negociation,
    PageAides,
    RenduCsv,
    dater,
    lignes_csv,
    non_modifie,
    repetes,
)
from aides.api.serializers import (
    AideResumeSerializer,
    AideSerializer,
    ProblemeSerializer,
    VocabulaireSerializer,
)
from aides.echange.vocabulaire import vocabulaire_json
from aides.filtres import FiltresAides
from aides.models import Aide
from aides.querysets import AideQuerySet

FORMAT = OpenApiParameter("format", str, enum=["json", "csv"], description="Format de la réponse")
#: Filters whose value is text: what is expected is said by their labels.
DECRITS = [
    OpenApiParameter(nom, str, description=FiltresAides.base_filters[nom].label)
    for nom in ("financeur", "territoire", "naf", "q")
]
AIDES_EN_MEMOIRE = 200
NON_MODIFIE = OpenApiResponse(description="Rien n’a changé depuis cet ETag")
ETIQUETTE = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 304],
    description="À renvoyer dans If-None-Match : la réponse est 304 si rien n’a changé",
)  # fmt: skip
PROBLEME = "application/problem+json"


def refus(*statuts: int) -> dict[tuple[int, str], Any]:
    """The problem documents that an address answers, by status."""
    return {(statut, PROBLEME): ProblemeSerializer for statut in statuts}


class VueAides(GenericAPIView[Aide]):
    """What the list and the record share: open to all, conditional, strict on parameters."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer, RenduCsv)
    content_negotiation_class = Negociation
    queryset = Aide.objects.publiees()
    parametres: tuple[str, ...]
    repetables = ("nature", "statut", "etat")

    def get_queryset(self) -> AideQuerySet:
        return Aide.objects.publiees().with_version()

    def filtres(self, request: Request) -> FiltresAides:
        """The filters of the address, checked. Raises ValidationError (400)."""
        erreurs: dict[str, Any] = {
            nom: f"Paramètre inconnu. Paramètres acceptés : {', '.join(self.parametres)}."
            for nom in request.query_params
            if nom not in self.parametres
        }
        erreurs |= repetes(request, set(self.parametres) - set(self.repetables))
        filtres = FiltresAides(request.query_params, queryset=self.get_queryset(), request=request)
        if not filtres.is_valid():
            erreurs |= filtres.errors
        if erreurs:
            raise ValidationError(erreurs)
        return filtres

    def repondre(
        self, request: Request, le: date, ecrire: Callable[[], HttpResponseBase]
    ) -> HttpResponseBase:
        """304 if the client has this very answer, else what `ecrire` makes, with its ETag."""
        etat = EtatDuCatalogue.lire()
        etiquette = etat.etiquette(request, le)
        reponse: HttpResponseBase = non_modifie(request, etiquette) or ecrire()
        dater(reponse, etat, etiquette)
        return reponse


class ListeAides(VueAides):
    """The published aides, by code: page by page, or all at once as CSV."""

    name = "Aides"
    description = "Les aides publiées, par code."
    serializer_class = AideResumeSerializer
    pagination_class = PageAides
    filterset_class = FiltresAides
    parametres = (*FiltresAides.base_filters, "curseur", "taille", "format")

    @extend_schema(
        operation_id="aides_lister",
        summary="Chercher des aides",
        description="Les aides publiées qui passent tous les filtres, par code, page par page. "
        "En CSV, toutes à la fois, sauf si « taille » ou « curseur » demandent une page.",
        parameters=[FORMAT, *DECRITS, ETIQUETTE],
        responses={
            (200, "application/json"): AideResumeSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
            304: NON_MODIFIE,
            **refus(400, 405, 406),
        },
        tags=["Catalogue"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        filtres = self.filtres(request)

        def ecrire() -> HttpResponseBase:
            contexte = {**self.get_serializer_context(), "le": filtres.jour}
            if self.demande_tout(request):
                return tout_en_csv(filtres.qs, contexte)
            page: Any = self.paginate_queryset(filtres.qs)
            lignes = AideResumeSerializer(page, many=True, context=contexte)
            return self.get_paginated_response(lignes.data)

        return self.repondre(request, filtres.jour, ecrire)

    def demande_tout(self, request: Request) -> bool:
        """CSV is a file to open: it has every line, unless a page is asked for."""
        pages = {"curseur", "taille"} & request.query_params.keys()
        return isinstance(request.accepted_renderer, RenduCsv) and not pages


def tout_en_csv(aides: AideQuerySet, contexte: dict[str, Any]) -> StreamingHttpResponse:
    """Every aide of the queryset, sent as it is read, a few hundred in memory at once."""
    lues = aides.order_by("code").iterator(chunk_size=AIDES_EN_MEMOIRE)
    lignes = lignes_csv(AideResumeSerializer(aide, context=contexte).data for aide in lues)
    reponse = StreamingHttpResponse(lignes, content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = 'attachment; filename="aides.csv"'
    return reponse


class FicheAide(VueAides):
    """One published aide, by its code or its national identifier."""

    name = "Aide"
    description = "Tout ce que le catalogue dit d’une aide publiée."
    serializer_class = AideSerializer
    lookup_url_kwarg = "reference"
    filter_backends = ()
    parametres = ("le", "format")

    @extend_schema(
        operation_id="aides_lire",
        summary="Lire une aide",
        description="Tout ce que le catalogue dit d’une aide publiée.",
        parameters=[
            OpenApiParameter(
                "reference", str, OpenApiParameter.PATH,
                description="Code de l’aide, ou identifiant national (UUID)",
            ),
            OpenApiParameter("le", date, description="Jour dont parle « etat »"),
            FORMAT,
            ETIQUETTE,
        ],
        responses={
            (200, "application/json"): AideSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
            304: NON_MODIFIE,
            **refus(400, 404, 405, 406),
        },
        tags=["Catalogue"],
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> HttpResponseBase:
        jour = self.filtres(request).jour
        aide = self.get_queryset().filter(designation(reference)).first()
        if aide is None:
            raise Http404

        def ecrire() -> Response:
            contexte = {**self.get_serializer_context(), "le": jour}
            return Response(AideSerializer(aide, context=contexte).data)

        return self.repondre(request, jour, ecrire)


class VocabulaireDesFaits(APIView):
    """The facts that a simulation takes; nothing of the database."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = Negociation
    name = "Faits"
    description = "Le vocabulaire : chaque fait, son type, comment il s’écrit."

    @extend_schema(
        operation_id="faits_lister",
        summary="Lire le vocabulaire des faits",
        description=description,
        parameters=[
            OpenApiParameter("format", str, enum=["json"], description="Format de la réponse"),
            ETIQUETTE,
        ],
        responses={200: VocabulaireSerializer, 304: NON_MODIFIE, **refus(400, 405, 406)},
        tags=["Simulations"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        inconnus = {
            nom: "Paramètre inconnu. Paramètre accepté : format."
            for nom in request.query_params
            if nom != "format"
        } | repetes(request, ("format",))
        if inconnus:
            raise ValidationError(inconnus)
        vocabulaire = vocabulaire_json()
        texte = json.dumps(vocabulaire, sort_keys=True).encode()
        etiquette = quote_etag(hashlib.sha256(texte).hexdigest()[:32])
        reponse: HttpResponseBase = non_modifie(request, etiquette) or Response(vocabulaire)
        reponse["ETag"] = etiquette
        reponse["Cache-Control"] = "public, no-cache"
        return reponse


def designation(reference: str) -> Q:
    """The aide that a code or a UUID designates."""
    return Q(code=reference) | Q(identifiant=identifiant_de(reference))


def identifiant_de(reference: str) -> uuid.UUID | None:
    """The national identifier that a text writes, in any of its usual forms."""
    try:
        return uuid.UUID(reference)
    except ValueError:
        return None
