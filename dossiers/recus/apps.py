from django.apps import AppConfig


class RecusConfig(AppConfig):
    name = "dossiers.recus"
    label = "recus"
    verbose_name = "Reçus signés"
