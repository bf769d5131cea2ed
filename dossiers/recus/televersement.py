"""What a stranger may send to be verified: little, kept in memory, never on the disk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest

from dossiers.recus.lecture import TAILLE_MAXIMUM

#: Bytes of a request that are read to the end, so that the page can answer what is wrong.
ENVOI_MAXIMUM = 10 * TAILLE_MAXIMUM
_ATTRIBUT = "_recu_trop_lourd"


class Borne(MemoryFileUploadHandler):
    """Holds one file in memory, up to its limit; drops it beyond, without a word to the disk."""

    request: HttpRequest

    def handle_raw_input(self, *args: Any, **options: Any) -> None:
        if int(self.request.META.get("CONTENT_LENGTH") or 0) > ENVOI_MAXIMUM:
            raise RequestDataTooBig("Plus que ce que l’on accepte en une fois.")
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > TAILLE_MAXIMUM:
            self.request.__dict__[_ATTRIBUT] = True
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def trop_lourd(request: HttpRequest) -> bool:
    """Whether a file was dropped for its size."""
    return _ATTRIBUT in request.__dict__


def borner(request: HttpRequest) -> None:
    """To be called before anything of the request is read."""
    handlers: list[FileUploadHandler] = [Borne(request)]
    request.upload_handlers = handlers
