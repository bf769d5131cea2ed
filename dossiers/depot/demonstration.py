"""The demonstration: fictitious accounts and dossiers, filed by the same actes as the form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from aides.criteres.evaluation import Issue
from aides.criteres.faits import VOCABULAIRE, Section
from dossiers.acheminement.actes import orienter
from dossiers.acheminement.actes.orientation import mettre_en_file
from dossiers.acheminement.webhook.actes import connecter_cette_machine
from dossiers.depot.actes import (
    creer_dossier,
    deposer,
    enregistrer_section,
    rattacher,
)
from dossiers.depot.pdf_fictif import pdf_fictif
from dossiers.faits import faits_du_dossier
from dossiers.models import Demande, Dossier
from dossiers.pieces.actes import ajouter_piece
from dossiers.rapprochement.appariement import Appariement, apparier
from portal.comptes.models import User
from territoires.organismes.actes import creer_guichet
from territoires.organismes.models import (
    AdministrateurOrganisme,
    AgentGuichet,
    GestionnaireCatalogue,
    Guichet,
    Organisme,
)

FICHIER = Path(settings.BASE_DIR) / "fixtures" / "demonstration.json"
MOT_DE_PASSE = "demonstration-2026"
#: The organisme of the desk in trouble.
EN_PANNE = "organisme-fictif-en-panne"
#: On this machine; nothing listens to that port (discard, RFC 863).
SANS_REPONSE = "http://127.0.0.1:9/demandes"
DEPOSABLES = (Issue.ELIGIBLE, Issue.SOUS_RESERVE)


@dataclass(frozen=True, slots=True)
class Compte:
    """One sign-in of the demonstration: who it is, the address, whether it was just made."""

    role: str
    user: User


def lire() -> dict[str, Any]:
    """The demonstration's data: dossiers, officers of desks, portal administrators."""
    contenu: dict[str, Any] = json.loads(FICHIER.read_text(encoding="utf-8"))
    return contenu


def creer_comptes(donnees: Mapping[str, Any]) -> list[Compte]:
    """Every account, made once; the addresses count as confirmed."""
    comptes = [
        Compte(dossier["nom"], _user(dossier["compte"], "Dirigeant fictif"))
        for dossier in donnees["dossiers"]
    ]
    en_panne = donnees["panne"]["dossier"]
    comptes.append(Compte(en_panne["nom"], _user(en_panne["compte"], "Dirigeante fictive")))
    for agent in donnees["agents"]:
        user = _user(agent["compte"], agent["nom"])
        for guichet in Guichet.objects.filter(code__in=agent["guichets"]).order_by("pk"):
            AgentGuichet.objects.get_or_create(guichet=guichet, user=user)
        for organisme in Organisme.objects.filter(code=agent.get("administre")).order_by("pk"):
            AdministrateurOrganisme.objects.get_or_create(organisme=organisme, user=user)
        for organisme in Organisme.objects.filter(code=agent.get("catalogue")).order_by("pk"):
            GestionnaireCatalogue.objects.get_or_create(organisme=organisme, user=user)
        comptes.append(Compte(agent["nom"], user))
    for admin in donnees["administration"]:
        user = _user(admin["compte"], admin["nom"], is_staff=True)
        comptes.append(Compte(admin["nom"], user))
    return comptes


def _user(email: str, nom: str, *, is_staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, MOT_DE_PASSE, nom_complet=nom, is_staff=is_staff)
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def deposer_dossiers(donnees: Mapping[str, Any]) -> Iterator[tuple[Dossier, Appariement]]:
    """File each dossier that is not filed yet, and match it; a half-filled one is resumed."""
    for modele in donnees["dossiers"]:
        yield _deposer(modele)


def _deposer(modele: Mapping[str, Any], aides: int | None = None) -> tuple[Dossier, Appariement]:
    """`aides`: for how many at most."""
    par = User.objects.get(email=modele["compte"])
    entreprise = rattacher(siret=modele["siret"], nom=modele["nom"], par=par).entreprise
    dossier = Dossier.objects.filter(entreprise=entreprise, titre=modele["titre"]).first()
    if dossier is None:
        dossier = creer_dossier(
            entreprise=entreprise,
            titre=modele["titre"],
            description=modele["description"],
            par=par,
        )
    if dossier.est_brouillon:
        _remplir(dossier, modele["faits"], par)
        dossier.refresh_from_db()
    appariement = _apparier(dossier)
    if dossier.est_brouillon:
        _joindre(dossier, par)
        deposer(dossier=dossier, codes=_choisir(appariement)[:aides], par=par)
        dossier.refresh_from_db()
    return dossier, appariement


@transaction.atomic
def mettre_un_guichet_en_panne(donnees: Mapping[str, Any]) -> Guichet:
    """One more demande, given to a fictitious desk whose system answers nothing, so that operators
    have something to repair; once. What it holds is in no count of the demonstration.
    """
    panne = donnees["panne"]
    organisme, nouveau = Organisme.objects.get_or_create(code=EN_PANNE, defaults=panne["organisme"])
    if not nouveau:
        return organisme.guichets.get()
    admin = User.objects.get(email=donnees["administration"][0]["compte"])
    guichet = creer_guichet(organisme=organisme, par=admin, **panne["guichet"])
    connecter_cette_machine(guichet=guichet, url=SANS_REPONSE)
    guichet.refresh_from_db()
    (faits,) = (d["faits"] for d in donnees["dossiers"] if d["compte"] == panne["faits_de"])
    dossier, _ = _deposer({**panne["dossier"], "faits": faits}, aides=1)
    # No competence leads to a fictitious desk: the administration gives it the demande.
    for demande in dossier.demandes.all():
        mettre_en_file(demande, Demande.File.SANS_GUICHET, panne["motif"])
        orienter(demande=demande, guichet=guichet, user=admin, motif=panne["motif"])
    return guichet


def _remplir(dossier: Dossier, faits: Mapping[str, Any], par: User) -> None:
    for section in Section:
        reponses = {c: v for c, v in faits.items() if VOCABULAIRE[c].section is section}
        if reponses:
            enregistrer_section(dossier=dossier, section=section, faits=reponses, par=par)


def _joindre(dossier: Dossier, par: User) -> None:
    """Two files that say what they are; the same ones again change nothing."""
    for nom, objet in (("Devis fictif.pdf", "Devis"), ("RIB fictif.pdf", "RIB")):
        contenu = pdf_fictif("DOCUMENT FICTIF", "", objet, dossier.entreprise.nom, dossier.titre)
        fichier = ContentFile(contenu, name=nom)
        ajouter_piece(dossier=dossier, fichier=fichier, par=par)


def _apparier(dossier: Dossier) -> Appariement:
    le = timezone.localdate(dossier.depose_le) if dossier.depose_le else timezone.localdate()
    return apparier(faits_du_dossier(dossier, le), le)


def _choisir(appariement: Appariement) -> list[str]:
    """Every aide filed here that the company can claim; failing that, what answers may open."""
    ici = [aide for aide in appariement.aides if not aide.version.externe]
    choisies = [aide for aide in ici if aide.issue in DEPOSABLES]
    choisies = choisies or [aide for aide in ici if aide.issue is Issue.A_COMPLETER]
    return [aide.version.code for aide in choisies]
