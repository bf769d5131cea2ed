"""What the system of a desk asks of the portal: take an acknowledgement, give a file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aides.api.views import refus
from dossiers.acheminement.models import AccuseRecu, Connexion
from dossiers.acheminement.webhook.actes import (
    Accuse,
    InstantImpossible,
    MessageDifferent,
    recevoir_accuse,
)
from dossiers.acheminement.webhook.coffre import SecretIllisible
from dossiers.acheminement.webhook.envoi import secrets_de
from dossiers.acheminement.webhook.liens import LienRefuse, piece_du_lien
from dossiers.acheminement.webhook.signature import SignatureRefusee, verifier
from dossiers.pieces.views import BAC_A_SABLE
from portal.socle.json_strict import DocumentInvalide, lire_json
from portal.socle.problemes import LongueurRequise, TropVolumineuse, probleme
from portal.socle.schemas import fautes, schema, validateur

journal = logging.getLogger(__name__)

OCTETS_MAXIMUM = 16 * 1024
LONGUEUR_IDENTIFIANT = 200
EN_TETES = ("webhook-id", "webhook-timestamp", "webhook-signature")


class LecteurBrut(BaseParser):
    """The body as it was signed, byte for byte, of a bounded size."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        octets = stream.read(OCTETS_MAXIMUM + 1)
        if len(octets) > OCTETS_MAXIMUM:
            raise TropVolumineuse(f"Un accusé tient en {OCTETS_MAXIMUM // 1024} Ko.")
        return octets


class AccuseSerializer(serializers.Serializer[Any]):
    cle = serializers.UUIDField(help_text="La clé de la demande remise")
    empreinte = serializers.CharField(help_text="L’empreinte du contenu reçu")
    recu_le = serializers.DateTimeField(help_text="Quand votre système l’a reçue")
    reference = serializers.CharField(
        required=False, max_length=100, help_text="Le numéro que la demande porte chez vous"
    )


class AccusePrisSerializer(serializers.Serializer[Any]):
    cle = serializers.UUIDField()
    resultat = serializers.ChoiceField(
        [AccuseRecu.Resultat.PRIS.value, AccuseRecu.Resultat.DEJA.value],
        help_text="« deja » : elle était déjà accusée ; cela ne change rien",
    )


class Accuses(APIView):
    """Signed by the system of the desk, with the secret of its connection."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (LecteurBrut,)
    renderer_classes = (JSONRenderer,)
    name = "Accusés de réception"
    description = "Reçoit l’accusé de réception signé du système d’un guichet."

    @extend_schema(
        operation_id="accuses_recevoir",
        summary="Accuser réception d’une demande",
        description="Le système d’un guichet dit qu’il a reçu une demande. Le message est signé "
        "selon Standard Webhooks, avec le secret de la connexion du guichet. Le même message, "
        "envoyé deux fois, reçoit la même réponse.",
        request=AccuseSerializer,
        parameters=[
            OpenApiParameter(
                nom, str, OpenApiParameter.HEADER, required=True, description=f"En-tête {nom}"
            )
            for nom in EN_TETES
        ],
        responses={
            200: AccusePrisSerializer,
            **refus(400, 401, 404, 405, 409, 411, 413, 415, 422),
        },
        tags=["Guichets"],
    )
    def post(self, request: Request, guichet: str) -> HttpResponseBase:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            raise LongueurRequise
        # DRF reads nothing of an empty body.
        corps = cast("bytes", request.data or b"")
        connexion = (
            Connexion.objects.select_related("guichet").filter(guichet__code=guichet).first()
        )
        try:
            message = verifier(corps, request.headers, _secrets(connexion))
        except SignatureRefusee as refuse:
            return _signature_refusee(request, refuse)
        assert connexion is not None  # noqa: S101 - without one nothing verifies
        if len(message) > LONGUEUR_IDENTIFIANT:
            return probleme(
                request, 400, f"webhook-id : {LONGUEUR_IDENTIFIANT} caractères au plus."
            )
        try:
            accuse = _lire(corps)
        except DocumentInvalide as invalide:
            return _corps_refuse(request, invalide)
        try:
            recu = recevoir_accuse(
                guichet=connexion.guichet,
                message=message,
                corps=hashlib.sha256(corps).hexdigest(),
                accuse=accuse,
            )
        except MessageDifferent:
            return probleme(
                request, 409, "Un autre message a déjà cet identifiant (webhook-id) : changez-en."
            )
        except InstantImpossible as impossible:
            return _champs_refuses(request, [("recu_le", str(impossible))])
        return _repondre(request, recu)


def _secrets(connexion: Connexion | None) -> list[str]:
    try:
        return [] if connexion is None else secrets_de(connexion)
    except SecretIllisible:
        journal.error("Connexion %s : secret illisible, SECRET_KEY a changé", connexion)
        return []


def _signature_refusee(request: Request, refuse: SignatureRefusee) -> HttpResponseBase:
    return probleme(
        request,
        HTTPStatus.UNAUTHORIZED,
        str(refuse),
        code=f"signature-{refuse.code}",
        entetes={"WWW-Authenticate": "StandardWebhooks"},
    )


def _lire(corps: bytes) -> Accuse:
    """Raises DocumentInvalide."""
    document = lire_json(corps)
    trouvees = list(fautes(validateur(schema("accuse-1")), document.valeur))
    if trouvees:
        raise DocumentInvalide([document.defaut(chemin, faute) for chemin, faute in trouvees])
    valeur = document.valeur
    try:
        recu_le = datetime.fromisoformat(valeur["recu_le"])
    except ValueError:
        recu_le = None
    if recu_le is None or recu_le.tzinfo is None:
        attendu = "un instant avec son décalage est attendu : 2026-11-22T09:00:00Z"
        raise DocumentInvalide([document.defaut(("recu_le",), attendu)])
    return Accuse(
        cle=UUID(valeur["cle"]),
        empreinte=valeur["empreinte"],
        recu_le=recu_le,
        reference=valeur.get("reference", ""),
    )


def _corps_refuse(request: Request, invalide: DocumentInvalide) -> HttpResponseBase:
    defauts = invalide.defauts
    return _champs_refuses(
        request, [(".".join(str(cle) for cle in d.chemin), d.message) for d in defauts]
    )


def _champs_refuses(request: Request, erreurs: list[tuple[str, str]]) -> HttpResponseBase:
    """`erreurs`: a field and what is wrong with it, each."""
    return probleme(
        request,
        400,
        "Certaines données sont absentes ou incorrectes.",
        code="validation",
        erreurs=[{"champ": champ, "message": message} for champ, message in erreurs],
    )


def _repondre(request: Request, recu: AccuseRecu) -> HttpResponseBase:
    match recu.resultat:
        case AccuseRecu.Resultat.CLE_INCONNUE | AccuseRecu.Resultat.AUTRE_GUICHET:
            return probleme(
                request, 404, "Aucune demande n’a été remise à ce guichet sous cette clé."
            )
        case AccuseRecu.Resultat.AUTRE_CONTENU:
            return probleme(
                request,
                422,
                "Cette empreinte n’est pas celle du contenu remis sous cette clé : comparez ce que "
                "vous avez rangé au message reçu.",
                code="autre-contenu",
            )
        case _:
            return Response(
                {"cle": str(recu.cle), "resultat": recu.resultat},
                headers={"Cache-Control": "no-store"},
            )


@require_safe
@never_cache
def piece(request: HttpRequest, jeton: str) -> HttpResponseBase:
    """A file of a demande that was handed over, by its signed link."""
    try:
        trouvee = piece_du_lien(jeton)
    except LienRefuse as refuse:
        return probleme(request, 410 if refuse.trouve else 404, str(refuse))
    try:
        contenu = trouvee.fichier.open("rb")
    except OSError:
        journal.exception("Pièce %s : le stockage ne l’a plus", trouvee.pk)
        return probleme(request, 404, "Le portail n’a plus ce fichier ; c’est une panne chez nous.")
    return FileResponse(
        contenu,
        as_attachment=True,
        filename=trouvee.nom,
        content_type=trouvee.type_mime,
        headers={
            "Content-Security-Policy": BAC_A_SABLE,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
