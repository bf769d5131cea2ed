"""Who is competent changes in one piece: while it does, nobody routes by half of it."""

from __future__ import annotations

from django.db import connection

#: Key of the advisory lock of PostgreSQL, held to the end of the transaction.
_CLE = 7_616_001


def modifier_seul() -> None:
    """Wait until nobody routes nor changes who is competent, and keep it so until the end of the
    transaction. To be called before any row is locked."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [_CLE])


def lire_a_plusieurs() -> bool:
    """Keep who is competent as it is until the end of the transaction; False, at once, while
    somebody changes it. To be called before any row is locked."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_CLE])
        return bool(curseur.fetchone()[0])
