"""A company, its draft, and a small fictitious catalogue with one aide for each outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from aides.criteres.faits import DEPENSES
from aides.models import VersionAide
from dossiers.models import Dossier, Entreprise
from portal.comptes.models import User
from territoires.models import ActiviteNaf, Commune, CommuneAncienne, FormeJuridique
from territoires.organismes.models import Guichet
from tests.fabriques import (
    FAITS,
    AideFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    DossierFabrique,
    EntrepriseFabrique,
    GuichetFabrique,
    MembreFabrique,
    PorteurFabrique,
    UserFabrique,
    VersionAideFabrique,
    declare,
)

SOURCE = "reglement"
#: The lines of a saved table of expenses that were left blank.
ZERO = dict.fromkeys(DEPENSES, "0.00")


def effectif(operateur: str, valeur: str) -> dict[str, Any]:
    return {
        "type": "comparaison", "fait": "effectif", "operateur": operateur, "valeur": valeur,
        "source": SOURCE,
    }  # fmt: skip


def a_verifier(code: str = "utile") -> dict[str, Any]:
    return {"type": "a_verifier", "code": code, "libelle": "Le projet est utile", "source": SOURCE}


def publier(code: str, criteres: dict[str, Any], **champs: Any) -> VersionAide:
    """A published aide financed by a fictitious organisme."""
    version: VersionAide = VersionAideFabrique(
        aide=AideFabrique(code=code), titre=f"Aide {code}", criteres=criteres, **champs
    )
    PorteurFabrique(version=version, organisme__nom=f"Financeur de {code}")
    return version


@dataclass
class Catalogue:
    eligible: VersionAide
    sous_reserve: VersionAide
    a_completer: VersionAide
    non_eligible: VersionAide
    externe: VersionAide
    guichet: Guichet


@pytest.fixture
def catalogue(db: None) -> Catalogue:
    """One aide for each outcome of `FAITS` (12.5 jobs), all of one nature with one desk."""
    guichet = GuichetFabrique(nom="Guichet fictif des entreprises", organisme__nom="Région fictive")
    CompetenceFabrique(guichet=guichet)
    return Catalogue(
        eligible=publier(
            "eligible",
            effectif("<=", "249"),
            montants=[{"forme": "subvention", "taux": "0.30", "source": SOURCE}],
        ),
        sous_reserve=publier(
            "sous-reserve",
            {"type": "tous", "criteres": [effectif("<=", "249"), a_verifier()]},
        ),
        a_completer=publier(
            "a-completer", {"type": "vrai", "fait": "a_jour_obligations", "source": SOURCE}
        ),
        non_eligible=publier("non-eligible", effectif(">=", "250")),
        externe=publier(
            "externe",
            effectif("<=", "249"),
            voie="externe",
            url_externe="https://organisme.invalid/aide",
        ),
        guichet=guichet,
    )


@pytest.fixture
def commune(db: None) -> Commune:
    fictive: Commune = CommuneFabrique(
        code="20901", nom="Valfictif", codes_postaux=["20900"], epci__nom="CC du Val fictif"
    )
    CommuneAncienne.objects.create(
        code="20902", nom="Montfictif", nom_recherche="montfictif", nature="ancienne",
        commune=fictive,
    )  # fmt: skip
    return fictive


@pytest.fixture
def nomenclatures(db: None) -> None:
    """These and no other, whatever real ones an earlier test has loaded."""
    ActiviteNaf.objects.all().delete()
    FormeJuridique.objects.all().delete()
    for code, libelle in (
        ("16.23Z", "Fabrication de charpentes et d'autres menuiseries"),
        ("43.32A", "Travaux de menuiserie bois et PVC"),
        ("25.11Z", "Fabrication de structures métalliques"),
    ):
        ActiviteNaf.objects.create(code=code, libelle=libelle, niveau=5, section="C")
    FormeJuridique.objects.create(code="5710", libelle="SAS", niveau=3)


@pytest.fixture
def gerante(db: None) -> User:
    user: User = UserFabrique(email="gerante@exemple.invalid")
    return user


@pytest.fixture
def entreprise(gerante: User) -> Entreprise:
    membre = MembreFabrique(user=gerante, entreprise=EntrepriseFabrique(nom="Atelier fictif"))
    mienne: Entreprise = membre.entreprise
    return mienne


@pytest.fixture
def vide(entreprise: Entreprise) -> Dossier:
    """A draft without any answer."""
    brouillon: Dossier = DossierFabrique(entreprise=entreprise, titre="Atelier neuf", faits={})
    return brouillon


@pytest.fixture
def rempli(entreprise: Entreprise, commune: Commune) -> Dossier:
    """A draft ready to be deposited."""
    faits = {code: declare(valeur) for code, valeur in (ZERO | FAITS).items()}
    brouillon: Dossier = DossierFabrique(
        entreprise=entreprise,
        titre="Atelier neuf",
        faits=faits | {"commune_projet": declare(commune.code)},
    )
    return brouillon


@pytest.fixture
def navigatrice(gerante: User) -> Client:
    """The test client, signed in."""
    client = Client()
    client.force_login(gerante)
    return client


def adresse(dossier: Dossier, suite: str = "") -> str:
    return f"/dossiers/{dossier.identifiant}/{suite}"
