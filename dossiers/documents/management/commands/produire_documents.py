"""`manage.py produire_documents`: the sweep, from cron where no beat runs, and what waits."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from dossiers.documents.actes import produire_dus
from dossiers.models import Document


class Command(BaseCommand):
    help = "Produit les documents qui sont dus, puis dit lesquels attendent et pourquoi."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while (produits := produire_dus()) > 0:
            total += produits
        self.stdout.write(f"{total} documents produits")
        attendent = Document.objects.filter(produit_le__isnull=True)
        for document in attendent.select_related("demande__dossier").order_by("pk"):
            self.stdout.write(
                f"{document.reference} attend, {document.tentatives} essais : "
                f"{document.derniere_erreur or 'pas encore essayé'}"
            )
