"""GET /aides/<code>/: what the page of an aide says, for as long as its address lasts."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aides.criteres.arbre import Source
from aides.montants import lire_regles
from aides.presentation import decrire
from tests.fabriques import (
    AideFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    EpciFabrique,
    GuichetFabrique,
    PorteurFabrique,
    VersionAideFabrique,
)

pytestmark = pytest.mark.django_db
URL = "/aides/prime-fictive/"
SOURCES = {
    "reglement": {
        "libelle": "Règlement fictif, article 1", "url": "https://organisme.invalid/reglement",
        "date": "2026-10-01", "verifie": False,
    }
}  # fmt: skip


def publier(code="prime-fictive", **champs):
    return VersionAideFabrique(
        aide=AideFabrique(code=code),
        **{"titre": "Prime fictive aux ateliers", "sources": SOURCES, **champs},
    )


def lire(client, url=URL, statut=200):
    reponse = client.get(url)
    assert reponse.status_code == statut
    texte = reponse.content.decode().replace("&nbsp;", " ")
    return texte.replace("\xa0", " ").replace("\u202f", " ")


def test_it_says_what_for_whom_by_whom_and_since_when(client):
    commune = CommuneFabrique(code="20901")
    guichet = GuichetFabrique(nom="Guichet fictif", telephone="00 00 00 00 00")
    CompetenceFabrique(guichet=guichet)
    version = publier(
        promesse="Agrandissez votre atelier",
        description="Deux <b>lignes</b>",
        formes=["subvention"],
        montants=[
            {"forme": "subvention", "taux": "0.30", "plafond": "35000", "source": "reglement"}
        ],
        verifie_le=date(2026, 11, 1),
        bases_juridiques=[{"libelle": "CGCT, article L1511-2"}],
    )
    PorteurFabrique(version=version, organisme=guichet.organisme, roles=["financeur"])
    page = lire(client)
    for texte in (
        "<title>Prime fictive aux ateliers", "Agrandissez votre atelier.",
        "Subvention : 30 % des dépenses, 35 000 € au plus.", "L’effectif ne dépasse pas 249",
        'href="https://organisme.invalid/reglement"', "relevée le 1er octobre 2026",
        "(à confirmer)", "Occitanie (région)", "Guichet fictif", "00 00 00 00 00",
        "1er novembre 2026", "CGCT, article L1511-2", "Version 1, publiée le 1er janvier 2026",
        'content="Agrandissez votre atelier"',
        'href="http://testserver/aides/prime-fictive/">',
        'href="/simulation/?aide=prime-fictive"', "&lt;b&gt;lignes",
    ):  # fmt: skip
        assert texte in page, texte
    assert commune.departement.region_id == "76"


def test_conditions_are_a_tree_of_sentences(client):
    feuille = {
        "type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": "50",
        "source": "reglement",
    }  # fmt: skip
    artisan = {"type": "parmi", "fait": "secteur", "codes": ["artisanat"], "source": "reglement"}
    publier(criteres={"type": "un", "criteres": [feuille, {"type": "non", "critere": artisan}]})
    page = " ".join(lire(client).split())
    assert "L’une au moins des conditions suivantes :" in page
    assert '<li class="liaison">ou</li>' in page
    assert "Les secteurs d’activité ne comprennent pas « Artisanat" in page


def test_a_closed_aide_keeps_its_page_and_says_so(client):
    publier(statut="close", cloture=date(2024, 12, 31))
    page = lire(client)
    assert "Cette aide est close : elle ne se demande plus depuis le 31 décembre 2024" in page
    assert "/simulation/?aide=" not in page


def test_an_aide_to_come_says_from_when(client):
    publier(ouverture=timezone.localdate() + timedelta(days=40))
    assert "n’est pas encore ouverte" in lire(client)


def test_an_aide_to_be_confirmed_says_so(client):
    publier(statut="a_confirmer", statut_precision="Page non datée")
    page = lire(client)
    assert 'etat-reserve">Ouverte ? À confirmer' in page
    assert "etat-oui" not in page
    avant_le_bouton = page.split("Demander cette aide")[0]
    assert "On ne sait pas si cette aide se demande encore. Page non datée" in avant_le_bouton
    assert "Source relevée le 1er octobre 2026, pas encore relue" in page
    assert page.count("(à confirmer)") == 1
    assert page.count("Relevé le 1er octobre 2026, pas encore relu") == 1


def test_a_withdrawn_aide_keeps_its_page_and_says_so(client):
    publier(publier=False)
    page = lire(client)
    assert "Cette aide a été retirée du catalogue" in page
    assert "/simulation/?aide=" not in page


def test_earlier_versions_stay_readable(client):
    ancienne = publier(titre="Ancien nom")
    publier(numero=2)
    page = lire(client)
    assert 'href="/aides/prime-fictive/versions/1/"' in page
    page = lire(client, f"{URL}versions/{ancienne.numero}/")
    assert "remplacée depuis" in page
    assert "Ancien nom" in page
    assert 'content="noindex"' in page
    assert 'href="http://testserver/aides/prime-fictive/">' in page
    assert "/simulation/?aide=" not in page


@pytest.mark.parametrize("fin", ["", "versions/1/", "versions/99999999999999999999/"])
def test_only_what_never_was_is_not_found(client, fin):
    lire(client, f"/aides/inconnue/{fin}", 404)
    publier()
    if "9" in fin:
        lire(client, URL + fin, 404)
    AideFabrique(code="sans-version")
    lire(client, "/aides/sans-version/", 404)


def test_an_aide_asked_for_elsewhere_sends_there(client):
    publier(voie="externe", url_externe="https://organisme.invalid/aide")
    page = lire(client)
    assert 'href="https://organisme.invalid/aide"' in page
    assert "Voir si mon projet y a droit" in page


def test_a_record_that_completes_another_leads_to_it(client):
    publier()
    publier("precision", titre="Fiche de précision", complete="prime-fictive")
    assert 'href="/aides/precision/"' in lire(client)
    page = lire(client, "/aides/precision/")
    assert 'href="/aides/prime-fictive/"' in page
    assert "/simulation/?aide=" not in page


def test_the_desks_are_those_that_will_receive_the_demandes(client):
    ici, la, nulle_part = (EpciFabrique(nom=f"CC fictive {n}") for n in "abc")
    for rang, epci in enumerate((ici, la, nulle_part)):
        CommuneFabrique(code=f"2091{rang}", epci=epci)
    publier(nature="immobilier")
    for epci, nom in ((ici, "Guichet de a"), (la, "Guichet de b")):
        CompetenceFabrique(
            guichet=GuichetFabrique(nom=nom), nature="immobilier", perimetre=[f"EPCI-{epci.siren}"]
        )
    CompetenceFabrique(
        guichet=GuichetFabrique(nom="Guichet passé"), nature="immobilier",
        perimetre=[f"EPCI-{nulle_part.siren}"], fin=date(2020, 1, 1),
    )  # fmt: skip
    page = lire(client)
    assert "Guichet de a" in page
    assert "Guichet de b" in page
    assert "Guichet passé" not in page
    assert "Dans certaines communes, l’équipe d’orientation" in page


def test_a_long_perimetre_is_folded_and_exclusions_are_said(client):
    communes = [CommuneFabrique(code=f"209{n:02d}", nom=f"Fictive-{n}") for n in range(14)]
    publier(perimetre=["REG-76", *(f"COM-{c.code}" for c in communes)], exclusions=["COM-20900"])
    page = lire(client)
    assert "Communes : 14" in page
    assert "<strong>Sauf</strong>" in page
    assert "Fictive-3 (31)" in page


def test_conditions_that_cannot_be_read_do_not_hide_the_rest(client, caplog):
    publier(criteres={"type": "inconnu"})
    page = lire(client)
    assert "ne peuvent pas être affichées" in page
    assert "Prime fictive aux ateliers" in page
    assert "prime-fictive" in caplog.text or "version 1" in caplog.text


@pytest.mark.parametrize(
    ("regle", "texte"),
    [
        ({"taux": "0.5", "taux_minimum": "0.2", "plafond": "10000", "minimum": "500"},
         "Subvention : 20 % à 50 % des dépenses, 10 000 € au plus, rien en dessous de 500 €"),
        ({"taux": "0.2", "assiette": ["depense_batiment"]},
         "Subvention : 20 % des dépenses retenues (les dépenses « Bâtiments »)"),
        ({"forfait": "1500"}, "Subvention : 1 500 € forfaitaires"),
        ({"taux": "0.1", "par_emploi": "3000"},
         "Subvention : 10 % des dépenses, 3 000 € par emploi créé"),
        ({}, ""),
    ],
)  # fmt: skip
def test_rules_of_amount_are_said_in_french(regle, texte):
    brut = {"forme": "subvention", "source": "s", **regle}
    (lue,) = lire_regles([brut], {"s": Source("Règlement fictif")})
    assert decrire(lue, brut).replace("\xa0", " ").replace("\u202f", " ") == texte


def test_the_cost_of_a_page_is_bounded(client):
    version = publier()
    for rang in range(6):
        PorteurFabrique(version=version)
        CommuneFabrique(code=f"2092{rang}")
        CompetenceFabrique(guichet=GuichetFabrique(), perimetre=[f"COM-2092{rang}"])
    with CaptureQueriesContext(connection) as capture:
        lire(client)
    assert len(capture) <= 13
