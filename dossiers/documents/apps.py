from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dossiers.documents"
    label = "documents"
    verbose_name = "Documents"
