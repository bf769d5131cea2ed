"""How the open API answers: formats, pages, conditional requests."""

from __future__ import annotations

import csv
import hashlib
import io
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Max, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from aides.models import Aide
from portal.socle.pagination import PageCurseur
from territoires.models import Chargement
from territoires.organismes.models import Organisme

#: To be raised when the same catalogue is written otherwise: it is part of every ETag.
EDITION = 2


def repetes(request: Request, uniques: Iterable[str]) -> dict[str, str]:
    """The parameters of one value only that the address gives several times, with a message."""
    return {
        nom: "Paramètre donné plusieurs fois : une seule valeur est acceptée."
        for nom in uniques
        if len(request.query_params.getlist(nom)) > 1
    }


class Negociation(DefaultContentNegotiation):
    """`?format=` wins over Accept; one that does not exist is a mistake, not a missing page."""

    def filter_renderers(
        self,
        renderers: Iterable[BaseRenderer],
        format: str,  # noqa: A002
    ) -> list[BaseRenderer]:
        connus = list(renderers)
        retenus = [rendu for rendu in connus if rendu.format == format]
        if not retenus:
            acceptes = ", ".join(str(rendu.format) for rendu in connus)
            raise ValidationError(
                {"format": f"Format inconnu : « {format} ». Formats acceptés : {acceptes}."}
            )
        return retenus


class RenduCsv(BaseRenderer):
    """The rows of a page, or the only one of a record, with the columns of `COLONNES_CSV`."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return "".join(lignes_csv(data.get("resultats", [data]))).encode()


COLONNES_CSV = (
    "code", "identifiant", "titre", "promesse", "nature", "natures_secondaires", "formes",
    "financeurs", "instructeurs", "diffuseurs", "perimetre", "exclusions", "naf",
    "naf_exclusions", "ouverture", "cloture", "statut", "etat", "verifie_le", "voie",
    "url_externe", "complete", "version", "publiee_le", "url",
)  # fmt: skip


def lignes_csv(aides: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The text of a CSV file, line by line, its header first."""
    flux = io.StringIO()
    ecrivain = csv.DictWriter(flux, COLONNES_CSV, lineterminator="\r\n")
    ecrivain.writeheader()
    for aide in aides:
        yield flux.getvalue()
        flux.seek(0)
        flux.truncate()
        ecrivain.writerow(_ligne(aide))
    yield flux.getvalue()


def _ligne(aide: Mapping[str, Any]) -> dict[str, str]:
    """One row: lists are joined by "|", what is unknown is empty."""
    ligne: dict[str, Any] = {colonne: aide.get(colonne) for colonne in COLONNES_CSV}
    for role in ("financeur", "instructeur", "diffuseur"):
        noms = [porteur["nom"] for porteur in aide["porteurs"] if role in porteur["roles"]]
        ligne[f"{role}s"] = noms
    return {
        colonne: "|".join(valeur) if isinstance(valeur, list) else str(valeur or "")
        for colonne, valeur in ligne.items()
    }


class PageAides(PageCurseur):
    """Pages of the catalogue by code; a wrong cursor or size is said, not guessed."""

    ordering = "code"
    tailles = frozenset(str(taille) for taille in range(1, PageCurseur.max_page_size + 1))
    page_size_query_description = (
        f"Aides par page, de 1 à {PageCurseur.max_page_size} ; {PageCurseur.page_size} sinon"
    )

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        taille = request.query_params.get("taille", "1")
        if taille not in self.tailles:
            raise ValidationError(
                {"taille": f"Taille de page : un nombre de 1 à {self.max_page_size}."}
            )
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound as erreur:
            raise ValidationError(
                {"curseur": "Curseur inconnu : suivez les adresses que donnent les pages."}
            ) from erreur

    def decode_cursor(self, request: Request) -> Any:
        """DRF reads what it can of a cursor; here it is one of those that it writes."""
        lu = super().decode_cursor(request)
        donne = request.query_params.get(self.cursor_query_param)
        if lu is not None and donne and _ecrit(lu) != donne:
            raise NotFound
        return lu

    def get_paginated_response(self, data: Any) -> Response:
        suivante, precedente = self.get_next_link(), self.get_previous_link()
        liens = {"next": suivante, "prev": precedente}
        entete = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in liens.items() if url)
        return Response(
            {"suivante": suivante, "precedente": precedente, "resultats": data},
            headers={"Link": entete} if entete else {},
        )

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parametres = super().get_schema_operation_parameters(view)
        for parametre in parametres:
            if parametre["name"] == self.page_size_query_param:
                bornes = {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
                parametre["schema"] = {"type": "integer", **bornes}
        return parametres

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        adresse = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["suivante", "precedente", "resultats"],
            "properties": {"suivante": adresse, "precedente": adresse, "resultats": schema},
        }


def _ecrit(curseur: Any) -> str:
    """A cursor as DRF writes it in its links."""
    jetons = {"o": curseur.offset or None, "r": "1" if curseur.reverse else None}
    jetons |= {"p": curseur.position}
    texte = urlencode({cle: valeur for cle, valeur in jetons.items() if valeur is not None})
    return b64encode(texte.encode("ascii")).decode("ascii")


# ------------------------------------------------------------------ conditional requests


@dataclass(frozen=True, slots=True)
class EtatDuCatalogue:
    """All that the open API can show, in a few numbers: equal states give equal answers."""

    marque: str
    modifie_le: datetime | None

    @classmethod
    def lire(cls) -> EtatDuCatalogue:
        """Three queries that read neither documents nor places.

        Versions never change, so their keys say what the catalogue says.
        """
        aides = Aide.objects.aggregate(
            nombre=Count("version"), derniere=Max("version"), somme=Sum("version_id"),
            modifie_le=Max("version__publiee_le"),
        )  # fmt: skip
        organismes = Organisme.objects.aggregate(
            dits=StringAgg(
                Concat("code", Value("\x1f"), "nom", Value("\x1f"), "siren"),
                delimiter="\x1e", order_by="pk",
            )
        )  # fmt: skip
        jeux = Chargement.objects.order_by("jeu").values_list("jeu", "empreinte")
        modifie_le = aides.pop("modifie_le")
        return cls(repr((EDITION, aides, organismes, list(jeux))), modifie_le)

    def etiquette(self, request: Request, le: date) -> str:
        """The strong ETag of this address, in this format, on that day."""
        parametres = sorted(request.query_params.lists())
        adresse = request.build_absolute_uri(request.path)
        quoi = (self.marque, adresse, parametres, request.accepted_renderer.format, le)
        return quote_etag(hashlib.sha256(repr(quoi).encode()).hexdigest()[:32])


def non_modifie(request: Request, etiquette: str) -> HttpResponseBase | None:
    """The 304 (or 412) that the preconditions of the request call for, if any.

    If-Modified-Since is not one of them: an answer also changes with the day, and with what is
    not dated. `Last-Modified` says when the catalogue was last published.
    """
    return get_conditional_response(request._request, etag=etiquette)


def dater(reponse: HttpResponseBase, etat: EtatDuCatalogue, etiquette: str) -> None:
    """Put the validators on an answer; caches may keep it and must ask before they reuse it."""
    reponse["ETag"] = etiquette
    reponse["Cache-Control"] = "public, no-cache"
    # A 304 is too short to be compressed, and says what the answer it stands for says.
    patch_vary_headers(reponse, ["Accept-Encoding"])
    if etat.modifie_le is not None:
        reponse["Last-Modified"] = http_date(etat.modifie_le.timestamp())
