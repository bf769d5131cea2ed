"""What failed in plain words: every reason that our own code gives is recognised."""

from __future__ import annotations

import pytest

from dossiers.acheminement.bureau.causes import AUCUNE, expliquer
from dossiers.acheminement.webhook.adresses import AdresseRefusee, lire
from dossiers.acheminement.webhook.client import Reponse
from dossiers.acheminement.webhook.reponses import juger

CONNUES = {
    "h n’a pas répondu en entier en 10 secondes.": "trop de temps",
    "TimeoutError : timed out": "trop de temps",
    "Aucune machine ne porte le nom h : vérifiez l’adresse, ou le DNS.": "DNS",
    "gaierror : [Errno -2] Name or service not known": "DNS",
    "Rien ne répond à h, port 443 : le système du guichet est arrêté, ou un pare-feu le ferme.": (
        "Rien ne répond"
    ),
    "ConnectionRefusedError : [Errno 111] Connection refused": "Rien ne répond",
    "ConnectionResetError : [Errno 104] Connection reset by peer": "coupée",
    "h a coupé la connexion avant la fin de sa réponse.": "coupée",
    "Le certificat de h n’est pas valable (certificate has expired) : il doit être renouvelé.": (
        "certificat"
    ),
    "La connexion chiffrée avec h n’a pas pu s’établir.": "connexion chiffrée",
    "Cette adresse mène à un réseau privé ou réservé (10.0.0.1) : le portail n’appelle que des "
    "adresses publiques d’Internet. Corrigez l’adresse de la connexion.": "refusée",
    "SMTPRecipientsRefused : {'g@exemple.invalid': (550, b'no such user')}": "refuse l’adresse",
    "SMTPAuthenticationError : (535, b'5.7.8')": "refuse le portail",
    "SMTPServerDisconnected : Connection unexpectedly closed": "serveur de courriel",
    "Courriel revenu (statut 5.1.1) : cette adresse n’existe pas ou n’existe plus.": "est revenu",
    "Un courriel au guichet n’est pas arrivé (statut 5.0.0).": "est revenu",
    "Un courriel au guichet tarde à arriver.": "tarde",
    "Ce guichet n’a pas d’adresse électronique : indiquez-la, puis rejouez l’envoi.": (
        "pas d’adresse électronique"
    ),
    "Ce guichet n’a pas de connexion active : activez-la.": "connexion active",
    "Ce guichet n’a pas de secret : créez-le, donnez-le au guichet.": "secret",
    "Le canal « pigeon » n’existe pas sur ce portail.": "canal",
    "A tué 3 fois le processus qui l’envoyait.": "mort pendant l’envoi",
    "Perdu 10 fois pendant son envoi.": "disparu",
    "Le bail a expiré : qui envoyait a disparu.": "disparu",
    "Quatorze jours d’essais sans succès. Dernière erreur : TimeoutError : timed out": (
        "trop de temps"
    ),
}


@pytest.mark.parametrize(("motif", "attendu"), CONNUES.items())
def test_known_causes_are_said_in_plain_words(motif: str, attendu: str) -> None:
    cause = expliquer(motif)
    assert attendu in cause.texte
    assert cause.que_faire.endswith(".")


@pytest.mark.parametrize(
    "statut", [302, 400, 401, 403, 404, 409, 410, 413, 418, 422, 429, 500, 503]
)
def test_every_answer_of_a_system_has_its_cause(statut: int) -> None:
    motif = juger(Reponse(statut, b"", tronque=False, reessayer_apres="")).motif
    assert "ne reconnaît pas" not in expliquer(motif).texte, motif


@pytest.mark.parametrize("url", ["http://h.invalid/", "https://u:m@h.invalid/", "https://h:0/"])
def test_every_refused_address_has_its_cause(url: str) -> None:
    with pytest.raises(AdresseRefusee) as refus:
        lire(url, boucle_locale=False)
    assert "refusée" in expliquer(str(refus.value)).texte


def test_what_nobody_recognises_is_said_to_be_so() -> None:
    assert "ne reconnaît pas" in expliquer("ValueError : étrange").texte


def test_what_did_not_fail_has_no_cause() -> None:
    assert expliquer("") is AUCUNE
