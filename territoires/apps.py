from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "territoires"
    label = "territoires"
    verbose_name = "Territoires"
