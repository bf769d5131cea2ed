"""What a request may bring: too much is never written, not even to a temporary file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from dossiers.pieces.regles import MO, TAILLE_MAXIMUM

#: Bytes of one request, whatever it holds: several files may come at once.
ENVOI_MAXIMUM = 200 * MO
_ATTRIBUT = "_fichiers_trop_lourds"


class Garde(FileUploadHandler):
    """First of the upload handlers: drops a file beyond its limit, whatever a stranger sends,
    and refuses a request out of proportion before it is read (RequestDataTooBig, a 413).
    """

    request: HttpRequest

    def handle_raw_input(self, *args: Any, **options: Any) -> None:
        if int(self.request.META.get("CONTENT_LENGTH") or 0) > ENVOI_MAXIMUM:
            raise RequestDataTooBig("Plus de fichiers que ce que l’on accepte en une fois.")

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > TAILLE_MAXIMUM:
            trop = self.request.__dict__.setdefault(_ATTRIBUT, [])
            trop.append((self.field_name, self.file_name))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Kept by the handlers that follow."""


def trop_lourds(request: HttpRequest, champ: str) -> list[str]:
    """The names of the files of this field that were dropped for their size."""
    return [nom for c, nom in request.__dict__.get(_ATTRIBUT, []) if c == champ]
