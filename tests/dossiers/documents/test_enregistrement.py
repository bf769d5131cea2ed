"""A deposit is acknowledged at once to who sent it (CRPA, articles R112-11-2 and R112-11-3)."""

from __future__ import annotations

import pytest

from dossiers.depot.actes import deposer
from dossiers.models import Notification
from dossiers.templatetags.portail import date_longue
from tests.fabriques import (
    FAITS,
    AideFabrique,
    CommuneFabrique,
    DossierFabrique,
    MembreFabrique,
    VersionAideFabrique,
    declare,
)

pytestmark = pytest.mark.django_db


def deposes(nombre: int):
    """A dossier deposited for so many aides, and who deposited it."""
    codes = [f"aide-{rang}" for rang in range(nombre)]
    for code in codes:
        VersionAideFabrique(aide=AideFabrique(code=code), titre=f"Titre de {code}")
    faits = {**FAITS, "commune_projet": CommuneFabrique().code}
    membre = MembreFabrique()
    MembreFabrique(entreprise=membre.entreprise)
    dossier = DossierFabrique(
        entreprise=membre.entreprise, faits={code: declare(v) for code, v in faits.items()}
    )
    version = deposer(dossier=dossier, codes=codes, par=membre.user)
    assert deposer(dossier=dossier, codes=codes, par=membre.user) == version
    return version, membre.user


def test_who_deposits_is_told_the_date_of_receipt_once():
    version, user = deposes(2)
    notification = Notification.objects.get()
    assert notification.user == user
    numero = version.dossier.numero
    assert notification.sujet == f"Dossier {numero} enregistré"
    for mention in (
        date_longue(version.deposee_le),
        numero,
        "demande 2 aides : « Titre de aide-0 », « Titre de aide-1 »",
        "R112-11-2",
        "dix jours ouvrés",
    ):
        assert mention in notification.texte
    assert notification.chemin == f"/dossiers/{version.dossier.identifiant}/suivi/"
    assert notification.prochaine_tentative is not None


def test_a_long_list_of_aides_is_cut_short():
    deposes(9)
    texte = Notification.objects.get().texte
    assert "demande 9 aides" in texte
    assert "« Titre de aide-5 », 3 autres" in texte
    assert "aide-6" not in texte
