"""One new aide x M dossiers in PostgreSQL: the pair of conditions that the tree gives, against SQL
written by hand for the same rows and outcomes, on the same table with the same indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from aides.criteres.arbre import (
    Commence,
    Comparaison,
    Critere,
    Non,
    Operateur,
    Parmi,
    Proportion,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Vrai,
)
from bench import lieux
from bench.catalogue import LE, SOURCE
from bench.graphique import Courbe
from bench.mesure import Epreuve, tours
from bench.rapport import Chiffre
from bench.table import TABLE, remplir
from dossiers.rapprochement.models import FaitsDossier

TAILLES = (10_000, 100_000, 1_000_000)
TOURS = 6
REFERENTIEL = lieux.Referentiel()
NATIONALE, LOCALE = "nationale", "intercommunale"


class Desaccord(Exception):
    """The two queries do not give the same rows: nothing is timed."""


@dataclass(frozen=True, slots=True)
class Aide:
    """A new aide: its tree, where it asks the project to be, and the rest as someone at ease
    with SQL writes it, with the three values that SQL has already."""

    nom: str
    anglais: str
    arbre: Critere
    lieux: str
    conditions: tuple[str, ...]

    def a_la_main(self) -> str:
        """Every dossier that the aide does not refuse, with its outcome."""
        lieux = f"commune_projet && '{{{self.lieux}}}'" if self.lieux else "true"
        large = f"AND ({lieux} OR commune_projet IS NULL)" if self.lieux else ""
        gardes = " ".join(f"AND ({condition}) IS NOT FALSE" for condition in self.conditions)
        toutes = " AND ".join(f"({condition})" for condition in (lieux, *self.conditions))
        return (
            f"SELECT dossier_id, CASE WHEN {toutes} THEN 'eligible' ELSE 'a_completer' END "
            f"FROM {TABLE} WHERE courante {large} {gardes}"
        )

    def compilee(self) -> list[tuple[Any, ...]]:
        """The same, asked of the tree."""
        possibles = FaitsDossier.objects.courantes().possibles(self.arbre, LE, REFERENTIEL)
        lignes: Any = possibles.with_issue(self.arbre, LE, REFERENTIEL)
        return list(lignes.values_list("dossier_id", "issue"))


def _compare(fait: str, operateur: str, seuil: int) -> Critere:
    return Comparaison(fait, Operateur(operateur), seuil, SOURCE)


def _situe(*codes: str) -> Critere:
    return Situe("commune_projet", frozenset(codes), SOURCE)


def _nature(*codes: str) -> Critere:
    return Parmi("nature_projet", frozenset(codes), SOURCE)


NON_ENGAGE = Non(Vrai("projet_commence", SOURCE))
PME = (
    "effectif < 2500 AND (chiffre_affaires <= 5000000000 OR total_bilan <= 4300000000 "
    "OR sans_objet && '{chiffre_affaires,total_bilan}')"
)
AIDES = (
    Aide(
        NATIONALE, "national",
        Tous((
            _nature("innovation", "recherche"), TailleEuropeenne(Taille.MOYENNE, SOURCE),
            Vrai("activite_recherche", SOURCE), NON_ENGAGE,
            _compare("depense_recherche", ">=", 2_000_000),
        )),
        "",
        ("nature_projet && '{innovation,recherche}'", PME, "activite_recherche",
         "NOT projet_commence", "depense_recherche >= 2000000"),
    ),
    Aide(
        "régionale", "of one région",
        Tous((
            _situe("REG-63"), Commence("naf", frozenset({"C", "95"}), SOURCE), NON_ENGAGE,
            Vrai("a_jour_obligations", SOURCE), _compare("depenses_total", ">=", 5_000_000),
            _compare("emplois_crees", ">=", 10),
        )),
        "REG-63",
        ("naf >= '10' AND naf < '34' OR naf >= '95' AND naf < '96'", "NOT projet_commence",
         "a_jour_obligations", "depenses_total >= 5000000", "emplois_crees >= 10"),
    ),
    Aide(
        "départementale", "of two départements",
        Tous((
            _situe("DEP-007", "DEP-008"), _compare("effectif", "<", 500),
            Proportion("aide_souhaitee", Operateur("<="), 1, 2, "depenses_total", SOURCE),
            _compare("age_mois", ">=", 12),
        )),
        "DEP-007,DEP-008",
        ("effectif < 500", "aide_souhaitee * 2 <= depenses_total",
         "date_creation <= '2025-11-23'"),
    ),
    Aide(
        LOCALE, "of one EPCI",
        Tous((
            _situe("EPCI-000000042"), _nature("immobilier", "investissement"),
            _compare("effectif", "<", 500), NON_ENGAGE,
            Non(Parmi("secteur", frozenset({"commerce_gros", "finance_assurance"}), SOURCE)),
        )),
        "EPCI-000000042",
        ("nature_projet && '{immobilier,investissement}'", "effectif < 500",
         "NOT projet_commence", "NOT secteur && '{commerce_gros,finance_assurance}'"),
    ),
)  # fmt: skip


def _main(aide: Aide) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(aide.a_la_main())
        return list(curseur.fetchall())


def _verifier(aide: Aide) -> int:
    """How many dossiers both give; raises Desaccord."""
    lignes = sorted(aide.compilee())
    if lignes != sorted(_main(aide)):
        raise Desaccord(f"Aide {aide.nom} : la requête de l’arbre et celle à la main diffèrent.")
    return len(lignes)


def mesurer(dire: Callable[[str], None]) -> tuple[list[Chiffre], list[Courbe]]:
    """Figures and curves; needs an empty table of facts, and fills it."""
    temps: dict[tuple[str, str, int], float] = {}
    for taille in TAILLES:
        dire(f"{taille:,} dossiers dans PostgreSQL".replace(",", " "))
        remplir(taille)
        trouves = [f"{aide.nom} {_verifier(aide)}" for aide in AIDES]
        dire(f"mêmes dossiers des deux côtés ({', '.join(trouves)}) ; course")
        epreuves = {
            (aide.nom, cote, taille): Epreuve(lambda _, f=fonction, a=aide: f(a))  # type: ignore[misc]
            for aide in AIDES
            for cote, fonction in (("arbre", Aide.compilee), ("main", _main))
        }
        temps |= tours(epreuves, TOURS)
    return list(_chiffres(temps)), list(_courbes(temps))


def _chiffres(temps: dict[tuple[str, str, int], float]) -> Iterator[Chiffre]:
    plein = TAILLES[-1]
    arbre, main = (sum(temps[a.nom, cote, plein] for a in AIDES) for cote in ("arbre", "main"))
    yield Chiffre(
        "inverse_1000000_sql",
        "1 aide nouvelle × 1 000 000 dossiers (moyenne de 4)",
        "1 new aid × 1,000,000 dossiers (mean of 4)",
        arbre / len(AIDES), "ms", "SQL écrit à la main", arbre / main, "≤ 1,3", arbre / main <= 1.3,
    )  # fmt: skip
    for aide in AIDES:
        ici, la = (temps[aide.nom, cote, plein] for cote in ("arbre", "main"))
        yield Chiffre(
            f"inverse_1000000_{aide.nom.replace('é', 'e')}",
            f"  aide {aide.nom}", f"the same, {aide.anglais}",
            ici, "ms", "SQL écrit à la main", ici / la,
        )  # fmt: skip
    croissance = temps[LOCALE, "arbre", plein] / temps[LOCALE, "arbre", TAILLES[-2]]
    yield Chiffre(
        "inverse_croissance_territoire",
        "  intercommunale, de 100 000 à 1 000 000 dossiers",
        "one that names a territory, from 100,000 to 1,000,000 dossiers",
        croissance, "fois", cible="< 10", tenue=croissance < 10,
    )  # fmt: skip


def _courbes(temps: dict[tuple[str, str, int], float]) -> Iterator[Courbe]:
    for nom, anglais in ((LOCALE, "one EPCI"), (NATIONALE, "national")):
        for cote, auteur in (("arbre", "this portal"), ("main", "by hand")):
            points = tuple((taille, temps[nom, cote, taille]) for taille in TAILLES)
            yield Courbe(f"{anglais}, {auteur}", points, cote == "arbre")
