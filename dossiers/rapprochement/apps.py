from django.apps import AppConfig


class RapprochementConfig(AppConfig):
    name = "dossiers.rapprochement"
    label = "rapprochement"
    verbose_name = "Rapprochement"
