"""`manage.py demonstration`: file the fictitious dossiers, wait, and give an account."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, F

from aides.criteres.evaluation import Issue
from dossiers.depot.demonstration import (
    EN_PANNE,
    MOT_DE_PASSE,
    creer_comptes,
    deposer_dossiers,
    lire,
    mettre_un_guichet_en_panne,
)
from dossiers.models import Demande, Document, Dossier
from dossiers.rapprochement.appariement import Appariement

DELAI = 120.0
DELAI_DOCUMENTS = 60.0
#: For one aide, for several.
LIBELLES = {
    Issue.ELIGIBLE: ("éligible", "éligibles"),
    Issue.SOUS_RESERVE: ("sous réserve", "sous réserve"),
    Issue.A_COMPLETER: ("à compléter", "à compléter"),
    Issue.NON_ELIGIBLE: ("exclue", "exclues"),
}


class Command(BaseCommand):
    help = "Dépose les dossiers fictifs, attend leur remise aux guichets et rend compte."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--identifiants", action="store_true", help="n’afficher que les comptes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "Les comptes de démonstration ont un mot de passe public : cette commande "
                "ne fonctionne qu’avec les réglages de développement."
            )
        donnees = lire()
        comptes = creer_comptes(donnees)
        if options["identifiants"]:
            largeur = max(len(compte.user.email) for compte in comptes)
            self.stdout.write(f"Comptes    mot de passe : {MOT_DE_PASSE}")
            for compte in comptes:
                self.stdout.write(f"  {compte.user.email:<{largeur}}  {compte.role}")
            return
        debut = time.monotonic()
        for dossier, appariement in deposer_dossiers(donnees):
            self._raconter(dossier, appariement)
        self._attendre()
        self._attendre_documents()
        guichet = mettre_un_guichet_en_panne(donnees)
        self.stdout.write(f"Pour l’exemple, un guichet ne répond pas : {guichet} (voir /bureau/)")
        self._rendre_compte(time.monotonic() - debut)

    def _raconter(self, dossier: Dossier, appariement: Appariement) -> None:
        groupes = appariement.par_issue()
        detail = ", ".join(_accorder(len(groupes[nom]), *mots) for nom, mots in LIBELLES.items())
        examinees = _accorder(len(appariement.aides), "aide examinée", "aides examinées")
        self.stdout.write(f"{dossier.numero}  {dossier.entreprise.nom} : {dossier.titre}")
        self.stdout.write(f"  {examinees} : {detail}")
        for ecartee in appariement.ecartees:
            self.stdout.write(f"  écartée : {ecartee.titre} ({ecartee.motif})")
        self.stdout.flush()

    def _attendre(self) -> None:
        """Until every demande is handed over or in the human queue, saying how far it is."""
        limite = time.monotonic() + DELAI
        precedent = -1
        while (restantes := _compter()["en_cours"]) > 0:
            if restantes != precedent:
                nombre = _accorder(restantes, "demande", "demandes")
                self.stdout.write(f"  en route vers les guichets : {nombre}")
                self.stdout.flush()
                precedent = restantes
            if time.monotonic() > limite:
                nombre = _accorder(
                    restantes, "demande n’est ni remise", "demandes ne sont ni remises"
                )
                raise CommandError(f"{nombre} ni en file après {DELAI:.0f} s.")
            time.sleep(0.2)

    def _attendre_documents(self) -> None:
        """Until each acknowledgement has been tried once: a machine that cannot write PDF goes
        on without.
        """
        limite = time.monotonic() + DELAI_DOCUMENTS
        attendent = Document.objects.filter(produit_le__isnull=True, derniere_erreur="")
        while attendent.exists() and time.monotonic() < limite:
            time.sleep(0.2)
        produits = Document.objects.filter(produit_le__isnull=False).count()
        nombre = _accorder(produits, "produit", "produits")
        self.stdout.write(f"Documents PDF : {nombre} sur {Document.objects.count()}")

    def _rendre_compte(self, duree: float) -> None:
        self.stdout.write("Demandes par guichet")
        par_guichet = (
            Demande.objects.values(nom=F("guichet__nom"))
            .annotate(nombre=Count("pk"))
            .order_by("nom")
        )
        for ligne in par_guichet:
            nom = ligne["nom"] or "File d’orientation (personne n’est compétent)"
            self.stdout.write(f"  {ligne['nombre']:>3}  {nom}")
        for demande in Demande.objects.en_file_humaine().with_details():
            self.stdout.write(
                f"  {demande.numero} « {demande.version_aide.titre} », "
                f"{demande.commune.libelle} : {demande.file_motif}"
            )
        self.stdout.write(f"Durée : {duree:.1f} s")
        compte = _compter()
        self.stdout.write(
            f"demo: dossiers={compte['dossiers']} demandes={compte['demandes']} "
            f"remises={compte['remises']} en_file_humaine={compte['en_file_humaine']} "
            f"perdues={compte['en_cours']}"
        )


def _accorder(nombre: int, un: str, plusieurs: str) -> str:
    return f"{nombre} {plusieurs if nombre > 1 else un}"


def _compter() -> dict[str, int]:
    """Dossiers and demandes filed, handed over by the channel of record, in the human queue, and
    the rest; without what is at the desk in trouble, which is never handed over.
    """
    toutes = Demande.objects.exclude(guichet__organisme__code=EN_PANNE)
    demandes = toutes.count()
    remises = (
        toutes.filter(acheminements__de_reference=True, acheminements__remise_le__isnull=False)
        .distinct()
        .count()
    )
    en_file = Demande.objects.en_file_humaine().count()
    return {
        "dossiers": toutes.order_by().values("dossier").distinct().count(),
        "demandes": demandes,
        "remises": remises,
        "en_file_humaine": en_file,
        "en_cours": demandes - remises - en_file,
    }
