"""Rows by the thousand: copies of one that a factory made, written by the server itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def copier(modele: Model, nombre: int, **colonnes: str | Sequence[int | None]) -> list[int]:
    """`nombre` rows like that of `modele`, under the same constraints and triggers as any other.

    `colonnes` are those that differ: keys, one for each row, or an SQL expression, where `n`
    counts from 1 and the others are columns of `modele`. Returns the primary keys in that order.
    """
    meta = modele._meta
    sources: dict[str, str] = {}
    listes = []
    for champ in meta.concrete_fields:
        source = colonnes.pop(champ.attname, "" if champ.primary_key else f"m.{champ.column}")
        if not isinstance(source, str):
            listes.append(list(source))
            source = "(%s::bigint[])[n]"
        if source:
            sources[str(champ.column)] = source
    assert not colonnes, f"colonnes inconnues : {', '.join(colonnes)}"
    assert all(len(liste) == nombre for liste in listes)
    with connection.cursor() as curseur:
        curseur.execute(
            f"INSERT INTO {meta.db_table} ({', '.join(sources)})"  # noqa: S608
            f" SELECT {', '.join(sources.values())}"
            f" FROM {meta.db_table} m, generate_series(1, %s) AS n"
            f" WHERE m.{meta.pk.column} = %s ORDER BY n RETURNING {meta.pk.column}",
            [*listes, nombre, modele.pk],
        )
        return [pk for (pk,) in curseur.fetchall()]
