"""Which edition of the reference data is in the database."""

from django.db import models


class Chargement(models.Model):
    """One set of fixtures as loaded: its edition and the hash of its files."""

    jeu = models.CharField(max_length=30, primary_key=True)
    millesime = models.CharField("millésime", max_length=20)
    #: SHA-256, in hexadecimal, of the files and of the code's own edition of the load.
    empreinte = models.CharField(max_length=64)
    lignes = models.PositiveIntegerField()
    charge_le = models.DateTimeField("chargé le", auto_now=True)

    class Meta:
        verbose_name = "chargement"
        ordering = ("jeu",)

    def __str__(self) -> str:
        return f"{self.jeu} {self.millesime}"
