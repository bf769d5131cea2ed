"""Files that a spreadsheet in French opens as they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils import timezone


class _Echo:
    """What `csv.writer` writes to: each line is given back to be streamed."""

    def write(self, ligne: str) -> str:
        return ligne


def fichier_csv(
    nom: str, colonnes: Sequence[str], lignes: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A CSV of the day, streamed: UTF-8 with its mark, semicolons."""
    fichier = f"{nom}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _ecrites(colonnes, lignes),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{fichier}"'},
    )


def _ecrites(colonnes: Sequence[str], lignes: Iterable[Sequence[object]]) -> Iterator[str]:
    ecrire = csv.writer(_Echo(), delimiter=";").writerow
    yield "\N{BYTE ORDER MARK}" + str(ecrire(colonnes))
    for ligne in lignes:
        yield str(ecrire([_sure(valeur) for valeur in ligne]))


def _sure(valeur: object) -> str:
    """A text that a spreadsheet cannot take for a formula."""
    texte = str(valeur)
    return f"'{texte}" if texte[:1] in {"=", "+", "-", "@", "\t", "\r"} else texte
