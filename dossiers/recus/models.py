"""The receipts of the deposits, and the keys that sign them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils import timezone

from dossiers.models import VersionDossier


class CleSignature(models.Model):
    """A key pair (ES256): one signs at a time, those before it still verify.

    The private half is encrypted (`coffre`), and erased when the key is retired: from then on
    nobody signs with it, not even with the database and the secret of the portal.
    """

    #: Thumbprint of the public key (RFC 7638): whoever has the key can check its name.
    kid = models.CharField("identifiant", max_length=43, unique=True, editable=False)
    #: JSON Web Key (RFC 7517): "kty", "crv", "x", "y".
    publique = models.JSONField("clé publique", editable=False)
    privee = models.TextField("clé privée chiffrée", blank=True, editable=False)
    cree_le = models.DateTimeField("créée le", default=timezone.now, editable=False)
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "clé de signature"
        verbose_name_plural = "clés de signature"
        ordering = ("-cree_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                IsNull(F("retiree_le"), True),
                condition=Q(retiree_le__isnull=True),
                name="une_cle_signe_a_la_fois",
            ),
            models.CheckConstraint(
                condition=Q(retiree_le__isnull=True) | Q(privee=""),
                name="une_cle_retiree_ne_signe_plus",
            ),
        ]

    def __str__(self) -> str:
        return self.kid

    def jwk(self) -> dict[str, Any]:
        """The public key as it is published, with the day it was retired, if it was."""
        publiee = {**self.publique, "kid": self.kid, "use": "sig", "alg": "ES256"}
        if self.retiree_le is not None:
            publiee["retiree_le"] = self.retiree_le.isoformat()
        return publiee


class Recu(models.Model):
    """The signed receipt of one deposit, as it was given: never signed anew."""

    version = models.OneToOneField(
        VersionDossier, models.CASCADE, related_name="recu", editable=False
    )
    cle = models.ForeignKey(CleSignature, models.PROTECT, related_name="recus", editable=False)
    #: Compact JWS (RFC 7515): what it says is in `dossiers.recus.format`.
    jws = models.TextField("reçu", editable=False)

    class Meta:
        verbose_name = "reçu"
        verbose_name_plural = "reçus"
        ordering = ("version",)

    def __str__(self) -> str:
        return self.nom_de_fichier

    @property
    def nom_de_fichier(self) -> str:
        """ "recu-DU-2026-000012-v1.jws"."""
        return f"recu-{self.version.dossier.numero}-v{self.version.numero}.jws"

    @property
    def nom_du_contenu(self) -> str:
        """ "contenu-DU-2026-000012-v1.json"."""
        return f"contenu-{self.version.dossier.numero}-v{self.version.numero}.json"
