"""What the officer checks: the answers, the proof read again with them, how the proof reads."""

import pytest
from django.template.loader import render_to_string

from aides.criteres.evaluation import Issue
from dossiers.instruction import actes
from dossiers.instruction.actes_verifications import verifier
from dossiers.instruction.limites import resultat_de
from dossiers.instruction.presentation import Ligne
from dossiers.instruction.verifications import Reponse, relire
from dossiers.messagerie import ENTREPRISE, GUICHET, LONGUEUR_MAXIMUM
from dossiers.models import Demande, Message, Verification
from dossiers.templatetags.preuves import lisible
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.dossiers.depot.conftest import a_verifier, effectif, publier
from tests.dossiers.instruction.test_demande import FEUILLE, feuille, lu, url
from tests.fabriques import (
    FAITS,
    DemandeFabrique,
    RapprochementFabrique,
    ResultatFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db
OUI = {"reponse-utile": "oui", "commentaire-utile": "Vu sur place."}


@pytest.fixture
def suivie():
    """A demande that its officer follows, its aide leaving one condition to them."""
    criteres = {"type": "tous", "criteres": [effectif("<=", "249"), a_verifier()]}
    version = publier("utile", criteres)
    demande = DemandeFabrique(ouverte=True, aide=version.aide, version_aide=version)
    rapprochement = RapprochementFabrique(
        version_dossier=demande.version_dossier,
        faits=FAITS | {"commune_projet": demande.commune.code},
    )
    resultat = ResultatFabrique(
        rapprochement=rapprochement, version_aide=version, issue="sous_reserve"
    )
    resultat.preuve = {
        **FEUILLE, "type": "tous", "phrase": "Toutes", "verdict": "inconnu", "qui": None,
        "source": None, "liaison": "et",
        "enfants": [
            feuille("L’effectif est inférieur à 250", "oui", "entreprise"),
            {**feuille("Le projet est utile", "inconnu", "agent"), "type": "a_verifier"},
        ],
    }  # fmt: skip
    resultat.save()
    agent = agent_de(demande.guichet, nom_complet="Ada Fictive")
    actes.prendre_en_charge(demande=demande, user=agent)
    demande.refresh_from_db()
    return demande


def test_the_officer_answers_and_the_proof_is_read_again(client, suivie):
    depose = resultat_de(suivie).preuve
    client.force_login(suivie.agent)
    texte = lu(client.get(url(suivie)))
    assert "Critères : sous réserve" in texte
    assert 'name="reponse-utile"' in texte
    assert "Il vous reste à vérifier" in texte
    texte = lu(client.post(url(suivie, "verifier/"), OUI, follow=True))
    assert "Critères : sous réserve" in texte
    assert "Critères : éligible" in texte
    assert "Ce que vous avez vérifié" in texte
    assert "Vu sur place." in texte
    assert "utile : oui" in texte
    verification = Verification.objects.get()
    assert (verification.code, verification.reponse) == ("utile", "oui")
    assert verification.agent == suivie.agent
    assert resultat_de(suivie).preuve == depose
    evenement = Evenement.objects.get(verbe="verifier")
    assert evenement.donnees == {"condition": "utile", "reponse": "oui"}


def test_a_no_makes_the_project_ineligible_and_not_yet_undoes_it(suivie):
    def issue(reponse):
        verifier(demande=suivie, user=suivie.agent, reponses={"utile": Reponse(reponse)})
        return relire(suivie, resultat_de(suivie)).issue

    assert issue("non") is Issue.NON_ELIGIBLE
    assert issue("oui") is Issue.ELIGIBLE
    assert issue("pas_encore") is None
    assert Verification.objects.count() == 1
    assert Evenement.objects.filter(verbe="verifier").count() == 3


def test_the_same_answer_twice_is_one(suivie):
    for change in (1, 0):
        reponses = {"utile": Reponse("oui", "Vu.")}
        assert verifier(demande=suivie, user=suivie.agent, reponses=reponses) == change
    assert Evenement.objects.filter(verbe="verifier").count() == 1


def test_only_who_follows_an_open_demande_answers(client, suivie):
    collegue = agent_de(suivie.guichet)
    client.force_login(collegue)
    assert 'name="reponse-utile"' not in lu(client.get(url(suivie)))
    texte = lu(client.post(url(suivie, "verifier/"), OUI, follow=True))
    assert "La personne qui suit la demande répond ici" in texte
    client.force_login(agent_de(DemandeFabrique(ouverte=True).guichet))
    assert client.post(url(suivie, "verifier/"), OUI).status_code == 404
    Demande.objects.filter(pk=suivie.pk).update(etat="refusee", decidee_le=il_y_a(days=1))
    with pytest.raises(TransitionRefusee, match="close"):
        verifier(demande=suivie, user=suivie.agent, reponses={"utile": Reponse("oui")})
    assert not Verification.objects.exists()


def test_a_condition_of_another_aide_is_refused(suivie):
    with pytest.raises(TransitionRefusee, match="pas de cette aide"):
        verifier(demande=suivie, user=suivie.agent, reponses={"autre": Reponse("oui")})


@pytest.mark.parametrize(
    ("saisie", "message"),
    [
        ({"reponse-utile": "oui", "commentaire-utile": "x" * 501}, "dépasse 500 caractères"),
        ({}, "Choisissez une réponse."),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_is_kept(client, suivie, saisie, message):
    client.force_login(suivie.agent)
    reponse = client.post(url(suivie, "verifier/"), saisie)
    assert reponse.status_code == 422
    assert message in lu(reponse)
    assert not Verification.objects.exists()


def test_what_was_typed_survives_the_end_of_the_session(client, suivie):
    client.post(url(suivie, "verifier/"), OUI)
    client.force_login(suivie.agent)
    assert 'value="Vu sur place."' in lu(client.get(url(suivie, "verifier/")))
    assert not Verification.objects.exists()


def test_after_the_decision_nothing_remains_to_check(client, suivie):
    Demande.objects.filter(pk=suivie.pk).update(etat="acceptee", decidee_le=il_y_a(days=1))
    client.force_login(suivie.agent)
    texte = lu(client.get(url(suivie)))
    assert "Il vous reste à vérifier" not in texte
    assert "Ce que le guichet devait vérifier" in texte
    assert 'name="reponse-utile"' not in texte


# ------------------------------------------------------------------ how it reads


def noeud(type_, verdict, *enfants):
    groupe = {"type": type_, "phrase": type_, "verdict": verdict, "qui": None, "source": None}
    return {**FEUILLE, **groupe, "enfants": list(enfants)}


def arbre(preuve):
    contexte = {"noeud": lisible(preuve), "inutile": False}
    return render_to_string("composants/preuve.html", contexte)


def test_a_source_that_all_share_is_said_once():
    preuve = noeud("tous", "oui", *(feuille(f"C{i}", "oui", "entreprise") for i in range(23)))
    texte = arbre(preuve)
    assert texte.count("Règlement fictif, article 2") == 1
    assert "Source de toutes ces conditions" in texte
    autre = {**feuille("Autre", "oui", "entreprise"), "source": {"libelle": "Décret fictif"}}
    preuve["enfants"].append(autre)
    texte = arbre(preuve)
    assert "Source, sauf autre mention" in texte
    assert texte.count("Règlement fictif, article 2") == texte.count("Décret fictif") == 1


def test_what_no_longer_matters_is_folded_with_the_reason():
    enfants = (feuille("Remplie", "oui", "entreprise"), feuille("Autre", "non", "entreprise"))
    texte = arbre(noeud("un", "oui", *enfants))
    assert "sans effet : une seule suffit" in texte
    assert "✕" not in texte
    assert "✕" in arbre(noeud("tous", "non", *enfants))


def test_a_long_list_of_what_is_expected_is_folded():
    longue = {**feuille("Activité", "non", "entreprise"), "seuil": ", ".join(["12.34Z"] * 40)}
    assert "Ce qui est attendu</summary>" in arbre(longue)
    assert "Ce qui est attendu</summary>" not in arbre(longue | {"seuil": "12.34Z"})


def test_several_choices_are_a_list():
    texte = render_to_string(
        "instruction/_bloc.html",
        {
            "bloc": {
                "titre": "Projet",
                "lignes": [Ligne("Objet", "Acheter\nRecruter", "")],
                "nuls": [], "manquants": [], "montants": False, "provenance": "déclaré",
            },
            "provenance_dite": True,
        },
    )  # fmt: skip
    assert "<li>Acheter</li><li>Recruter</li>" in texte.replace("\n", "")


def test_a_message_too_long_is_refused_and_a_long_one_folded(client, suivie):
    client.force_login(suivie.agent)
    jeton = "5f0c1b1e-0000-4000-8000-000000000001"
    trop = {"texte": "x" * 30_000, "jeton": jeton}
    reponse = client.post(url(suivie, "messages/"), trop)
    assert reponse.status_code == 422
    assert f"dépasse {LONGUEUR_MAXIMUM} caractères" in lu(reponse)
    assert not Message.objects.exists()
    for cote, longueur in ((GUICHET, 601), (ENTREPRISE, 600)):
        Message.objects.create(
            demande=suivie, cote=cote, guichet=suivie.guichet, texte="x" * longueur
        )
    assert lu(client.get(url(suivie))).count("Lire la suite") == 1
