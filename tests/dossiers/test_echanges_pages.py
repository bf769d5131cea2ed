"""The pages of what the two sides exchange: without a script, and with bad input."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.circuit import Etat
from dossiers.models import Complement, Demande, Message, Notification, Piece
from portal.socle.models import Evenement
from tests.dossiers.pieces.fichiers import EXECUTABLE, PDF
from tests.fabriques import (
    ComplementFabrique,
    DemandeFabrique,
    GuichetFabrique,
    MembreFabrique,
    MessageFabrique,
    UserFabrique,
    agent_de,
)

pytestmark = pytest.mark.django_db


def lu(reponse) -> str:
    """The page as people read it: a space is a space."""
    texte = reponse.content.decode()
    return " ".join(texte.replace("\u202f", " ").replace("\xa0", " ").split())


def agent(demande, suite=""):
    return f"/instruction/demandes/{demande.identifiant}/{suite}"


def a_faire(demande):
    return f"/dossiers/{demande.dossier.identifiant}/a-faire/"


def membre(demande):
    return MembreFabrique(entreprise=demande.dossier.entreprise).user


@pytest.fixture(autouse=True)
def _stockage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


# ------------------------------------------------------------------ asking


def saisie(**champs):
    limite = timezone.localdate() + timedelta(days=10)
    return {
        "nature": ["devis", "question", ""],
        "libelle": ["", "Qui installe la machine ?", ""],
        "attendue_le": limite.isoformat(),
        "message": "Bonjour,",
        "etat_vu": "en_instruction",
        **champs,
    }


@pytest.fixture
def suivie(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(agent_de(demande.guichet))
    return demande


def test_asking_without_a_script(client, suivie):
    page = lu(client.get(agent(suivie, "complement/")))
    assert page.count('name="libelle"') == 3
    reponse = client.post(agent(suivie, "complement/"), saisie(ajouter="1"))
    assert lu(reponse).count('name="libelle"') == 4
    assert "Qui installe la machine ?" in lu(reponse)
    reponse = client.post(agent(suivie, "complement/"), saisie(retirer="1"))
    assert lu(reponse).count('name="libelle"') == 2
    assert "Qui installe la machine ?" not in lu(reponse)
    apercu = lu(client.post(agent(suivie, "complement/"), saisie(apercu="1")))
    assert "Ce que l’entreprise lira" in apercu
    assert "Devis <span" in apercu
    assert "son silence vaudra rejet le" in apercu
    assert 'name="envoyer"' in apercu
    assert 'name="envoyer"' not in page, "one reads it again first"
    assert "Qui installe la machine ?" in lu(
        client.post(agent(suivie, "complement/"), saisie(modifier="1"))
    )
    assert not Complement.objects.exists()
    reponse = client.post(agent(suivie, "complement/"), saisie(envoyer="1"), follow=True)
    assert reponse.redirect_chain == [(agent(suivie), 302)]
    complement = Complement.objects.get()
    assert [e.libelle for e in complement.elements.all()] == ["Devis", "Qui installe la machine ?"]
    texte = lu(reponse)
    assert "Délai suspendu" in texte
    assert "Reprendre l’instruction sans attendre" in texte
    assert "Compléments demandés à l’entreprise" in texte


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"nature": ["", "", ""], "libelle": ["", "", ""]}, "au moins une pièce"),
        ({"nature": ["", "", ""]}, "Choisissez le type"),
        ({"libelle": ["", "", ""]}, "Écrivez votre question"),
        ({"nature": ["autre", "", ""], "libelle": ["", "", ""]}, "Précisez la pièce"),
        ({"nature": ["inconnue", "", ""]}, "Choisissez le type"),
        ({"libelle": ["x" * 501, "a", ""]}, "Restez sous 500"),
        ({"nature": ["devis"] * 21, "libelle": ["a"] * 21}, "au plus 20"),
        ({"attendue_le": ""}, "Indiquez la date limite"),
        ({"attendue_le": "demain"}, "Écrivez une date"),
        ({"attendue_le": "2020-01-01"}, "de demain à six mois"),
        ({"message": "x" * 3001}, "3000"),
        ({"etat_vu": "a_etudier"}, "vient de changer"),
    ],
)
def test_a_bad_request_keeps_what_was_typed(client, suivie, champs, message):
    reponse = client.post(agent(suivie, "complement/"), saisie(envoyer="1", **champs))
    assert reponse.status_code in {409, 422}
    texte = lu(reponse)
    assert message in texte
    assert "Bonjour," in texte or "x" * 3001 in texte
    assert not Complement.objects.exists()
    assert not Evenement.objects.exists()


def test_the_request_survives_the_end_of_the_session(client):
    demande = DemandeFabrique(en_instruction=True)
    assert client.post(agent(demande, "complement/"), saisie(envoyer="1")).status_code == 302
    client.force_login(agent_de(demande.guichet))
    texte = lu(client.get(agent(demande, "complement/")))
    assert "Votre session avait expiré" in texte
    assert "Qui installe la machine ?" in texte
    assert "Bonjour," in texte


@pytest.mark.parametrize("jours", [-1, 400])
def test_a_date_that_cannot_be_is_refused_before_one_reads_again(client, suivie, jours):
    limite = (timezone.localdate() + timedelta(days=jours)).isoformat()
    reponse = client.post(agent(suivie, "complement/"), saisie(apercu="1", attendue_le=limite))
    assert reponse.status_code == 422
    assert "de demain à six mois" in lu(reponse)


def test_questions_alone_stop_the_clock_and_it_is_said(client, suivie):
    page = lu(client.get(agent(suivie, "complement/")))
    assert "exigées par les textes (CRPA, article L114-5)" in page
    assert f'href="{agent(suivie)}#echanges"' in page
    questions = saisie(apercu="1", nature=["question"], libelle=["Quand ?"])
    assert "Vous ne demandez aucune pièce" in lu(
        client.post(agent(suivie, "complement/"), questions)
    )
    avec_piece = lu(client.post(agent(suivie, "complement/"), saisie(apercu="1")))
    assert "Vous ne demandez aucune pièce" not in avec_piece


def test_a_request_that_waits_is_corrected_then_cancelled(client):
    complement = ComplementFabrique()
    demande = complement.demande
    client.force_login(agent_de(demande.guichet))
    texte = lu(client.get(agent(demande)))
    assert agent(demande, "complement/corriger/") in texte
    assert agent(demande, "complement/annuler/") in texte
    page = lu(client.get(agent(demande, "complement/corriger/")))
    assert "Déjà demandé" in page
    assert "Devis : Devis fictif" in page
    envoi = {
        "nature": ["statuts"],
        "libelle": [""],
        "attendue_le": (complement.attendue_le + timedelta(days=5)).isoformat(),
        "etat_vu": "a_completer",
    }
    relu = lu(client.post(agent(demande, "complement/corriger/"), envoi | {"apercu": "1"}))
    assert "Devis : Devis fictif" in relu
    assert "Statuts <span" in relu
    trop_tot = envoi | {"apercu": "1", "attendue_le": timezone.localdate().isoformat()}
    reponse = client.post(agent(demande, "complement/corriger/"), trop_tot)
    assert reponse.status_code == 422
    assert "pas avancer" in lu(reponse)
    reponse = client.post(
        agent(demande, "complement/corriger/"), envoi | {"envoyer": "1"}, follow=True
    )
    assert "Votre demande est corrigée" in lu(reponse)
    assert "Demande de compléments corrigée" in lu(reponse)
    assert complement.elements.count() == 3
    assert "sera annulée" in lu(client.get(agent(demande, "complement/annuler/")))
    assert Complement.objects.get().est_en_cours
    reponse = client.post(
        agent(demande, "complement/annuler/"), {"etat_vu": "a_completer"}, follow=True
    )
    assert "Demande annulée" in lu(reponse)
    client.force_login(membre(demande))
    suivi = lu(client.get(f"/dossiers/{demande.dossier.identifiant}/suivi/"))
    assert "Le guichet ajoute 1 élément à sa demande" in suivi
    assert "Le guichet a annulé sa demande de compléments" in suivi
    reponse = client.get(agent(demande, "complement/annuler/"))
    assert reponse.status_code == 404


def test_the_follow_up_says_the_new_date_during_and_after(client):
    complement = ComplementFabrique(
        demande__deposee_le=timezone.now() - timedelta(days=30),
        demandee_le=timezone.now() - timedelta(days=9),
    )
    demande = complement.demande
    client.force_login(membre(demande))
    adresse = f"/dossiers/{demande.dossier.identifiant}/suivi/"
    page = lu(client.get(adresse))
    assert "Délai suspendu jusqu’à votre réponse. Nouvelle date : le" in page
    assert afficher_date(demande.echeance) in page
    assert afficher_date(demande.echeance) in lu(client.get(a_faire(demande)))
    client.post(a_faire(demande), champs(complement, envoyer="1", incomplete="on"))
    demande.refresh_from_db()
    page = lu(client.get(adresse))
    assert "Délai suspendu du" in page
    assert f"avant le {afficher_date(demande.echeance)}, au lieu du" in page


def test_a_second_request_is_explained(client):
    complement = ComplementFabrique()
    demande = complement.demande
    client.force_login(agent_de(demande.guichet))
    reponse = client.get(agent(demande, "complement/"), follow=True)
    assert "n’est pas possible dans cet état" in lu(reponse)


@pytest.mark.parametrize(
    "suite",
    [
        "complement/",
        "complement/corriger/",
        "complement/annuler/",
        "confier/",
        "reorienter/",
        "messages/",
        "reprendre/",
        "prendre-le-relais/",
    ],
)
@pytest.mark.parametrize("qui", ["étranger", "entreprise", "autre guichet"])
def test_a_foreign_demande_is_not_found(client, suite, qui):
    demande = DemandeFabrique(en_instruction=True)
    users = {
        "étranger": UserFabrique,
        "entreprise": lambda: membre(demande),
        "autre guichet": lambda: agent_de(GuichetFabrique()),
    }
    client.force_login(users[qui]())
    assert client.get(agent(demande, suite)).status_code == 404
    assert client.post(agent(demande, suite), {}).status_code == 404
    assert not Evenement.objects.exists()


# ------------------------------------------------------------------ answering


@pytest.fixture
def demandee(client):
    complement = ComplementFabrique(message="Voir https://exemple.invalid/aide <b>vite</b>")
    client.force_login(membre(complement.demande))
    return complement


def champs(complement, **autres):
    piece, question = complement.elements.order_by("rang")
    return {
        "complement": complement.pk,
        f"reponse-{question.pk}": "Nous-mêmes.",
        f"reponse-{piece.pk}": "",
        **autres,
    }


def test_answering_without_a_script(client, demandee):
    demande = demandee.demande
    piece = demandee.elements.get(genre="piece")
    page = lu(client.get(a_faire(demande)))
    assert "Devis : Devis fictif <span" in page
    assert "Un guichet attend votre réponse" in page
    assert 'href="https://exemple.invalid/aide"' in page
    assert "&lt;b&gt;vite&lt;/b&gt;" in page
    assert "1 à faire" in lu(client.get("/dossiers/"))
    fichiers = [SimpleUploadedFile(f"devis-{n}.pdf", PDF + b"\n" * n) for n in (1, 2)]
    envoi = champs(demandee, enregistrer="1", **{f"fichiers-{piece.pk}": fichiers})
    reponse = client.post(a_faire(demande), envoi, follow=True)
    assert "Brouillon enregistré" in lu(reponse)
    assert "devis-1.pdf" in lu(reponse)
    assert "Nous-mêmes." in lu(reponse)
    premiere = Piece.objects.get(nom="devis-1.pdf")
    client.post(a_faire(demande), champs(demandee, retirer=premiere.pk))
    assert list(Piece.objects.gardees().values_list("nom", flat=True)) == ["devis-2.pdf"]
    reponse = client.post(a_faire(demande), champs(demandee, envoyer="1"), follow=True)
    assert "Votre réponse est partie" in lu(reponse)
    assert "Vous avez répondu au guichet" in lu(reponse)
    demande.refresh_from_db()
    assert demande.etat == Etat.EN_INSTRUCTION
    client.force_login(agent_de(demande.guichet))
    texte = lu(client.get(agent(demande)))
    assert "Réponse reçue" in texte
    assert "Nous-mêmes." in texte
    assert "devis-2.pdf" in texte


def test_the_desk_reads_nothing_of_a_draft(client, demandee):
    client.post(a_faire(demandee.demande), champs(demandee, enregistrer="1"))
    client.force_login(agent_de(demandee.demande.guichet))
    assert "Nous-mêmes." not in lu(client.get(agent(demandee.demande)))


def test_an_incomplete_answer_warns_then_leaves(client, demandee):
    demande = demandee.demande
    reponse = client.post(a_faire(demande), champs(demandee, envoyer="1"))
    assert reponse.status_code == 422
    assert "Sans réponse : Devis fictif" in lu(reponse)
    assert 'name="incomplete"' in lu(reponse)
    assert Demande.objects.get().etat == Etat.A_COMPLETER
    client.post(a_faire(demande), champs(demandee, envoyer="1", incomplete="on"))
    assert Demande.objects.get().etat == Etat.EN_INSTRUCTION


def test_a_refused_file_says_why_and_the_rest_is_kept(client, demandee):
    piece = demandee.elements.get(genre="piece")
    envoi = champs(demandee, envoyer="1")
    envoi[f"fichiers-{piece.pk}"] = [
        SimpleUploadedFile("devis.pdf", PDF),
        SimpleUploadedFile("virus.pdf", EXECUTABLE),
        SimpleUploadedFile("vide.pdf", b""),
    ]
    reponse = client.post(a_faire(demandee.demande), envoi)
    assert reponse.status_code == 422
    assert "programme" in lu(reponse)
    assert "vide (0 octet)" in lu(reponse)
    assert list(Piece.objects.values_list("nom", flat=True)) == ["devis.pdf"]
    assert Demande.objects.get().etat == Etat.A_COMPLETER
    assert demandee.elements.get(genre="question").reponse == "Nous-mêmes."


def test_a_late_answer_is_taken_and_said_late(client):
    complement = ComplementFabrique(
        demandee_le=timezone.now() - timedelta(days=20),
        attendue_le=timezone.localdate() - timedelta(days=2),
    )
    client.force_login(membre(complement.demande))
    assert "Vous pouvez encore répondre" in lu(client.get(a_faire(complement.demande)))
    envoi = champs(complement, envoyer="1", incomplete="on")
    texte = lu(client.post(a_faire(complement.demande), envoi, follow=True))
    assert "Après la date limite. Délai suspendu du" in texte


def test_the_same_answer_posted_twice_is_harmless(client, demandee):
    envoi = champs(demandee, envoyer="1", incomplete="on")
    for _ in range(2):
        reponse = client.post(a_faire(demandee.demande), envoi, follow=True)
        assert "Votre réponse est partie" in lu(reponse)
    assert Evenement.objects.filter(verbe="completer").count() == 1


def test_the_answer_of_another_company_is_not_found(client, demandee):
    autre = ComplementFabrique()
    assert client.get(a_faire(autre.demande)).status_code == 404
    assert client.post(a_faire(demandee.demande), champs(autre)).status_code == 404
    assert client.post(a_faire(demandee.demande), {"complement": "x"}).status_code == 404


def test_what_was_typed_survives_the_end_of_the_session(client):
    complement = ComplementFabrique()
    client.post(a_faire(complement.demande), champs(complement, envoyer="1"))
    client.force_login(membre(complement.demande))
    texte = lu(client.get(a_faire(complement.demande)))
    assert "Votre session avait expiré" in texte
    assert "Nous-mêmes." in texte


def test_nothing_to_do_says_what_would_appear(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(membre(demande))
    assert "Vous n’avez rien à faire" in lu(client.get(a_faire(demande)))


# ------------------------------------------------------------------ messages


def test_a_message_goes_each_way_and_is_marked_read(client):
    demande = DemandeFabrique(en_instruction=True)
    company, officer = membre(demande), agent_de(demande.guichet)
    url = f"/demandes/{demande.identifiant}/echanges/"
    client.force_login(company)
    texte = "Bonjour <script>alert(1)</script>\nVoir http://exemple.invalid/x"
    jeton = uuid.uuid4()
    for _ in range(2):
        client.post(url, {"texte": texte, "jeton": jeton})
    message = Message.objects.get()
    assert (message.cote, message.lu_le) == ("entreprise", None)
    client.force_login(officer)
    page = lu(client.get(agent(demande)))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert 'href="http://exemple.invalid/x"' in page
    assert "nouveau" in page
    assert "1 message à lire" in lu(client.get("/instruction/"))
    message.refresh_from_db()
    assert message.lu_le is None, "reading is no act"
    client.post(agent(demande, "messages/lus/"))
    message.refresh_from_db()
    assert message.lu_le is not None
    client.post(agent(demande, "messages/"), {"texte": "Bien reçu.", "jeton": uuid.uuid4()})
    client.force_login(company)
    assert "1 à lire" in lu(client.get(f"/dossiers/{demande.dossier.identifiant}/suivi/"))
    assert "1 à faire" in lu(client.get("/dossiers/"))
    assert "Bien reçu." in lu(client.get(url))
    assert client.post(f"{url}lus/", headers={"HX-Request": "true"}).status_code == 204
    assert not Message.objects.filter(lu_le__isnull=True).exists()


@pytest.mark.parametrize("texte", ["", "   ", "x" * 5001, "a\0b"])
def test_a_bad_message_is_refused_on_both_sides(client, texte):
    demande = DemandeFabrique(en_instruction=True)
    for user, adresse in (
        (membre(demande), f"/demandes/{demande.identifiant}/echanges/"),
        (agent_de(demande.guichet), agent(demande, "messages/")),
    ):
        client.force_login(user)
        reponse = client.post(adresse, {"texte": texte, "jeton": uuid.uuid4()})
        assert reponse.status_code == 422
        assert "erreur" in lu(reponse)
    assert not Message.objects.exists()


def test_who_only_reads_the_territory_marks_nothing(client):
    message = MessageFabrique()
    client.force_login(UserFabrique(administration=True))
    page = lu(client.get(agent(message.demande)))
    assert message.texte in page
    assert "Marquer comme lu" not in page
    assert "Seuls l’entreprise et le guichet" in page
    client.post(agent(message.demande, "messages/lus/"))
    assert Message.objects.get().lu_le is None


# ------------------------------------------------------------------ withdrawing, redirecting


def test_withdrawing_asks_and_says(client):
    demande = DemandeFabrique(en_instruction=True)
    client.force_login(membre(demande))
    url = f"/demandes/{demande.identifiant}/retirer/"
    assert "ce n’est pas réversible" in lu(client.get(url))
    assert Demande.objects.get().etat == Etat.EN_INSTRUCTION
    reponse = client.post(url, {"motif": "Projet abandonné."}, follow=True)
    assert "Vous avez retiré cette demande" in lu(reponse)
    assert Demande.objects.get().motif == "Projet abandonné."
    reponse = client.post(url, {}, follow=True)
    assert "n’est pas possible dans cet état" in lu(reponse)


def test_redirecting_to_a_desk_then_only_that_desk_sees_it(client, suivie):
    autre = GuichetFabrique()
    page = client.get(agent(suivie, "reorienter/"))
    assert suivie.guichet.nom not in str(page.context["form"]["guichet"])
    motif = "Le projet relève de l’innovation."
    envoi = {"guichet": autre.pk, "motif": motif, "etat_vu": "en_instruction"}
    reponse = client.post(agent(suivie, "reorienter/"), envoi, follow=True)
    assert f"est réorientée vers : {autre.nom}" in lu(reponse)
    assert client.get(agent(suivie)).status_code == 404
    client.force_login(membre(suivie))
    suivi = lu(client.get(f"/dossiers/{suivie.dossier.identifiant}/suivi/"))
    assert f"Réorientée par {suivie.guichet.nom}" in suivi
    assert motif in suivi


def test_redirecting_without_a_reason_is_refused(client, suivie):
    reponse = client.post(agent(suivie, "reorienter/"), {"motif": "non"})
    assert reponse.status_code == 422
    assert "10 caractères" in lu(reponse)


def test_giving_it_to_a_colleague(client, suivie):
    collegue = agent_de(suivie.guichet)
    reponse = client.post(agent(suivie, "confier/"), {"agent": collegue.pk}, follow=True)
    assert f"suivie par {collegue.get_full_name()}" in lu(reponse)
    ailleurs = agent_de(GuichetFabrique())
    reponse = client.post(agent(suivie, "confier/"), {"agent": ailleurs.pk})
    assert "personne de ce guichet" in lu(reponse)


def test_acts_that_a_button_says_whole(client):
    complement = ComplementFabrique()
    demande = complement.demande
    client.force_login(agent_de(demande.guichet))
    reponse = client.post(agent(demande, "prendre-le-relais/"), follow=True)
    assert "Vous suivez maintenant" in lu(reponse)
    client.post(agent(demande, "reprendre/"), {"etat_vu": "a_completer"})
    assert Demande.objects.get().etat == Etat.EN_INSTRUCTION


# ------------------------------------------------------------------ notifications


def test_notifications_are_read_one_by_one_or_all_at_once(client):
    user, autre = UserFabrique(), UserFabrique()
    for qui in (user, user, user, autre):
        Notification.objects.create(user=qui, sujet="Sujet <b>", texte="Texte", chemin="/dossiers/")
    client.force_login(user)
    page = lu(client.get("/notifications/"))
    assert "Notifications (3)" in page
    assert "Sujet &lt;b&gt;" in page
    premiere, *_ = Notification.objects.filter(user=user).order_by("pk")
    reponse = client.post(f"/notifications/{premiere.pk}/ouvrir/")
    assert reponse["Location"] == "/dossiers/"
    assert "Notifications (2)" in lu(client.get("/notifications/"))
    etrangere = Notification.objects.get(user=autre)
    assert client.post(f"/notifications/{etrangere.pk}/ouvrir/").status_code == 404
    client.post("/notifications/lues/")
    assert Notification.objects.filter(lue_le__isnull=True).get() == etrangere
    assert client.get("/notifications/lues/").status_code == 405


def test_the_page_of_notifications_asks_as_much_for_many(client, django_assert_max_num_queries):
    user = UserFabrique()
    client.force_login(user)
    assert "Aucune notification" in lu(client.get("/notifications/"))
    Notification.objects.bulk_create(
        Notification(user=user, sujet="s", texte="t", chemin="/") for _ in range(45)
    )
    with django_assert_max_num_queries(9):
        assert client.get("/notifications/?page=2").status_code == 200


# ------------------------------------------------------------------ as much for many


def _autre(demande):
    """One more demande of the same dossier and desk, with all that the two sides exchange."""
    autre = DemandeFabrique(
        ouverte=True,
        etat=Etat.A_COMPLETER,
        guichet=demande.guichet,
        version_dossier=demande.version_dossier,
    )
    ComplementFabrique(demande=autre)
    for cote in ("entreprise", "guichet"):
        MessageFabrique(demande=autre, cote=cote)
    return autre


def test_each_page_asks_as_much_for_one_as_for_many(client):
    premiere = ComplementFabrique().demande
    _autre(premiere)
    company, officer = membre(premiere), agent_de(premiere.guichet)
    adresses = [
        (company, a_faire(premiere)),
        (company, f"/dossiers/{premiere.dossier.identifiant}/suivi/"),
        (company, "/dossiers/"),
        (officer, "/instruction/"),
        (officer, agent(premiere)),
    ]

    def compter(user, adresse):
        client.force_login(user)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    avant = [compter(*adresse) for adresse in adresses]
    for _ in range(3):
        _autre(premiere)
    assert [compter(*adresse) for adresse in adresses] == avant
