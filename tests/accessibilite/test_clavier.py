"""Each journey with the keyboard alone, from the sign-in to its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dossiers.circuit import Etat
from dossiers.models import Dossier
from portal.comptes.models import User
from tests.accessibilite.clavier import Clavier
from tests.accessibilite.conftest import Navigateur
from tests.accessibilite.monde import Monde
from tests.fabriques import MOT_DE_PASSE, siren, siret
from tests.navigateur import DELAI

pytestmark = pytest.mark.navigateur


@pytest.fixture(params=[1280, 360])
def clavier(request: Any, navigateur: Navigateur) -> Iterator[Clavier]:
    """A tab where nobody is signed in, on a desktop or on a phone."""
    contexte = navigateur.chromium.new_context(
        locale="fr-FR",
        viewport={"width": request.param, "height": 800},
        # A page that scrolls softly is still on its way when the focus is looked at.
        reduced_motion="reduce",
    )
    contexte.set_default_timeout(DELAI)
    yield Clavier(contexte.new_page())
    contexte.close()


@pytest.fixture
def se_connecter(navigateur: Navigateur, clavier: Clavier) -> Callable[[User, str], None]:
    def entrer(user: User, chemin: str) -> None:
        clavier.page.goto(navigateur.adresse + chemin)
        clavier.remplir("Adresse électronique", user.email)
        clavier.touche("Tab")
        clavier.ecrire(MOT_DE_PASSE)
        clavier.valider()

    return entrer


def test_the_first_tab_skips_to_the_content(navigateur: Navigateur, clavier: Clavier) -> None:
    clavier.page.goto(navigateur.adresse)
    clavier.presser("link", "Aller au contenu")
    expect(clavier.page.locator("#contenu")).to_be_focused()
    clavier.touche("Tab")
    expect(clavier.page.locator("main :focus")).to_have_count(1)


def test_a_company_goes_from_its_sign_in_to_the_deposit(
    clavier: Clavier, se_connecter: Callable[[User, str], None], monde: Monde, request: Any
) -> None:
    assert monde.catalogue
    user = monde.nouvelle_personne()
    se_connecter(user, "/dossiers/nouveau/")
    clavier.arriver("Nouveau dossier")
    # A refused form opens on what is wrong; Tab goes on from there.
    clavier.remplir("SIRET", "123")
    clavier.suivre("button", "Créer le dossier")
    clavier.arriver("à corriger")
    clavier.touche("Tab", "Enter")
    clavier.touche("Control+a")
    clavier.ecrire(siret(siren(5000 + user.pk)))
    clavier.remplir("Nom de l’entreprise", "Atelier fictif du clavier")
    clavier.remplir("Titre du projet", "Atelier au clavier")
    clavier.valider()
    clavier.arriver("Atelier au clavier")
    clavier.suivre("link", "L’entreprise")
    clavier.arriver("L’entreprise")
    clavier.remplir("équivalent temps plein", "12,5")
    clavier.suivre("button", "Enregistrer et continuer")
    clavier.arriver("Le projet")
    clavier.presser("checkbox", "Acheter des machines", "Space")
    clavier.suivre("button", "Enregistrer et continuer")
    clavier.arriver("Le lieu")
    clavier.remplir("Dans quelle commune", monde.commune.nom, role="combobox")
    clavier.suivre("button", "Enregistrer et revenir à la liste")
    clavier.arriver("Atelier au clavier")
    clavier.suivre("link", "Choisir vos aides")
    clavier.arriver("Vos aides")
    clavier.presser("checkbox", "Demander Aide eligible", "Space")
    clavier.suivre("button", "Vérifier avant de déposer")
    clavier.arriver("Vérifiez avant de déposer")
    clavier.presser("checkbox", "Je dépose en l’état", "Space")
    clavier.suivre("button", "Déposer le dossier")
    expect(clavier.page).to_have_url(re.compile("/suivi/$"))
    dossier = Dossier.objects.get(entreprise__adhesions__user=user)
    assert dossier.numero
    assert dossier.demandes.get().aide.code == "eligible"


def test_an_officer_goes_from_the_inbox_to_the_decision(
    clavier: Clavier, se_connecter: Callable[[User, str], None], monde: Monde
) -> None:
    agent, demandes = monde.corbeille_de_deux()
    se_connecter(agent, "/instruction/")
    clavier.arriver("Ma corbeille")
    clavier.touche("/")
    clavier.ecrire("fictive")
    clavier.valider()
    clavier.arriver("2 demandes")
    clavier.touche("j", "j", "k", "j")
    clavier.valider()
    demande = demandes[1]
    expect(clavier.page).to_have_url(re.compile(f"/instruction/demandes/{demande.identifiant}/"))
    clavier.suivre("button", "Ouvrir la demande")
    clavier.arriver("Journal")
    clavier.suivre("button", "Prendre en charge")
    clavier.page.get_by_text("Vous suivez cette demande").wait_for()
    clavier.suivre("link", "Accepter")
    clavier.arriver("Accepter la demande")
    clavier.remplir("Montant accordé", "15 000")
    clavier.remplir("Conditions", "Sur présentation des factures.")
    clavier.remplir("Régime d’aide", "Règlement fictif, article 1")
    clavier.remplir("Signataire", "Ada Fictive, cheffe du service fictif")
    clavier.suivre("button", "Relire la lettre")
    clavier.arriver("Relire la lettre avant de la signer")
    clavier.suivre("button", "Signer et notifier")
    clavier.page.get_by_text("La demande est acceptée").wait_for()
    demande.refresh_from_db()
    assert (demande.etat, demande.montant_accorde) == (Etat.ACCEPTEE, 15_000)


def test_an_intercommunality_reads_its_territory(
    clavier: Clavier, se_connecter: Callable[[User, str], None], monde: Monde
) -> None:
    entreprise = monde.depose.entreprise
    se_connecter(monde.agent_epci, "/territoire/")
    clavier.arriver("demandes")
    clavier.touche("/")
    clavier.ecrire(entreprise.nom)
    clavier.valider()
    clavier.arriver("demande")
    clavier.suivre("link", entreprise.nom)
    clavier.page.get_by_text("Lecture seule.").wait_for()
    clavier.suivre("link", "Mon territoire")
    clavier.arriver("demandes")


def test_a_simulation_is_done_without_a_mouse(
    navigateur: Navigateur, clavier: Clavier, monde: Monde
) -> None:
    assert monde.catalogue
    clavier.page.goto(f"{navigateur.adresse}/simulation/")
    clavier.remplir("commune", monde.commune.nom, role="combobox")
    clavier.remplir("équivalent temps plein", "12")
    clavier.suivre("button", "Voir mes aides")
    clavier.page.get_by_role("heading", name="Aide eligible").wait_for()


def test_a_manager_adds_a_condition_and_moves_it(
    clavier: Clavier, se_connecter: Callable[[User, str], None], monde: Monde
) -> None:
    brouillon = monde.nouvelle_aide()
    page = f"/mon-catalogue/brouillons/{brouillon.pk}/conditions/"
    se_connecter(monde.gestionnaire, page)
    for valeur in ("50", "5"):
        clavier.arriver("Conditions")
        clavier.suivre("link", "Ajouter une condition")
        clavier.arriver("Sur quoi porte la condition")
        clavier.remplir("Chercher", "effectif", role="searchbox")
        expect(clavier.page.locator("#propositions a")).to_have_count(1)
        clavier.suivre("link", "Effectif (équivalent temps plein)")
        clavier.arriver("L’effectif")
        clavier.presser("radio", "au moins", "ArrowDown")
        clavier.remplir("Seuil", valeur)
        clavier.jusqu_a("radio", "Règlement fictif" if valeur == "5" else "Un autre texte")
        clavier.touche("Space")
        if valeur == "50":
            clavier.remplir("Texte ou page", "Règlement fictif")
        clavier.suivre("button", "Ajouter cette condition")
    clavier.arriver("Conditions")
    # In place: the line that was touched keeps the focus within reach.
    clavier.jusqu_a("checkbox", "Choisir : L’effectif dépasse 5 emplois")
    while not clavier.page.locator("summary:focus").count():
        clavier.touche("Tab")
        clavier.regarder()
    clavier.touche("Enter")
    clavier.presser("button", "Monter")
    expect(clavier.page.locator(".noeud-texte").nth(1)).to_contain_text("dépasse 5 emplois")
    expect(clavier.page.locator("#editeur :focus")).to_have_count(1)
