from django.apps import AppConfig

from portal.socle.themes import verifier_reglages


class SocleConfig(AppConfig):
    name = "portal.socle"
    label = "socle"
    verbose_name = "Socle commun"

    def ready(self) -> None:
        verifier_reglages()
