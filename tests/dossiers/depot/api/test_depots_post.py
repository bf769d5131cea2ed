"""POST /api/v1/depots/: a dossier is filed whole, or nothing of it is written."""

from datetime import datetime

import pytest
from rest_framework.test import APIClient

from dossiers.depot.actes import quitter
from dossiers.depot.models import EnvoiApi
from dossiers.models import Demande, Dossier, Membre, Notification, VersionDossier
from dossiers.recus.controle import controler
from portal.socle.models import Evenement
from tests.dossiers.depot.api.conftest import (
    CLE,
    DEPOTS,
    erreurs,
    lignes_en_base,
    muni,
)
from tests.dossiers.depot.conftest import effectif, publier
from tests.fabriques import EntrepriseFabrique, MembreFabrique, UserFabrique, siret


def deposer(client, envoi, cle=CLE, **entetes):
    if cle is not None:
        entetes["HTTP_IDEMPOTENCY_KEY"] = cle
    return client.post(DEPOTS, envoi, **entetes)


def refuse(client, envoi, statut, cle=CLE, **entetes):
    """The refusal of a deposit, of which nothing stays."""
    avant = lignes_en_base()
    reponse = deposer(client, envoi, cle, **entetes)
    assert (reponse.status_code, reponse["Content-Type"]) == (statut, "application/problem+json")
    assert lignes_en_base() == avant
    return reponse


def test_a_deposit_is_that_of_the_form(machine, envoi, catalogue, entreprise, gerante, commune):
    reponse = deposer(machine, envoi)
    assert reponse.status_code == 201, reponse.content
    assert reponse["Cache-Control"] == "no-store"
    assert "Idempotency-Replayed" not in reponse
    dossier = Dossier.objects.get()
    version = VersionDossier.objects.get()
    lu = reponse.json()
    assert reponse["Location"] == lu["liens"]["depot"]
    assert lu == machine.get(f"{DEPOTS}{dossier.identifiant}/").json()
    assert lu["liens"]["depot"].endswith(f"{DEPOTS}{dossier.identifiant}/")
    assert lu["liens"]["suivi"].endswith(f"/dossiers/{dossier.identifiant}/suivi/")
    assert (lu["numero"], lu["version"], lu["empreinte"]) == (dossier.numero, 1, version.empreinte)
    attestation = controler(lu["recu"].encode()).attestation
    assert (attestation.dossier, attestation.empreinte) == (dossier.numero, version.empreinte)
    assert lu["liens"]["recu"].endswith(f"{DEPOTS}{dossier.identifiant}/versions/1/recu/")
    assert (lu["siret"], lu["identifiant"]) == (entreprise.siret, str(dossier.identifiant))
    assert datetime.fromisoformat(lu["depose_le"]) == dossier.depose_le.replace(microsecond=0)
    demande = Demande.objects.get()
    (ligne,) = lu["demandes"]
    etapes, suite = ligne.pop("etapes"), ligne.pop("suite")
    assert ligne == {
        "identifiant": str(demande.identifiant), "numero": demande.numero, "aide": "eligible",
        "titre": "Aide eligible", "etat": "a_router", "libelle": "En cours d’orientation",
        "guichet": None, "echeance": demande.echeance.isoformat(),
        "montant_estime": "30000.00", "montant_accorde": None,
    }  # fmt: skip
    assert etapes[0] == {
        "code": "deposee", "libelle": "Déposée", "etat": "faite", "quand": lu["depose_le"],
    }  # fmt: skip
    assert [(e["code"], e["etat"], e["quand"]) for e in etapes[1:]] == [
        ("remise", "ici", None), ("ouverte", "a_venir", None),
        ("prise_en_charge", "a_venir", None), ("decision", "a_venir", None),
    ]  # fmt: skip
    assert (suite["code"], suite["le"]) == ("orientation", None)
    assert (demande.commune, dossier.entreprise, dossier.cree_par) == (commune, entreprise, gerante)
    assert version.contenu["faits"]["effectif"]["valeur"] == "12.5"
    assert version.contenu["description"] == "Une ligne fictive."
    lignes = Evenement.objects.filter(dossier_id=dossier.pk).values_list("verbe", flat=True)
    assert list(lignes) == [
        "creer_dossier", "declarer", "deposer_demande", "deposer", "recevoir_par_api",
    ]  # fmt: skip
    recu = Notification.objects.get()
    assert (recu.user, recu.sujet) == (gerante, f"Dossier {dossier.numero} enregistré")


def test_who_sent_it_is_journalled(machine, programme, envoi, catalogue, gerante):
    deposer(machine, envoi)
    recu = Evenement.objects.get(verbe="recevoir_par_api")
    assert (recu.acteur_id, recu.donnees) == (gerante.pk, {"client": programme[0].pk})


def test_all_that_is_eligible_here(machine, envoi, catalogue):
    lu = deposer(machine, envoi | {"aides": "eligibles"}).json()
    assert [ligne["aide"] for ligne in lu["demandes"]] == ["eligible", "sous-reserve"]


def test_nothing_is_carried_over_from_an_earlier_dossier(machine, envoi, catalogue):
    deposer(machine, envoi)
    faits = {code: v for code, v in envoi["faits"].items() if code != "secteur"}
    deposer(machine, envoi | {"faits": faits}, cle="autre")
    dernier = Dossier.objects.order_by("pk").last()
    assert "secteur" in Dossier.objects.order_by("pk").first().faits
    assert "secteur" not in dernier.faits


def test_a_person_signed_in_files_too(envoi, catalogue, gerante):
    client = APIClient()
    client.force_login(gerante)
    assert deposer(client, envoi).status_code == 201
    assert Evenement.objects.get(verbe="recevoir_par_api").donnees == {"client": None}


def test_a_session_needs_the_csrf_token(envoi, catalogue, gerante):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(gerante)
    assert "X-CSRFToken" in refuse(client, envoi, 403).json()["detail"]


def test_a_stranger_is_asked_who_they_are(envoi, catalogue):
    reponse = refuse(APIClient(), envoi, 401)
    assert reponse["WWW-Authenticate"].startswith("Bearer")
    dit = reponse.json()["detail"]
    assert dit.startswith("Il faut un jeton d’accès : demandez-le à /api/v1/oauth/jeton/")
    assert APIClient().get("/guides/api/").status_code == 200
    assert dit.endswith(" : /guides/api/.")


def test_a_token_that_only_reads_does_not_file(programme, envoi, catalogue):
    lectrice = muni(programme, "depots:lire")
    reponse = refuse(lectrice, envoi, 403)
    assert "depots:ecrire" in reponse.json()["detail"]
    assert 'error="insufficient_scope", scope="depots:ecrire"' in reponse["WWW-Authenticate"]


# ------------------------------------------------------------------ for whom


def test_a_company_of_others_is_as_one_that_does_not_exist(machine, envoi, catalogue):
    autre = MembreFabrique(user=UserFabrique()).entreprise
    inconnu = siret("999999998"[:8] + "8")
    messages = {
        erreurs(refuse(machine, envoi | {"siret": lu}, 400))["siret"]
        for lu in (autre.siret, inconnu)
    }
    assert len(messages) == 1


def test_a_claim_that_waits_gives_no_right(machine, envoi, catalogue, gerante):
    attente = MembreFabrique(user=gerante, etat=Membre.Etat.EN_ATTENTE)
    envoi["siret"] = attente.entreprise.siret
    assert "membre" in erreurs(refuse(machine, envoi, 400))["siret"]


def test_another_establishment_of_the_company_is_not_guessed(machine, envoi, catalogue, entreprise):
    envoi["siret"] = siret(entreprise.siren, 2)
    assert "membre" in erreurs(refuse(machine, envoi, 400))["siret"]


def test_a_program_files_for_every_company_of_its_account(machine, envoi, catalogue, gerante):
    seconde = EntrepriseFabrique()
    MembreFabrique(user=gerante, entreprise=seconde, role=Membre.Role.MEMBRE)
    assert deposer(machine, envoi | {"siret": seconde.siret}).json()["siret"] == seconde.siret


def test_an_administrator_is_no_member_of_every_company(envoi, catalogue):
    client = APIClient()
    client.force_login(UserFabrique(administration=True))
    assert "membre" in erreurs(refuse(client, envoi, 400))["siret"]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("change", "champ", "attendu"),
    [
        ({"siret": "12345678901234"}, "siret", "SIRET valide"),
        ({"siret": None}, "siret", "nul"),
        ({"titre": "  "}, "titre", "vide"),
        ({"titre": "a" * 121}, "titre", "120"),
        ({"description": "a" * 3001}, "description", "3000"),
        ({"faits": ["effectif"]}, "faits", "dictionnaire"),
        ({"faits": {}}, "faits.commune_projet", "guichets compétents"),
        ({"faits": {"commune_projet": None}}, "faits.commune_projet", "guichets compétents"),
        ({"faits": {"commune_projet": "20901", "effectif": 12.5}}, "faits.effectif", "guillemets"),
        ({"faits": {"commune_projet": "00000"}}, "faits.commune_projet", "attendu"),
        ({"faits": {"commune_projet": "20901", "inconnu": "1"}}, "faits.inconnu", "api/v1/faits"),
        ({"faits": {"commune_projet": "20901", "depenses_total": "1.00"}}, "faits.depenses_total",
         "se calcule"),
        ({"aides": []}, "aides", "eligibles"),
        ({"aides": "toutes"}, "aides", "eligibles"),
        ({"aides": [""]}, "aides", "eligibles"),
        ({"aides": [{"code": "eligible"}]}, "aides", "eligibles"),
        ({"aides": ["inconnue"]}, "aides",
         "Aucune aide n’a le code « inconnue » : les codes sont à /api/v1/aides/."),
        ({"aides": ["eligible", "non-eligible"]}, "aides", "n’est pas ouverte à votre projet"),
        ({"aides": ["externe"]}, "aides", "ne se demande pas ici"),
        ({"autre": 1}, "autre", "Clé inconnue"),
    ],
)  # fmt: skip
def test_what_cannot_be_filed_is_said_and_nothing_is_written(
    machine, envoi, catalogue, change, champ, attendu
):
    assert attendu in erreurs(refuse(machine, envoi | change, 400))[champ]


def test_an_aide_that_is_closed_is_not_one_that_does_not_exist(machine, envoi, catalogue):
    publier("close", effectif("<=", "249"), statut="close")
    lu = refuse(machine, envoi | {"aides": ["close", "inconnue"]}, 400).json()["erreurs"]
    assert [erreur["message"] for erreur in lu] == [
        "L’aide « close » n’est plus ouverte aujourd’hui : retirez-la de votre choix.",
        "Aucune aide n’a le code « inconnue » : les codes sont à /api/v1/aides/.",
    ]


def test_facts_that_contradict_each_other_are_refused(machine, envoi, catalogue):
    envoi["faits"] |= {"date_debut_projet": "2027-03-01", "date_fin_projet": "2027-02-01"}
    assert "avant son début" in erreurs(refuse(machine, envoi, 400))["faits.date_fin_projet"]


def test_nothing_eligible_is_a_refusal(machine, envoi, commune, nomenclatures):
    publier("grande", effectif(">=", "250"))
    envoi["aides"] = "eligibles"
    assert "aucune aide" in erreurs(refuse(machine, envoi, 400))["aides"]


@pytest.mark.parametrize("manquant", ["siret", "titre", "faits", "aides"])
def test_each_part_is_required(machine, envoi, catalogue, manquant):
    del envoi[manquant]
    assert manquant in erreurs(refuse(machine, envoi, 400))


def test_what_is_not_json_is_refused(machine, catalogue):
    avant = lignes_en_base()
    for texte, attendu in (("{", "JSON mal formé"), ("[]", "Un objet JSON")):
        reponse = machine.generic(
            "POST", DEPOTS, texte, content_type="application/json", HTTP_IDEMPOTENCY_KEY=CLE
        )
        assert attendu in erreurs(reponse)[""]
    assert lignes_en_base() == avant


def test_too_much_is_too_much(machine, envoi, catalogue):
    envoi["faits"]["commune_projet"] = "a" * 70_000
    assert "Un dépôt tient en 64 Ko" in refuse(machine, envoi, 413).json()["detail"]


def test_another_format_is_refused(machine, envoi, catalogue):
    avant = lignes_en_base()
    reponse = machine.post(
        DEPOTS, f"siret={envoi['siret']}", content_type="application/x-www-form-urlencoded",
        HTTP_IDEMPOTENCY_KEY=CLE,
    )  # fmt: skip
    assert (reponse.status_code, reponse["Content-Type"]) == (415, "application/problem+json")
    assert lignes_en_base() == avant


def test_an_unknown_parameter_is_said(machine, envoi, catalogue):
    avant = lignes_en_base()
    reponse = machine.post(f"{DEPOTS}?brouillon=oui", envoi, HTTP_IDEMPOTENCY_KEY=CLE)
    assert "Paramètre inconnu" in erreurs(reponse)["brouillon"]
    assert lignes_en_base() == avant


def test_the_rhythm_is_bounded(machine, envoi, catalogue, monkeypatch):
    monkeypatch.setattr("dossiers.depot.api.views.Rythme.rate", "2/min")
    for _ in range(2):
        assert machine.get(DEPOTS).status_code == 200
    reponse = refuse(machine, envoi, 429)
    assert int(reponse["Retry-After"]) > 0


# ------------------------------------------------------------------ the key


@pytest.mark.parametrize(
    "cle", [None, "", '""', "deux mots", '"ouvert', "é", "a" * 256, '"' + "a" * 256 + '"', "a,b"]
)
def test_a_key_is_required_and_well_written(machine, envoi, catalogue, cle):
    reponse = refuse(machine, envoi, 400, cle)
    assert reponse.json()["type"] == "urn:portail:probleme:cle-idempotence"
    assert "UUID" in reponse.json()["detail"]


def test_the_same_key_and_content_give_the_same_answer(machine, envoi, catalogue):
    premiere = deposer(machine, envoi)
    avant = lignes_en_base()
    desordre = dict(reversed(envoi.items()))
    for cle in (CLE, f'"{CLE}"', f" {CLE} "):
        suivante = deposer(machine, desordre, cle)
        assert (suivante.status_code, suivante.content) == (201, premiere.content)
        assert suivante["Idempotency-Replayed"] == "true"
        assert suivante["Location"] == premiere["Location"]
    assert lignes_en_base() == avant


def test_the_answer_is_the_same_when_the_aide_has_closed_since(machine, envoi, catalogue):
    premiere = deposer(machine, envoi)
    aide = catalogue.eligible.aide
    aide.version = None
    aide.save()
    suivante = deposer(machine, envoi)
    assert (suivante.status_code, suivante.json()) == (201, premiere.json())


def test_the_same_key_for_another_content_is_refused(machine, envoi, catalogue):
    deposer(machine, envoi)
    reponse = refuse(machine, envoi | {"titre": "Autre"}, 422)
    assert reponse.json()["type"] == "urn:portail:probleme:cle-reutilisee"


def test_a_refusal_does_not_use_its_key(machine, envoi, catalogue):
    refuse(machine, envoi | {"aides": ["non-eligible"]}, 400)
    assert deposer(machine, envoi).status_code == 201


def test_a_refusal_leaves_a_gap_in_the_numbers(machine, envoi, catalogue):
    def rang(cle):
        return int(deposer(machine, envoi, cle).json()["numero"].rpartition("-")[2])

    premier = rang(CLE)
    refuse(machine, envoi | {"aides": ["non-eligible"]}, 400, f"{CLE[:-1]}2")
    assert rang(f"{CLE[:-1]}3") == premier + 2


def test_another_key_is_another_dossier(machine, envoi, catalogue):
    numeros = {deposer(machine, envoi, cle).json()["numero"] for cle in ("une", "deux")}
    assert len(numeros) == 2


def test_two_accounts_may_draw_the_same_key(machine, envoi, catalogue, entreprise):
    deposer(machine, envoi)
    collegue = MembreFabrique(entreprise=entreprise).user
    client = APIClient()
    client.force_login(collegue)
    assert "Idempotency-Replayed" not in deposer(client, envoi)
    assert EnvoiApi.objects.count() == Dossier.objects.count() == 2


def test_who_has_left_the_company_is_not_answered_again(
    machine, envoi, catalogue, entreprise, gerante
):
    deposer(machine, envoi)
    quitter(entreprise=entreprise, user=gerante)
    assert "membre" in erreurs(refuse(machine, envoi, 400))["siret"]
