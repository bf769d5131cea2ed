"""Reverse matching: each publication finds, once, every stored dossier whose outcome it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from aides.criteres.evaluation import issue
from aides.models import Publication, VersionAide
from dossiers.models import Notification
from dossiers.rapprochement.actes_projection import actualiser_lieux
from dossiers.rapprochement.inverse import actes
from dossiers.rapprochement.inverse.actes import mener, ouvrir, rechercher
from dossiers.rapprochement.inverse.alertes import aides_gagnees
from dossiers.rapprochement.inverse.comparaison import Comparaison
from dossiers.rapprochement.inverse.preuves import prouver
from dossiers.rapprochement.models import Alerte, Changement, RechercheInverse
from portal.socle.models import Evenement
from territoires.models import AppartenanceZone, CoucheZone, Zone
from tests.dossiers.rapprochement.stockes import stocker
from tests.fabriques import (
    CommuneFabrique,
    DemandeFabrique,
    MembreFabrique,
    VersionAideFabrique,
    il_y_a,
)

pytestmark = pytest.mark.django_db


def effectif(plafond):
    return {
        "type": "comparaison",
        "fait": "effectif",
        "operateur": "<=",
        "valeur": str(plafond),
        "source": "reglement",
    }


def publier(apres, avant=None, **champs):
    """The row that publishing leaves."""
    maintenant = timezone.now()
    return Publication.objects.create(
        aide=apres.aide,
        avant=avant,
        apres=apres,
        **{"jour": timezone.localdate(maintenant), "le": maintenant, **champs},
    )


def suivante(version, **champs):
    """The next version of the same aide."""
    return VersionAideFabrique(aide=version.aide, numero=version.numero + 1, **champs)


def changements():
    lignes = Changement.objects.order_by("version_dossier_id")
    return list(lignes.values_list("version_dossier_id", "avant", "apres", "sens"))


@pytest.fixture
def commune():
    return CommuneFabrique()


@pytest.fixture
def versions(commune):
    """Dossiers of 12.5, 40 and an unsaid number of jobs."""
    return [stocker(commune), stocker(commune, effectif="40"), stocker(commune, effectif=None)]


def test_a_new_aide_is_gained_by_those_it_suits(versions):
    publier(VersionAideFabrique(criteres=effectif(30)))
    assert rechercher() == 1
    petite, _, muette = versions
    assert changements() == [
        (petite.pk, "non_eligible", "eligible", "gagne"),
        (muette.pk, "non_eligible", "a_completer", "autre"),
    ]
    recherche = RechercheInverse.objects.get()
    # The one that is surely refused, before and after, is not even looked at.
    assert (recherche.examines, recherche.total, recherche.pourcentage) == (2, 2, 100)
    assert recherche.terminee_le is not None
    fin = Evenement.objects.get(verbe="recherche_inverse_terminee").donnees
    assert fin == {"examines": 2, "gagne": 1, "perdu": 0, "autre": 1}


def test_a_change_is_lost_by_those_it_no_longer_suits(versions):
    avant = VersionAideFabrique(criteres=effectif(50))
    publier(suivante(avant, criteres=effectif(30)), avant)
    rechercher()
    assert changements() == [(versions[1].pk, "eligible", "non_eligible", "perdu")]


def test_closing_is_lost_by_all_who_had_it(versions):
    avant = VersionAideFabrique(criteres=effectif(50))
    publier(suivante(avant, criteres=effectif(50), statut=VersionAide.Statut.CLOSE), avant)
    rechercher()
    assert [(pk, sens) for pk, _, _, sens in changements()] == [
        (versions[0].pk, "perdu"),
        (versions[1].pk, "perdu"),
        (versions[2].pk, "autre"),
    ]


def test_an_aide_that_opens_by_its_date_is_gained_on_that_day(versions):
    jour = timezone.localdate()
    version = VersionAideFabrique(criteres=effectif(30), ouverture=jour)
    publier(version, version, motif=Publication.Motif.FENETRE)
    rechercher()
    assert (versions[0].pk, "non_eligible", "eligible", "gagne") in changements()
    assert Changement.objects.filter(sens="perdu").count() == 0


def test_the_outcomes_are_those_of_the_evaluation(versions):
    avant = VersionAideFabrique(criteres=effectif(50))
    publication = publier(suivante(avant, criteres=effectif(12)), avant)
    comparaison = Comparaison.de_publication(publication)
    rechercher()
    attendus = []
    for version in versions:
        preuves = prouver(version, comparaison)
        issues = issue(preuves.avant), issue(preuves.apres)
        if issues[0] is not issues[1]:
            attendus.append((version.pk, *issues))
    assert [ligne[:3] for ligne in changements()] == attendus


def test_a_dossier_deposited_since_was_matched_at_its_deposit(commune):
    stocker(commune)
    publier(VersionAideFabrique(criteres=effectif(30)), le=il_y_a(hours=2))
    assert rechercher() == 1
    assert changements() == []
    assert RechercheInverse.objects.get().terminee_le is not None


def test_only_the_current_version_of_a_dossier_counts(commune):
    ancienne = stocker(commune, effectif="40")
    ancienne.dossier.faits["effectif"]["valeur"] = "10"
    ancienne.dossier.save()
    nouvelle = stocker(dossier=ancienne.dossier, numero=2)
    publier(VersionAideFabrique(criteres=effectif(30)))
    rechercher()
    assert [pk for pk, *_ in changements()] == [nouvelle.pk]


def test_the_same_publication_is_searched_once(versions):
    publier(VersionAideFabrique(criteres=effectif(30)))
    assert rechercher() == 1
    premiers = changements()
    assert ouvrir() == 0
    assert rechercher() == 0
    assert changements() == premiers


def test_a_first_load_of_the_catalogue_costs_no_comparison(django_assert_num_queries, commune):
    for _ in range(3):
        publier(VersionAideFabrique(criteres=effectif(30)), le=il_y_a(hours=2))
    stocker(commune)
    ouvrir()
    # Lease, run, zones twice, none older, none to compare, total, compared, end; savepoints.
    with django_assert_num_queries(15):
        mener(recherche_id=RechercheInverse.objects.first().pk)


@pytest.mark.parametrize("nombre", [2, 9])
def test_a_batch_costs_the_same_whatever_it_holds(nombre, commune, django_assert_num_queries):
    for _ in range(nombre):
        stocker(commune)
    publier(VersionAideFabrique(criteres=effectif(30)))
    ouvrir()
    recherche = RechercheInverse.objects.get()
    actualiser_lieux()
    with django_assert_num_queries(25):
        assert mener(recherche_id=recherche.pk)
    assert Changement.objects.count() == nombre


def test_a_run_stopped_after_a_batch_goes_on_from_there(versions, monkeypatch):
    publier(VersionAideFabrique(criteres=effectif(100)))
    ouvrir()
    recherche = RechercheInverse.objects.get()
    comparer = actes._comparer_lot

    def tomber(*arguments):
        if Changement.objects.exists():
            raise RuntimeError("panne fictive")
        return comparer(*arguments)

    monkeypatch.setattr(actes, "_comparer_lot", tomber)
    assert not mener(recherche_id=recherche.pk, lot=1)
    recherche.refresh_from_db()
    assert (recherche.examines, recherche.curseur) == (1, versions[0].pk)
    assert "panne fictive" in recherche.derniere_erreur
    assert not mener(recherche_id=recherche.pk), "pas due avant son heure"
    monkeypatch.setattr(actes, "_comparer_lot", comparer)
    RechercheInverse.objects.update(prochaine_tentative=timezone.now())
    assert mener(recherche_id=recherche.pk, lot=1)
    recherche.refresh_from_db()
    assert (recherche.examines, recherche.derniere_erreur) == (3, "")
    assert len(changements()) == 3


def test_a_worker_that_lost_its_lease_writes_nothing(versions, monkeypatch):
    publier(VersionAideFabrique(criteres=effectif(100)))
    ouvrir()
    recherche = RechercheInverse.objects.get()
    inserer = actes._inserer

    def voler(*arguments):
        inserer(*arguments)
        RechercheInverse.objects.update(jeton="00000000-0000-4000-8000-000000000000")

    monkeypatch.setattr(actes, "_inserer", voler)
    assert not mener(recherche_id=recherche.pk)
    # What the thief was writing is undone with the rest of the batch, here both.
    assert changements() == []
    assert RechercheInverse.objects.get().terminee_le is None


def test_criteria_that_cannot_be_read_are_tried_again_and_said(versions):
    publier(VersionAideFabrique(criteres={"type": "rien"}))
    publier(VersionAideFabrique(criteres=effectif(30)))
    assert rechercher() == 2
    echouee, faite = RechercheInverse.objects.order_by("pk")
    assert "type de critère inconnu" in echouee.derniere_erreur
    assert echouee.prochaine_tentative > timezone.now()
    assert faite.terminee_le is not None


# ------------------------------------------------------------------ who is told


def alerter(version):
    membre = MembreFabrique(entreprise=version.dossier.entreprise)
    Alerte.objects.create(dossier=version.dossier, user=membre.user)
    return membre


def test_those_who_asked_are_told_once_with_the_reason(versions):
    membre = alerter(versions[0])
    MembreFabrique(entreprise=versions[0].dossier.entreprise)
    version = VersionAideFabrique(criteres=effectif(30))
    publier(version)
    rechercher()
    RechercheInverse.objects.update(terminee_le=None, prochaine_tentative=timezone.now())
    rechercher()
    message = Notification.objects.get()
    assert message.user == membre.user
    assert version.titre in message.sujet
    texte = message.texte.replace("\N{NO-BREAK SPACE}", " ")
    assert "vient d’être publiée" in texte
    assert "30 emplois (votre réponse : 12,5 emplois)" in texte
    assert message.chemin.endswith(f"/ajouter/{version.aide.code}/")
    assert Changement.objects.get(sens="gagne").annonce_le is not None


@pytest.mark.parametrize("cas", ["parti", "inactif", "sans_alerte", "deja_demandee", "perdue"])
def test_nobody_else_is_told(versions, cas):
    version = VersionAideFabrique(criteres=effectif(30))
    avant = None
    if cas != "sans_alerte":
        membre = alerter(versions[0])
    if cas == "parti":
        membre.delete()
    if cas == "inactif":
        membre.user.is_active = False
        membre.user.save()
    if cas == "deja_demandee":
        DemandeFabrique(version_dossier=versions[0], version_aide=version)
    if cas == "perdue":
        avant, version = version, suivante(version, criteres=effectif(5))
    publier(version, avant)
    rechercher()
    assert Changement.objects.filter(version_dossier=versions[0]).count() == 1
    assert not Notification.objects.exists()


def test_an_aide_that_changed_again_is_told_by_its_own_run(versions):
    alerter(versions[0])
    premiere = VersionAideFabrique(criteres=effectif(30))
    publier(premiere)
    publier(suivante(premiere, criteres=effectif(5)), premiere)
    rechercher()
    assert RechercheInverse.objects.filter(terminee_le__isnull=False).count() == 2
    assert not Notification.objects.exists()


def test_one_dossier_that_cannot_be_told_does_not_silence_the_others(versions, caplog):
    alerter(versions[0])
    alerter(versions[1])
    versions[0].contenu["faits"]["effectif"]["valeur"] = "beaucoup"
    versions[0].save()
    publier(VersionAideFabrique(criteres=effectif(100)))
    rechercher()
    assert Notification.objects.count() == 1
    recherche = RechercheInverse.objects.get()
    assert recherche.terminee_le is None
    assert recherche.derniere_erreur == "1 annonces en échec"


def test_what_was_gained_waits_on_the_page_of_the_dossier(versions):
    dossier = versions[0].dossier
    gagnee, demandee, close = (VersionAideFabrique(criteres=effectif(30)) for _ in range(3))
    for version in (gagnee, demandee, close):
        publier(version)
    publier(gagnee, gagnee, motif=Publication.Motif.FENETRE, jour=timezone.localdate())
    rechercher()
    DemandeFabrique(version_dossier=versions[0], version_aide=demandee)
    suivante(close, statut=VersionAide.Statut.CLOSE)
    (trouvee,) = aides_gagnees(dossier)
    assert (trouvee, trouvee.depuis) == (gagnee, timezone.localdate())
    assert not aides_gagnees(versions[1].dossier).exists()


def test_the_command_leads_and_shows(versions, capsys):
    publier(VersionAideFabrique(criteres=effectif(30), titre="Aide fictive à suivre"))
    call_command("rechercher", lot=1)
    sortie = capsys.readouterr()
    assert "Aide fictive à suivre (version 1) : 1 dossiers sur 2" in sortie.err
    assert "terminée, 2 dossiers examinés, 1 gagnés, 0 perdus, 1 autres" in sortie.out


def test_a_search_left_by_a_dead_worker_is_due_after_its_lease(versions):
    publier(VersionAideFabrique(criteres=effectif(30)))
    ouvrir()
    RechercheInverse.objects.update(
        jeton="00000000-0000-4000-8000-000000000000",
        bail_jusqu_a=timezone.now() + timedelta(minutes=1),
    )
    assert rechercher() == 0
    RechercheInverse.objects.update(bail_jusqu_a=timezone.now() - timedelta(seconds=1))
    assert rechercher() == 1
    assert len(changements()) == 2


def test_a_zone_loaded_a_moment_ago_counts(commune):
    stocker(commune)
    Zone.objects.create(code="FICTIVE", nom="Zone fictive")
    couche = CoucheZone.objects.create(zone_id="FICTIVE", du=timezone.localdate(), empreinte="1")
    AppartenanceZone.objects.create(couche=couche, code_commune=commune.code, statut="dedans")
    critere = {
        "type": "en_zone", "fait": "commune_projet", "zone": "FICTIVE", "source": "reglement",
    }  # fmt: skip
    publier(VersionAideFabrique(criteres=critere))
    ouvrir()
    assert mener(recherche_id=RechercheInverse.objects.get().pk)
    assert [changement.apres for changement in Changement.objects.all()] == ["eligible"]
