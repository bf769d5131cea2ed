"""What the reference receiver keeps: one case per key, in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS cas (
    rang INTEGER PRIMARY KEY,
    cle TEXT NOT NULL UNIQUE,
    empreinte TEXT NOT NULL,
    numero TEXT NOT NULL,
    recu_le TEXT NOT NULL,
    envois INTEGER NOT NULL DEFAULT 1
)
"""
_COLONNES = "rang, cle, empreinte, numero, recu_le, envois"


@dataclass(frozen=True, slots=True)
class Cas:
    """One demande as this side keeps it; `envois`: how many times it was sent to us."""

    rang: int
    cle: str
    empreinte: str
    numero: str
    recu_le: str
    envois: int

    @property
    def reference(self) -> str:
        return f"R-{self.rang}"


class Registre:
    """The cases, safe between threads and processes: the unique key is what deduplicates."""

    def __init__(self, fichier: Path) -> None:
        self.fichier = fichier
        with self._base() as base:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute(_TABLE)

    def ranger(self, *, cle: str, empreinte: str, numero: str) -> tuple[Cas, bool]:
        """The case of this key, and whether it is new. The first content stays."""
        recu_le = datetime.now(UTC).isoformat(timespec="seconds")
        with self._base() as base:
            base.execute("BEGIN IMMEDIATE")
            ajoutees = base.execute(
                "INSERT INTO cas (cle, empreinte, numero, recu_le) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (cle) DO NOTHING",
                (cle, empreinte, numero, recu_le),
            ).rowcount
            if not ajoutees:
                base.execute("UPDATE cas SET envois = envois + 1 WHERE cle = ?", (cle,))
            return self._lire(base, cle), bool(ajoutees)

    def trouver(self, cle: str) -> Cas | None:
        with self._base() as base:
            ligne = base.execute(
                f"SELECT {_COLONNES} FROM cas WHERE cle = ?",  # noqa: S608
                (cle,),
            ).fetchone()
        return Cas(*ligne) if ligne else None

    def tous(self) -> list[Cas]:
        """Every case, in the order of arrival."""
        with self._base() as base:
            lignes = base.execute(f"SELECT {_COLONNES} FROM cas ORDER BY rang")  # noqa: S608
            return [Cas(*ligne) for ligne in lignes.fetchall()]

    def _lire(self, base: sqlite3.Connection, cle: str) -> Cas:
        lue = base.execute(f"SELECT {_COLONNES} FROM cas WHERE cle = ?", (cle,))  # noqa: S608
        return Cas(*lue.fetchone())

    @contextmanager
    def _base(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self.fichier, timeout=10, isolation_level=None)
        try:
            yield base
            if base.in_transaction:
                base.execute("COMMIT")
        finally:
            base.close()
