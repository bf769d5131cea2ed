from django.apps import AppConfig


class AcheminementConfig(AppConfig):
    name = "dossiers.acheminement"
    label = "acheminement"
    verbose_name = "Acheminement"
