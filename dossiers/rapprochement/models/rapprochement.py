"""A match kept: the versions it used, the facts it saw, each outcome with its proof."""

from __future__ import annotations

from django.db import models

from aides.criteres.evaluation import Issue
from aides.models import VersionAide
from dossiers.models import VersionDossier
from portal.socle.json_canonique import EnClair


class Rapprochement(models.Model):
    """One run of a dossier's version against the whole catalogue; can be replayed."""

    version_dossier = models.OneToOneField(
        VersionDossier, models.PROTECT, related_name="rapprochement"
    )
    #: The day the evaluation spoke of.
    le = models.DateField("évalué au")
    #: The facts the evaluation saw, in exchanged JSON.
    faits = models.JSONField("faits")
    #: What else the evaluation saw (dossiers.rapprochement.contexte); empty for the matches that
    #: were kept before it was.
    contexte = models.JSONField("contexte", default=dict, blank=True, encoder=EnClair)
    #: What it said of the aides that were not asked for: primary key of the version -> [issue,
    #: the verdict of each leaf (`aides.criteres.evaluation.resume`)]. The proof in words of those
    #: that were asked for is in the results.
    autres = models.JSONField("autres aides", default=dict, blank=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "rapprochement"
        ordering = ("-cree_le", "-pk")

    def __str__(self) -> str:
        return f"{self.version_dossier} au {self.le:%d/%m/%Y}"


class Resultat(models.Model):
    """The outcome in a match of one aide that was asked for."""

    class Valeur(models.TextChoices):
        ELIGIBLE = Issue.ELIGIBLE, "Éligible"
        SOUS_RESERVE = Issue.SOUS_RESERVE, "Éligible sous réserve"
        A_COMPLETER = Issue.A_COMPLETER, "À compléter"
        NON_ELIGIBLE = Issue.NON_ELIGIBLE, "Non éligible"

    rapprochement = models.ForeignKey(Rapprochement, models.PROTECT, related_name="resultats")
    version_aide = models.ForeignKey(VersionAide, models.PROTECT, related_name="+")
    issue = models.CharField("issue", max_length=12, choices=Valeur)
    #: The proof as JSON (aides.criteres.preuves), and the estimate of the amount.
    preuve = models.JSONField("preuve", encoder=EnClair)
    montant = models.JSONField("montant", default=dict, blank=True, encoder=EnClair)

    class Meta:
        verbose_name = "résultat"
        ordering = ("rapprochement", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["rapprochement", "version_aide"], name="un_resultat_par_aide"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_aide} : {self.get_issue_display()}"
