"""Activities (NAF rév. 2) and legal forms, at every level of INSEE's nomenclatures."""

from django.db import models


class ActiviteNaf(models.Model):
    """One item of NAF rév. 2: section "C", division "25", groupe "25.1", classe "25.11" or
    sous-classe "25.11Z" (the level of a company's own code).
    """

    class Niveau(models.IntegerChoices):
        SECTION = 1, "Section"
        DIVISION = 2, "Division"
        GROUPE = 3, "Groupe"
        CLASSE = 4, "Classe"
        SOUS_CLASSE = 5, "Sous-classe"

    code = models.CharField(max_length=6, primary_key=True)
    libelle = models.CharField("libellé", max_length=250)
    niveau = models.PositiveSmallIntegerField(choices=Niveau)
    #: Letter of the section, A to U; a section's own code.
    section = models.CharField(max_length=1)

    class Meta:
        verbose_name = "activité"
        ordering = ("section", "code")
        indexes = [models.Index(fields=["niveau", "code"], name="activite_niveau_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class FormeJuridique(models.Model):
    """One legal category: level 1 "5", level 2 "57", level 3 "5710" (a company's own code)."""

    code = models.CharField(max_length=4, primary_key=True)
    libelle = models.CharField("libellé", max_length=150)
    niveau = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "forme juridique"
        verbose_name_plural = "formes juridiques"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.libelle
