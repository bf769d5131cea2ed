"""The page of a demande: opening, reading, deciding, and what happens when two people do."""

import html
import re
from decimal import Decimal

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.instruction import actes
from dossiers.models import Demande
from portal.socle.journal import consigner
from portal.socle.models import Evenement
from tests.fabriques import (
    DemandeFabrique,
    GuichetFabrique,
    MembreFabrique,
    RapprochementFabrique,
    ResultatFabrique,
    UserFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db
FEUILLE = {
    "negation": False, "faits": [], "valeur_affichee": "", "seuil": "", "manquants": [],
    "liaison": "", "enfants": [], "source": {"libelle": "Règlement fictif, article 2"},
}  # fmt: skip


def feuille(phrase, verdict, qui):
    return {**FEUILLE, "type": "vrai", "phrase": phrase, "verdict": verdict, "qui": qui}


PREUVE = {
    **FEUILLE,
    "type": "tous",
    "phrase": "Toutes ces conditions",
    "verdict": "inconnu",
    "qui": None,
    "source": None,
    "liaison": "et",
    "enfants": [
        feuille("L’effectif est inférieur à 250", "oui", "entreprise"),
        feuille("Le projet est d’intérêt local", "inconnu", "agent"),
        feuille("La commune est en zone fictive", "inconnu", "referentiel"),
        feuille("Le bilan est inférieur à 43 M€", "inconnu", "entreprise"),
        {
            **FEUILLE,
            "type": "un",
            "phrase": "Au moins une",
            "verdict": "oui",
            "qui": None,
            "enfants": [
                feuille("Déjà remplie", "oui", "entreprise"),
                feuille("Sans effet", "inconnu", "agent"),
            ],
        },
    ],
}


def lu(reponse):
    """The page as people read it: a space is a space."""
    return reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def url(demande, suite=""):
    return f"/instruction/demandes/{demande.identifiant}/{suite}"


SOUHAITEE = " et l’aide souhaitée par l’entreprise (30 000 €)"
SIGNEE = {"signataire": "Ada Fictive, cheffe du service", "base_juridique": "Règlement fictif"}


def relire(client, demande, acte, saisie):
    """What is typed, once "Relire la lettre" is pressed."""
    return client.post(url(demande, f"decision/{acte}/"), {**SIGNEE, **saisie})


def signer(client, demande, acte, saisie, **options):
    """Both steps: the second one posts nothing but what the page of the letter carries."""
    page = relire(client, demande, acte, saisie)
    assert page.status_code == 200
    portees = re.findall(
        r'<input type="hidden" name="(?!csrf)(\w+)"(?: value="([^"]*)")?', lu(page)
    )
    donnees = {}
    for nom, valeur in portees:
        donnees.setdefault(nom, []).append(html.unescape(valeur))
    return client.post(url(demande, f"decision/{acte}/"), {**donnees, "etape": "signer"}, **options)


def photo():
    return (
        [model_to_dict(d) for d in Demande.objects.order_by("pk")],
        [model_to_dict(a) for a in Acheminement.objects.order_by("pk")],
        Evenement.objects.count(),
    )


@pytest.fixture
def lire(client):
    def page(demande, user, attendu=200):
        client.force_login(user)
        reponse = client.get(url(demande))
        assert reponse.status_code == attendu
        return lu(reponse)

    return page


def avec_preuve(demande):
    rapprochement = RapprochementFabrique(version_dossier=demande.version_dossier)
    montant = {
        "maximum": "30000.00",
        "texte": "jusqu’à 30 000 €",
        "lignes": [{"forme": "subvention", "libelle": "", "certaine": False}],
    }
    ResultatFabrique(
        rapprochement=rapprochement,
        version_aide=demande.version_aide,
        issue="sous_reserve",
        preuve=PREUVE,
        montant=montant,
    )
    return demande


# ------------------------------------------------------------------ opening


def test_reading_an_unopened_demande_changes_nothing_and_asks_to_open_it(lire):
    demande = avec_preuve(DemandeFabrique(remise=True))
    avant = photo()
    texte = lire(demande, agent_de(demande.guichet))
    assert "Ouvrir la demande" in texte
    assert "Financement" not in texte
    assert photo() == avant


def test_opening_acknowledges_once_and_shows_everything(client):
    demande = avec_preuve(DemandeFabrique(remise=True))
    agent = agent_de(demande.guichet)
    client.force_login(agent)
    reponse = client.post(url(demande, "ouvrir/"), follow=True)
    assert "Financement" in lu(reponse)
    acheminement = Acheminement.objects.get()
    assert acheminement.accusee_par == agent
    avant = photo()
    client.force_login(agent_de(demande.guichet))
    encore = client.post(url(demande, "ouvrir/"), follow=True)
    assert "déjà ouverte" in lu(encore)
    assert photo() == avant


@pytest.mark.parametrize("suite", ["ouvrir/", "prendre-en-charge/"])
def test_a_get_is_no_act_and_leads_to_the_demande(client, suite):
    demande = DemandeFabrique(remise=True)
    client.force_login(agent_de(demande.guichet))
    avant = photo()
    reponse = client.get(url(demande, suite), follow=True)
    assert reponse.redirect_chain == [(url(demande), 302)]
    assert "Ouvrir la demande" in lu(reponse)
    assert photo() == avant
    assert client.put(url(demande, suite)).status_code == 405


@pytest.mark.parametrize(
    ("acte", "saisie"),
    [
        ("refuser", {"motif": "Le projet est déjà engagé.\nVoir le devis."}),
        ("accepter", {"montant_accorde": "20 000", "motif": "Sur factures."}),
    ],
)
def test_what_was_typed_survives_the_end_of_the_session(client, acte, saisie):
    demande = DemandeFabrique(en_instruction=True)
    adresse = url(demande, f"decision/{acte}/")
    avant = photo()
    reponse = client.post(adresse, {"etat_vu": "en_instruction", **saisie})
    assert reponse.status_code == 302
    assert adresse in reponse["Location"]
    client.force_login(agent_de(demande.guichet))
    reponse = client.get(adresse)
    assert "Votre session avait expiré" in lu(reponse)
    assert photo() == avant
    initial = reponse.context["form"].initial
    assert saisie.items() <= initial.items()
    signer(client, demande, acte, {**initial, **SIGNEE})
    assert Demande.objects.get().motif == saisie["motif"]
    assert "saisie_a_reprendre" not in client.session


def test_what_was_typed_before_a_colleague_decided_can_be_copied(client):
    demande = DemandeFabrique(en_instruction=True)
    adresse = url(demande, "decision/refuser/")
    client.post(adresse, {"etat_vu": "en_instruction", "motif": "Texte à garder."})
    collegue = agent_de(demande.guichet)
    actes.accepter(demande=demande, user=collegue, montant_accorde=Decimal(5000))
    client.force_login(collegue)
    texte = lu(client.get(adresse))
    assert "Texte à garder." in texte
    assert "rien n’a été enregistré" in texte
    assert "Relire la lettre</button>" not in texte


# ------------------------------------------------------------------ reading


def test_the_page_shows_the_frozen_facts_in_french(lire):
    demande = avec_preuve(DemandeFabrique(ouverte=True))
    demande.dossier.faits = {}
    demande.dossier.save()
    texte = lire(demande, agent_de(demande.guichet))
    for attendu in (
        "1 500 000 €",
        "12,5",
        "Acheter des machines ou des équipements",
        "31 décembre 2027",
        "Total des dépenses",
        "100 000 €",
        "déclaré par l’entreprise le 20 novembre 2026",
        "Non renseigné",
        "CRPA, article L231-4",
        "jusqu’à 30 000 €",
    ):
        assert attendu in texte


def test_what_remains_for_the_officer_comes_first(lire):
    demande = avec_preuve(DemandeFabrique(ouverte=True))
    texte = lire(demande, agent_de(demande.guichet))
    a_verifier = texte[
        texte.index("Il vous reste à vérifier") : texte.index("Toutes les conditions")
    ]
    assert "intérêt local" in a_verifier
    assert "zone fictive" in a_verifier
    assert a_verifier.index("intérêt local") < a_verifier.index("L’entreprise n’a pas répondu")
    assert "Le bilan est inférieur" in a_verifier
    assert "Sans effet" not in a_verifier
    assert "Toutes les conditions : 2 remplies, 3 en attente" in texte


def test_the_page_lives_without_a_stored_proof(lire):
    demande = DemandeFabrique(ouverte=True)
    assert "n’a pas été conservée" in lire(demande, agent_de(demande.guichet))


def test_the_journal_names_who_acted_while_the_account_exists(lire):
    demande = DemandeFabrique(ouverte=True)
    agent, parti = agent_de(demande.guichet), agent_de(demande.guichet, nom_complet="Ada Fictive")
    actes.prendre_en_charge(demande=demande, user=parti)
    assert "par Ada Fictive" in lire(demande, agent)
    parti.delete()
    texte = lire(demande, agent)
    assert "par un compte supprimé depuis" in texte
    assert "Ada Fictive" not in texte


def test_the_journal_says_how_it_reached_the_desk(lire):
    demande = DemandeFabrique(ouverte=True)
    courriel = {"canal": "courriel", "guichet": demande.guichet_id}
    for verbe, donnees in (
        ("remettre", courriel | {"de_reference": True}),
        ("retour", courriel | {"statut": "5.1.1", "de_reference": True}),
        ("mettre_en_quarantaine", courriel | {"de_reference": False}),
        ("relancer", {"rang": 3}),
        ("accuser_a_distance", {"voie": "page"}),
        ("rejouer", courriel),
        ("confier_a_la_main", {}),
        ("dire_l_attente", {"cause": "non_ouverte"}),
    ):
        consigner(verbe=verbe, objet=demande, dossier_id=demande.dossier_id, **donnees)
    texte = lire(demande, agent_de(demande.guichet))
    for attendu in (
        "par courriel",
        "statut 5.1.1",
        "mise de côté jusqu’à réparation",
        "annoncée par courriel",
        "relance 3 sur 3",
        "par la page du courriel",
        "Remise rejouée par l’équipe du portail",
        "le guichet ne réagit pas",
        "Entreprise prévenue que sa demande attend",
    ):
        assert attendu in texte, attendu


@pytest.mark.parametrize("qui", ["étranger", "entreprise", "autre guichet"])
def test_a_foreign_demande_is_not_found(client, qui):
    demande = DemandeFabrique(ouverte=True)
    users = {
        "étranger": UserFabrique,
        "entreprise": lambda: MembreFabrique(entreprise=demande.dossier.entreprise).user,
        "autre guichet": lambda: agent_de(GuichetFabrique()),
    }
    client.force_login(users[qui]())
    avant = photo()
    for suite in ("", "decision/accepter/", "decision/refuser/"):
        assert client.get(url(demande, suite)).status_code == 404
    for suite in ("ouvrir/", "prendre-en-charge/", "decision/refuser/"):
        assert client.post(url(demande, suite), {"motif": "x"}).status_code == 404
    assert photo() == avant


def test_an_act_that_is_no_decision_has_no_page(client):
    demande = DemandeFabrique(ouverte=True)
    client.force_login(agent_de(demande.guichet))
    for acte in ("router", "prendre_en_charge", "orienter", "autre"):
        assert client.get(url(demande, f"decision/{acte}/")).status_code == 404


def test_administration_reads_and_is_told_why_it_cannot_act(lire):
    demande = DemandeFabrique(en_instruction=True)
    texte = lire(demande, UserFabrique(administration=True))
    assert "Lecture seule" in texte
    assert "Seuls les agents du guichet compétent" in texte
    assert "decision/accepter" not in texte


# ------------------------------------------------------------------ deciding


def test_from_the_inbox_to_the_decision(client):
    demande = DemandeFabrique(remise=True)
    agent = agent_de(demande.guichet)
    client.force_login(agent)
    client.post(url(demande, "ouvrir/"))
    client.post(url(demande, "prendre-en-charge/"), {"etat_vu": "a_etudier"})
    formulaire = client.get(url(demande, "decision/accepter/")).context["form"]
    donnees = {"montant_accorde": "20 000,50 €", "motif": "Sur factures."}
    avant = photo()
    page = relire(client, demande, "accepter", {**formulaire.initial, **SIGNEE, **donnees})
    assert "soit vingt mille euros et cinquante centimes" in lu(page)
    assert "Signer et notifier</button>" in lu(page)
    assert photo() == avant
    reponse = signer(
        client, demande, "accepter", {**formulaire.initial, **SIGNEE, **donnees}, follow=True
    )
    demande.refresh_from_db()
    assert (demande.etat, demande.montant_accorde) == (Etat.ACCEPTEE, Decimal("20000.50"))
    texte = lu(reponse)
    assert "Sur factures." in texte
    assert "decision/refuser" not in texte
    verbes = list(Evenement.objects.values_list("verbe", flat=True))
    assert verbes == ["accuser", "prendre_en_charge", "accepter"]


@pytest.mark.parametrize(
    ("acte", "donnees", "message", "status"),
    [
        ("accepter", {"montant_accorde": ""}, "Indiquez le montant", 422),
        ("accepter", {"montant_accorde": "beaucoup"}, "en chiffres", 422),
        ("accepter", {"montant_accorde": "-5"}, "négatif", 422),
        ("accepter", {"montant_accorde": "0"}, "supérieur à zéro", 409),
        ("accepter", {"montant_accorde": "10.000"}, "prête à confusion", 422),
        ("accepter", {"montant_accorde": "10,005"}, "deux chiffres au plus", 422),
        ("accepter", {"montant_accorde": "9" * 15}, "démesuré", 409),
        ("refuser", {"motif": "   "}, "Indiquez le motif", 422),
        ("refuser", {"motif": "x" * 3001}, "3000", 422),
        ("refuser", {"motif": "Non."}, "10 caractères au moins", 422),
        ("classer_sans_suite", {}, "Indiquez le motif", 422),
        ("classer_sans_suite", {"motif": " doublon  "}, "10 caractères au moins", 422),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, acte, donnees, message, status):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    avant = photo()
    for etape in ("relire", "signer"):
        reponse = relire(client, demande, acte, {**donnees, "etape": etape})
        assert reponse.status_code == status
    texte = lu(reponse)
    assert message in texte
    assert "La lettre telle qu’elle sera" in texte
    champ = next(iter(donnees), "motif")
    assert f'href="#id_{champ}"' in texte
    assert 'aria-invalid="true"' in texte
    assert photo() == avant


def test_an_amount_above_the_costs_asks_for_a_tick(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    adresse = url(demande, "decision/accepter/")
    assert "montant_confirme" not in lu(client.get(adresse))
    donnees = {"montant_accorde": "150000", "motif": "Gardé."}
    reponse = relire(client, demande, "accepter", donnees)
    assert reponse.status_code == 409
    assert 'name="montant_confirme"' in lu(reponse)
    assert "Gardé." in lu(reponse)
    signer(client, demande, "accepter", {**donnees, "montant_confirme": "on"})
    assert Demande.objects.get().montant_accorde == Decimal(150000)


def test_an_amount_above_the_costs_is_justified_in_writing(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    saisie = {"montant_accorde": "150 000"}
    reponse = relire(client, demande, "accepter", saisie)
    assert "qui le confirme et justifiez-le dans les conditions" in lu(reponse)
    saisie["montant_confirme"] = "on"
    for etape in ("relire", "signer"):
        reponse = relire(client, demande, "accepter", {**saisie, "etape": etape})
        assert reponse.status_code == 409
        assert "écrivez ici ce qui le justifie" in lu(reponse)
        assert re.search(r'name="montant_confirme"[^>]*checked', lu(reponse))
    assert (
        signer(client, demande, "accepter", {**saisie, "motif": "Coûts revus."}).status_code == 302
    )


def test_going_back_from_the_letter_keeps_what_was_typed(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    avant = photo()
    reponse = relire(
        client, demande, "refuser", {"motif": "Projet engagé en 2025.", "etape": "modifier"}
    )
    assert "Projet engagé en 2025.</textarea>" in lu(reponse)
    assert "Relire la lettre</button>" in lu(reponse)
    assert photo() == avant


@pytest.mark.parametrize("signataire", ["", "Ada Fictive", "Ada Fictive,", ", cheffe de service"])
def test_who_signs_gives_a_name_and_a_quality(client, signataire):
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet, nom_complet="Ada Fictive")
    client.force_login(agent)
    initial = client.get(url(demande, "decision/refuser/")).context["form"].initial
    # The quality is for who signs to say.
    assert initial["signataire"] == "Ada Fictive, "
    saisie = {"motif": "Projet déjà engagé.", "signataire": signataire, "etape": "signer"}
    reponse = relire(client, demande, "refuser", saisie)
    assert reponse.status_code == 422
    assert 'href="#id_signataire"' in lu(reponse)
    assert not Demande.objects.get().est_close


def test_the_last_signature_of_a_person_at_a_desk_is_proposed_again(client):
    premiere = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(premiere.guichet, nom_complet="Ada Fictive"))
    assert signer(client, premiere, "refuser", {"motif": "Projet déjà engagé."}).status_code == 302
    suivante = DemandeFabrique(en_instruction=True, guichet=premiere.guichet)
    adresse = url(suivante, "decision/refuser/")
    initial = client.get(adresse).context["form"].initial
    assert initial["signataire"] == "Ada Fictive, cheffe du service"
    client.force_login(agent_de(premiere.guichet, nom_complet="Ada Autre"))
    assert client.get(adresse).context["form"].initial["signataire"] == "Ada Autre, "


def test_a_letter_read_before_a_colleague_decided_cannot_be_signed(client):
    demande = DemandeFabrique(en_instruction=True)
    premier, second = agent_de(demande.guichet), agent_de(demande.guichet)
    client.force_login(second)
    saisie = {"motif": "Projet déjà engagé.", "etat_vu": "en_instruction"}
    assert relire(client, demande, "refuser", saisie).status_code == 200
    actes.accepter(demande=demande, user=premier, montant_accorde=Decimal(5000))
    avant = photo()
    for etape in ("signer", "relire"):
        reponse = relire(client, demande, "refuser", {**saisie, "etape": etape})
        assert reponse.status_code == 409
        assert "rien n’a été enregistré" in lu(reponse)
    assert photo() == avant


def test_an_aide_of_several_forms_grants_one_of_them(client):
    demande = DemandeFabrique(
        en_instruction=True, version_aide__formes=["subvention", "avance_remboursable"]
    )
    client.force_login(agent_de(demande.guichet))
    saisie = {"montant_accorde": "20 000", "assiette": "15 000"}
    reponse = relire(client, demande, "accepter", saisie)
    assert reponse.status_code == 422
    assert "Choisissez la forme de l’aide accordée." in lu(reponse)
    reponse = relire(client, demande, "accepter", {**saisie, "forme": "subvention"})
    assert reponse.status_code == 409
    assert "ne peuvent être inférieures au montant accordé" in lu(reponse)
    reponse = relire(
        client,
        demande,
        "accepter",
        {
            "montant_accorde": "20 000",
            "assiette": "60 000",
            "forme": "avance_remboursable",
            "versement": "En une fois, sur factures.",
            "delegation": "la présidente",
        },
    )
    texte = lu(reponse)
    for attendu in (
        "<td>Avance remboursable</td>",
        "60 000 €, soit un taux d’aide d’environ 33,33 %",
        "En une fois, sur factures.",
        "Règlement fictif",
        "Par délégation de la présidente",
        "Ada Fictive, cheffe du service",
    ):
        assert attendu in texte, attendu


def test_a_refusal_names_the_criteria_on_which_it_stands(client):
    demande = avec_preuve(DemandeFabrique(en_instruction=True))
    client.force_login(agent_de(demande.guichet))
    page = client.get(url(demande, "decision/refuser/"))
    choix = [str(libelle) for _, libelle in page.context["form"].fields["criteres"].choices]
    assert choix == [
        "Le projet est d’intérêt local (Règlement fictif, article 2)",
        "La commune est en zone fictive (Règlement fictif, article 2)",
    ]
    signer(client, demande, "refuser", {"motif": "Projet sans lien local.", "criteres": ["0"]})
    contenu = demande.documents.get().contenu
    assert contenu["criteres"] == [
        {"phrase": "Le projet est d’intérêt local", "source": "Règlement fictif, article 2"}
    ]
    assert contenu["signataire"] == "Ada Fictive, cheffe du service"


def test_the_second_of_two_officers_is_told_and_overwrites_nothing(client):
    demande = DemandeFabrique(en_instruction=True)
    premier, second = agent_de(demande.guichet), agent_de(demande.guichet)
    client.force_login(second)
    formulaire = client.get(url(demande, "decision/refuser/")).context["form"]
    actes.accepter(demande=demande, user=premier, montant_accorde=Decimal(5000))
    avant = photo()
    reponse = client.post(
        url(demande, "decision/refuser/"), {**formulaire.initial, **SIGNEE, "motif": "Trop tard."}
    )
    assert reponse.status_code == 409
    texte = lu(reponse)
    assert "est « Acceptée »" in texte
    assert "Trop tard." in texte
    assert "readonly" in texte
    assert "Relire la lettre</button>" not in texte
    assert photo() == avant


def test_a_decision_page_explains_why_it_is_closed(client):
    demande = DemandeFabrique(acceptee=True)
    client.force_login(agent_de(demande.guichet))
    reponse = client.get(url(demande, "decision/refuser/"), follow=True)
    assert reponse.redirect_chain == [(url(demande), 302)]
    texte = lu(reponse)
    assert "n’est pas possible dans cet état" in texte
    assert 'name="motif"' not in texte


@pytest.mark.parametrize(
    ("plafonds", "estime", "montant", "message"),
    [
        (["50000.00"], None, 50001, "le plafond de l’aide (50 000 €)" + SOUHAITEE),
        (["50000.00", "20000.00"], None, 50001, "le plafond de l’aide (50 000 €)" + SOUHAITEE),
        (["50000.00"], 30000, 30001, "le montant estimé (30 000 €)" + SOUHAITEE),
        (["50000.00"], 30000, 50001, "le plafond de l’aide (50 000 €)" + SOUHAITEE),
        (["50000.00", None], 30000, 60000, "le montant estimé (30 000 €)" + SOUHAITEE),
        (["50000.00"], None, 50000, SOUHAITEE[4:]),
        (["50000.00", None], None, 60000, SOUHAITEE[4:]),
        (["50000.00"], None, 30000, ""),
    ],
)
def test_an_amount_above_a_limit_of_the_aide_asks_for_a_tick(
    client, plafonds, estime, montant, message
):
    demande = DemandeFabrique(en_instruction=True, montant_estime=estime)
    lignes = [{"forme": "subvention", "plafond": plafond} for plafond in plafonds]
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=demande.version_dossier),
        version_aide=demande.version_aide,
        montant={"texte": "", "lignes": lignes},
    )
    client.force_login(agent_de(demande.guichet))
    saisie = {"montant_accorde": str(montant)}
    reponse = relire(client, demande, "accepter", saisie)
    if message:
        assert reponse.status_code == 409
        assert f"Ce montant dépasse {message}. " in lu(reponse)
        saisie["montant_confirme"] = "on"
    reponse = signer(client, demande, "accepter", saisie)
    assert reponse.status_code == 302
    assert Demande.objects.get().montant_accorde == montant


@pytest.mark.parametrize(
    ("etat", "estime", "texte_stocke", "attendu"),
    [
        ("ouverte", 30000, "jusqu’à 30 000 €", "jusqu’à 30 000 €"),
        ("ouverte", None, "plafonné à 50 000 €", "plafonné à 50 000 €"),
        ("ouverte", None, "", "à calculer"),
        ("refusee", 30000, "jusqu’à 30 000 €", "–"),
        ("refusee", None, "plafonné à 50 000 €", "–"),
    ],
)
def test_the_amount_reads_the_same_in_the_inbox_and_on_the_page(
    client, etat, estime, texte_stocke, attendu
):
    demande = DemandeFabrique(**{etat: True}, montant_estime=estime)
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=demande.version_dossier),
        version_aide=demande.version_aide,
        preuve=PREUVE,
        montant={"texte": texte_stocke, "lignes": []},
    )
    client.force_login(agent_de(demande.guichet))
    for adresse in ("/instruction/?etat=toutes", url(demande)):
        texte = re.sub(r"(?<=>)\s+|\s+(?=<)", "", lu(client.get(adresse)))
        assert f">{attendu}<" in texte
        if attendu != texte_stocke and texte_stocke:
            assert texte_stocke not in texte


def test_the_next_demande_of_the_desk_follows_the_order_of_the_inbox(client):
    demandes = {
        jours: DemandeFabrique(remise=True, deposee_le=il_y_a(days=jours)) for jours in (30, 20)
    }
    guichet = demandes[30].guichet
    Demande.objects.update(guichet=guichet)
    Acheminement.objects.update(guichet=guichet)
    DemandeFabrique(refusee=True, guichet=guichet, deposee_le=il_y_a(days=25))
    DemandeFabrique(remise=True, deposee_le=il_y_a(days=25))
    client.force_login(agent_de(guichet))
    suivantes = [client.get(url(demandes[j])).context["suivante"] for j in (30, 20)]
    assert suivantes == [demandes[20], demandes[30]]
    demandes[20].acheminements.update(remise_le=None, prochaine_tentative=timezone.now())
    assert client.get(url(demandes[30])).context["suivante"] is None


def test_the_way_back_keeps_the_filters_of_the_list(client):
    demande = DemandeFabrique(remise=True)
    client.force_login(agent_de(demande.guichet))
    liste = "/instruction/?etat=toutes&tri=depot"
    suffixe = "?retour=%2Finstruction%2F%3Fetat%3Dtoutes%26tri%3Ddepot"
    assert url(demande) + suffixe in lu(client.get(liste))
    reponse = client.post(url(demande, "ouvrir/") + suffixe, follow=True)
    assert reponse.redirect_chain == [(url(demande) + suffixe, 302)]
    assert f'href="{liste.replace("&", "&amp;")}">Ma corbeille' in lu(reponse)
    assert url(demande, "prendre-en-charge/") + suffixe in lu(reponse)


@pytest.mark.parametrize(
    "ailleurs", ["//ailleurs.invalid/instruction/", "https://ailleurs.invalid/", "/administration/"]
)
def test_the_way_back_leads_to_no_other_place(client, ailleurs):
    demande = DemandeFabrique(ouverte=True)
    client.force_login(agent_de(demande.guichet))
    reponse = client.get(url(demande), {"retour": ailleurs})
    assert reponse.context["retour"]["url"] == "/instruction/"
    assert reponse.context["suffixe"] == ""


def test_the_top_of_the_page_says_what_an_officer_needs_first(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    for suite in ("", "decision/accepter/"):
        texte = lu(client.get(url(demande, suite)))
        for attendu in ("100 000 €", "30 000 €", "du 1er février 2027 au 31 décembre 2027"):
            assert attendu in texte, suite
    assert lu(client.get(url(demande))).count("Provenance :") == 2


def test_taking_in_charge_twice_is_told(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    avant = photo()
    reponse = client.post(url(demande, "prendre-en-charge/"), follow=True)
    assert "n’est pas possible dans cet état" in lu(reponse)
    assert photo() == avant
