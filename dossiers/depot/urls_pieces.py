"""The addresses of the files of a dossier."""

from django.urls import path

from dossiers.depot.views import pieces

RACINE = "dossiers/<uuid:identifiant>/pieces/"
ADRESSES = [
    path(RACINE, pieces.pieces, name="pieces"),
    path(f"{RACINE}<uuid:piece>/retirer/", pieces.retirer, name="retirer_piece"),
    path(f"{RACINE}<uuid:piece>/remettre/", pieces.remettre, name="remettre_piece"),
    path(f"{RACINE}<uuid:piece>/type/", pieces.typer, name="typer_piece"),
]
