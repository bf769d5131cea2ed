"""The pages of a draft: who sees them, what they show, what they keep."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from aides.edition import actes
from aides.edition.operations import Champs
from aides.models import Aide, BrouillonAide
from tests.fabriques import (
    GestionnaireCatalogueFabrique,
    PorteurFabrique,
    UserFabrique,
    VersionAideFabrique,
)

pytestmark = pytest.mark.django_db

PARTIES = (
    "",
    "cadre/",
    "conditions/",
    "conditions/choisir/",
    "conditions/nouvelle/comparaison/?fait=effectif",
    "conditions/modifier/?chemin=criteres/criteres/0",
    "montants/",
    "montants/nouveau/",
    "montants/0/",
    "sources/",
    "sources/nouvelle/",
    "nombre/",
    "abandonner/",
    "repeter/",
)


@pytest.mark.parametrize("partie", PARTIES)
def test_every_part_of_a_draft_opens(client_gestionnaire, brouillon, partie):
    reponse = client_gestionnaire.get(f"/mon-catalogue/brouillons/{brouillon.pk}/{partie}")
    assert reponse.status_code == 200
    assert brouillon.titre in reponse.content.decode()


@pytest.mark.parametrize("partie", PARTIES)
def test_a_foreign_draft_does_not_exist(brouillon, partie):
    etranger = Client()
    etranger.force_login(GestionnaireCatalogueFabrique().user)
    adresse = f"/mon-catalogue/brouillons/{brouillon.pk}/{partie}"
    assert etranger.get(adresse).status_code == 404
    etranger.force_login(UserFabrique())
    assert etranger.get(adresse).status_code == 404


def adresse(brouillon, suite: str = "") -> str:
    return f"/mon-catalogue/brouillons/{brouillon.pk}/{suite}"


def geste(client, brouillon, geste: str, **champs):
    """What a button of the tree posts."""
    brouillon.refresh_from_db()
    donnees = {"revision": brouillon.revision, "geste": geste, **champs}
    return client.post(adresse(brouillon, "conditions/"), donnees)


EFFECTIF = {"operateur": "<", "valeur": "50", "source-cle": "nouvelle"}


def ajouter(client, brouillon, genre: str, fait: str, **champs):
    brouillon.refresh_from_db()
    suite = f"conditions/nouvelle/{genre}/?dans={champs.pop('dans', 'criteres')}&fait={fait}"
    return client.post(adresse(brouillon, suite), {"revision": brouillon.revision, **champs})


# ------------------------------------------------------------------ the tree


def test_a_condition_is_written_with_a_new_source(client_gestionnaire, vierge):
    reponse = ajouter(
        client_gestionnaire, vierge, "comparaison", "effectif",
        **EFFECTIF, **{"source-libelle": "Règlement fictif, article 1"},
    )  # fmt: skip
    assert reponse.status_code == 302
    vierge.refresh_from_db()
    assert vierge.document["criteres"]["criteres"] == [
        {
            "type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": "50",
            "source": "reglement-fictif-article-1",
        }
    ]  # fmt: skip
    source = {"libelle": "Règlement fictif, article 1", "verifie": False}
    assert vierge.document["sources"] == {"reglement-fictif-article-1": source}
    page = client_gestionnaire.get(reponse.url).content.decode()
    assert "L’effectif reste en dessous de" in page


def test_a_condition_without_source_is_refused_and_what_was_typed_stays(
    client_gestionnaire, vierge
):
    reponse = ajouter(client_gestionnaire, vierge, "comparaison", "effectif", **EFFECTIF)
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert "Nommez le texte ou la page" in page
    assert 'value="50"' in page
    vierge.refresh_from_db()
    assert vierge.revision == 1


def test_a_wrong_condition_shows_its_fault_beside_it(client_gestionnaire, vierge):
    for operateur, valeur in (("<", "10"), (">", "20")):
        ajouter(
            client_gestionnaire, vierge, "comparaison", "effectif",
            **{"operateur": operateur, "valeur": valeur, "source-cle": "nouvelle",
               "source-libelle": "Texte fictif"},
        )  # fmt: skip
    page = client_gestionnaire.get(adresse(vierge, "conditions/")).content.decode()
    assert "À revoir avant de publier" in page
    assert 'href="#n-criteres"' in page
    # In the summary, and beside the group concerned.
    assert page.lower().count("conditions contradictoires sur") == 2


def test_gestes_on_lines(client_gestionnaire, brouillon):
    avant = brouillon.document["criteres"]["criteres"]
    reponse = geste(client_gestionnaire, brouillon, "descendre criteres/criteres/0")
    assert reponse.status_code == 302
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][:2] == [avant[1], avant[0]]
    geste(client_gestionnaire, brouillon, "nier criteres/criteres/0")
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][0] == {"type": "non", "critere": avant[1]}
    geste(client_gestionnaire, brouillon, "retirer criteres/criteres/0")
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][0] == avant[0]
    for nom in ("annuler", "annuler", "annuler"):
        geste(client_gestionnaire, brouillon, nom)
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"] == avant
    geste(client_gestionnaire, brouillon, "retablir")
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][:2] == [avant[1], avant[0]]


def test_ticked_lines_become_a_group_and_come_out_of_it(client_gestionnaire, brouillon):
    avant = brouillon.document["criteres"]["criteres"]
    choisi = ["criteres/criteres/0", "criteres/criteres/2"]
    geste(client_gestionnaire, brouillon, "regrouper", choisi=choisi, genre="au_moins", nombre="1")
    brouillon.refresh_from_db()
    groupe = brouillon.document["criteres"]["criteres"][0]
    assert groupe == {"type": "au_moins", "nombre": 1, "criteres": [avant[0], avant[2]]}
    geste(client_gestionnaire, brouillon, "sortir criteres/criteres/0/criteres/0")
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][1] == avant[0]
    geste(
        client_gestionnaire, brouillon, "ranger", choisi=["criteres/criteres/1"],
        vers="criteres/criteres/0",
    )  # fmt: skip
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][0]["criteres"] == [avant[2], avant[0]]
    geste(
        client_gestionnaire, brouillon, "regler criteres/criteres/0",
        **{"genre criteres/criteres/0": "un"},
    )  # fmt: skip
    brouillon.refresh_from_db()
    assert brouillon.document["criteres"]["criteres"][0]["type"] == "un"


@pytest.mark.parametrize(
    ("nom", "champs"),
    [
        ("monter criteres/criteres/0", {}),
        ("retirer criteres/criteres/99", {}),
        ("retirer sources", {}),
        ("regrouper", {}),
        ("ranger", {"choisi": ["criteres/criteres/0", "criteres/criteres/1"]}),
        ("sortir criteres/criteres/0", {}),
        ("inconnu", {}),
        ("", {}),
    ],
)
def test_a_geste_that_makes_no_sense_says_so_and_writes_nothing(
    client_gestionnaire, brouillon, nom, champs
):
    reponse = geste(client_gestionnaire, brouillon, nom, **champs)
    assert reponse.status_code == 409
    assert 'class="bandeau bandeau-erreurs"' in reponse.content.decode()
    brouillon.refresh_from_db()
    assert brouillon.revision == 1


def test_a_tree_that_is_one_leaf_becomes_a_group(client_gestionnaire, gestionnaire, region):
    version = VersionAideFabrique(description="Une aide fictive.", formes=["subvention"])
    PorteurFabrique(version=version, organisme=region)
    brouillon = actes.creer_brouillon(aide=version.aide, par=gestionnaire)
    champs = {"operateur": ">", "valeur": "2", "source-cle": "reglement"}
    ajouter(client_gestionnaire, brouillon, "comparaison", "emplois_crees", **champs)
    brouillon.refresh_from_db()
    racine = brouillon.document["criteres"]
    assert racine["type"] == "tous"
    assert [critere["fait"] for critere in racine["criteres"]] == ["effectif", "emplois_crees"]


def test_the_sentence_is_written_as_one_types(client_gestionnaire, vierge):
    suite = "conditions/nouvelle/comparaison/?fait=effectif&apercu=1"
    reponse = client_gestionnaire.post(adresse(vierge, suite), {**EFFECTIF, "contraire": "on"})
    assert "L’effectif atteint au moins 50" in reponse.content.decode()
    reponse = client_gestionnaire.post(adresse(vierge, suite), {"valeur": "beau"})
    assert "La phrase s’écrira ici" in reponse.content.decode()
    vierge.refresh_from_db()
    assert vierge.revision == 1


def test_codes_are_found_without_script(client_gestionnaire, vierge):
    suite = "conditions/nouvelle/commence/?fait=naf"
    donnees = {"revision": 1, "chercher": "codes", "codes_q": "boulanger", "codes": ["C"]}
    page = client_gestionnaire.post(adresse(vierge, suite), donnees).content.decode()
    assert "10.71C – " in page
    assert re.search(r'value="C"\s+checked', page)
    assert "Il y a quelque chose à corriger" not in page
    vierge.refresh_from_db()
    assert vierge.revision == 1


@pytest.mark.parametrize(
    ("genre", "q", "attendu"),
    [
        ("lieux", "valfict", 'value="COM-20901"'),
        ("lieux", "occitanie", 'value="REG-76"'),
        ("naf", "C", "Section C – Industrie manufacturière"),
        ("formes", "5710", 'value="5710"'),
        ("aides", "atelier", 'value="fictive-ateliers"'),
        ("organismes", "région", 'value="region-fictive"'),
        ("naf_2025", "25.11z", 'value="25.11Z"'),
        ("lieux", "introuvable-ici", "Rien d’autre ne correspond"),
    ],
)
def test_what_is_searched_is_found(client_gestionnaire, publiee, genre, q, attendu):
    adresse_choix = f"/mon-catalogue/choix/{genre}/"
    reponse = client_gestionnaire.get(adresse_choix, {"nom": "codes", "codes_q": q})
    assert attendu in reponse.content.decode()
    assert client_gestionnaire.get("/mon-catalogue/choix/inconnu/").status_code == 404


# ------------------------------------------------------------------ two people at once


def test_who_changed_what_meanwhile_is_said_and_what_was_typed_is_kept(
    client_gestionnaire, vierge, region
):
    collegue = GestionnaireCatalogueFabrique(
        organisme=region, user__nom_complet="Odile Fictive"
    ).user
    actes.modifier_brouillon(
        brouillon=vierge, operation=Champs({"promesse": "Autre"}), revision=1, par=collegue
    )
    vue = {"revision": 1}
    reponse = client_gestionnaire.post(adresse(vierge), {**vue, "titre": "Prime fictive bis"})
    assert reponse.status_code == 409
    page = reponse.content.decode()
    assert "Odile Fictive l’a modifié" in page
    assert "changement de la fiche" in page
    assert 'value="Prime fictive bis"' in page
    # Sending it again, knowingly, writes it.
    assert 'name="revision" value="2"' in page
    reponse = client_gestionnaire.post(adresse(vierge), {"revision": 2, "titre": "Prime bis"})
    assert reponse.status_code == 302
    suite = "conditions/nouvelle/comparaison/?fait=effectif"
    envoi = {**vue, **EFFECTIF, "source-libelle": "Texte fictif"}
    reponse = client_gestionnaire.post(adresse(vierge, suite), envoi)
    assert reponse.status_code == 409
    assert 'value="Texte fictif"' in reponse.content.decode()
    for suite, donnees in (
        ("conditions/", {"geste": "sous-groupe criteres"}),
        ("sources/nouvelle/", {"libelle": "Texte fictif"}),
        ("montants/nouveau/", {"forme": "pret", "source-cle": "nouvelle", "source-libelle": "T"}),
        ("abandonner/", {}),
    ):
        assert client_gestionnaire.post(
            adresse(vierge, suite), {**vue, **donnees}
        ).status_code == 409  # fmt: skip


def test_what_a_stranger_posts_waits_for_them_to_sign_in(client, gestionnaire, vierge):
    reponse = client.post(adresse(vierge), {"revision": 1, "titre": "Titre gardé"})
    assert reponse.status_code == 302
    assert "/comptes/login/" in reponse.url
    client.force_login(gestionnaire)
    assert 'value="Titre gardé"' in client.get(adresse(vierge)).content.decode()


# ------------------------------------------------------------------ the rest of a draft


def test_the_fields_are_written_in_the_exchange_notation(client_gestionnaire, vierge):
    fiche = {
        "revision": 1, "titre": "Prime fictive", "promesse": "Une prime.", "nature": "mobilite",
        "formes": ["subvention"], "financeurs": ["region-fictive"],
        "diffuseurs": ["region-fictive"], "description": "Pour un vélo.",
    }  # fmt: skip
    assert client_gestionnaire.post(adresse(vierge), fiche).status_code == 302
    cadre = {
        "revision": 2, "perimetre": ["REG-76"], "exclusions": ["DEP-31"],
        "ouverture": "2026-12-01", "cloture": "31/12/2026", "statut": "active",
        "voie": "externe", "url_externe": "https://exemple.invalid/demande",
    }  # fmt: skip
    assert client_gestionnaire.post(adresse(vierge, "cadre/"), cadre).status_code == 302
    vierge.refresh_from_db()
    document = vierge.document
    assert document["promesse"] == "Une prime"
    assert document["porteurs"] == [
        {"organisme": "region-fictive", "roles": ["diffuseur", "financeur"]}
    ]
    assert (document["perimetre"], document["exclusions"]) == ("REG-76", "DEP-31")
    assert (document["ouverture"], document["cloture"]) == ("2026-12-01", "2026-12-31")
    assert document["voie"] == {"type": "externe", "url": "https://exemple.invalid/demande"}


def test_opening_a_field_page_and_saving_it_changes_nothing(client_gestionnaire, brouillon):
    avant = brouillon.document
    for suite in ("", "cadre/"):
        form = client_gestionnaire.get(adresse(brouillon, suite)).context["form"]
        donnees = {"revision": 1}
        for champ in form:
            valeur = champ.value()
            donnees[champ.html_name] = "" if valeur is None else valeur
        assert client_gestionnaire.post(adresse(brouillon, suite), donnees).status_code == 302
        brouillon.refresh_from_db()
        assert brouillon.document == avant, suite
        assert brouillon.revision == 1


def test_amounts_are_typed_as_people_say_them(client_gestionnaire, brouillon):
    reponse = client_gestionnaire.post(
        adresse(brouillon, "montants/nouveau/"),
        {
            "revision": 1, "forme": "subvention", "taux": "12,5 %", "plafond": "35 000 €",
            "assiette": ["depense_conseil"], "source-cle": "page",
        },
    )  # fmt: skip
    assert reponse.status_code == 302
    brouillon.refresh_from_db()
    assert brouillon.document["montants"][-1] == {
        "forme": "subvention", "taux": "0.1250", "plafond": "35000.00",
        "assiette": ["depense_conseil"], "source": "page",
    }  # fmt: skip
    rang = len(brouillon.document["montants"]) - 1
    ajouter(
        client_gestionnaire, brouillon, "taille_europeenne", "",
        dans=f"montants/{rang}/si", maximum="petite", **{"source-cle": "page"},
    )  # fmt: skip
    brouillon.refresh_from_db()
    si = {
        "type": "tous",
        "criteres": [{"type": "taille_europeenne", "maximum": "petite", "source": "page"}],
    }
    assert brouillon.document["montants"][-1]["si"] == si
    page = client_gestionnaire.get(adresse(brouillon, "montants/")).content.decode()
    assert "12,5" in page
    client_gestionnaire.post(
        adresse(brouillon, "montants/"), {"revision": brouillon.revision, "retirer": rang}
    )
    brouillon.refresh_from_db()
    assert len(brouillon.document["montants"]) == rang


def test_a_source_is_removed_only_when_nothing_cites_it(client_gestionnaire, brouillon):
    page = adresse(brouillon, "sources/")
    reponse = client_gestionnaire.post(page, {"revision": 1, "retirer": "page"})
    assert reponse.status_code == 409
    assert "est citée" in reponse.content.decode()
    client_gestionnaire.post(
        adresse(brouillon, "sources/nouvelle/"), {"revision": 1, "libelle": "Autre texte"}
    )
    reponse = client_gestionnaire.post(page, {"revision": 2, "retirer": "autre-texte"})
    assert reponse.status_code == 302
    brouillon.refresh_from_db()
    assert "autre-texte" not in brouillon.document["sources"]


def test_a_draft_is_thrown_away_only_once_asked(client_gestionnaire, brouillon, publiee):
    page = client_gestionnaire.get(adresse(brouillon, "abandonner/")).content.decode()
    assert "reste en vigueur" in page
    reponse = client_gestionnaire.post(adresse(brouillon, "abandonner/"), {"revision": 1})
    assert reponse.status_code == 302
    assert not BrouillonAide.objects.exists()
    assert Aide.objects.get(pk=publiee.pk).version is not None
