"""How long things take, computed where the rows are."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, DurationField


class Percentile(Aggregate):
    """The value below which that part of the durations lie, interpolated (PostgreSQL)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(part)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, part: str, **extra: Any) -> None:
        super().__init__(expression, part=part, output_field=DurationField(), **extra)
