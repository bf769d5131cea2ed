"""A simulation without an account, and its answers kept by whoever creates one."""

import re
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aides.criteres.faits import DEPENSES, Section
from dossiers.depot.models import ReponsesGardees
from dossiers.depot.presentation import etats_sections
from dossiers.faits import faits_json
from dossiers.models import Dossier, Entreprise, Membre
from portal.socle.models import Evenement
from tests.dossiers.depot.conftest import effectif, publier
from tests.fabriques import (
    MOT_DE_PASSE,
    CommuneFabrique,
    DepartementFabrique,
    DossierFabrique,
    EntrepriseFabrique,
    MembreFabrique,
    OrganismeFabrique,
    UserFabrique,
    declare,
    siren,
    siret,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
REPONSES = {
    "commune_projet": "Valfictif (20900)",
    "naf": "25.11Z",
    "effectif": "12,5",
    "nature_projet": "investissement",
    "montant": "80 000",
    "poste": "depense_equipement",
}


def adresse(chemin="/simulation/", **reponses):
    return f"{chemin}?{urlencode(reponses, doseq=True)}"


def comptes(reponse):
    return {compte.issue: compte.nombre for compte in reponse.context["bilan"]}


def page(client, *args, **reponses):
    reponse = client.get(adresse(*args, **reponses))
    assert reponse.status_code == 200
    return re.sub(r"[ \n]+", " ", reponse.content.decode())


@pytest.fixture
def lieux(catalogue, commune, nomenclatures):
    return catalogue


def test_nobody_is_asked_for_an_account(client, lieux):
    assert page(client)
    assert "Voir mes aides" in page(client)
    assert not client.session.keys()


def test_without_an_answer_what_is_unknown_stays_unknown(client, lieux):
    avant = comptes(client.get("/simulation/"))
    assert (avant["eligible"], avant["sous_reserve"], avant["non_eligible"]) == (0, 0, 0)
    apres = comptes(client.get(adresse(effectif="12,5")))
    assert apres["non_eligible"] == 1
    assert apres["a_completer"] == avant["a_completer"] - 1
    tout = comptes(client.get(adresse(**REPONSES)))
    assert tout == {"eligible": 2, "sous_reserve": 1, "a_completer": 1, "non_eligible": 1}


def test_the_count_follows_each_answer(client, lieux):
    reponse = client.get(adresse("/simulation/direct/", **REPONSES), **HTMX)
    texte = " ".join(reponse.content.decode().split())
    assert "<html" not in texte
    assert "<strong>3</strong> aides possibles sur 5" in texte
    assert reponse["HX-Replace-Url"].startswith("/simulation/?commune_projet=Valfictif")
    assert 'id="candidats-naf" hx-swap-oob="true"' in texte


def test_the_address_shares_the_view(client, lieux):
    partage = client.get(adresse("/simulation/direct/", **REPONSES), **HTMX)["HX-Replace-Url"]
    texte = Client().get(partage).content.decode()
    assert 'value="Valfictif (20900)"' in texte
    assert 'value="80\u202f000"' in texte or 'value="80 000"' in texte
    assert re.search(r'value="depense_equipement"\s+selected', texte)


def test_the_list_explains_itself_as_that_of_a_dossier_does(client, lieux):
    texte = page(client, "/simulation/aides/", **REPONSES)
    assert "Jusqu’à 24\u202f000\xa0€" in texte
    assert "Financeur de eligible" in texte
    assert "Le guichet vérifiera : Le projet est utile" in texte
    assert 'name="aide"' not in texte
    for libelle in ("Valfictif (20900)", "12,5 emplois".replace(" ", "\xa0"), "Équipements"):
        assert libelle in texte, libelle
    corps = client.get(adresse("/simulation/aides/eligible/", **REPONSES), **HTMX)
    assert "Valeur utilisée" in corps.content.decode()
    assert "<html" not in corps.content.decode()


def test_an_open_question_leads_to_where_it_is_asked(client, lieux):
    texte = page(client, "/simulation/aides/", effectif="12")
    cible = "/simulation/?effectif=12#question-a_jour_obligations"
    assert f'href="{cible}"' in texte
    assert 'id="question-a_jour_obligations"' in page(client, effectif="12")
    publier("micro", {"type": "vrai", "fait": "micro_entrepreneur", "source": "reglement"})
    texte = page(client, "/simulation/aides/micro/", effectif="12")
    assert "À préciser dans votre dossier : Régime de la micro-entreprise" in texte


def test_a_total_without_its_line_is_only_a_total(client, lieux):
    publier("total", {
        "type": "comparaison", "fait": "depenses_total", "operateur": ">=", "valeur": "50000",
        "source": "reglement",
    })  # fmt: skip
    publier("ligne", {
        "type": "comparaison", "fait": "depense_conseil", "operateur": "<=", "valeur": "0",
        "source": "reglement",
    })  # fmt: skip

    def issue(code, **reponses):
        reponse = client.get(adresse(f"/simulation/aides/{code}/", **reponses))
        return reponse.context["aide"].issue

    ici = {"commune_projet": "Valfictif"}
    assert issue("total", **ici, montant="80000") == "eligible"
    assert issue("ligne", **ici, montant="80000") == "a_completer"
    assert issue("ligne", **ici, montant="80000", poste="depense_equipement") == "eligible"
    assert issue("ligne", **ici, montant="80000", poste="depense_conseil") == "non_eligible"


def test_two_possible_communes_are_offered_as_a_choice(client, lieux):
    publier("autre", effectif("<=", "249"))
    texte = page(client, naf="menuiserie")
    assert 'name="naf__choix"' in texte
    assert "plusieurs réponses possibles" in texte
    choisi = page(client, naf="menuiserie", naf__choix="43.32A")
    assert "43.32A Travaux de menuiserie" in choisi


@pytest.fixture
def homonymes(lieux):
    """Ten namesakes in a région that nothing here serves, and one in that of the portal."""
    OrganismeFabrique(territoire="REG-76")
    ailleurs = DepartementFabrique(code="20", nom="Fictif-Rhin", region__code="44")
    for rang in range(10):
        CommuneFabrique(
            code=f"679{rang:02d}", nom=f"Saint-Fictif-{rang}", departement=ailleurs,
            population=10_000, codes_postaux=[f"670{rang:02d}"],
        )  # fmt: skip
    return CommuneFabrique(
        code="20955", nom="Saint-Fictif-le-Val", population=10, codes_postaux=["20955"]
    )


def test_namesakes_of_the_region_come_first_and_the_list_is_short(client, homonymes):
    texte = page(client, commune_projet="saint-fictif")
    choix = re.findall(r'name="commune_projet__choix" value="(\w+)"', texte)
    assert choix[0] == homonymes.code
    assert len(choix) == 8
    assert "précisez avec le code postal" in texte
    un_departement = page(client, commune_projet="saint-fictif (fictif rhin)")
    assert homonymes.nom not in un_departement.split("Choisissez la bonne réponse")[1]
    options = client.get(
        "/dossiers/suggestions/commune_projet/", {"commune_projet": "saint-fictif"}
    )
    assert options.content.decode().count("<option") == 11


def test_a_name_nearly_right_is_corrected(client, homonymes):
    texte = page(client, commune_projet="Sain Fictif le Vall")
    assert "Vouliez-vous dire Saint-Fictif-le-Val (20955) ?" in texte.replace("\xa0", " ").replace(
        "\u202f", " "
    )
    choisi = client.get(
        adresse(commune_projet="Sain Fictif le Vall", commune_projet__choix=homonymes.code)
    )
    assert choisi.context["form"].connus["commune_projet"] == homonymes.code


def test_a_trade_half_written_is_suggested_by_its_activity(client, lieux):
    options = client.get("/dossiers/suggestions/naf/", {"naf": "menuis"}).content.decode()
    assert '43.32A Travaux de menuiserie bois et PVC" label="menuis"' in options


def test_only_fields_that_have_a_note_are_sent_one(client, lieux):
    texte = page(client, "/simulation/direct/", effectif="beaucoup", naf="zzz")
    assert 'id="note-effectif"' not in texte
    assert 'id="note-naf"' in texte


@pytest.mark.parametrize(
    ("reponses", "message"),
    [
        ({"commune_projet": "Nullepartville"}, "Rien ne correspond"),
        ({"montant": "-5"}, "négatif"),
        ({"montant": "9" * 20}, "démesuré"),
        ({"montant": "20000000000"}, "dix milliards"),
        ({"effectif": "beaucoup"}, "Écrivez un nombre"),
        ({"effectif": "1" * 300}, "au plus 40"),
        ({"naf": "<script>alert(1)</script>"}, "Rien ne correspond"),
        ({"naf": "x" * 10_000}, "au plus 200"),
        ({"commune_projet": "a\0b"}, "caractère"),
        ({"nature_projet": "conquete"}, "conquete"),
        ({"poste": "inconnu"}, "inconnu"),
        ({"projet_commence": "peut-être"}, "peut-être"),
        ({"date_creation": "2026-02-31"}, "date qui existe"),
        ({"date_creation": "2050-01-01"}, "dans l’avenir"),
    ],
)
def test_bad_answers_are_said_and_the_others_still_count(client, lieux, reponses, message):
    for chemin in ("/simulation/", "/simulation/direct/", "/simulation/aides/"):
        texte = page(client, chemin, **{"effectif": "12", **reponses})
        assert message in texte, chemin
        assert "<script>alert" not in texte
    reponse = client.post(adresse("/simulation/garder/", **reponses))
    assert message in reponse.content.decode()
    assert not client.session.keys()


@pytest.mark.parametrize(
    "requete",
    ["aide=inconnue", "aide=<b>", "q=" + "é" * 9000, "page=0", "page=9999", "nature=x&refus=1",
     "&".join(f"champ{n}=1" for n in range(900)), "naf__choix=%00&naf=menuiserie"],
)  # fmt: skip
def test_strange_addresses_never_break(client, lieux, requete):
    for chemin in ("/simulation/", "/simulation/direct/", "/simulation/aides/"):
        assert client.get(f"{chemin}?{requete}").status_code == 200


def test_an_aide_that_does_not_exist_is_not_found(client, lieux):
    assert client.get("/simulation/aides/inconnue/").status_code == 404


def test_few_queries_whatever_the_catalogue(client, lieux):
    def requetes():
        with CaptureQueriesContext(connection) as capture:
            client.get(adresse("/simulation/direct/", **REPONSES), **HTMX)
        return len(capture)

    requetes()
    assert requetes() == 10
    for rang in range(5):
        publier(f"de-plus-{rang}", effectif("<=", "249"))
    assert requetes() == 11  # the catalogue is read again, once
    assert requetes() == 10


# ------------------------------------------------------------------ kept by an account


def inscrire(client, suite):
    texte = client.get(suite).content.decode()
    assert "Vos réponses sont gardées" in texte
    donnees = {
        "email": "nouvelle@exemple.invalid", "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE,
        "next": "/dossiers/nouveau/",
    }  # fmt: skip
    client.post("/comptes/signup/", donnees)
    return re.search(r"http://[^/\s]+(/\S+)", mail.outbox[0].body)[1]


def test_creating_an_account_keeps_everything(client, lieux):
    reponse = client.post(adresse("/simulation/garder/", **REPONSES, aide="eligible"))
    assert reponse.url == "/comptes/signup/?next=/dossiers/nouveau/"
    confirmation = client.post(inscrire(client, reponse.url))
    assert confirmation.url == "/dossiers/nouveau/"
    texte = client.get("/dossiers/nouveau/").content.decode()
    assert "Valfictif (20900)" in texte
    assert 'value="Acheter des machines ou des équipements"' in texte
    donnees = {
        "siret": siret(siren(7)), "nom": "Atelier fictif", "titre": "Atelier", "reprendre": "on",
    }  # fmt: skip
    client.post("/dossiers/nouveau/", donnees)
    dossier = Dossier.objects.get()
    faits = faits_json(dossier.faits)
    assert faits["commune_projet"] == "20901"
    assert (faits["naf"], faits["effectif"]) == ("25.11Z", "12.5")
    assert faits["nature_projet"] == ["investissement"]
    assert {c: v for c, v in faits.items() if c in DEPENSES} == {"depense_equipement": "80000.00"}
    depenses = next(e for e in etats_sections(dossier) if e.section is Section.DEPENSES)
    assert depenses.libelle == f"1 sur {len(DEPENSES)}"
    auteur = EmailAddress.objects.get().user_id
    assert {f["provenance"] for f in dossier.faits.values()} == {"declaration"}
    assert {f["par"] for f in dossier.faits.values()} == {auteur}
    assert dossier.choix == ["eligible"]
    assert not ReponsesGardees.objects.exists()
    assert list(Evenement.objects.values_list("verbe", flat=True)) == [
        "garder_reponses", "creer_entreprise", "creer_dossier", "declarer",
    ]  # fmt: skip
    assert dossier.sections == []


def test_an_address_confirmed_from_another_browser_keeps_everything_too(client, lieux):
    suite = client.post(adresse("/simulation/garder/", **REPONSES)).url
    Client().post(inscrire(client, suite))
    ailleurs = Client()
    ailleurs.post(
        "/comptes/login/", {"login": "nouvelle@exemple.invalid", "password": MOT_DE_PASSE}
    )
    assert "Les réponses de votre simulation" in ailleurs.get("/dossiers/").content.decode()
    assert "Valfictif (20900)" in ailleurs.get("/dossiers/nouveau/").content.decode()


def test_signing_in_to_an_existing_account_offers_its_companies(client, lieux, entreprise, gerante):
    EmailAddress.objects.create(user=gerante, email=gerante.email, verified=True, primary=True)
    ancienne = DossierFabrique(
        entreprise=entreprise, faits={"effectif": declare("99"), "apport": declare("1.00"),
                                      "micro_entrepreneur": declare(False)},
    )  # fmt: skip
    MembreFabrique(user=gerante, entreprise=EntrepriseFabrique(nom="Seconde fictive"))
    client.post(adresse("/simulation/garder/", **REPONSES))
    donnees = {"login": gerante.email, "password": MOT_DE_PASSE, "next": "/dossiers/nouveau/"}
    assert client.post("/comptes/login/", donnees).url == "/dossiers/nouveau/"
    texte = client.get("/dossiers/nouveau/").content.decode()
    assert "Atelier fictif" in texte
    assert "Seconde fictive" in texte
    donnees = {"entreprise": str(entreprise.pk), "titre": "Atelier", "reprendre": "on"}
    client.post("/dossiers/nouveau/", donnees)
    dossier = entreprise.dossiers.exclude(pk=ancienne.pk).get()
    assert faits_json(dossier.faits)["effectif"] == "12.5"
    assert dossier.faits["micro_entrepreneur"]["provenance"] == "dossier_precedent"


def test_someone_signed_in_goes_straight_to_a_dossier(navigatrice, entreprise, lieux):
    assert "Ouvrir un dossier avec ces réponses" in page(navigatrice, "/simulation/aides/")
    reponse = navigatrice.post(adresse("/simulation/garder/", **REPONSES))
    assert reponse.url == "/dossiers/nouveau/"
    sans = {"entreprise": str(entreprise.pk), "titre": "Atelier"}
    navigatrice.post("/dossiers/nouveau/", sans)
    assert entreprise.dossiers.get().faits == {}
    assert not ReponsesGardees.objects.exists()


def test_a_claim_that_waits_loses_nothing(navigatrice, lieux):
    tenue = MembreFabrique(user=UserFabrique()).entreprise
    navigatrice.post(adresse("/simulation/garder/", **REPONSES))
    donnees = {"siret": tenue.siret, "nom": "x", "titre": "Atelier", "reprendre": "on"}
    assert navigatrice.post("/dossiers/nouveau/", donnees).url.endswith("adhesion-en-attente/")
    assert ReponsesGardees.objects.get().reponses["commune_projet"] == "20901"
    assert not Dossier.objects.exists()


def test_an_amount_is_kept_with_its_line(client, lieux):
    reponse = client.post(adresse("/simulation/garder/", effectif="12", montant="80000"))
    texte = reponse.content.decode()
    assert "Dites-le pour que votre dossier garde ce montant" in texte
    assert 'href="#id_poste"' in texte
    assert not client.session.keys()
    assert client.get("/simulation/garder/").status_code == 405


def test_what_is_kept_belongs_to_its_author(navigatrice, lieux):
    navigatrice.post(adresse("/simulation/garder/", **REPONSES))
    autre = Client()
    autre.force_login(UserFabrique())
    assert "Valfictif" not in autre.get("/dossiers/nouveau/").content.decode()
    assert not Entreprise.objects.exists()
    assert not Membre.objects.exists()
