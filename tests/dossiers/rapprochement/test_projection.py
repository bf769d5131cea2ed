"""The facts laid flat: what a row holds, and the acts that keep it true."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import models
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from aides.criteres.arbre import EnZone, Situe
from aides.criteres.evaluation import Situation, evaluer, issue
from aides.criteres.faits import (
    DATE_DEMANDE,
    SANS_OBJET,
    VOCABULAIRE,
    Faits,
    Type,
    completer,
)
from aides.criteres.sql import AGES
from dossiers.depot.actes import deposer
from dossiers.faits import faits_du_dossier
from dossiers.models import VersionDossier
from dossiers.rapprochement.actes_projection import actualiser_lieux, projeter, reprojeter
from dossiers.rapprochement.models import ActualisationLieux, FaitsDossier
from dossiers.rapprochement.models.faits import LIEUX, PROJETES, colonne_insee
from dossiers.rapprochement.projection import EDITION, ligne
from portal.socle.models import Evenement
from territoires.models import AppartenanceZone, Commune, CommuneAncienne, CoucheZone, Zone
from territoires.perimetre import codes_du_lieu
from territoires.zones import ReferentielZones
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE
from tests.fabriques import (
    FAITS,
    CommuneFabrique,
    DossierFabrique,
    EpciFabrique,
    MembreFabrique,
    VersionAideFabrique,
    VersionDossierFabrique,
    declare,
)

#: How each type of fact is stored.
COLONNES: dict[Type, type[models.Field]] = {
    Type.MONTANT: models.BigIntegerField,
    Type.DIXIEMES: models.BigIntegerField,
    Type.ENTIER: models.BigIntegerField,
    Type.BOOLEEN: models.BooleanField,
    Type.DATE: models.DateField,
    Type.CHOIX: ArrayField,
    Type.CHOIX_MULTIPLE: ArrayField,
    Type.CODE_NAF: models.CharField,
    Type.CODE_NAF_2025: models.CharField,
    Type.CODE_FORME: models.CharField,
    Type.LIEU: ArrayField,
    Type.OCTROIS: ArrayField,
}


# ------------------------------------------------------------------ what a row holds


def test_the_model_and_the_vocabulary_agree() -> None:
    colonnes = {champ.name: champ for champ in FaitsDossier._meta.get_fields()}
    propres = {"version", "dossier", "entreprise", "courante", "epci_projet", "sans_objet"}
    insee = {colonne_insee(lieu) for lieu in LIEUX}
    faits = set(VOCABULAIRE) - {DATE_DEMANDE.code} - set(AGES)
    assert set(colonnes) == faits | propres | insee | {"edition"}
    for code in faits:
        assert type(colonnes[code]) is COLONNES[VOCABULAIRE[code].type], code
        assert colonnes[code].null, code
    hierarchiques = {"naf", "naf_2025", "forme_juridique"}
    assert {code for code in faits if getattr(colonnes[code], "db_collation", None) == "C"} == (
        hierarchiques
    )
    assert set(AGES.values()) < faits


@settings(suppress_health_check=list(HealthCheck))
@given(s.faits_declares)
def test_a_row_holds_the_facts_whatever_the_day(faits: Faits) -> None:
    """A derived fact that read the day, and is not an age, would be seen here."""
    version = VersionDossierFabrique.build(dossier__pk=1)
    rangee = ligne(version, faits, courante=True)
    for le in (date(2020, 2, 29), date(2026, 11, 22)):
        complets = completer(faits, le)
        for fait in PROJETES:
            valeur, colonne = complets.get(fait.code), getattr(rangee, fait.code)
            applicable = fait.code not in rangee.sans_objet
            if valeur is SANS_OBJET:
                assert (colonne, applicable) == (None, False)
            else:
                lue = frozenset(colonne) if isinstance(colonne, list) else colonne
                assert (lue, applicable) == (valeur, True)


# ------------------------------------------------------------------ at a deposit


@pytest.fixture
def commune(db: None) -> Commune:
    return CommuneFabrique()


def declares(commune: Commune, **autres: object) -> dict[str, object]:
    faits = {**FAITS, "commune_projet": commune.code, **autres}
    return {code: declare(valeur) for code, valeur in faits.items()}


def version_deposee(commune: Commune, numero: int = 1, **autres: object) -> VersionDossier:
    version: VersionDossier = VersionDossierFabrique(
        dossier__faits=declares(commune, **autres), numero=numero
    )
    return version


def test_a_deposit_lays_its_facts_flat(commune: Commune) -> None:
    membre, aide = MembreFabrique(), VersionAideFabrique()
    dossier = DossierFabrique(
        entreprise=membre.entreprise, faits=declares(commune, total_bilan="sans_objet")
    )
    version = deposer(dossier=dossier, codes=[aide.aide.code], par=membre.user)
    rangee = FaitsDossier.objects.get()
    assert (rangee.version, rangee.dossier, rangee.courante) == (version, dossier, True)
    assert (rangee.entreprise, rangee.edition) == (membre.entreprise, EDITION)
    assert (rangee.effectif, rangee.depense_equipement) == (125, 8_000_000)
    assert (rangee.depenses_total, rangee.duree_projet_mois) == (None, 10)
    assert (rangee.total_bilan, rangee.sans_objet) == (None, ["total_bilan"])
    assert rangee.commune_projet_insee == commune.code
    assert rangee.epci_projet == commune.epci_id
    assert set(rangee.commune_projet) == codes_du_lieu(commune.code, timezone.localdate())
    assert (rangee.commune_siege, rangee.commune_siege_insee) == (None, "")


def test_one_version_of_a_dossier_is_current(commune: Commune) -> None:
    premiere = version_deposee(commune)
    dossier = premiere.dossier
    faits = faits_du_dossier(dossier, timezone.localdate())
    projeter(version=premiere, faits=faits)
    seconde = VersionDossierFabrique(dossier=dossier, numero=2)
    projeter(version=seconde, faits=faits)
    assert FaitsDossier.objects.count() == 2
    assert [rangee.version for rangee in FaitsDossier.objects.courantes()] == [seconde]


# ------------------------------------------------------------------ all over again


def test_everything_can_be_projected_again(commune: Commune) -> None:
    dossier = version_deposee(commune).dossier
    derniere = VersionDossierFabrique(dossier=dossier, numero=2)
    autre = version_deposee(commune, effectif="3")
    illisible = version_deposee(commune)
    illisible.contenu["faits"]["fait_disparu"] = declare("1")
    illisible.save()
    sortie, erreurs = io.StringIO(), io.StringIO()
    call_command("projeter_faits", "--lot=2", stdout=sortie, stderr=erreurs)
    courantes = {rangee.version_id: rangee for rangee in FaitsDossier.objects.courantes()}
    assert set(courantes) == {derniere.pk, autre.pk}
    assert FaitsDossier.objects.count() == 3
    assert courantes[autre.pk].effectif == 30
    assert f"2/4 versions (dernière : {derniere.pk})" in sortie.getvalue()
    assert "4 versions projetées, dont 1 illisibles" in sortie.getvalue()
    assert f"Version {illisible.pk}" in erreurs.getvalue()


def test_what_was_interrupted_takes_up_where_it_stopped(commune: Commune) -> None:
    versions = [version_deposee(commune) for _ in range(5)]
    etapes = reprojeter(lot=2)
    premiere = next(etapes)
    etapes.close()  # killed after its first batch
    assert (premiere.faites, premiere.total, premiere.derniere) == (2, 5, versions[1].pk)
    assert FaitsDossier.objects.count() == 2
    assert [etape.faites for etape in reprojeter(lot=2)] == [2, 3]
    assert FaitsDossier.objects.count() == 5
    assert list(reprojeter()) == []
    assert [e.faites for e in reprojeter(tout=True, depuis=premiere.derniere, lot=2)] == [2, 3]


def test_another_edition_is_made_again(commune: Commune) -> None:
    version_deposee(commune)
    list(reprojeter())
    FaitsDossier.objects.update(edition="ancienne", effectif=None, courante=False)
    assert [etape.faites for etape in reprojeter()] == [1]
    rangee = FaitsDossier.objects.get()
    assert (rangee.effectif, rangee.courante, rangee.edition) == (125, True, EDITION)


# ------------------------------------------------------------------ when places change


def charger_zone(commune: Commune, du: date, zone: str = "FICTIVE") -> CoucheZone:
    Zone.objects.get_or_create(code=zone, defaults={"nom": "Zone fictive"})
    couche = CoucheZone.objects.create(zone_id=zone, du=du, source="Fictive", empreinte=zone)
    AppartenanceZone.objects.create(couche=couche, code_commune=commune.code, statut="dedans")
    return couche


def test_a_zone_that_is_loaded_reaches_the_rows(commune: Commune) -> None:
    le = timezone.localdate()
    ailleurs = CommuneFabrique()
    dedans, dehors = version_deposee(commune), version_deposee(ailleurs, commune_siege=commune.code)
    list(reprojeter())
    assert actualiser_lieux(le) is not None
    charger_zone(commune, le)
    actualisation = actualiser_lieux(le)
    assert actualisation is not None
    assert actualisation.lignes == 2  # the project of one, the registered office of the other
    assert Evenement.objects.filter(verbe="lieux_actualises").count() == 2
    for fait in LIEUX:
        arbre = EnZone(fait, "FICTIVE", SOURCE)
        referentiel = ReferentielZones.au(le)
        issues = FaitsDossier.objects.with_issue(arbre, le, referentiel)
        for version, lue in issues.values_list("version", "issue"):
            dossier = (dedans if version == dedans.pk else dehors).dossier
            situation = Situation(completer(faits_du_dossier(dossier, le), le), referentiel)
            assert lue == issue(evaluer(arbre, situation)).value


def test_nothing_new_costs_three_small_queries(
    commune: Commune, django_assert_num_queries: object
) -> None:
    version_deposee(commune)
    list(reprojeter())
    actualiser_lieux()
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert actualiser_lieux() is None
    assert ActualisationLieux.objects.count() == 1


def test_a_zone_that_comes_into_force_another_day_is_followed(commune: Commune) -> None:
    version_deposee(commune)
    list(reprojeter())
    charger_zone(commune, date(2027, 1, 1))
    for le, attendu in ((date(2026, 12, 31), False), (date(2027, 1, 1), True)):
        actualiser_lieux(le)
        assert ("ZONE-FICTIVE" in FaitsDossier.objects.get().commune_projet) is attendu


def test_a_commune_that_is_merged_is_followed(commune: Commune) -> None:
    version_deposee(commune)
    list(reprojeter())
    nouvelle = CommuneFabrique(epci=EpciFabrique())
    Commune.objects.filter(pk=commune.pk).update(actuelle=False)
    CommuneAncienne.objects.create(
        code=commune.code, nom=commune.nom, nature="fusionnee", commune=nouvelle
    )
    actualiser_lieux()
    rangee = FaitsDossier.objects.get()
    assert rangee.commune_projet_insee == nouvelle.code
    assert rangee.epci_projet == nouvelle.epci_id
    perimetre = frozenset({f"EPCI-{nouvelle.epci_id}"})
    situe = Situe("commune_projet", perimetre, SOURCE)
    le = timezone.localdate()
    assert FaitsDossier.objects.eligibles(situe, le, ReferentielZones.au(le)).exists()
