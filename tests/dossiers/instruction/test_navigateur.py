"""The officer's and the EPCI's main paths in a real Chromium, on a desktop and on a phone."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from playwright.sync_api import expect

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande
from tests.fabriques import (
    MOT_DE_PASSE,
    CommuneFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
LARGEURS = pytest.mark.parametrize("largeur", [1280, 360])


@LARGEURS
def test_from_signing_in_to_the_decision(visiter, largeur):
    guichet = GuichetFabrique(nom="Guichet fictif des entreprises")
    agent = agent_de(guichet)
    EmailAddress.objects.create(user=agent, email=agent.email, verified=True, primary=True)
    for jours, nom in ((50, "Forge fictive"), (2, "Scierie fictive"), (1, "Tannerie fictive")):
        DemandeFabrique(
            remise=True,
            guichet=guichet,
            deposee_le=timezone.now() - timedelta(days=jours),
            version_dossier__dossier__entreprise__nom=nom,
        )
    visite = visiter(largeur=largeur)
    page = visite.page
    visite.aller("/instruction/")
    page.locator("[name=login]").fill(agent.email)
    page.locator("[name=password]").fill(MOT_DE_PASSE)
    visite.suivre(page.locator("main [type=submit]").first)
    page.get_by_role("heading", name="Ma corbeille").wait_for()
    visite.verifier()
    page.get_by_role("searchbox").fill("forge")
    visite.suivre(page.get_by_role("button", name="Afficher"))
    page.get_by_role("heading", name="1 demande", exact=True).wait_for()
    visite.suivre(page.get_by_role("link", name="Forge fictive"))
    visite.suivre(page.get_by_role("button", name="Ouvrir la demande"))
    page.get_by_role("heading", name="Journal").wait_for()
    visite.verifier()
    assert Acheminement.objects.filter(accusee_par=agent).count() == 1
    visite.suivre(page.get_by_role("button", name="Prendre en charge"))
    visite.suivre(page.get_by_role("link", name="Accepter"))
    visite.verifier()
    page.get_by_label("Montant accordé").fill("150 000")
    page.get_by_label("Conditions").fill("Sur présentation des factures.")
    page.get_by_label("Régime d’aide").fill("Règlement fictif, article 1")
    page.get_by_label("Signataire").fill("Ada Fictive, cheffe du service fictif")
    visite.suivre(page.get_by_role("button", name="Relire la lettre"))
    page.get_by_label("Je confirme ce montant").check()
    visite.verifier()
    visite.suivre(page.get_by_role("button", name="Relire la lettre"))
    page.get_by_role("heading", name="Relire la lettre avant de la signer").wait_for()
    visite.verifier()
    visite.suivre(page.get_by_role("button", name="Modifier"))
    expect(page.get_by_label("Montant accordé")).to_have_value("150 000")
    expect(page.get_by_label("Je confirme ce montant")).to_be_checked()
    visite.suivre(page.get_by_role("button", name="Relire la lettre"))
    visite.suivre(page.get_by_role("button", name="Signer et notifier"))
    page.get_by_text("La demande est acceptée.").wait_for()
    expect(page.get_by_text("Sur présentation des factures.")).to_be_visible()
    visite.verifier()
    decidee = Demande.objects.get(etat=Etat.ACCEPTEE)
    assert (decidee.agent, decidee.montant_accorde) == (agent, 150_000)


def test_the_keyboard_goes_through_the_list(visiter):
    guichet = GuichetFabrique()
    demandes = [
        DemandeFabrique(
            remise=True, guichet=guichet, deposee_le=timezone.now() - timedelta(days=jours)
        )
        for jours in (3, 2, 1)
    ]
    visite = visiter(agent_de(guichet))
    page = visite.page
    visite.aller("/instruction/")
    for touche in ("j", "j", "j", "j", "k"):
        page.keyboard.press(touche)
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.get_by_role("searchbox")).to_have_value("jk")
    page.keyboard.press("Escape")
    for touche in ("j", "j", "Enter"):
        page.keyboard.press(touche)
    expect(page).to_have_url(re.compile(f"/instruction/demandes/{demandes[1].identifiant}/$"))
    visite.verifier()


def test_it_works_without_javascript(visiter):
    guichet = GuichetFabrique()
    demande = DemandeFabrique(remise=True, guichet=guichet)
    visite = visiter(agent_de(guichet), js=False)
    page = visite.page
    visite.aller("/instruction/?etat=non_ouvertes")
    visite.suivre(page.get_by_role("link", name=demande.dossier.entreprise.nom))
    visite.suivre(page.get_by_role("button", name="Ouvrir la demande"))
    visite.suivre(page.get_by_role("button", name="Prendre en charge"))
    visite.suivre(page.get_by_role("link", name="Refuser"))
    page.get_by_label("Motif").fill("Le projet est déjà engagé.")
    page.get_by_label("Signataire").fill("Ada Fictive, cheffe du service fictif")
    visite.suivre(page.get_by_role("button", name="Relire la lettre"))
    visite.suivre(page.get_by_role("button", name="Signer et notifier"))
    page.get_by_text("La demande est refusée.").wait_for()
    assert Demande.objects.get().etat == Etat.REFUSEE


@LARGEURS
def test_the_epci_reads_its_territory_and_reviews_its_own(visiter, largeur):
    epci = EpciFabrique(nom="Communauté fictive de la Vallée")
    commune = CommuneFabrique(nom="Bourg-Fictif", epci=epci)
    guichet = guichet_epci(epci, nom="Guichet fictif de la Vallée")
    regionale = DemandeFabrique(en_instruction=True, commune=commune)
    sienne = DemandeFabrique(remise=True, commune=commune, guichet=guichet)
    DemandeFabrique(remise=True)
    visite = visiter(agent_de(guichet), largeur=largeur)
    page = visite.page
    visite.aller("/instruction/")
    page.get_by_role("heading", name="1 demande", exact=True).wait_for()
    if largeur < 960:
        page.get_by_text("Menu", exact=True).click()
    visite.suivre(page.get_by_role("link", name="Mon territoire"))
    page.get_by_role("heading", name="2 demandes", exact=True).wait_for()
    visite.verifier()
    visite.suivre(page.get_by_role("link", name=regionale.dossier.entreprise.nom))
    page.get_by_text("Lecture seule.").wait_for()
    expect(page.get_by_role("link", name="Accepter")).to_have_count(0)
    visite.verifier()
    chemin = page.get_by_role("navigation", name="Fil d’Ariane")
    visite.suivre(chemin.get_by_role("link").first)
    visite.suivre(page.get_by_role("link", name=sienne.dossier.entreprise.nom))
    visite.suivre(page.get_by_role("button", name="Ouvrir la demande"))
    visite.suivre(page.get_by_role("button", name="Prendre en charge"))
    page.get_by_text("Vous suivez cette demande").wait_for()
    visite.verifier()


@LARGEURS
def test_the_first_demande_is_on_the_first_screen(visiter, largeur):
    epci = EpciFabrique()
    guichet = guichet_epci(epci)
    for jours, trait in enumerate(("remise", "ouverte", "en_instruction", "acceptee", "refusee")):
        DemandeFabrique(
            **{trait: True},
            guichet=guichet,
            commune=CommuneFabrique(epci=epci),
            deposee_le=timezone.now() - timedelta(days=12 * jours),
        )
    visite = visiter(agent_de(guichet), largeur=largeur)
    for adresse in ("/instruction/", "/territoire/"):
        visite.aller(adresse)
        visite.verifier()
        boite = visite.page.locator("[data-ligne]").first.bounding_box()
        assert boite["y"] + boite["height"] < 600, f"{adresse} : {boite}"
