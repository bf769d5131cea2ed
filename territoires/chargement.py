"""Filling the reference tables from `fixtures/`, whole or not at all."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from django.db import connection, models
from psycopg import sql

from territoires.models import (
    ActiviteNaf,
    Chargement,
    Commune,
    CommuneAncienne,
    Departement,
    Epci,
    FormeJuridique,
    Region,
)
from territoires.normalisation import normaliser

#: To be raised when what the load derives from the same files changes (`nom_recherche`).
EDITION = 1

Ligne = Mapping[str, str]
Valeurs = Sequence[object]


class FichierInvalide(Exception):
    """A fixture that cannot be loaded: the message names the file and the line."""


@dataclass(frozen=True)
class Table:
    """One file, the table it fills, and how a line becomes a row (in the order of `colonnes`).

    Rows the file no longer has are deleted, or kept with the column `marque_presence` false.
    """

    fichier: str
    modele: type[models.Model]
    colonnes: tuple[str, ...]
    valeurs: Callable[[Ligne], Valeurs]
    marque_presence: str = ""


@dataclass(frozen=True)
class Jeu:
    """Files loaded together; `tables` in the order their references ask for."""

    code: str
    tables: tuple[Table, ...]

    def millesime(self, dossier: Path) -> str:
        source = json.loads((dossier / self.code / "source.json").read_text(encoding="utf-8"))
        return str(source["millesime"])

    def empreinte(self, dossier: Path) -> str:
        """SHA-256, in hexadecimal, of the files and of the edition of this module."""
        hachage = hashlib.sha256(str(EDITION).encode())
        for table in self.tables:
            hachage.update((dossier / self.code / table.fichier).read_bytes())
        return hachage.hexdigest()


def _region(ligne: Ligne) -> Valeurs:
    return ligne["code"], ligne["nom"], ligne["zone"]


def _departement(ligne: Ligne) -> Valeurs:
    return ligne["code"], ligne["nom"], ligne["region"]


def _epci(ligne: Ligne) -> Valeurs:
    return ligne["siren"], ligne["nom"], ligne["nature"]


def _commune(ligne: Ligne) -> Valeurs:
    return (
        ligne["code"],
        ligne["nom"],
        normaliser(ligne["nom"]),
        int(ligne["population"]) if ligne["population"] else None,
        ligne["codes_postaux"].split(),
        ligne["siren"],
        ligne["departement"],
        ligne["epci"] or None,
        True,
    )


def _ancienne(ligne: Ligne) -> Valeurs:
    nom = ligne["nom"]
    return ligne["code"], nom, normaliser(nom), ligne["nature"], ligne["commune"]


def _activite(ligne: Ligne) -> Valeurs:
    return ligne["code"], ligne["libelle"], int(ligne["niveau"]), ligne["section"]


def _forme(ligne: Ligne) -> Valeurs:
    return ligne["code"], ligne["libelle"], int(ligne["niveau"])


TERRITOIRES = Jeu(
    "territoires",
    (
        Table("regions.csv", Region, ("code", "nom", "zone"), _region),
        Table("departements.csv", Departement, ("code", "nom", "region_id"), _departement),
        Table("epci.csv", Epci, ("siren", "nom", "nature"), _epci),
        Table(
            "communes.csv",
            Commune,
            (
                "code",
                "nom",
                "nom_recherche",
                "population",
                "codes_postaux",
                "siren",
                "departement_id",
                "epci_id",
                "actuelle",
            ),
            _commune,
            marque_presence="actuelle",
        ),
        Table(
            "anciennes.csv",
            CommuneAncienne,
            ("code", "nom", "nom_recherche", "nature", "commune_id"),
            _ancienne,
        ),
    ),
)
NOMENCLATURES = Jeu(
    "nomenclatures",
    (
        Table("naf.csv", ActiviteNaf, ("code", "libelle", "niveau", "section"), _activite),
        Table("formes_juridiques.csv", FormeJuridique, ("code", "libelle", "niveau"), _forme),
    ),
)
JEUX = (TERRITOIRES, NOMENCLATURES)


CREER_TAMPON: LiteralString = (
    "CREATE TEMP TABLE {tampon} AS SELECT {colonnes} FROM {cible} WITH NO DATA"
)
COPIER: LiteralString = "COPY {tampon} ({colonnes}) FROM STDIN"
FUSIONNER: LiteralString = (
    "INSERT INTO {cible} ({colonnes}) SELECT {colonnes} FROM {tampon}"
    " ON CONFLICT ({cle}) DO UPDATE SET {affectations}"
)
MARQUER_ABSENTES: LiteralString = (
    "UPDATE {cible} SET {marque} = false WHERE {cle} NOT IN (SELECT {cle} FROM {tampon})"
)
OTER_ABSENTES: LiteralString = "DELETE FROM {cible} WHERE {cle} NOT IN (SELECT {cle} FROM {tampon})"


def lire(chemin: Path, table: Table) -> Iterator[Valeurs]:
    """Yield the rows of a fixture. Raises FichierInvalide with the number of the line."""
    with chemin.open(encoding="utf-8", newline="") as flux:
        lecteur = csv.DictReader(flux)
        for ligne in lecteur:
            try:
                yield table.valeurs(ligne)
            except (KeyError, ValueError, TypeError, AttributeError) as erreur:
                raise FichierInvalide(
                    f"{chemin.name}, ligne {lecteur.line_num} : {erreur!r}"
                ) from erreur


def remplacer(table: Table, lignes: Iterable[Valeurs]) -> int:
    """Make the table hold `lignes`, by COPY; return their number.

    Rows are updated in place so that what refers to them keeps its reference; deleting one that
    is still referred to makes the transaction fail.
    """
    colonnes = [sql.Identifier(colonne) for colonne in table.colonnes]
    parties = {
        "cible": sql.Identifier(table.modele._meta.db_table),
        "tampon": sql.Identifier(f"charge_{table.modele._meta.model_name}"),
        "cle": colonnes[0],
        "colonnes": sql.SQL(", ").join(colonnes),
        "affectations": sql.SQL(", ").join(
            sql.SQL("{0} = EXCLUDED.{0}").format(colonne) for colonne in colonnes[1:]
        ),
        "marque": sql.Identifier(table.marque_presence),
    }

    def requete(texte: LiteralString) -> sql.Composed:
        return sql.SQL(texte).format(**parties)

    with connection.cursor() as curseur:
        curseur.execute(requete(CREER_TAMPON))
        with curseur.copy(requete(COPIER)) as copie:
            for ligne in lignes:
                copie.write_row(ligne)
        curseur.execute(requete(FUSIONNER))
        nombre = int(curseur.rowcount)
        curseur.execute(requete(MARQUER_ABSENTES if table.marque_presence else OTER_ABSENTES))
        curseur.execute(requete("DROP TABLE {tampon}"))
        # The planner knows the new table at once, not at the next automatic ANALYZE.
        curseur.execute(requete("ANALYZE {cible}"))
    return nombre


def rattacher_disparues() -> None:
    """Give each commune merged since an earlier edition its successor's département and EPCI."""
    disparues = Commune.objects.filter(actuelle=False).values("code")
    for ancienne in CommuneAncienne.objects.filter(code__in=disparues).select_related("commune"):
        Commune.objects.filter(code=ancienne.code).update(
            departement=ancienne.commune.departement_id, epci=ancienne.commune.epci_id
        )


def charger(
    jeu: Jeu, dossier: Path, annoncer: Callable[[str, int], object] = lambda fichier, nombre: None
) -> Chargement | None:
    """Load `dossier/<jeu.code>/`; None, touching nothing, when these files are already loaded.

    To be called within a transaction (see `actes.charger_reference`). `annoncer` is called with
    each file's name and number of rows. Raises FichierInvalide, OSError, IntegrityError (a row
    that is gone is still referred to).
    """
    empreinte = jeu.empreinte(dossier)
    present = Chargement.objects.select_for_update().filter(jeu=jeu.code).first()
    if present is not None and present.empreinte == empreinte:
        return None
    total = 0
    for table in jeu.tables:
        nombre = remplacer(table, lire(dossier / jeu.code / table.fichier, table))
        annoncer(table.fichier, nombre)
        total += nombre
    rattacher_disparues()
    return Chargement.objects.update_or_create(
        jeu=jeu.code,
        defaults={
            "millesime": jeu.millesime(dossier),
            "empreinte": empreinte,
            "lignes": total,
        },
    )[0]
