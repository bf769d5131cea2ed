"""GET /aides/: search, facets with their counts, what an address may hold."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from territoires.normalisation import sans_accents
from tests.fabriques import (
    AideFabrique,
    CommuneFabrique,
    DepartementFabrique,
    EpciFabrique,
    PorteurFabrique,
    VersionAideFabrique,
)

pytestmark = pytest.mark.django_db
URL = "/aides/"


def publier(code, financeur="Région fictive", **champs):
    titre = champs.setdefault("titre", f"Aide {code}")
    version = VersionAideFabrique(
        aide=AideFabrique(code=code), texte=sans_accents(f"{titre} {financeur}"), **champs
    )
    PorteurFabrique(
        version=version, organisme__code=financeur.lower().replace(" ", "-").replace("é", "e"),
        organisme__nom=financeur,
    )  # fmt: skip
    return version


def codes(reponse):
    assert reponse.status_code == 200
    return [version.aide.code for version, _, _ in reponse.context["lignes"]]


def facette(reponse, nom):
    return {choix.code: choix.nombre for choix in getattr(reponse.context["recherche"], nom)()}


@pytest.fixture
def trois(db):
    publier("atelier", titre="Prime aux métiers d’art", nature="immobilier")
    publier("export", "État fictif", nature="export", natures_secondaires=["innovation"])
    publier(
        "ailleurs", voie="externe", url_externe="https://organisme.invalid/", nature="innovation",
        perimetre=["PAYS-99100"],
    )  # fmt: skip


def test_the_total_is_that_of_the_moment(client, trois):
    """Asked again each time, and refreshed with what a filter finds."""
    for attendu in (3, 4):
        reponse = client.get(URL)
        page = reponse.content.decode()
        assert f'<span id="total">{attendu}</span> aides aux entreprises' in page
        assert "#total:innerHTML" in page
        assert reponse["Cache-Control"] == "no-cache"
        publier(f"nouvelle-{attendu}")


def test_every_published_aide_is_there_open_ones_first(client, trois):
    publier("close", titre="AAA close", statut="close")
    publier("bientot", titre="AAA", ouverture=timezone.localdate() + timedelta(days=9))
    VersionAideFabrique(aide__code="brouillon", publier=False)
    reponse = client.get(URL)
    assert codes(reponse) == ["ailleurs", "export", "atelier", "bientot", "close"]
    page = reponse.content.decode()
    assert 'href="/aides/atelier/"' in page
    assert 'href="http://testserver/aides/">' in page.partition('rel="canonical"')[2][:80]
    assert "À venir" in page


def test_words_are_found_without_their_accents(client, trois):
    for texte in ("metiers", "MÉTIERS", "métier", "etat fictif", "prim"):
        assert len(codes(client.get(URL, {"q": texte}))) == 1, texte


def test_facets_count_what_the_other_filters_leave(client, trois):
    reponse = client.get(URL)
    assert facette(reponse, "natures") == {"immobilier": 1, "innovation": 2, "export": 1}
    assert facette(reponse, "voies") == {"portail": 2, "externe": 1}
    assert facette(reponse, "financeurs") == {"etat-fictif": 1, "region-fictive": 2}
    reponse = client.get(URL, {"nature": "innovation", "voie": "portail"})
    assert codes(reponse) == ["export"]
    assert facette(reponse, "natures") == {"immobilier": 1, "innovation": 1, "export": 1}
    assert facette(reponse, "voies") == {"portail": 1, "externe": 1}


def test_choices_of_one_facet_add_up(client, trois):
    assert len(codes(client.get(URL, {"nature": ["export", "immobilier"]}))) == 2
    assert codes(client.get(URL, {"financeur": "etat-fictif"})) == ["export"]


def test_a_place_is_found_by_its_name_at_every_level(client, trois):
    epci = EpciFabrique(nom="CC du Val fictif")
    CommuneFabrique(code="20901", nom="Valfictif", codes_postaux=["20900"], epci=epci)
    loin = DepartementFabrique(
        code="2C", nom="Département lointain", region__code="95", region__nom="Île lointaine"
    )
    CommuneFabrique(code="20903", nom="Loinville", departement=loin)
    publier("locale", perimetre=[f"EPCI-{epci.siren}"])
    for lieu in ("Valfictif", "CC du Val fictif", "Occitanie", "COM-20901"):
        assert len(codes(client.get(URL, {"territoire": lieu}))) == 4, lieu
    for lieu in ("Loinville", "Département lointain (département)", "ile lointaine", "DEP-2C"):
        assert codes(client.get(URL, {"territoire": lieu})) == ["ailleurs"], lieu
    for debut, lieu in (("valf", "Valfictif (20900)"), ("val fic", "CC du Val fictif")):
        options = client.get("/aides/suggestions/lieux/", {"territoire": debut}).content.decode()
        assert f'value="{lieu}"' in options
    assert client.get("/aides/suggestions/lieux/", {"territoire": "x" * 9000}).status_code == 200


def test_a_place_with_several_meanings_is_asked_again(client, trois):
    for code, postal in (("20901", "20900"), ("20904", "20904")):
        CommuneFabrique(code=code, nom="Saint-Fictif", codes_postaux=[postal])
    page = client.get(URL, {"territoire": "Saint-Fictif"}).content.decode()
    assert "désigne plusieurs lieux" in page
    assert "laissé de côté" not in page
    assert '<a href="?territoire=COM-20901">Saint-Fictif (20900)</a>' in page
    assert '<a href="?territoire=COM-20904">Saint-Fictif (20904)</a>' in page
    assert len(codes(client.get(URL, {"territoire": "Saint-Fictif (20900)"}))) == 3


def test_sorting(client, trois):
    publier("limite", cloture=timezone.localdate() + timedelta(days=3))
    assert codes(client.get(URL, {"tri": "cloture"}))[0] == "limite"
    assert codes(client.get(URL, {"tri": "hasard"}))[0] == "ailleurs"
    assert len(codes(client.get(URL, {"tri": "recentes"}))) == 4


def test_pages_keep_the_filters(client, db):
    for rang in range(25):
        publier(f"aide-{rang:02d}")
    reponse = client.get(URL, {"nature": "investissement", "page": 2})
    assert codes(reponse)[0] == "aide-20"
    assert "?nature=investissement&amp;page=1" in reponse.content.decode()
    for page in ("0", "9999", "-1", "deux", "1" * 400):
        assert codes(client.get(URL, {"page": page})), page


def test_nothing_found_says_which_filter_to_take_away(client, trois):
    page = client.get(URL, {"nature": "export", "voie": "externe"}).content.decode()
    assert "Aucune aide ne correspond" in page
    assert 'href="?nature=export">Sans la façon de demander : 1 aide</a>' in page
    assert 'href="?voie=externe">Sans la nature d’aide : 1 aide</a>' in page


def test_words_that_find_nothing_lead_elsewhere(client, db):
    publier("camion", titre="Achat de camions propres")
    publier("immobilier", nature="immobilier")
    page = client.get(URL, {"q": "camionnette"}).content.decode()
    assert re.search(r'href="\?q=camion\w*">Avec «&nbsp;camion\w*…&nbsp;» : 1 aide</a>', page)
    assert 'href="/simulation/"' in page
    page = client.get(URL, {"q": "immobilisation"}).content.decode()
    assert 'href="?nature=immobilier"' in page
    assert "<legend>État</legend>" not in page


def test_a_record_that_completes_another_is_shown_and_not_counted(client, trois):
    publier("detail", complete="ouverte")
    reponse = client.get(URL)
    assert "detail" in codes(reponse)
    page = " ".join(reponse.content.decode().split())
    assert "<strong>3</strong> aides, et 1 fiche qui en précise une autre" in page
    assert "ne se demande pas à part" in page
    assert sum(choix.nombre for choix in reponse.context["recherche"].etats()) == 3


def test_an_aide_to_be_confirmed_is_not_announced_as_open(client, db):
    publier("doute", statut="a_confirmer")
    page = client.get(URL).content.decode()
    assert 'etat-reserve">Ouverte ? À confirmer' in page
    assert "etat-oui" not in page


def test_an_empty_catalogue_says_so(client, db):
    assert "Le catalogue est encore vide" in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("parametres", "message"),
    [
        ({"nature": "guerre"}, "« guerre » est inconnu"),
        ({"voie": "x"}, "« x » est inconnu"),
        ({"etat": "<b>"}, "&lt;b&gt;"),
        ({"financeur": "personne"}, "Financeur inconnu"),
        ({"territoire": "Nullepart"}, "Aucun lieu ne s’appelle"),
        ({"territoire": "REG-99"}, "Territoire inconnu"),
        ({"territoire": "é" * 10_000}, "au plus 200"),
        ({"q": "mot " * 2_500}, "au plus 200"),
        ({"q": "a\0b"}, "caractère"),
    ],
)
def test_what_means_nothing_is_said_and_left_aside(client, trois, parametres, message):
    reponse = client.get(URL, parametres)
    page = reponse.content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert message in page
    assert "laissé de côté" in page
    assert len(codes(reponse)) == 3


def test_the_cost_does_not_grow_with_the_catalogue(client, trois):
    def requetes(**parametres):
        with CaptureQueriesContext(connection) as capture:
            assert client.get(URL, parametres).status_code == 200
        return len(capture)

    CommuneFabrique(code="20901", nom="Valfictif")
    publier("premiere")
    tout = {"q": "aide", "nature": "investissement", "territoire": "Valfictif", "etat": "ouverte"}
    avant = requetes(), requetes(**tout)
    for rang in range(12):
        publier(f"de-plus-{rang}", f"Financeur {rang}", cloture=date(2030, 1, rang + 1))
    assert (requetes(), requetes(**tout)) == avant
    assert avant[0] <= 6


def test_search_engines_are_told_where_to_go(client, trois):
    plan = client.get("/sitemap.xml")
    assert plan["Content-Type"].startswith("application/xml")
    texte = plan.content.decode()
    for page in ("/", "/simulation/", "/aides/", "/aides/atelier/"):
        assert f"<loc>http://testserver{page}</loc>" in texte, page
    assert "<lastmod>2026-01-01</lastmod>" in texte
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /dossiers/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
