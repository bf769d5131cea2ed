from django.apps import AppConfig


class OrganismesConfig(AppConfig):
    name = "territoires.organismes"
    label = "organismes"
    verbose_name = "Organismes et guichets"
