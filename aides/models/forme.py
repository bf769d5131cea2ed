"""The forms an aid takes."""

from django.db import models


class Forme(models.TextChoices):
    """What a company receives; the codes are those of the exchange format."""

    SUBVENTION = "subvention", "Subvention"
    AVANCE_REMBOURSABLE = "avance_remboursable", "Avance remboursable"
    PRET = "pret", "Prêt"
    GARANTIE = "garantie", "Garantie"
    PRESTATION = "prestation", "Prestation"
    ACCOMPAGNEMENT = "accompagnement", "Accompagnement"
    CREDIT_IMPOT = "credit_impot", "Crédit d’impôt"
    EXONERATION = "exoneration", "Exonération"
    PRISE_EN_CHARGE = "prise_en_charge", "Prise en charge"
    FINANCEMENT = "financement", "Financement"
    PRIME = "prime", "Prime"
    PARTICIPATION = "participation", "Participation au capital"
