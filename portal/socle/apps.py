from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "portal.socle"
    label = "socle"
    verbose_name = "Socle commun"
