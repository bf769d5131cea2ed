"""Dashboards: numbers counted by hand, whoever may see them, and nothing when there is nothing."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.instruction.tableau_de_bord.figures import duree, figures
from dossiers.instruction.tableau_de_bord.periodes import Pas, Periode, intervalles, periode
from dossiers.instruction.tableau_de_bord.statistiques import bilan
from dossiers.models import Demande
from tests.dossiers.instruction.test_corbeille import remplir, requetes
from tests.fabriques import (
    CommuneFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
)

AGENT, EPCI, PORTAIL = (
    "/instruction/tableau-de-bord/",
    "/territoire/tableau-de-bord/",
    "/orientation/tableau-de-bord/",
)
LE = date(2026, 11, 22)


def a(jour, heure=12):
    """An instant of November 2026, in Paris."""
    return datetime(2026, 11, jour, heure, tzinfo=ZoneInfo("Europe/Paris"))


def demande(depot, etat="remise", *, ouverte=None, decidee=None, **champs):
    """One filed on that day of November, opened and decided so many days later."""
    creee = DemandeFabrique(**{etat: True}, deposee_le=depot, **champs)
    if ouverte is not None:
        Acheminement.objects.filter(demande=creee).update(
            accusee_le=depot + timedelta(days=ouverte)
        )
    if decidee is not None:
        Demande.objects.filter(pk=creee.pk).update(decidee_le=depot + timedelta(days=decidee))
    return creee


@pytest.fixture
def novembre(db):
    """Seven demandes of November 2026 in two EPCI, and one of October."""
    vallee, plaine = EpciFabrique(nom="CC de la Vallée"), EpciFabrique(nom="CC de la Plaine")
    bourg = CommuneFabrique(nom="Bourg-Fictif", epci=vallee)
    hameau = CommuneFabrique(nom="Hameau-Fictif", epci=vallee)
    ville = CommuneFabrique(nom="Ville-Fictive", epci=plaine)
    demande(a(2, 0), "acceptee", ouverte=1, decidee=4, commune=bourg, montant_accorde=Decimal(1000))
    demande(
        a(8, 23), "acceptee", ouverte=2, decidee=10, commune=bourg, montant_accorde=Decimal(500)
    )
    demande(a(9, 0), "refusee", ouverte=3, decidee=20, commune=hameau)
    demande(a(9), "en_instruction", ouverte=10, commune=ville)
    demande(a(20), "remise", commune=ville)
    demande(a(22, 23), "remise", commune=bourg)
    retiree = demande(a(10), "remise", commune=bourg)
    Demande.objects.filter(pk=retiree.pk).update(etat=Etat.RETIREE, decidee_le=a(11))
    demande(datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("Europe/Paris")), commune=bourg)


def compter(pas=Pas.SEMAINE, debut=date(2026, 11, 2), **options):
    return bilan(
        Demande.objects.all(), Periode(debut, LE, pas), **{"par_commune": False, **options}
    )


def test_weeks_begin_on_monday_in_paris_and_none_is_left_out(novembre):
    comptes = compter()
    assert {jour: dict(etats) for jour, etats in comptes.intervalles.items()} == {
        date(2026, 11, 2): {"acceptee": 2},
        date(2026, 11, 9): {"refusee": 1, "en_instruction": 1, "retiree": 1},
        date(2026, 11, 16): {"a_etudier": 2},
    }
    vides = compter(debut=date(2026, 10, 12)).intervalles
    assert [etats.total() for etats in vides.values()] == [0, 0, 1, 2, 3, 2]


def test_totals_leave_withdrawals_out_of_decisions(novembre):
    comptes = compter()
    assert (comptes.nombre, comptes.decidees, comptes.accorde) == (7, 3, Decimal(1500))
    assert comptes.etats == {
        "acceptee": 2, "refusee": 1, "en_instruction": 1, "a_etudier": 2, "retiree": 1,
    }  # fmt: skip


def test_territories_are_epci_or_communes(novembre):
    par_epci = [(x.nom, x.nombre, x.decidees, x.accorde) for x in compter().lieux]
    assert par_epci == [("CC de la Vallée", 5, 3, Decimal(1500)), ("CC de la Plaine", 2, 0, 0)]
    communes = [(x.nom, x.nombre) for x in compter(par_commune=True).lieux]
    assert communes == [("Bourg-Fictif", 4), ("Ville-Fictive", 2), ("Hameau-Fictif", 1)]
    une = bilan(
        Demande.objects.filter(commune__epci__nom="CC de la Vallée"),
        Periode(None, LE, Pas.MOIS),
        par_commune=False,
    )
    assert [x.nom for x in une.lieux] == ["Bourg-Fictif", "Hameau-Fictif"]


def test_delays_by_hand(novembre):
    comptes = compter()
    # Opened after 1, 2, 3 and 10 days; decided after 4, 10 and 20, the withdrawal aside.
    ouverture, decision = comptes.ouverture, comptes.decision
    assert (ouverture.nombre, decision.nombre) == (4, 3)
    assert ouverture.mediane == timedelta(days=2.5)
    assert ouverture.decile == timedelta(days=7.9)
    assert decision.mediane == timedelta(days=10)
    assert decision.decile == timedelta(days=18)
    assert ouverture.classes == (3, 1, 0, 0, 0)
    assert decision.classes == (1, 1, 1, 0, 0)


def test_a_demande_opened_by_two_desks_was_opened_once(db):
    rendue = demande(a(2), "ouverte", ouverte=3)
    autre = Acheminement.objects.get()
    autre.pk, autre.cle, autre.guichet = (
        None,
        "5b7ef7b3-0d8d-4cf5-9b6e-4a4a9f7d7c11",
        GuichetFabrique(),
    )
    autre.accusee_le = rendue.deposee_le + timedelta(days=9)
    autre.save()
    assert compter().ouverture.nombre == 1
    assert compter().ouverture.mediane == timedelta(days=3)


@pytest.mark.parametrize(("jours", "classe"), [(7.9, 0), (8, 1), (15.9, 1), (16, 2), (61, 4)])
def test_classes_of_delay_meet_without_overlapping(db, jours, classe):
    demande(datetime(2026, 8, 3, tzinfo=ZoneInfo("Europe/Paris")), "acceptee", decidee=jours)
    classes = compter(debut=date(2026, 8, 3)).decision.classes
    assert classes == tuple(int(rang == classe) for rang in range(5))


def test_a_long_past_is_told_by_year(db):
    for annee in (2019, 2021, 2026):
        DemandeFabrique(deposee_le=datetime(annee, 5, 5, tzinfo=ZoneInfo("Europe/Paris")))
    comptes = compter(pas=Pas.MOIS, debut=None)
    assert comptes.pas is Pas.ANNEE
    assert [etats.total() for etats in comptes.intervalles.values()] == [1, 0, 1, 0, 0, 0, 0, 1]
    assert len(compter(pas=Pas.MOIS, debut=date(2026, 1, 1)).intervalles) == 11


def test_every_picture_has_the_numbers_of_its_table(novembre):
    temps, issues, lieux, ouverture, decision = figures(compter())
    assert temps.tableau.colonnes[1:] == (
        "Acceptées", "Refusées, classées ou retirées", "En cours", "Total",
    )  # fmt: skip
    assert temps.tableau.lignes == (
        ("Semaine du 2 novembre 2026", 2, 0, 0, 2),
        ("Semaine du 9 novembre 2026", 0, 2, 1, 3),
        ("Semaine du 16 novembre 2026", 0, 0, 2, 2),
    )
    dites = [r.titre for r in temps.dessin.rectangles]
    assert dites == [
        "semaine du 2 novembre 2026, acceptées : 2",
        "semaine du 9 novembre 2026, refusées, classées ou retirées : 2",
        "semaine du 9 novembre 2026, en cours : 1",
        "semaine du 16 novembre 2026, en cours : 2",
    ]
    for figure in (issues, lieux):
        tracees = [int(t.texte) for t in figure.dessin.textes if t.classe == "valeur"]
        assert tracees == [ligne[1] for ligne in figure.tableau.lignes]
    assert issues.tableau.lignes[0] == ("À étudier", 2, "29 %")
    assert ouverture.legende.endswith(
        "La moitié en 2,5 jours ou moins, neuf sur dix en 7,9 jours ou moins"
    )
    assert decision.tableau.lignes[-2:] == (
        ("Médiane", "10 jours"),
        ("Neuvième décile", "18 jours"),
    )


def test_what_never_happened_yet_is_said(db):
    demande(a(20), "remise")
    *_, ouverture, decision = figures(compter())
    assert (ouverture.dessin, decision.dessin) == (None, None)
    assert ouverture.vide == "Aucune de ces demandes n’a encore été ouverte."


@pytest.mark.parametrize(
    ("jours", "texte"),
    [
        (0.5, "moins d’un jour"),
        (1, "1 jour"),
        (1.5, "1,5 jour"),
        (2.5, "2,5 jours"),
        (34.4, "34 jours"),
    ],
)
def test_durations_in_words(jours, texte):
    assert duree(timedelta(days=jours)) == texte


def test_periods():
    assert periode("", LE) == Periode(date(2026, 8, 24), LE, Pas.SEMAINE)
    assert len(intervalles(date(2026, 8, 24), LE, Pas.SEMAINE)) == 13
    assert periode("annee-1", LE) == Periode(date(2025, 1, 1), date(2025, 12, 31), Pas.MOIS)
    assert periode("tout", LE).debut is None
    debut, apres = periode("annee", LE).bornes
    assert (debut.isoformat(), apres.isoformat()) == (
        "2026-01-01T00:00:00+01:00", "2026-11-23T00:00:00+01:00",
    )  # fmt: skip


# ------------------------------------------------------------------ pages


@pytest.fixture
def monde(db):
    """A desk with two demandes, an EPCI where a third lies, and a fourth elsewhere."""
    guichet = GuichetFabrique(nom="Guichet fictif")
    epci = EpciFabrique()
    DemandeFabrique(acceptee=True, guichet=guichet)
    DemandeFabrique(ouverte=True, guichet=guichet)
    DemandeFabrique(remise=True, commune=CommuneFabrique(epci=epci))
    DemandeFabrique(sans_guichet=True)
    return guichet, epci


@pytest.mark.parametrize(
    ("adresse", "qui", "nombre"),
    [
        (AGENT, lambda guichet, epci: agent_de(guichet), 2),
        (EPCI, lambda guichet, epci: agent_de(guichet_epci(epci)), 1),
        (PORTAIL, lambda guichet, epci: UserFabrique(administration=True), 4),
    ],
)
def test_each_counts_what_they_may_read(client, monde, adresse, qui, nombre):
    client.force_login(qui(*monde))
    reponse = client.get(adresse)
    assert reponse.context["bilan"].nombre == nombre
    texte = reponse.content.decode()
    assert texte.count('role="img"') == sum(
        f.dessin is not None for f in reponse.context["figures"]
    )
    assert "style=" not in texte


def test_an_officer_counts_nothing_of_another_desk_nor_of_the_portal(client, monde):
    guichet, _ = monde
    client.force_login(agent_de(GuichetFabrique()))
    assert client.get(AGENT).context["bilan"].nombre == 0
    assert client.get(AGENT, {"guichet": guichet.code}).context["bilan"].nombre == 0
    assert client.get(PORTAIL).status_code == 403
    assert client.get(f"{PORTAIL}semaines.csv").status_code == 403
    assert "Aucune intercommunalité" in client.get(EPCI).content.decode()


def test_a_company_has_no_dashboard(client, db):
    client.force_login(UserFabrique())
    assert "figure" not in client.get(AGENT).content.decode()
    assert "figure" not in client.get(f"{AGENT}semaines.csv").content.decode()


@pytest.mark.parametrize("adresse", [AGENT, EPCI, PORTAIL, f"{PORTAIL}semaines.csv"])
def test_a_stranger_signs_in_first(client, db, adresse):
    assert client.get(adresse).status_code == 302
    assert client.post(adresse).status_code in {302, 405}


def test_filters_are_in_the_address(client, monde):
    guichet, _ = monde
    client.force_login(UserFabrique(administration=True))
    ancienne = DemandeFabrique(deposee_le=timezone.now() - timedelta(weeks=40))

    def nombre(**filtres):
        return client.get(PORTAIL, filtres).context["bilan"].nombre

    assert nombre() == 4
    assert nombre(periode="52") == nombre(periode="tout") == 5
    assert nombre(guichet=guichet.code) == 2
    assert nombre(periode="tout", aide=ancienne.aide.code) == 1
    assert nombre(aide=ancienne.aide.code) == 0


def test_a_filter_it_does_not_know_is_said_and_ignored(client, monde):
    client.force_login(UserFabrique(administration=True))
    reponse = client.get(PORTAIL, {"periode": "siecle", "guichet": "x"})
    assert "n’est pas reconnu" in reponse.content.decode()
    assert reponse.context["bilan"].nombre == 4


def test_nothing_filed_is_an_empty_state(client, db):
    client.force_login(agent_de(GuichetFabrique()))
    texte = client.get(AGENT).content.decode()
    assert "Aucune demande sur cette période" in texte
    assert 'role="img"' not in texte


def test_the_table_of_a_figure_as_a_file(client, novembre):
    client.force_login(UserFabrique(administration=True))
    reponse = client.get(f"{PORTAIL}lieux.csv", {"periode": "tout"})
    lignes = list(csv.reader(io.StringIO(reponse.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert lignes[0] == ["Intercommunalité", "Demandes", "Décidées", "Accordé"]
    assert lignes[1] == ["CC de la Vallée", "6", "3", "1500,00"]
    assert client.get(f"{PORTAIL}lieux.csv", {"periode": "annee-1"}).status_code == 404
    assert client.get(f"{PORTAIL}rien.csv", {"periode": "tout"}).status_code == 404


def test_ten_demandes_or_a_thousand_cost_the_same_queries(client, db):
    guichet = GuichetFabrique()
    client.force_login(agent_de(guichet))
    remplir(guichet, 10)
    peu = requetes(client, AGENT)
    remplir(guichet, 1000)
    assert requetes(client, AGENT) == peu
    assert peu <= 16


@pytest.mark.navigateur
@pytest.mark.django_db(transaction=True)
def test_pictures_fit_a_phone_and_follow_the_theme(visiter, novembre):
    admin = UserFabrique(administration=True)
    for largeur in (320, 360, 1280):
        visite = visiter(admin, largeur=largeur)
        visite.aller(f"{PORTAIL}?periode=tout")
        visite.verifier()
        boites = visite.page.evaluate(
            """() => [...document.querySelectorAll('.dessin')].map(dessin => {
                const cadre = dessin.closest('figure').getBoundingClientRect();
                return [...dessin.querySelectorAll('text, rect')].every(forme => {
                    const boite = forme.getBoundingClientRect();
                    return boite.left >= cadre.left - 1 && boite.right <= cadre.right + 1;
                });
            })"""
        )
        assert boites == [True] * 5, largeur
        tailles = visite.page.evaluate(
            "() => [...document.querySelectorAll('.dessin text')].map("
            "texte => parseFloat(getComputedStyle(texte).fontSize))"
        )
        assert min(tailles) >= 13
