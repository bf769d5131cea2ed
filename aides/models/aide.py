"""An aide and its dated, immutable versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from aides.querysets import AideQuerySet
from portal.comptes.models import User
from portal.socle.permissions import Permission
from territoires.organismes.models import NatureAide

ETRANGERE = (
    "Seuls les gestionnaires du catalogue d’un organisme qui finance ou diffuse cette aide "
    "peuvent la modifier."
)


class Aide(models.Model):
    """A public aid scheme. What it says lives in its versions; this row is its identity."""

    #: Stable slug: addresses and exchange files name an aide by it.
    code = models.SlugField("code", max_length=80, unique=True)
    #: Identifier of the national schema `dispositif-aide-professionnels`.
    identifiant = models.UUIDField("identifiant national", unique=True)
    version = models.OneToOneField(
        "aides.VersionAide",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="version publiée",
    )

    objects = AideQuerySet.as_manager()

    class Meta:
        verbose_name = "aide"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code

    def permissions(self, user: User) -> dict[str, Permission]:
        """What a person may do with what the aide says."""
        modifiable = Aide.objects.modifiables_par(user).filter(pk=self.pk).exists()
        modifier = Permission(modifiable, "" if modifiable else ETRANGERE)
        close = self.version is None or self.version.statut == VersionAide.Statut.CLOSE
        deja_close = Permission(False, "Cette aide est déjà close.")
        return {"modifier": modifier, "clore": deja_close if modifier and close else modifier}


class VersionAide(models.Model):
    """What an aide says from `publiee_le` on. Never modified: a change is a new version."""

    class Statut(models.TextChoices):
        ACTIVE = "active", "En vigueur"
        A_CONFIRMER = "a_confirmer", "À confirmer"
        CLOSE = "close", "Close"

    class Voie(models.TextChoices):
        PORTAIL = "portail", "Se demande ici"
        EXTERNE = "externe", "Se demande ailleurs"

    aide = models.ForeignKey(Aide, models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField("numéro de version")
    publiee_le = models.DateTimeField("publiée le")
    #: SHA-256 of the canonical exchange document; equal documents make no new version.
    empreinte = models.CharField("empreinte", max_length=64)

    titre = models.CharField("titre", max_length=200)
    promesse = models.CharField("promesse", max_length=180, blank=True)
    description = models.TextField("description", max_length=5000, blank=True)
    nature = models.CharField("nature d’aide", max_length=24, choices=NatureAide)
    natures_secondaires = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    formes = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    perimetre = ArrayField(models.CharField(max_length=16), verbose_name="périmètre")
    exclusions = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    naf = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    naf_exclusions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    ouverture = models.DateField("ouverture", null=True, blank=True)
    #: Last day included.
    cloture = models.DateField("clôture", null=True, blank=True)
    statut = models.CharField("statut", max_length=12, choices=Statut)
    statut_precision = models.TextField("précision du statut", blank=True)
    verifie_le = models.DateField("source relue le", null=True, blank=True)
    voie = models.CharField("voie", max_length=8, choices=Voie, default=Voie.PORTAIL)
    url_externe = models.URLField("adresse externe", max_length=500, blank=True)
    complete = models.SlugField("complète l’aide", max_length=80, blank=True)
    #: The rest of the exchange document, in its own notation: see docs/schemas.
    sources = models.JSONField("sources", default=dict)
    bases_juridiques = models.JSONField("bases juridiques", default=list, blank=True)
    criteres = models.JSONField("critères")
    montants = models.JSONField("montants", default=list, blank=True)
    #: Title, promise, description and names of the funders, without accents: what `q` reads.
    texte = models.TextField("texte cherché", blank=True, editable=False)
    #: French stems, with accents (they tell endings apart) and without; whole words, so that
    #: the beginning of one is found too.
    recherche = models.GeneratedField(
        expression=SearchVector("titre", "promesse", "description", config="french")
        + SearchVector("texte", config="french")
        + SearchVector("texte", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "version d’aide"
        verbose_name_plural = "versions d’aide"
        ordering = ("aide", "-numero")
        constraints = [
            models.UniqueConstraint(fields=["aide", "numero"], name="une_version_par_numero"),
            models.CheckConstraint(
                condition=Q(ouverture__isnull=True)
                | Q(cloture__isnull=True)
                | Q(cloture__gte=F("ouverture")),
                name="version_dates_ordonnees",
            ),
            models.CheckConstraint(
                condition=Q(voie="portail", url_externe="")
                | (Q(voie="externe") & ~Q(url_externe="")),
                name="voie_externe_a_une_adresse",
            ),
        ]
        indexes = [GinIndex(fields=["recherche"]), GinIndex(fields=["perimetre"])]

    def __str__(self) -> str:
        return self.titre
