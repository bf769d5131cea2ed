"""Both ends for real: the portal behind HTTP, and the reference receiver."""

import json
import time
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, ManagementUtility, call_command

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.management.commands import recepteur as recepteur_commande
from dossiers.acheminement.models import AccuseRecu, Acheminement, Connexion, SecretConnexion
from dossiers.acheminement.recepteur.pannes import PANNES, Panne, lire
from dossiers.acheminement.recepteur.registre import Registre
from dossiers.acheminement.recepteur.serveur import JAMAIS, RAPPEL, REPONSE, Recepteur, Reglages
from dossiers.acheminement.webhook import client as client_http
from dossiers.acheminement.webhook import envoi
from dossiers.acheminement.webhook.actes import connecter_cette_machine
from dossiers.acheminement.webhook.adresses import lire as lire_adresse
from dossiers.acheminement.webhook.envoi import secrets_de
from dossiers.acheminement.webhook.signature import nouveau_secret, signer
from tests.dossiers.acheminement.webhook.outils import a_remettre, joindre
from tests.dossiers.acheminement.webhook.serveurs import port_ferme
from tests.fabriques import DemandeFabrique

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acheminement(live_server, settings):
    settings.ADRESSE_PUBLIQUE = live_server.url
    etape = a_remettre()
    joindre(etape)
    return etape


@pytest.fixture
def presse(monkeypatch):
    """Calls that give up after half a second."""
    vrai = client_http.appeler

    def appeler(*args, **options):
        return vrai(*args, **options | {"delai": 0.5})

    monkeypatch.setattr(envoi, "appeler", appeler)


def recevoir(acheminement, tmp_path, *pannes, accuse=JAMAIS, lignes=None):
    """A receiver that the desk is connected to."""
    port = port_ferme()
    adresse = f"http://127.0.0.1:{port}/recevoir"
    return Recepteur(
        Reglages(
            secrets=(connecter_cette_machine(guichet=acheminement.guichet, url=adresse),),
            fichier=tmp_path / "cas.sqlite3",
            port=port,
            accuse=accuse,
            pannes=tuple(map(lire, pannes)),
            dire=([] if lignes is None else lignes).append,
        )
    )


def tenter(acheminement):
    """One attempt, at once; the row after it."""
    Acheminement.objects.filter(pk=acheminement.pk, remise_le__isnull=True).update(
        prochaine_tentative="2026-01-01T00:00:00Z"
    )
    remettre(acheminement_id=acheminement.pk)
    return Acheminement.objects.get(pk=acheminement.pk)


def attendre(vrai, secondes=10):
    fin = time.monotonic() + secondes
    while time.monotonic() < fin:
        if vrai():
            return True
        time.sleep(0.05)
    return False


def test_a_demande_goes_there_and_its_acknowledgement_comes_back(acheminement, tmp_path):
    lignes = []
    with recevoir(acheminement, tmp_path, accuse=RAPPEL, lignes=lignes) as recepteur:
        assert tenter(acheminement).remise_le is not None
        assert attendre(AccuseRecu.objects.exists)
        assert attendre(lambda: any("resultat" in ligne for ligne in lignes))
        (cas,) = recepteur.registre.tous()
    relu = Acheminement.objects.get(pk=acheminement.pk)
    assert (relu.accusee_le is not None, relu.accuse_voie) == (True, "systeme")
    assert (cas.cle, cas.envois) == (str(acheminement.cle), 1)
    assert AccuseRecu.objects.get().reference == cas.reference == "R-1"
    dit = "\n".join(lignes)
    assert f"← POST demande.remise : {acheminement.demande.numero}" in dit
    assert "signature et empreinte bonnes, 1 pièce" in dit
    assert "→ 201" in dit


def test_an_answer_with_the_hash_needs_no_call_back(acheminement, tmp_path):
    with recevoir(acheminement, tmp_path, accuse=REPONSE):
        assert tenter(acheminement).accusee_le is not None


def test_three_breakdowns_then_one_case(acheminement, tmp_path):
    with recevoir(acheminement, tmp_path, "500:3", accuse=REPONSE) as recepteur:
        for _ in range(3):
            assert tenter(acheminement).remise_le is None
            assert recepteur.registre.tous() == []
        assert tenter(acheminement).accusee_le is not None
        assert [cas.envois for cas in recepteur.registre.tous()] == [1]


@pytest.mark.parametrize("panne", ["muet", "coupure", "goutte:1", "goutte-entetes:1"])
def test_what_was_kept_without_an_answer_is_not_sent_twice(acheminement, tmp_path, panne, presse):
    with recevoir(acheminement, tmp_path, panne) as recepteur:
        assert tenter(acheminement).remise_le is None
        relu = tenter(acheminement)
        assert (relu.remise_le is not None, relu.accusee_le is not None) == (True, True)
        assert [cas.envois for cas in recepteur.registre.tous()] == [1]


def test_a_refusal_a_redirect_and_ten_megabytes(acheminement, tmp_path):
    with recevoir(acheminement, tmp_path / "a", "enorme") as recepteur:
        assert tenter(acheminement).remise_le is not None
        assert len(recepteur.registre.tous()) == 1
    for panne, statut in (("400", "400"), ("redirection", "307")):
        autre = a_remettre()
        with recevoir(autre, tmp_path / panne, panne) as recepteur:
            assert statut in tenter(autre).quarantaine_motif
            assert recepteur.registre.tous() == []


@pytest.fixture(autouse=True)
def _dossiers(tmp_path):
    for nom in ("a", "400", "redirection"):
        (tmp_path / nom).mkdir()


def test_late_double_and_unknown_acknowledgements(acheminement, tmp_path):
    pannes = ("accuse-tard:1", "accuse-double:2", "accuse-inconnu:1")
    with recevoir(acheminement, tmp_path, *pannes, accuse=RAPPEL):
        assert tenter(acheminement).accusee_le is None
        assert attendre(lambda: AccuseRecu.objects.count() == 3)
    resultats = sorted(AccuseRecu.objects.values_list("resultat", flat=True))
    assert resultats == ["cle_inconnue", "deja", "pris"]


# ------------------------------------------------------------------ the receiver by itself


def poster(recepteur, corps, secrets, *, methode="POST", sous=""):
    texte = corps if isinstance(corps, str) else json.dumps(corps)
    return client_http.appeler(
        methode,
        lire_adresse(recepteur.adresse + sous, boucle_locale=True),
        entetes=signer("m-1", texte, secrets),
        corps=texte.encode() or None,
        boucle_locale=True,
    )


def test_it_believes_nobody_without_the_secret(tmp_path):
    secret = nouveau_secret()
    reglages = Reglages(secrets=(secret,), fichier=tmp_path / "cas.sqlite3")
    with Recepteur(reglages) as recepteur:
        assert recepteur.server_address[0] == "127.0.0.1"
        assert poster(recepteur, {"type": "essai"}, [secret]).statut == 200
        assert poster(recepteur, {"type": "essai"}, [nouveau_secret()]).statut == 401
        faux = {"contenu": {"a": 1}, "empreinte": "0" * 64}
        assert poster(recepteur, {"type": "demande.remise", "data": faux}, [secret]).statut == 400
        assert poster(recepteur, "[]", [secret]).statut == 400
        sous = f"/{uuid.uuid4()}"
        assert poster(recepteur, "", [secret], methode="GET", sous=sous).statut == 404
        assert poster(recepteur, "", [nouveau_secret()], methode="GET", sous=sous).statut == 401
        assert recepteur.registre.tous() == []


def test_a_case_is_kept_once_with_its_first_content(tmp_path):
    registre = Registre(tmp_path / "cas.sqlite3")
    premier, nouveau = registre.ranger(cle="k", empreinte="a", numero="n")
    assert (nouveau, premier.envois) == (True, 1)
    second, nouveau = registre.ranger(cle="k", empreinte="b", numero="n")
    assert (nouveau, second.envois, second.empreinte) == (False, 2, "a")
    assert Registre(tmp_path / "cas.sqlite3").trouver("k") == second
    assert registre.trouver("autre") is None


def test_ways_to_misbehave_are_read():
    assert lire("500:2") == Panne("500", 2)
    assert lire("muet") == Panne("muet", PANNES["muet"][1])
    for faux in ("feu", "500:x", ""):
        with pytest.raises(ValueError, match=r"panne inconnue|nombre entier"):
            lire(faux)


# ------------------------------------------------------------------ the commands


def test_open_demandes_are_sent_once_to_a_desk_connected_later(acheminement, tmp_path):
    ancienne = DemandeFabrique(remise=True)
    with recevoir(ancienne.acheminements.get(), tmp_path, accuse=REPONSE) as recepteur:
        sortie = StringIO()
        for _ in range(2):
            call_command("transmettre", ancienne.guichet.code, stdout=sortie)
        assert len(recepteur.registre.tous()) == 1
    assert sortie.getvalue().splitlines() == [
        f"{ancienne.numero} : remise", f"{ancienne.numero} : déjà remise",
    ]  # fmt: skip
    canaux = ancienne.acheminements.order_by("pk").values_list("canal", "de_reference")
    assert list(canaux) == [("portail", True), ("webhook", False)]


def test_commands_refuse_in_plain_words(acheminement, settings, tmp_path):
    fichier = ["--fichier", str(tmp_path / "cas.sqlite3")]
    with pytest.raises(CommandError, match="Aucun guichet « inconnu »"):
        call_command("recepteur", guichet="inconnu", fichier=Path(tmp_path / "cas.sqlite3"))
    with pytest.raises(CommandError, match="panne inconnue"):
        call_command("recepteur", "--secret", nouveau_secret(), "--panne", "feu", *fichier)
    with pytest.raises(CommandError, match=f"« toto ». Connus : .*{acheminement.guichet.code}"):
        call_command("transmettre", "toto")
    with pytest.raises(CommandError, match="connexion active"):
        call_command("transmettre", acheminement.guichet.code, stdout=StringIO())
    settings.WEBHOOK_BOUCLE_LOCALE = False
    with pytest.raises(CommandError, match="développement"):
        call_command("recepteur", "--guichet", acheminement.guichet.code, *fichier)


def test_a_way_to_misbehave_that_is_unknown_is_a_usage_error(capsys, tmp_path):
    with pytest.raises(SystemExit) as fin:
        ManagementUtility(["manage.py", "recepteur", "--secret", "x", "--panne", "toto"]).execute()
    assert fin.value.code == 2
    assert "argument --panne: panne inconnue : toto" in capsys.readouterr().err.splitlines()[-1]


def test_a_port_that_is_taken_is_said_and_nothing_changes(acheminement, tmp_path):
    guichet = acheminement.guichet
    connecter_cette_machine(guichet=guichet, url="http://127.0.0.1:9/recevoir")
    avant = list(Connexion.objects.values()), list(SecretConnexion.objects.values())
    fichier = tmp_path / "cas.sqlite3"
    with Recepteur(Reglages(secrets=(), fichier=fichier)) as occupant:
        port = occupant.server_port
        with pytest.raises(CommandError, match=f"port {port} ne peut pas être ouvert"):
            call_command("recepteur", guichet=guichet.code, port=port, fichier=fichier)
    assert avant == (list(Connexion.objects.values()), list(SecretConnexion.objects.values()))


def test_the_desk_stays_connected_when_the_receiver_stops(acheminement, monkeypatch, tmp_path):
    def ctrl_c(secondes):
        raise KeyboardInterrupt

    guichet, sortie = acheminement.guichet, StringIO()
    ancien = connecter_cette_machine(guichet=guichet, url="http://127.0.0.1:9/recevoir")
    monkeypatch.setattr(recepteur_commande.time, "sleep", ctrl_c)
    call_command(
        "recepteur", guichet=guichet.code, port=0, fichier=tmp_path / "c.sqlite3", stdout=sortie
    )
    connexion = Connexion.objects.get(guichet=guichet)
    nouveau, encore_bon = secrets_de(connexion)
    assert encore_bon == ancien
    assert f"nouveau secret : {nouveau}" in sortie.getvalue()
    assert f"Le guichet {guichet.code} reste relié" in sortie.getvalue()
    assert connexion.active
