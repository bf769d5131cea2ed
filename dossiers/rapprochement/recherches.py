"""Lookups on arrays that are the opposite of another one: no half of a pair needs a NOT of its
own (`aides.criteres.sql` asks for them by name). On a NULL array none of them holds.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Lookup

#: The overlap of arrays as Django registers it, which its types do not name.
Overlap: Any = ArrayField.class_lookups["overlap"]
#: A statement and its parameters.
Sql = tuple[str, tuple[Any, ...]]


@ArrayField.register_lookup
class Disjoint(Overlap):  # type: ignore[misc]
    """No element in common: the opposite of `overlap`."""

    lookup_name = "disjoint"

    def as_postgresql(self, compiler: Any, connection: Any) -> Sql:
        # Not `as_sql`: the lookup it extends writes itself for PostgreSQL alone.
        sql, params = super().as_postgresql(compiler, connection)
        return f"(NOT ({sql}))", tuple(params)


@ArrayField.register_lookup
class OctroiApres(Lookup):
    """A grant ("aide@2026-01-31") of one of the aides after a day.

    The right side is (codes of aides, ISO day); every grant is after the empty string.
    """

    lookup_name = "octroi_apres"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        aides, jour = self.rhs
        # The left side is a column, quoted by Django.
        octroi = f"FROM unnest({lhs}) o WHERE split_part(o, '@', 1) = ANY(%s)"
        sql = f"EXISTS (SELECT {octroi} AND split_part(o, '@', 2) > %s)"
        return sql, (*params, list(aides), jour)


@ArrayField.register_lookup
class SansOctroiApres(OctroiApres):
    """No such grant: the opposite of `octroi_apres`."""

    lookup_name = "sans_octroi_apres"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        existe, suite = super().as_sql(compiler, connection)
        return f"({lhs} IS NOT NULL AND NOT {existe})", (*params, *suite)
