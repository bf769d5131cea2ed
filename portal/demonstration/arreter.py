"""`make services-stop`: stop this project's demonstration, or what is left of one."""

from portal.demonstration.processus import arreter_restes
from portal.services_embarques.chemins import dossier_sockets
from portal.services_embarques.serveurs import SERVEURS

if __name__ == "__main__":
    arreter_restes()
    for nom, fabrique in SERVEURS.items():
        serveur = fabrique()
        if dossier_sockets().exists() and serveur.repond():
            print(f"Arrêt de {nom}.")
            serveur.arreter_orphelin()
