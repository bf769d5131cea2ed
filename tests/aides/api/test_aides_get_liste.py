"""GET /api/v1/aides/: filters, pages, formats, conditional requests, constant queries."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aides.filtres import etat_de
from aides.models import Aide
from territoires.organismes.models import Organisme
from tests.aides.api.outils import LISTE, refus, simple
from tests.aides.exemples import aide
from tests.fabriques import AideFabrique


def test_it_is_open_and_gives_the_published_aides_by_code(client, publier):
    publier(simple("b"), simple("a"))
    AideFabrique(code="brouillon")
    reponse = client.get(LISTE)
    assert reponse["Content-Type"] == "application/json"
    assert [ligne["code"] for ligne in reponse.json()["resultats"]] == ["a", "b"]
    assert not reponse.cookies


def test_a_line_says_what_the_version_says(client, publier):
    publier(aide())
    (ligne,) = client.get(LISTE, {"le": "2026-11-21"}).json()["resultats"]
    assert ligne["url"] == "http://testserver/api/v1/aides/fictive-ateliers/"
    assert ligne["porteurs"][0] == {
        "organisme": "region-fictive",
        "nom": "Région fictive",
        "siren": "000000018",
        "roles": ["diffuseur", "financeur"],
    }
    assert (ligne["perimetre"], ligne["etat"]) == (["REG-76", "DEP-64"], "ouverte")
    assert (ligne["version"], ligne["ouverture"]) == (1, "2026-01-01")
    assert "criteres" not in ligne


# --- filters ----------------------------------------------------------------------------------


def test_nature_first_or_secondary_and_several(codes, publier):
    publier(
        simple("a", nature="export"),
        simple("b", nature="conseil", natures_secondaires=["export"]),
        simple("c", nature="emploi"),
    )
    assert codes(nature="export") == ["a", "b"]
    assert codes(nature=["emploi", "conseil"]) == ["b", "c"]


def test_financeur_by_code_or_siren_and_only_who_finances(codes, publier):
    publier(
        simple("a"),
        simple(
            "b",
            porteurs=[
                {"organisme": "region-fictive", "roles": ["instructeur"]},
                {"organisme": "agence-fictive", "roles": ["financeur"]},
            ],
        ),
    )
    assert codes(financeur="region-fictive") == codes(financeur="000000018") == ["a"]
    assert codes(financeur="agence-fictive") == ["b"]


LIEUX = {
    "france": {"perimetre": "PAYS-99100"},
    "occitanie": {"perimetre": "REG-76"},
    "haute-garonne": {"perimetre": "DEP-31"},
    "toulouse-metropole": {"perimetre": "EPCI-243100518"},
    "toulouse": {"perimetre": "COM-31555"},
    "occitanie-sans-metropole": {"perimetre": "REG-76", "exclusions": "EPCI-243100518"},
    "avignon": {"perimetre": "EPCI-248400251"},
    "avignon-gard": {"perimetre": "EPCI-248400251", "exclusions": "REG-93"},
    "bretagne": {"perimetre": "REG-53"},
}
PARTOUT = {"france"}
TOULOUSE = {"france", "occitanie", "haute-garonne", "toulouse-metropole", "toulouse"}


@pytest.mark.parametrize(
    ("territoire", "attendus"),
    [
        ("COM-31555", TOULOUSE),
        ("31555", TOULOUSE),
        (" com-31555 ", TOULOUSE),
        ("EPCI-243100518", TOULOUSE),
        ("DEP-31", TOULOUSE | {"occitanie-sans-metropole"}),
        ("REG-76", set(LIEUX) - {"bretagne"}),
        ("REG-93", {"france", "avignon"}),
        ("PAYS-99100", set(LIEUX)),
        ("REG-53", {"france", "bretagne"}),
        # The EPCI of Avignon lies in two régions: the commune decides.
        (
            "EPCI-248400251",
            {"france", "occitanie", "occitanie-sans-metropole", "avignon", "avignon-gard"},
        ),
        ("30351", {"france", "occitanie", "occitanie-sans-metropole", "avignon", "avignon-gard"}),
        ("84007", {"france", "avignon"}),
        ("DEP-30", {"france", "occitanie", "occitanie-sans-metropole", "avignon", "avignon-gard"}),
    ],
)
def test_territoire_at_every_level(codes, publier, territoire, attendus):
    publier(*(simple(code, **lieu) for code, lieu in LIEUX.items()))
    assert set(codes(territoire=territoire)) == attendus


def test_a_former_commune_is_its_successor(codes, publier):
    publier(simple("ain", perimetre="COM-01033"), simple("autre", perimetre="REG-53"))
    assert codes(territoire="01091") == ["ain"]


NAF = {
    "toutes": {},
    "industrie": {"naf": ["C"]},
    "alimentaire": {"naf": ["10"]},
    "viande": {"naf": ["10.11Z"]},
    "industrie-sans-viande": {"naf": ["C"], "naf_exclusions": ["10.1"]},
    "sans-viande": {"naf_exclusions": ["10.11Z"]},
    "batiment": {"naf": ["F"]},
}


@pytest.mark.parametrize(
    ("naf", "attendus"),
    [
        ("10.11Z", {"toutes", "industrie", "alimentaire", "viande"}),
        ("10.11", {"toutes", "industrie", "alimentaire", "viande"}),
        ("10.1", {"toutes", "industrie", "alimentaire", "viande", "sans-viande"}),
        ("10", set(NAF) - {"batiment"}),
        ("c", set(NAF) - {"batiment"}),
        ("25.11Z", {"toutes", "industrie", "industrie-sans-viande", "sans-viande"}),
        ("F", {"toutes", "sans-viande", "batiment"}),
    ],
)
def test_naf_at_every_level(codes, publier, naf, attendus):
    publier(*(simple(code, **cible) for code, cible in NAF.items()))
    assert set(codes(naf=naf)) == attendus


ETATS = {
    "sans-date": {},
    "en-cours": {"ouverture": "2026-01-01", "cloture": "2026-12-31"},
    "derniere-heure": {"cloture": "2026-11-21"},
    "finie": {"cloture": "2026-11-20"},
    "future": {"ouverture": "2026-11-22"},
    "ouvre-ce-jour": {"ouverture": "2026-11-21"},
    "retiree": {"statut": "close", "ouverture": "2027-01-01"},
    "douteuse": {"statut": "a_confirmer"},
}
OUVERTES = {"sans-date", "en-cours", "derniere-heure", "ouvre-ce-jour", "douteuse"}


def test_etat_on_a_day_splits_the_catalogue_in_three(client, codes, publier):
    publier(*(simple(code, **dates) for code, dates in ETATS.items()))
    le = "2026-11-21"
    assert set(codes(etat="ouverte", le=le)) == OUVERTES
    assert codes(etat="a_venir", le=le) == ["future"]
    assert codes(etat="close", le=le) == ["finie", "retiree"]
    assert set(codes(etat=["a_venir", "close"], le=le)) == set(ETATS) - OUVERTES
    assert codes(statut="close") == ["retiree"]
    for ligne in client.get(LISTE, {"le": le}).json()["resultats"]:
        version = Aide.objects.get(code=ligne["code"]).version
        assert ligne["etat"] == etat_de(version, date(2026, 11, 21))
        assert ligne["code"] in codes(etat=ligne["etat"], le=le)


def test_q_searches_in_french(codes, publier):
    publier(
        simple("a", titre="Chauffer les serres", promesse="Remplacez vos chaudières"),
        simple("b", titre="Recruter", promesse="Recrutez un apprenti"),
    )
    assert codes(q="chaudière") == codes(q="serre chauffée") == ["a"]
    assert codes(q="recruter -apprenti") == []
    assert codes(q="introuvable") == []
    assert codes(q='"un apprenti"') == ["b"]


@pytest.mark.parametrize("apostrophe", "'’ʼ‘")
def test_q_takes_any_apostrophe_for_one(codes, publier, apostrophe):
    publier(
        simple("a", titre="Économies d’eau", promesse="Gérez l'eau de l’atelier"),
        simple("b", titre="Aide à l’export", promesse="Vendez ailleurs"),
    )
    assert codes(q="eau") == codes(q=f"d{apostrophe}eau") == codes(q="atelier") == ["a"]
    assert codes(q="export") == codes(q=f"l{apostrophe}export") == ["b"]
    assert codes(q=f'"l{apostrophe}export"') == codes(q="expor") == ["b"]
    assert codes(q="économies -eau") == []


def test_filters_add_up(codes, publier):
    publier(
        simple("a", nature="export", perimetre="REG-76"),
        simple("b", nature="export"),
        simple("c", perimetre="REG-76"),
    )
    assert codes(nature="export", territoire="REG-53") == ["b"]


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parametres", "champ", "attendu"),
    [
        ({"region": "76"}, "region", "Paramètres acceptés : nature, financeur, territoire"),
        ({"nature": "argent"}, "nature", "Valeurs acceptées : investissement, immobilier"),
        ({"statut": "ouverte"}, "statut", "active, a_confirmer, close"),
        ({"etat": "active"}, "etat", "ouverte, a_venir, close"),
        ({"financeur": "inconnu"}, "financeur", "region-fictive"),
        ({"territoire": "REG-99"}, "territoire", "COM-31555 (ou 31555)"),
        ({"territoire": "PAYS-99109"}, "territoire", "PAYS-99100"),
        ({"territoire": "ZONE-AFR"}, "territoire", "Territoire inconnu"),
        ({"territoire": "COM-99999"}, "territoire", "Territoire inconnu"),
        ({"naf": "99.9"}, "naf", "Code NAF inconnu"),
        ({"naf": "%"}, "naf", "Code NAF inconnu"),
        ({"le": "21/11/2026"}, "le", "AAAA-MM-JJ"),
        ({"le": "2026-02-30"}, "le", "AAAA-MM-JJ"),
        ({"q": "a\0b"}, "q", "nul"),
        ({"q": "x" * 201}, "q", "200"),
        ({"format": "xml"}, "format", "json, csv"),
        ({"taille": "0"}, "taille", "de 1 à 200"),
        ({"taille": "201"}, "taille", "de 1 à 200"),
        ({"taille": "007"}, "taille", "de 1 à 200"),
        ({"taille": ["5", "6"]}, "taille", "plusieurs fois"),
        ({"q": ["a", "b"]}, "q", "plusieurs fois"),
        ({"curseur": "abc"}, "curseur", "Curseur inconnu"),
        ({"curseur": "dmlkZQ=="}, "curseur", "Curseur inconnu"),
        ({"curseur": "é"}, "curseur", "Curseur inconnu"),
        ({"taille": "beaucoup"}, "taille", "de 1 à 200"),
        ({"curseur": "inventé"}, "curseur", "Curseur inconnu"),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_accepted(
    client, publier, parametres, champ, attendu
):
    publier(simple("a"))
    assert attendu in refus(client.get(LISTE, parametres), champ)


def test_every_fault_is_said_at_once(client, publier):
    reponse = client.get(LISTE, {"nature": "argent", "naf": "ZZ", "autre": "1"})
    assert {e["champ"] for e in reponse.json()["erreurs"]} == {"nature", "naf", "autre"}


@pytest.mark.parametrize("verbe", ["post", "put", "patch", "delete"])
def test_it_cannot_be_written(client, publier, verbe):
    publier(simple("a"))
    reponse = getattr(client, verbe)(LISTE, {})
    assert (reponse.status_code, reponse["Content-Type"]) == (405, "application/problem+json")
    assert Aide.objects.count() == 1


# --- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_pages_follow_each_other_and_miss_nothing(client, publier, format_):
    publier(*(simple(f"a-{n}") for n in range(7)))
    adresse, vus, pages = f"{LISTE}?taille=3&format={format_}", [], 0
    while adresse:
        reponse = client.get(adresse)
        pages += 1
        if format_ == "json":
            vus += [ligne["code"] for ligne in reponse.json()["resultats"]]
            assert reponse.json()["suivante"] == _lien(reponse, "next")
        else:
            vus += [
                ligne["code"] for ligne in csv.DictReader(io.StringIO(reponse.content.decode()))
            ]
        adresse = _lien(reponse, "next")
    assert (vus, pages) == ([f"a-{n}" for n in range(7)], 3)


def _lien(reponse, rel):
    liens = reponse.get("Link", "").split(", ")
    return next((lien[1:].split(">")[0] for lien in liens if f'rel="{rel}"' in lien), None)


def test_the_number_of_queries_does_not_grow_with_the_rows(client, publier):
    def requetes(**parametres):
        with CaptureQueriesContext(
            connection,
        ) as prises:
            assert client.get(LISTE, {"taille": 200, **parametres}).status_code == 200
        return len(prises)

    filtres = {
        "territoire": "REG-76",
        "naf": "C",
        "financeur": "region-fictive",
        "q": "prime",
        "etat": "ouverte",
        "nature": "immobilier",
    }
    publier(*(simple(f"a-{n}") for n in range(2)))
    peu = requetes(), requetes(**filtres)
    publier(*(simple(f"b-{n}") for n in range(98)))
    assert (requetes(), requetes(**filtres)) == peu
    assert peu[0] <= 6


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize("par", [{"data": {"format": "csv"}}, {"HTTP_ACCEPT": "text/csv"}])
def test_csv_by_parameter_or_by_accept(client, publier, par):
    publier(aide(titre='Prime « fictive », dite "A"'))
    reponse = client.get(LISTE, **par)
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    (ligne,) = csv.DictReader(io.StringIO(reponse.getvalue().decode()))
    assert ligne["titre"] == 'Prime « fictive », dite "A"'
    assert (ligne["perimetre"], ligne["financeurs"]) == ("REG-76|DEP-64", "Région fictive")
    assert (ligne["instructeurs"], ligne["complete"]) == ("Agence fictive", "")


def test_an_unknown_accept_is_a_problem(client, publier):
    reponse = client.get(LISTE, HTTP_ACCEPT="image/png")
    assert (reponse.status_code, reponse["Content-Type"]) == (406, "application/problem+json")


# --- conditional requests ---------------------------------------------------------------------


def test_the_same_answer_is_not_sent_twice(client, publier):
    publier(simple("a"))
    premiere = client.get(LISTE)
    etiquette = premiere["ETag"]
    assert not etiquette.startswith("W/")
    assert premiere["Last-Modified"].endswith("GMT")
    assert "Accept" in premiere["Vary"]
    seconde = client.get(LISTE, HTTP_IF_NONE_MATCH=etiquette)
    assert (seconde.status_code, seconde.content) == (304, b"")
    assert (seconde["ETag"], seconde["Vary"]) == (etiquette, premiere["Vary"])
    assert seconde["Cache-Control"] == premiere["Cache-Control"] == "public, no-cache"


def test_a_304_does_not_read_the_catalogue(client, publier):
    publier(*(simple(f"a-{n}") for n in range(5)))
    etiquette = client.get(LISTE)["ETag"]
    with CaptureQueriesContext(connection) as prises:
        client.get(LISTE, HTTP_IF_NONE_MATCH=etiquette)
    assert len(prises) == 3
    assert not any("criteres" in prise["sql"] for prise in prises)


def test_the_tag_is_that_of_one_address_one_format_one_day(client, publier):
    publier(simple("a"))
    etiquettes = {
        client.get(LISTE, parametres, **entetes)["ETag"]
        for parametres, entetes in [
            ({}, {}),
            ({}, {"HTTP_ACCEPT": "text/csv"}),
            ({"format": "csv"}, {}),
            ({"nature": "export"}, {}),
            ({"le": "2026-01-01"}, {}),
            ({"taille": "1"}, {}),
            ({}, {"HTTP_HOST": "localhost"}),
        ]
    }
    assert len(etiquettes) == 7


def test_the_tag_changes_with_what_is_shown(client, publier):
    publier(simple("a"))
    avant = client.get(LISTE)["ETag"]
    publier(simple("a"))
    assert client.get(LISTE)["ETag"] == avant
    publier(simple("a", titre="Nouveau titre"))
    apres = client.get(LISTE)["ETag"]
    assert apres != avant
    Organisme.objects.filter(code="region-fictive").update(nom="Région renommée")
    assert client.get(LISTE)["ETag"] not in {avant, apres}
    reponse = client.get(LISTE, HTTP_IF_NONE_MATCH=avant)
    assert (reponse.status_code, reponse.json()["resultats"][0]["titre"]) == (200, "Nouveau titre")


def test_head_says_the_same_without_a_body(client, publier):
    publier(simple("a"))
    tete, corps = client.head(LISTE), client.get(LISTE)
    assert (tete.content, tete["ETag"]) == (b"", corps["ETag"])


@pytest.mark.parametrize("combien", [0, 3])
def test_csv_has_every_aide_and_not_one_page(client, publier, monkeypatch, combien):
    monkeypatch.setattr("aides.api.views.AIDES_EN_MEMOIRE", 2)
    monkeypatch.setattr("aides.api.reponses.PageAides.page_size", 1)
    publier(*(simple(f"a-{n}") for n in range(combien)), simple("b", nature="export"))
    reponse = client.get(LISTE, {"format": "csv", "nature": aide()["nature"]})
    assert reponse.streaming
    lignes = list(csv.DictReader(io.StringIO(reponse.getvalue().decode())))
    assert [ligne["code"] for ligne in lignes] == [f"a-{n}" for n in range(combien)]


def test_an_address_does_not_keep_the_format_of_the_answer(client, publier):
    publier(simple("a"))
    (ligne,) = csv.DictReader(io.StringIO(client.get(LISTE, {"format": "csv"}).getvalue().decode()))
    assert ligne["url"] == "http://testserver/api/v1/aides/a/"
    assert client.get(f"{LISTE}a/", {"format": "json"}).json()["url"] == ligne["url"]


def test_what_it_is_for_is_said_in_french(client, db):
    assert client.options(LISTE).json()["description"] == "Les aides publiées, par code."


@pytest.mark.parametrize(
    ("q", "attendus"),
    [
        ("renovation energetique", ["a"]),
        ("RÉNOVATION énergétique", ["a"]),
        ("œuvre", ["a"]),
        ("oeuvre", ["a"]),
        ("rénover", ["a"]),
        ("energeti", ["a"]),
        ("numeriq", ["b"]),
        ("rénovation numeriq", []),
        ("région fictive", ["a"]),
        ("regi", ["a"]),
        ("renovation region", ["a"]),
        ("agence", ["b"]),
        ("la", []),
        ("nu", []),
        ("':* & | ! <-> \\\\", []),
    ],
)
def test_words_without_their_accents_or_their_end_and_funders(codes, publier, q, attendus):
    agence = [{"organisme": "agence-fictive", "roles": ["financeur"]},
              {"organisme": "region-fictive", "roles": ["diffuseur"]}]  # fmt: skip
    muet = {"promesse": None, "description": "Texte fictif"}
    publier(
        simple("a", titre="Rénovation énergétique et mise en œuvre", **muet),
        simple("b", titre="Passage au numérique", porteurs=agence, **muet),
    )
    assert codes(q=q) == attendus


def test_a_closed_status_wins_over_the_dates_on_past_days_too(client, codes, publier):
    publier(simple("a", statut="close", ouverture="2026-01-01", cloture="2026-12-31"))
    assert codes(etat="close", le="2026-06-01") == ["a"]
    assert codes(etat="ouverte", le="2026-06-01") == []
    assert client.get(LISTE, {"le": "2026-06-01"}).json()["resultats"][0]["etat"] == "close"
