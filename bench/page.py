"""The page of results of one dossier: every query, every template, up to the last byte."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aides.criteres.arbre import Tous
from aides.criteres.echange import ecrire
from aides.criteres.faits import DECLARES
from aides.criteres.valeurs import vers_json
from aides.models import Aide, Porteur, VersionAide
from bench import lieux
from bench.catalogue import catalogue
from bench.dossiers import complets
from bench.mesure import Epreuve, tours
from bench.rapport import Chiffre
from dossiers.models import Dossier, Entreprise, Membre
from portal.comptes.models import User
from territoires.models import Commune, Departement, Epci, Region
from territoires.normalisation import normaliser
from territoires.organismes.models import NatureAide, Organisme

PETIT, GRAND = 100, 3_000
ORGANISMES = 40
TOURS = 9


def mesurer(dire: Callable[[str], None]) -> list[Chiffre]:
    """The figures; needs a base without aides, and leaves them there."""
    dire("page de résultats : lieux, organismes, dossier")
    _territoires()
    organismes = _organismes()
    client, adresse = _dossier()
    arbres = catalogue(GRAND)
    temps: dict[int, float] = {}
    requetes: dict[int, int] = {}
    for debut, fin in ((0, PETIT), (PETIT, GRAND)):
        dire(f"page de résultats : {fin} aides")
        _publier(arbres[debut:fin], debut, organismes)
        _lire(client, adresse)  # the first page after a publication compiles the catalogue
        with CaptureQueriesContext(
            connection,
        ) as captees:
            _lire(client, adresse)
        requetes[fin] = len(captees)
        temps |= tours({fin: Epreuve(lambda _: _lire(client, adresse))}, TOURS)
    rapport = temps[GRAND] / temps[PETIT]
    return [
        Chiffre(
            "page_3000", "Page de résultats, 3 000 aides", "Page of results, 3,000 aids",
            temps[GRAND], "ms", f"la même avec {PETIT} aides", rapport, "≤ 3", rapport <= 3,
        ),
        Chiffre(
            "page_3000_requetes", "  requêtes", "its queries",
            requetes[GRAND], "", f"la même avec {PETIT} aides",
            requetes[GRAND] / requetes[PETIT], "≤ 12", requetes[GRAND] <= 12,
        ),
    ]  # fmt: skip


def _lire(client: Client, adresse: str) -> None:
    reponse = client.get(adresse)
    if reponse.status_code != 200:
        raise AssertionError(f"{adresse} : {reponse.status_code}")


def _territoires() -> None:
    Region.objects.bulk_create(
        Region(code=lieux.region(n)[4:], nom=f"Région fictive {n}", zone="metro")
        for n in range(lieux.REGIONS)
    )
    Departement.objects.bulk_create(
        Departement(
            code=lieux.departement(n)[4:],
            nom=f"Département fictif {n}",
            region_id=lieux.region(n)[4:],
        )
        for n in range(lieux.DEPARTEMENTS)
    )
    Epci.objects.bulk_create(
        Epci(siren=lieux.epci(n)[5:], nom=f"Communauté fictive {n}", nature="CC")
        for n in range(lieux.EPCI)
    )
    Commune.objects.bulk_create(_commune(n) for n in range(lieux.COMMUNES))


def _commune(numero: int) -> Commune:
    nom, epci = f"Commune fictive {numero}", numero % lieux.EPCI
    return Commune(
        code=lieux.commune(numero)[4:],
        nom=nom,
        nom_recherche=normaliser(nom),
        departement_id=lieux.departement(epci)[4:],
        epci_id=lieux.epci(epci)[5:],
    )


def _organismes() -> list[Organisme]:
    return Organisme.objects.bulk_create(
        Organisme(code=f"bench-{n}", nom=f"Organisme fictif {n}", type="region")
        for n in range(ORGANISMES)
    )


def _publier(arbres: Sequence[Tous], debut: int, organismes: Sequence[Organisme]) -> None:
    """Publish one aide for each tree; the périmètre is in the tree."""
    codes = [f"bench-{debut + rang}" for rang in range(len(arbres))]
    aides = Aide.objects.bulk_create(
        Aide(code=code, identifiant=uuid.uuid5(uuid.NAMESPACE_URL, code)) for code in codes
    )
    versions = VersionAide.objects.bulk_create(
        VersionAide(**_contenu(aide, arbre, rang))
        for rang, (aide, arbre) in enumerate(zip(aides, arbres, strict=True))
    )
    for aide, version in zip(aides, versions, strict=True):
        aide.version = version
    Aide.objects.bulk_update(aides, ["version"], batch_size=500)
    Porteur.objects.bulk_create(
        Porteur(version=v, organisme=organismes[v.pk % ORGANISMES], roles=["financeur"])
        for v in versions
    )


def _contenu(aide: Aide, arbre: Tous, rang: int) -> dict[str, Any]:
    return {
        "aide": aide,
        "numero": 1,
        "publiee_le": datetime.now(tz=UTC),
        "empreinte": hashlib.sha256(aide.code.encode()).hexdigest(),
        "titre": f"Aide fictive {aide.code}",
        "promesse": "Une aide qui n’existe pas, pour mesurer une page.",
        "nature": NatureAide.values[rang % len(NatureAide.values)],
        "perimetre": ["PAYS-99100"],
        "statut": "active",
        "sources": {},
        "criteres": ecrire(arbre),
    }


def _dossier() -> tuple[Client, str]:
    """A signed-in company with a complete draft, and the address of its results."""
    user = User.objects.create_user(email="bench@exemple.invalid", nom_complet="Personne fictive")
    entreprise = Entreprise.objects.create(
        siren="000000018", siret="00000001800000", nom="Entreprise fictive"
    )
    Membre.objects.create(
        entreprise=entreprise, user=user, etat=Membre.Etat.ACTIF, role=Membre.Role.RESPONSABLE
    )
    declares = {fait.code for fait in DECLARES}
    faits = {
        code: {"valeur": valeur, "provenance": "declaration", "le": "2026-11-20T09:00:00+01:00"}
        for code, valeur in vers_json(complets(1)[0]).items()
        if code in declares
    }
    dossier = Dossier.objects.create(
        entreprise=entreprise, titre="Projet fictif", faits=faits, cree_par=user
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client, reverse("depot:aides", args=[dossier.identifiant])
