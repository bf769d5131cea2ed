from django.urls import path

from dossiers.instruction.views import (
    complements,
    decision,
    demande,
    echanges,
    lettre,
    listes,
    orientation,
    rejeu,
    suites,
    tableau_de_bord,
    verifications,
)

app_name = "instruction"
DEMANDE = "instruction/demandes/<uuid:identifiant>/"

urlpatterns = [
    path("instruction/", listes.corbeille, name="corbeille"),
    path("instruction/corbeille.csv", listes.corbeille_csv, name="corbeille-csv"),
    path("instruction/demandes/<uuid:identifiant>/", demande.demande, name="demande"),
    path("instruction/demandes/<uuid:identifiant>/ouvrir/", demande.ouvrir, name="ouvrir"),
    *(
        path(
            f"{DEMANDE}{acte.replace('_', '-')}/",
            suites.immediat,
            {"acte": acte},
            name=acte.replace("_", "-"),
        )
        for acte in suites.IMMEDIATS
    ),
    path(f"{DEMANDE}rejouer/", rejeu.rejouer, name="rejouer"),
    path(f"{DEMANDE}verifier/", verifications.verifications, name="verifier"),
    path(f"{DEMANDE}complement/", complements.complement, name="demander-complement"),
    path(
        f"{DEMANDE}complement/corriger/",
        complements.complement,
        {"acte": "corriger_complement"},
        name="corriger-complement",
    ),
    path(f"{DEMANDE}complement/annuler/", complements.annuler, name="annuler-complement"),
    path(f"{DEMANDE}confier/", suites.passer_le_relais, name="passer-le-relais"),
    path(f"{DEMANDE}reorienter/", suites.reorienter, name="reorienter"),
    path(f"{DEMANDE}messages/", echanges.ecrire_message, name="ecrire"),
    path(f"{DEMANDE}messages/lus/", echanges.messages_lus, name="messages-lus"),
    path(
        "instruction/demandes/<uuid:identifiant>/decision/<slug:acte>/",
        decision.decider,
        name="decider",
    ),
    path(
        "instruction/demandes/<uuid:identifiant>/decision/<slug:acte>/lettre/",
        lettre.lettre,
        name="lettre",
    ),
    path("territoire/", listes.territoire, name="territoire"),
    path("territoire/territoire.csv", listes.territoire_csv, name="territoire-csv"),
    path("orientation/", orientation.file_humaine, name="file"),
    *(
        chemin
        for debut, nom, vue in (
            ("instruction", "tableau-instruction", tableau_de_bord.instruction),
            ("territoire", "tableau-territoire", tableau_de_bord.territoire),
            ("orientation", "tableau-portail", tableau_de_bord.portail),
        )
        for chemin in (
            path(f"{debut}/tableau-de-bord/", vue, name=nom),
            path(f"{debut}/tableau-de-bord/<slug:figure>.csv", vue, name=f"{nom}-csv"),
        )
    ),
    path("orientation/<uuid:identifiant>/", orientation.choisir, name="choisir-guichet"),
]
