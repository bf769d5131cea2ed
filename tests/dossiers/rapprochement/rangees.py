"""Deposited dossiers by the hundred, their facts laid flat: gaps, "sans objet", boundaries."""

from __future__ import annotations

import random
from datetime import date, timedelta

from django.utils import timezone

from aides.criteres.faits import DECLARES, SANS_OBJET, Fait, Faits, Type, Valeur
from dossiers.models import Dossier, Entreprise, VersionDossier
from dossiers.rapprochement.models import FaitsDossier
from dossiers.rapprochement.projection import ligne
from tests.aides.criteres import strategies as s
from tests.fabriques import siren, siret

QUANTITES = (0, 1, 9, 10, 11, 99, 100, 101, 2490, 2500, 100_000, 90_000_001, 10**14)
#: Whole months before the day of the request, and the days around them.
ANNIVERSAIRES = tuple(
    date(annee, mois, 21) + timedelta(days=jours)
    for annee, mois in ((2026, 11), (2026, 10), (2025, 11), (2024, 11), (2023, 11), (2022, 2))
    for jours in (-1, 0, 1)
)
JOURS = (*ANNIVERSAIRES, date(2024, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 15))


def au_hasard(hasard: random.Random) -> Faits:
    """Declared facts: all of them in some dossiers, few in others."""
    lacunes = hasard.choice((0, 0.1, 0.5, 0.9))
    return {fait.code: _valeur(fait, hasard) for fait in DECLARES if hasard.random() >= lacunes}


def _valeur(fait: Fait, hasard: random.Random) -> Valeur:  # noqa: C901 - one case per type
    if fait.sans_objet and hasard.random() < 0.2:
        return SANS_OBJET
    choix = sorted(fait.choix or {})
    match fait.type:
        case Type.MONTANT | Type.DIXIEMES:
            return hasard.choice(QUANTITES)
        case Type.ENTIER:
            return hasard.randint(0, 60)
        case Type.BOOLEEN:
            return hasard.random() < 0.5
        case Type.DATE:
            return hasard.choice(JOURS)
        case Type.CHOIX:
            return hasard.choice(choix)
        case Type.CHOIX_MULTIPLE:
            return frozenset(hasard.sample(choix, hasard.randint(0, 3)))
        case Type.CODE_NAF | Type.CODE_NAF_2025:
            return hasard.choice(s.NAF)
        case Type.CODE_FORME:
            return hasard.choice(s.FORMES)
        case Type.LIEU:
            return hasard.choice(sorted(s.LIEUX.items()))[1]
        case Type.OCTROIS:
            octrois = [f"{aide}@{jour}" for aide in s.AIDES for jour in ANNIVERSAIRES]
            return frozenset(hasard.sample(octrois, hasard.randint(0, 3)))


def deposer(cas: list[Faits]) -> dict[int, Faits]:
    """One deposited dossier for each; the facts by the primary key of the version."""
    entreprises = Entreprise.objects.bulk_create(
        Entreprise(siren=siren(rang), siret=siret(siren(rang)), nom=f"Entreprise fictive {rang}")
        for rang in range(1, len(cas) + 1)
    )
    depose_le = timezone.now()
    dossiers = Dossier.objects.bulk_create(
        Dossier(entreprise=entreprise, titre="Projet fictif", depose_le=depose_le)
        for entreprise in entreprises
    )
    versions = VersionDossier.objects.bulk_create(
        VersionDossier(
            dossier=dossier, numero=1, contenu={"faits": {}}, empreinte="", deposee_le=depose_le
        )
        for dossier in dossiers
    )
    FaitsDossier.objects.bulk_create(
        ligne(version, faits, courante=True) for version, faits in zip(versions, cas, strict=True)
    )
    return {version.pk: faits for version, faits in zip(versions, cas, strict=True)}
