"""The facts of deposited dossiers laid flat: what reverse matching reads, without a join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from aides.criteres.faits import DATE_DEMANDE, VOCABULAIRE, Fait, Type
from aides.criteres.sql import AGES
from dossiers.models import Dossier, Entreprise, VersionDossier
from dossiers.rapprochement import recherches  # noqa: F401 - the lookups of the arrays
from dossiers.rapprochement.querysets import FaitsDossierQuerySet

#: The facts that have a column: all but the day, and what is counted from it.
PROJETES: tuple[Fait, ...] = tuple(
    fait for fait in VOCABULAIRE.values() if fait is not DATE_DEMANDE and fait.code not in AGES
)
#: The places among them: the INSEE code of the commune stands beside its array of codes.
LIEUX: tuple[str, ...] = tuple(fait.code for fait in PROJETES if fait.type is Type.LIEU)


def colonne_insee(lieu: str) -> str:
    """The name of the column of the INSEE code of a place: "commune_projet_insee"."""
    return f"{lieu}_insee"


class FaitsDossier(models.Model):
    """One version of a dossier, its facts as the language reads them: a projection, which the
    actes of this room keep and `projeter_faits` rebuilds. Nothing is known by it alone.

    One column per fact of `PROJETES`, added below: NULL when nobody answered. Amounts are cents,
    headcounts tenths. Places hold every code that holds the commune on the day of the last
    `actualiser_lieux`.
    """

    version = models.OneToOneField(
        VersionDossier, models.CASCADE, primary_key=True, related_name="faits_projetes"
    )
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="+")
    #: Whether it is the last version of its dossier.
    courante = models.BooleanField("courante", default=True)
    #: SIREN of the EPCI of the project's commune; empty outside any, or without a commune.
    epci_projet = models.CharField("EPCI du projet", max_length=9, default="", blank=True)
    #: Codes of the facts answered "not applicable": their column is NULL.
    sans_objet = ArrayField(models.TextField(), verbose_name="sans objet", default=list)
    #: What the row was made by (`projection.EDITION`): another one is to be made again.
    edition = models.CharField("édition", max_length=16)

    objects = FaitsDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "faits d’un dossier"
        verbose_name_plural = "faits des dossiers"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(courante=True), name="une_version_courante"
            )
        ]
        # Measured on 1,000,000 rows (681 MB), "eligible or not yet known" for one aide: of one
        # EPCI 1,085 ms without an index, 13 with these two, since a place that is not answered
        # is possible too; of one département 899, 601; of a région (a thirteenth) 1,241, 1,344:
        # the table is then read whole. What was tried and left out, because the rows that did
        # not answer are read anyway: NAF (no gain; 515 to 75 ms for the surely eligible alone),
        # headcount, sectors, the place of the registered office.
        indexes = [
            GinIndex(fields=["commune_projet"], condition=Q(courante=True), name="faits_lieu"),
            models.Index(
                fields=["version"],
                condition=Q(courante=True, commune_projet__isnull=True),
                name="faits_sans_lieu",
            ),
            # When a zone is loaded, per commune: 826 ms without, 10 with (300,000 rows).
            models.Index(
                fields=["commune_projet_insee"], condition=Q(courante=True), name="faits_insee"
            ),
            models.Index(
                fields=["commune_siege_insee"], condition=Q(courante=True), name="faits_insee_siege"
            ),
        ]

    def __str__(self) -> str:
        return f"Faits de la version {self.version_id}"


class ActualisationLieux(models.Model):
    """One time the places of `FaitsDossier` were made to hold the codes of the day."""

    le = models.DateField("codes du")
    #: `territoires.perimetre.empreinte_des_lieux`: what these codes depend on.
    empreinte = models.CharField("empreinte", max_length=64)
    lignes = models.PositiveIntegerField("lignes récrites")
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "actualisation des lieux"
        verbose_name_plural = "actualisations des lieux"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Lieux au {self.le:%d/%m/%Y}"


def _colonnes(fait: Fait) -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """The columns of a fact, each with its name. Without a label: changing one is no migration."""
    libre: dict[str, Any] = {"null": True, "blank": True}
    champ: models.Field[Any, Any]
    match fait.type:
        case Type.MONTANT | Type.DIXIEMES | Type.ENTIER:
            champ = models.BigIntegerField(**libre)
        case Type.BOOLEEN:
            champ = models.BooleanField(**libre)
        case Type.DATE:
            champ = models.DateField(**libre)
        case Type.CODE_NAF | Type.CODE_NAF_2025 | Type.CODE_FORME:
            # Levels are intervals of codes, in the order of their characters.
            champ = models.CharField(max_length=6, db_collation="C", **libre)
        case Type.CHOIX | Type.CHOIX_MULTIPLE | Type.OCTROIS:
            champ = ArrayField(models.TextField(), **libre)
        case Type.LIEU:
            champ = ArrayField(models.TextField(), **libre)
            insee = models.CharField(max_length=5, default="", blank=True)
            yield colonne_insee(fait.code), insee
        case _:
            assert_never(fait.type)
    yield fait.code, champ


for _fait in PROJETES:
    for _nom, _champ in _colonnes(_fait):
        FaitsDossier.add_to_class(_nom, _champ)
