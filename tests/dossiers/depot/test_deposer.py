"""The deposit: one transaction, once, whatever happens around it; then the follow-up."""

import hashlib
import json
import threading
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aides.models import VersionAide
from dossiers.acheminement import actes as acheminement
from dossiers.circuit import Etat
from dossiers.depot import actes
from dossiers.depot.actes import depot
from dossiers.depot.pdf_fictif import pdf_fictif
from dossiers.models import Demande, VersionDossier
from dossiers.pieces.actes import PieceRefusee, ajouter_piece, retirer_piece
from dossiers.rapprochement.models import Rapprochement, Resultat
from portal.socle.models import Evenement
from tests.dossiers.depot.conftest import adresse, effectif, publier
from tests.fabriques import UserFabrique

CODES = ["eligible", "sous-reserve"]


def rien_n_est_ecrit(dossier):
    dossier.refresh_from_db()
    ecrits = (VersionDossier, Rapprochement, Resultat, Demande, Evenement)
    return dossier.est_brouillon and not any(modele.objects.exists() for modele in ecrits)


@pytest.mark.django_db
def test_a_deposit_freezes_matches_and_asks(rempli, catalogue, gerante, commune):
    version = actes.deposer(dossier=rempli, codes=CODES, par=gerante, revision=0)
    rempli.refresh_from_db()
    assert rempli.numero == f"DU-{timezone.localtime():%Y}-{rempli.pk:06d}"
    canonique = json.dumps(
        version.contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert version.empreinte == hashlib.sha256(canonique.encode()).hexdigest()
    assert version.contenu["entreprise"]["nom"] == "Atelier fictif"
    assert version.contenu["faits"]["effectif"]["valeur"] == "12.5"
    issues = version.rapprochement.resultats.values_list("version_aide__aide__code", "issue")
    assert dict(issues) == {"eligible": "eligible", "sous-reserve": "sous_reserve"}
    codes = dict(VersionAide.objects.values_list("pk", "aide__code"))
    autres = {codes[int(cle)]: kept for cle, kept in version.rapprochement.autres.items()}
    assert {code: issue for code, (issue, _) in autres.items()} == {
        "externe": "eligible", "a-completer": "a_completer", "non-eligible": "non_eligible",
    }  # fmt: skip
    assert "n" in autres["non-eligible"][1]
    assert "e" in autres["a-completer"][1]
    assert set(autres["externe"][1]) == {"o"}
    assert version.rapprochement.faits["depenses_total"] == "100000.00"
    demandes = Demande.objects.order_by("aide__code")
    assert [d.aide.code for d in demandes] == CODES
    for demande in demandes:
        assert (demande.etat, demande.commune, demande.guichet) == (Etat.A_ROUTER, commune, None)
        assert demande.deposee_le == rempli.depose_le == version.deposee_le
        assert demande.prochaine_tentative is not None
    assert demandes[0].montant_estime == 30_000
    verbes = list(Evenement.objects.values_list("verbe", flat=True))
    # The first deposit of all makes the key that signs its receipt.
    assert verbes == ["deposer_demande", "deposer_demande", "deposer", "creer_cle_signature"]


@pytest.mark.django_db
def test_a_deposit_freezes_the_files_with_their_hash(rempli, catalogue, navigatrice, gerante):
    def joindre(nom, *lignes):
        fichier = ContentFile(pdf_fictif("Fictif", *lignes), name=nom)
        return ajouter_piece(dossier=rempli, fichier=fichier, par=gerante).piece

    devis, retiree = joindre("Devis.pdf"), joindre("Brouillon.pdf", "autre")
    retirer_piece(piece=retiree, par=gerante)
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "Devis.pdf" in page
    assert "Brouillon.pdf" not in page
    version = actes.deposer(dossier=rempli, codes=["eligible"], par=gerante)
    assert version.contenu["pieces"] == [
        {"identifiant": str(devis.identifiant), "type": "devis", "empreinte": devis.empreinte,
         "taille": devis.taille}
    ]  # fmt: skip
    canonique = json.dumps(
        version.contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert version.empreinte == hashlib.sha256(canonique.encode()).hexdigest()
    with pytest.raises(PieceRefusee, match="Déposée avec le dossier"):
        retirer_piece(piece=devis, par=gerante)
    joindre("Apres.pdf", "encore")
    page = navigatrice.get(adresse(rempli, "reponses/")).content.decode()
    assert devis.empreinte in page
    assert "Apres.pdf" not in page


@pytest.mark.django_db
def test_a_file_added_since_it_was_read_is_refused(rempli, catalogue, gerante):
    fichier = ContentFile(pdf_fictif("Fictif"), name="Devis.pdf")
    ajouter_piece(dossier=rempli, fichier=fichier, par=gerante)
    with pytest.raises(actes.ConflitDeRevision):
        actes.deposer(dossier=rempli, codes=["eligible"], par=gerante, revision=rempli.revision)
    assert not VersionDossier.objects.exists()


@pytest.mark.django_db
def test_the_proof_is_kept_as_it_was_shown(rempli, catalogue, gerante):
    version = actes.deposer(dossier=rempli, codes=["eligible"], par=gerante)
    preuve = version.rapprochement.resultats.get(version_aide=catalogue.eligible).preuve
    assert preuve["verdict"] == "oui"
    affichees = [preuve["valeur_affichee"], *(e["valeur_affichee"] for e in preuve["enfants"])]
    assert any(affichee.startswith("12,5") for affichee in affichees)


@pytest.mark.django_db
def test_the_worker_is_given_a_hint_once_committed(
    rempli, catalogue, gerante, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as rappels:
        actes.deposer(dossier=rempli, codes=CODES, par=gerante)
    assert len(rappels) == 1
    with django_capture_on_commit_callbacks() as rappels:
        actes.deposer(dossier=rempli, codes=CODES, par=gerante)
    assert rappels == []


@pytest.mark.django_db
def test_depositing_again_gives_the_same_version(rempli, catalogue, gerante):
    premiere = actes.deposer(dossier=rempli, codes=CODES, par=gerante, revision=0)
    seconde = actes.deposer(dossier=rempli, codes=["eligible"], par=gerante, revision=0)
    assert seconde == premiere
    assert Demande.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codes", "motif"),
    [
        ([], "au moins une aide"),
        (["inconnue"], "Aucune aide n’a le code"),
        (["non-eligible"], "n’est pas ouverte à votre projet"),
        (["externe"], "ne se demande pas ici"),
        (["eligible", "externe"], "ne se demande pas ici"),
    ],
)
def test_a_choice_that_cannot_be_filed_is_refused_and_nothing_is_written(
    rempli, catalogue, gerante, codes, motif
):
    with pytest.raises(actes.DepotImpossible, match=motif):
        actes.deposer(dossier=rempli, codes=codes, par=gerante)
    assert rien_n_est_ecrit(rempli)


@pytest.mark.django_db
def test_an_aide_closed_since_is_refused(rempli, catalogue, gerante):
    hier = timezone.localdate() - timedelta(days=1)
    publier("finie", effectif("<=", "249"), cloture=hier)
    with pytest.raises(actes.DepotImpossible, match="n’est plus ouverte"):
        actes.deposer(dossier=rempli, codes=["finie"], par=gerante)
    assert rien_n_est_ecrit(rempli)


@pytest.mark.django_db
def test_the_commune_of_the_project_is_required(vide, catalogue, gerante):
    with pytest.raises(actes.DepotImpossible, match="commune du projet"):
        actes.deposer(dossier=vide, codes=["a-completer"], par=gerante)
    assert rien_n_est_ecrit(vide)


@pytest.mark.django_db
def test_a_draft_changed_since_it_was_read_is_refused(rempli, catalogue, gerante):
    with pytest.raises(actes.ConflitDeRevision):
        actes.deposer(dossier=rempli, codes=CODES, par=gerante, revision=3)
    assert rien_n_est_ecrit(rempli)


@pytest.mark.django_db
def test_a_failure_in_the_middle_leaves_nothing(rempli, catalogue, gerante, monkeypatch):
    def panne(**_: object) -> None:
        raise RuntimeError("panne")

    monkeypatch.setattr(depot, "consigner", panne)
    with pytest.raises(RuntimeError, match="panne"):
        actes.deposer(dossier=rempli, codes=CODES, par=gerante)
    assert rien_n_est_ecrit(rempli)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_deposit(rempli, catalogue, gerante):
    depart = threading.Barrier(2)
    versions: list[int] = []

    def cliquer() -> None:
        try:
            depart.wait(5)
            versions.append(actes.deposer(dossier=rempli, codes=CODES, par=gerante).pk)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=cliquer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert len(versions) == 2
    assert len(set(versions)) == 1
    assert VersionDossier.objects.count() == 1
    assert Demande.objects.count() == 2
    assert Evenement.objects.filter(verbe="deposer").count() == 1


@pytest.mark.django_db
def test_an_aide_to_be_confirmed_is_said_before_the_deposit(rempli, catalogue, navigatrice):
    doute = publier(
        "doute", effectif("<=", "249"), statut="a_confirmer", statut_precision="Règlement ancien."
    )
    rempli.choix = ["eligible", "doute"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    avant = page.split("Ce qui part, et à qui")[0]
    assert f"<strong>{doute.titre}</strong>" in avant
    assert "Règlement ancien." in avant
    assert avant.count("On ne sait pas") + avant.count("on ne sait pas") == 1


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_deposit_succeeds(rempli, catalogue, navigatrice):
    """No Valkey answers at this address: the page is the follow-up, and nothing is lost."""
    rempli.choix = CODES
    rempli.save()
    donnees = {"revision": rempli.revision}
    debut = time.monotonic()
    for _ in range(2):
        reponse = navigatrice.post(adresse(rempli, "verifier/"), donnees, follow=True)
        assert reponse.redirect_chain[-1][0] == adresse(rempli, "suivi/")
    # Nobody waits for a broker that does not answer.
    assert time.monotonic() - debut < 5
    rempli.refresh_from_db()
    assert rempli.numero in reponse.content.decode()
    assert Demande.objects.a_router_avant(timezone.now()).count() == 2


@pytest.mark.django_db
def test_the_follow_up_tells_each_step(navigatrice, rempli, catalogue, gerante):
    publier("orpheline", effectif("<=", "249"), nature="export")
    version = actes.deposer(dossier=rempli, codes=["eligible", "orpheline"], par=gerante)
    page = navigatrice.get(adresse(rempli, "suivi/")).content.decode()
    assert "En cours d’orientation" in page
    acheminement.acheminer(version_dossier_id=version.pk)
    page = navigatrice.get(adresse(rempli, "suivi/")).content.decode()
    for texte in (
        "Déposée", "Guichet trouvé : Guichet fictif des entreprises", "Remise à",
        "Confiée à l’équipe d’orientation", "Aucun guichet", "silence vaut rejet",
        "Réponse du guichet attendue", "À demander ailleurs", "Aide externe", version.empreinte,
    ):  # fmt: skip
        assert texte in page, texte


@pytest.mark.django_db
def test_what_was_deposited_can_be_read_again(navigatrice, rempli, catalogue, gerante):
    chemin = adresse(rempli, "reponses/")
    assert navigatrice.get(chemin).url == adresse(rempli)
    actes.deposer(dossier=rempli, codes=["eligible"], par=gerante)
    rempli.refresh_from_db()
    rempli.faits = {}  # the page reads the version, not the dossier
    rempli.save()
    page = navigatrice.get(chemin).content.decode()
    for texte in (
        rempli.numero, "Atelier fictif", "12,5 emplois", "Valfictif (20900)", "Industrie",
        "La filière",
    ):  # fmt: skip
        assert texte in page.replace("\xa0", " "), texte
    assert "Modifier" not in page
    etrangere = Client()
    etrangere.force_login(UserFabrique())
    assert etrangere.get(chemin).status_code == 404


@pytest.mark.django_db
def test_the_follow_up_costs_the_same_whatever_the_number_of_demandes(
    navigatrice, rempli, catalogue, gerante
):
    codes = ["eligible", *(f"autre-{rang}" for rang in range(6))]
    for code in codes[1:]:
        publier(code, effectif("<=", "249"))
    version = actes.deposer(dossier=rempli, codes=codes, par=gerante)
    acheminement.acheminer(version_dossier_id=version.pk)
    with CaptureQueriesContext(connection) as capture:
        page = navigatrice.get(adresse(rempli, "suivi/")).content.decode()
    assert page.count('class="frise"') == 7
    assert len(capture) <= 21
