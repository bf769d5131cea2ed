"""A table of facts filled by PostgreSQL itself: a million dossiers in less than a minute."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from aides.criteres.choix import NATURES_PROJET, SECTEURS
from aides.criteres.faits import Fait, Type
from bench import lieux
from bench.catalogue import DIVISIONS, LE
from dossiers.rapprochement.models import FaitsDossier
from dossiers.rapprochement.models.faits import PROJETES

TABLE = FaitsDossier._meta.db_table
#: How often a fact has no answer, and a project no commune yet.
LACUNES, SANS_COMMUNE = 0.1, 0.0005
JOUR = f"date '{LE.isoformat()}'"


def _parmi(codes: Iterable[str]) -> str:
    """One of the codes, drawn for each row."""
    liste = sorted(codes)
    elements = ", ".join(f"'{code}'" for code in liste)
    return f"(ARRAY[{elements}])[1 + floor(random() * {len(liste)})::int]"


#: Facts that are not drawn by the rule of their type.
TIRAGES = {
    "naf": f"{_parmi(DIVISIONS)} || '.11Z'",
    "forme_juridique": _parmi(("5499", "5710", "1000")),
    "date_creation": f"{JOUR} - (random() * 11000)::int",
    "effectif": "floor(power(3000, random()))::bigint",
    "chiffre_affaires": "floor(50000 * power(800, random()))::bigint * 100",
    "total_bilan": "floor(40000 * power(800, random()))::bigint * 100",
    "nature_projet": f"ARRAY[{_parmi(NATURES_PROJET)}, {_parmi(NATURES_PROJET)}]",
    "secteur": f"ARRAY[{_parmi(SECTEURS)}, {_parmi(SECTEURS)}]",
    "projet_commence": "random() < 0.05",
    "a_jour_obligations": "random() < 0.97",
    "entreprise_en_difficulte": "random() < 0.03",
    "micro_entrepreneur": "random() < 0.05",
    "aides_obtenues": "ARRAY[]::text[]",
    "naf_2025": "NULL",
}


def _tirage(fait: Fait) -> str:
    """The SQL of one fact, for one row `t`."""
    if fait.type is Type.LIEU:
        return f"CASE WHEN t.sans_commune THEN NULL ELSE {fait.code}.codes END"
    tirage = (
        TIRAGES.get(fait.code)
        or {
            Type.MONTANT: "floor(1000 * power(300, random()))::bigint * 100",
            Type.DIXIEMES: "floor(random() * 6)::bigint * 10",
            Type.ENTIER: "floor(random() * 30)::bigint",
            Type.BOOLEEN: "random() < 0.3",
            Type.DATE: f"{JOUR} + (random() * 700)::int",
        }[fait.type]
    )
    # A young company has no accounts: "not applicable", which is no missing answer.
    jeune = "t.jeune OR " if fait.code in ("chiffre_affaires", "total_bilan") else ""
    return f"CASE WHEN {jeune}random() < {LACUNES} THEN NULL ELSE {tirage} END"


def remplir(total: int) -> None:
    """Bring the table to `total` rows, its indexes as its migrations say, and its statistics."""
    premier = FaitsDossier.objects.count()
    with connection.cursor() as curseur:
        # No dossier stands behind the rows: foreign keys are not looked at.
        curseur.execute("SET session_replication_role = replica")
        curseur.execute("SET maintenance_work_mem = '256MB'")
        curseur.execute("SELECT setseed(0.2026)")
        if not premier:
            _creer_lieux()
        index = _index()
        for nom, _ in index:
            curseur.execute(f'DROP INDEX "{nom}"')
        curseur.execute(_insertion(premier, total))
        for _, definition in index:
            curseur.execute(definition)
        curseur.execute("SET session_replication_role = origin")
        curseur.execute(f"VACUUM ANALYZE {TABLE}")


def _insertion(premier: int, total: int) -> str:
    colonnes = {
        "version_id": "t.n", "dossier_id": "t.n", "entreprise_id": "t.n", "courante": "true",
        "epci_projet": "''", "edition": "'bench'", "commune_siege_insee": "''",
        "commune_projet_insee": "''",
        "sans_objet": "CASE WHEN t.jeune THEN ARRAY['chiffre_affaires', 'total_bilan'] "
        "ELSE ARRAY[]::text[] END",
    } | {fait.code: _tirage(fait) for fait in PROJETES}  # fmt: skip
    return f"""
        INSERT INTO {TABLE} ({", ".join(colonnes)})
        SELECT {", ".join(colonnes.values())}
        FROM (SELECT n, random() < 0.1 AS jeune, random() < {SANS_COMMUNE} AS sans_commune,
                     floor(random() * {lieux.COMMUNES})::int AS projet,
                     floor(random() * {lieux.COMMUNES})::int AS siege
              FROM generate_series({premier + 1}, {total}) n) t
        JOIN bench_lieu commune_projet ON commune_projet.numero = t.projet
        JOIN bench_lieu commune_siege ON commune_siege.numero = t.siege
    """


def _creer_lieux() -> None:
    with connection.cursor() as curseur:
        curseur.execute("CREATE TEMPORARY TABLE bench_lieu (numero int PRIMARY KEY, codes text[])")
        curseur.executemany(
            "INSERT INTO bench_lieu VALUES (%s, %s)",
            [(numero, sorted(lieux.lieu(numero))) for numero in range(lieux.COMMUNES)],
        )
        curseur.execute("ANALYZE bench_lieu")


def _index() -> list[tuple[str, str]]:
    """The indexes that no constraint needs: quicker made again than kept, name and definition."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
            [TABLE, TABLE],
        )
        return [(str(nom), str(definition)) for nom, definition in curseur.fetchall()]
