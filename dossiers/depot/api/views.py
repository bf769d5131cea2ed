"""Deposits over HTTP: one document in, a receipt number out, once for each key."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from oauth2_provider.models import AccessToken
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from aides.api.reponses import Negociation, PageAides, repetes
from aides.api.views import refus
from aides.criteres.valeurs import FaitsInvalides
from dossiers.depot.actes.brouillon import FaitsRefuses
from dossiers.depot.actes.depot import DepotImpossible
from dossiers.depot.actes.envois import (
    CleReutilisee,
    Contenu,
    EnvoiEnCours,
    EtablissementInconnu,
    Jointe,
    PiecesRefusees,
    Resultat,
    deposer_par_api,
)
from dossiers.depot.api.authentification import Jeton, Portee, Session
from dossiers.depot.api.cles import ENTETE, REJOUEE, DejaServie, EnCours, cle_de
from dossiers.depot.api.lecture import LecteurDepot
from dossiers.depot.api.morceaux import (
    DESCRIPTION,
    SCHEMA,
    LecteurMorceaux,
    empreinte_envoi,
    lire_envoi,
    pieces_refusees,
)
from dossiers.depot.api.serializers import ELIGIBLES, DepotLuSerializer, DepotSerializer
from dossiers.depot.representation import depots_json
from dossiers.models import Dossier
from dossiers.rapprochement.api.views import faits_refuses, refuser_les_morceaux
from portal.comptes.models import User

EXEMPLES = [
    OpenApiExample(
        "Toutes les aides éligibles",
        value={
            "siret": "00000001800010",
            "titre": "Un atelier neuf (fictif)",
            "faits": {
                "effectif": "12", "naf": "25.11Z", "secteur": ["industrie"],
                "forme_juridique": "5710", "date_creation": "2015-03-02",
                "commune_siege": "31555", "commune_projet": "31555",
                "chiffre_affaires": "1500000.00", "total_bilan": "900000.00",
                "nature_projet": ["investissement"], "projet_commence": False,
                "depense_equipement": "80000.00",
                "a_jour_obligations": True, "entreprise_en_difficulte": False,
            },
            "aides": ELIGIBLES,
        },
        request_only=True,
    ),
    OpenApiExample(
        "Des aides choisies",
        value={
            "siret": "00000001800010",
            "titre": "Un atelier neuf (fictif)",
            "description": "Une ligne de découpe, pour produire ici ce qui est sous-traité.",
            "faits": {"effectif": "12", "commune_projet": "31555"},
            "aides": ["occ-contrat-innovation"],
        },
        request_only=True,
    ),
]  # fmt: skip
FORMAT = OpenApiParameter("format", str, enum=["json"], description="Format de la réponse")


class Rythme(SimpleRateThrottle):
    """Two requests a second over a minute, for one account."""

    scope = "depots"
    rate = "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"rythme-{self.scope}-{request.user.pk}"


class PageDepots(PageAides):
    """Pages of deposits, the last one first."""

    ordering = "-pk"
    page_size_query_description = f"Dépôts par page, de 1 à {PageAides.max_page_size}"


class VueDepots(GenericAPIView[Dossier]):
    """For an account: what its companies filed, and nothing else."""

    authentication_classes = (Jeton, Session)
    permission_classes = (Portee,)
    parser_classes: tuple[type[BaseParser], ...] = (LecteurDepot,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    content_negotiation_class = Negociation
    throttle_classes = (Rythme,)
    filter_backends = ()
    queryset = Dossier.objects.none()
    serializer_class = DepotLuSerializer
    parametres: tuple[str, ...] = ("format",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        inconnus = {
            nom: f"Paramètre inconnu. Paramètres acceptés : {', '.join(self.parametres)}."
            for nom in request.query_params
            if nom not in self.parametres
        } | repetes(request, self.parametres)
        if inconnus:
            raise ValidationError(inconnus)

    def get_queryset(self) -> QuerySet[Dossier]:
        visibles = Dossier.objects.visibles_par(cast(User, self.request.user))
        return visibles.deposes().select_related("entreprise")


class Depots(VueDepots):
    """File, and list what was filed."""

    name = "Dépôts"
    description = "Dépose un dossier pour une ou plusieurs aides, et liste ceux qui l’ont été."
    pagination_class = PageDepots
    parser_classes = (LecteurDepot, LecteurMorceaux)
    parametres = ("curseur", "taille", "format")

    @extend_schema(
        operation_id="depots_lister",
        summary="Lister les dépôts",
        description="Les dossiers déposés par les entreprises du compte, le dernier d’abord, "
        "avec l’avancement de chaque demande.",
        parameters=[FORMAT],
        responses={200: DepotLuSerializer(many=True), **refus(400, 401, 403, 405, 406, 429)},
        tags=["Dépôts"],
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.get_queryset())
        reponse = self.get_paginated_response(depots_json(page))
        reponse["Cache-Control"] = "no-store"
        return reponse

    @extend_schema(
        operation_id="depots_deposer",
        summary="Déposer un dossier",
        description="Crée un dossier et le dépose, d’un seul tenant : la réponse 201 dit qu’il "
        "est enregistré, et rien ne l’est sinon. La date du dépôt est celle qui compte. Renvoyer "
        f"la même {ENTETE} avec le même contenu rend la même réponse, avec l’en-tête {REJOUEE}. "
        f"{DESCRIPTION}",
        request={"application/json": DepotSerializer, "multipart/form-data": SCHEMA},
        examples=EXEMPLES,
        parameters=[
            FORMAT,
            OpenApiParameter(
                ENTETE, str, OpenApiParameter.HEADER, required=True,
                description="Une clé que vous tirez pour ce dépôt, par exemple un UUID entre "
                "guillemets ; la même quand vous recommencez",
            ),
            OpenApiParameter(
                REJOUEE, str, OpenApiParameter.HEADER, response=[201], enum=["true"],
                description="Présent quand le dépôt a été fait par un envoi précédent",
            ),
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[201],
                description="Où lire ce dépôt",
            ),
        ],
        responses={
            201: DepotLuSerializer,
            **refus(400, 401, 403, 405, 406, 409, 411, 413, 415, 422, 429),
        },
        tags=["Dépôts"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        refuser_les_morceaux(request)
        cle = cle_de(request)
        document, jointes = lire_envoi(request)
        demande = DepotSerializer(data=document)
        demande.is_valid(raise_exception=True)
        empreinte = empreinte_envoi(document, jointes)
        resultat = _deposer(request, cle, empreinte, demande.validated_data, jointes)
        reponse = resultat.envoi.reponse
        entetes = {"Location": reponse["liens"]["depot"], "Cache-Control": "no-store"}
        if resultat.rejoue:
            entetes[REJOUEE] = "true"
        # Written again in the order of the serializer: that of PostgreSQL is another.
        return Response(DepotLuSerializer(reponse).data, status=201, headers=entetes)


class Depot(VueDepots):
    """One deposit."""

    name = "Dépôt"
    description = "Un dossier déposé et l’avancement de chaque demande."

    @extend_schema(
        operation_id="depots_lire",
        summary="Suivre un dépôt",
        description="Un dossier déposé ; pour chaque demande, son état et quand elle a été "
        "déposée, remise au guichet, ouverte, prise en charge, décidée.",
        parameters=[FORMAT],
        responses={200: DepotLuSerializer, **refus(400, 401, 403, 404, 405, 406, 429)},
        tags=["Dépôts"],
    )
    def get(self, request: Request, identifiant: uuid.UUID) -> Response:
        dossier = get_object_or_404(self.get_queryset(), identifiant=identifiant)
        return Response(depots_json([dossier])[0], headers={"Cache-Control": "no-store"})


def _deposer(
    request: Request, cle: str, empreinte: str, donnees: dict[str, Any], jointes: list[Jointe]
) -> Resultat:
    """Raises what the API answers for each refusal of the acte."""
    aides = donnees["aides"]
    contenu = Contenu(
        siret=donnees["siret"],
        titre=donnees["titre"],
        description=donnees["description"],
        faits=donnees["faits"],
        aides=None if aides == ELIGIBLES else aides,
        pieces=tuple(jointes),
    )
    jeton = request.auth
    try:
        return deposer_par_api(
            cle=cle,
            empreinte=empreinte,
            contenu=contenu,
            par=cast(User, request.user),
            client=jeton.application_id if isinstance(jeton, AccessToken) else None,
        )
    except EnvoiEnCours as en_cours:
        raise EnCours from en_cours
    except CleReutilisee as reutilisee:
        raise DejaServie from reutilisee
    except EtablissementInconnu as inconnu:
        raise ValidationError(
            {"siret": "Votre compte n’est membre d’aucune entreprise de ce SIRET sur le portail."}
        ) from inconnu
    except PiecesRefusees as refusees:
        raise pieces_refusees(refusees) from refusees
    except FaitsInvalides as invalides:
        raise faits_refuses(invalides) from invalides
    except FaitsRefuses as refuses:
        raise ValidationError({"faits": refuses.erreurs}) from refuses
    except DepotImpossible as impossible:
        raise ValidationError({"aides": list(impossible.motifs)}) from impossible
