from django.apps import AppConfig


class DepotConfig(AppConfig):
    name = "dossiers.depot"
    label = "depot"
    verbose_name = "Dépôt"
