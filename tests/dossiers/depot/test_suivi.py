"""The follow-up page: the decision as its company reads it."""

import re

import pytest
from django.utils import timezone

from dossiers.models import Demande, Notification
from portal.socle.journal import consigner
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    MembreFabrique,
    RapprochementFabrique,
    ResultatFabrique,
)

pytestmark = pytest.mark.django_db


def lire(client, demande: Demande) -> str:
    client.force_login(MembreFabrique(entreprise=demande.dossier.entreprise).user)
    page = client.get(f"/dossiers/{demande.dossier.identifiant}/suivi/").content.decode()
    return page.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("etat", "titre"), [("refusee", "<h3>Motif</h3>"), ("acceptee", "<h3>Conditions</h3>")]
)
def test_the_reason_is_the_text_of_the_decision_with_its_lines(client, etat, titre):
    demande = DemandeFabrique(**{etat: True}, motif="Une ligne.\n<b>Deux</b> & trois.\n\nQuatre.")
    page = lire(client, demande)
    assert titre in page
    assert "<p>Une ligne.<br>&lt;b&gt;Deux&lt;/b&gt; &amp; trois.</p>" in page
    assert "<p>Quatre.</p>" in page
    assert page.count("Quatre.") == 1


@pytest.mark.parametrize(
    ("etat", "estime", "texte", "attendu"),
    [
        ("remise", 30000, "jusqu’à 30 000 €", "montant estimé : jusqu’à 30 000 €"),
        ("remise", None, "plafond de l’aide : 50 000 €", "· plafond de l’aide : 50 000 €"),
        ("remise", None, "", "montant estimé : à calculer"),
        ("refusee", 30000, "jusqu’à 30 000 €", "montant estimé : –"),
        ("acceptee", 30000, "jusqu’à 30 000 €", "20 000 € accordés"),
    ],
)
def test_the_amount_is_what_the_officers_read(client, etat, estime, texte, attendu):
    demande = DemandeFabrique(**{etat: True}, montant_estime=estime)
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=demande.version_dossier),
        version_aide=demande.version_aide,
        montant={"texte": texte, "lignes": []},
    )
    page = lire(client, demande)
    assert attendu in page
    assert "jusqu’à" not in page.replace(attendu, "")


def test_what_is_decided_and_the_proof_are_at_hand_from_the_top(client):
    demande = DemandeFabrique(acceptee=True)
    tete = lire(client, demande).split('id="demandes"')[0]
    assert f'href="#demande-{demande.pk}"' in tete
    assert "<strong>acceptée</strong>, 20 000 € accordés" in tete
    assert 'href="#preuve"' in tete
    assert 'id="preuve"' in lire(client, demande)
    en_cours = lire(client, DemandeFabrique(remise=True)).split('id="demandes"')[0]
    assert "#demande-" not in en_cours


def test_the_deadline_is_said_in_one_way(client):
    page = lire(client, DemandeFabrique(remise=True))
    assert "Réponse du guichet attendue avant le " in page
    assert "Sans réponse du guichet avant le " in page


def etapes_lues(page: str) -> list[tuple[str, str]]:
    """Each step of the only demande: its class, and what is read of it."""
    liste = page.split('<ol class="colis"')[1].split("</ol>", maxsplit=1)[0]
    return [
        (classe, " ".join(re.sub(r"<[^>]+>", " ", corps).split()))
        for classe, corps in re.findall(r'<li class="(\w+)"[^>]*>(.*?)</li>', liste, re.DOTALL)
    ]


def test_the_steps_are_a_list_whose_awaited_one_is_marked(client):
    demande = DemandeFabrique(remise=True)
    page = lire(client, demande)
    lues = etapes_lues(page)
    assert [classe for classe, _ in lues] == ["faite", "faite", "ici", "a_venir", "a_venir"]
    assert lues[0][1].startswith("Déposée Fait, le ")
    assert lues[1][1].endswith("dans sa corbeille du portail")
    assert lues[2][1] == "Ouverte En attente"
    assert lues[4][1] == "Décision À venir"
    assert '<span class="etat etat-demande">À étudier</span>' in page
    assert "hx-trigger" not in page
    assert page.count('aria-current="step"') == 1
    assert "Sans réaction de sa part, nous le relancerons le " in page
    assert "Vous n’avez rien à faire." in page


def test_a_withdrawn_demande_awaits_no_step(client):
    demande = DemandeFabrique(remise=True)
    demande.etat, demande.decidee_le = "retiree", timezone.now()
    demande.save()
    lues = etapes_lues(lire(client, demande))
    assert [classe for classe, _ in lues] == ["faite", "faite", "sans_objet", "sans_objet", "faite"]
    assert lues[2][1] == "Ouverte Sans objet"


def test_a_desk_out_of_reach_is_said_without_technical_words(client):
    demande = DemandeFabrique(avec_guichet=True, etat="a_etudier")
    AcheminementFabrique(
        demande=demande,
        canal="webhook",
        prochaine_tentative=None,
        quarantaine_le=timezone.now(),
        quarantaine_motif="HTTP 400 : schéma refusé",
    )
    page = lire(client, demande)
    assert "n’a pas encore pu la recevoir : notre équipe s’en occupe. Rien n’est perdu." in page
    assert '<span class="etat etat-reserve">Guichet injoignable</span>' in page
    assert '<p class="bandeau bandeau-warning"><strong>Et maintenant ?' in page
    assert "À étudier" not in page
    # The page looks again by itself.
    assert 'hx-trigger="every 10s"' in page
    assert "400" not in page.replace("#400", "")
    assert "quarantaine" not in page.lower()


def test_the_history_says_reminders_and_what_was_confirmed_from_outside(client):
    demande = DemandeFabrique(remise=True)
    for verbe, donnees in (
        ("relancer", {"rang": 2, "guichet": demande.guichet_id}),
        ("mettre_en_quarantaine", {"de_reference": True, "guichet": demande.guichet_id}),
        ("mettre_en_quarantaine", {"de_reference": False, "guichet": demande.guichet_id}),
        ("remettre", {"canal": "webhook", "de_reference": True, "guichet": demande.guichet_id}),
        ("remettre", {"canal": "courriel", "de_reference": False, "guichet": demande.guichet_id}),
        ("rejouer", {"guichet": demande.guichet_id}),
        ("retour", {"statut": "5.1.1", "de_reference": True}),
        ("dire_l_attente", {"cause": "non_ouverte"}),
        ("accuser_a_distance", {"voie": "page"}),
        ("confier_a_la_main", {}),
    ):
        consigner(verbe=verbe, objet=demande, dossier_id=demande.dossier_id, **donnees)
    page = lire(client, demande)
    histoire = page.split('<details class="historique">')[1].split("</details>")[0]
    assert histoire.count("<li") == 5 + 1  # and what is expected
    for texte in (
        "2e relance, sur trois.",
        "n’a pas encore pu la recevoir",
        "À son système informatique.",
        "Il l’a confirmé en ligne.",
        "n’a pas réagi à nos relances",
    ):
        assert texte in histoire
    assert "5.1.1" not in page


def test_an_e_mail_that_came_back_is_said_until_another_leaves(client):
    demande = DemandeFabrique(remise=True)
    membre = MembreFabrique(entreprise=demande.dossier.entreprise).user
    client.force_login(membre)
    chemin = f"/dossiers/{demande.dossier.identifiant}/suivi/"
    revenue = {"user": membre, "sujet": "Essai", "texte": "Essai", "chemin": "/"}
    Notification.objects.create(
        **revenue, envoyee_le=timezone.now(), revenue_le=timezone.now(), prochaine_tentative=None
    )
    assert "n’a pas pu vous être remis" in client.get(chemin).content.decode()
    Notification.objects.create(**revenue, envoyee_le=timezone.now(), prochaine_tentative=None)
    assert "n’a pas pu vous être remis" not in client.get(chemin).content.decode()
