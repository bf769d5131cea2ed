"""One call, bounded in time, in size and in where it goes; against real sockets."""

import gzip
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dossiers.acheminement.webhook.adresses import AdresseRefusee, exiger_permises, lire
from dossiers.acheminement.webhook.client import OCTETS_LUS, EchangeEchoue, appeler
from tests.dossiers.acheminement.webhook.serveurs import (
    couper,
    goutte_a_goutte,
    port_ferme,
    reponse,
    servir,
)


def appel(port, methode="POST", hote="127.0.0.1", schema="http", **options):
    cible = lire(f"{schema}://{hote}:{port}/recevoir", boucle_locale=True)
    options = {"entetes": {"X-Essai": "oui"}, "boucle_locale": True, **options}
    return appeler(methode, cible, **options)


def test_the_request_and_the_answer_pass_whole():
    with servir(reponse("201 Created", b'{"a": 1}', "Retry-After: 7\r\n")) as serveur:
        recue = appel(serveur.port, corps="{é}".encode())
    assert (recue.statut, recue.corps, recue.tronque) == (201, b'{"a": 1}', False)
    assert recue.reessayer_apres == "7"
    (requete,) = serveur.requetes
    tete, _, corps = requete.partition(b"\r\n\r\n")
    assert tete.startswith(b"POST /recevoir HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{serveur.port}".encode() in tete
    assert b"X-Essai: oui" in tete
    assert b"Accept-Encoding: identity" in tete
    assert corps == "{é}".encode()


def test_a_proxy_of_the_environment_is_ignored(monkeypatch):
    for nom in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(nom, f"http://127.0.0.1:{port_ferme()}")
    with servir(reponse()) as serveur:
        assert appel(serveur.port).statut == 200


def test_a_redirect_is_an_answer_and_is_not_followed():
    with servir(reponse()) as ailleurs:
        entete = f"Location: http://127.0.0.1:{ailleurs.port}/\r\n"
        with servir(reponse("307 Temporary Redirect", entetes=entete)) as serveur:
            assert appel(serveur.port).statut == 307
    assert ailleurs.requetes == []


@pytest.mark.parametrize("ip", ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1"])
def test_a_name_that_leads_to_a_private_network_is_not_called(ip):
    with pytest.raises(AdresseRefusee):
        appel(443, hote="exemple.invalid", schema="https", resolveur=lambda *_: [ip])


def test_this_machine_is_not_called_outside_development():
    with servir(reponse()) as serveur, pytest.raises(AdresseRefusee):
        appel(serveur.port, schema="https", boucle_locale=False)
    assert serveur.requetes == []


def test_a_name_is_resolved_once_and_what_was_checked_is_called():
    """Rebinding: the second answer of the resolver, which nobody checked, is never asked for."""
    reponses = iter([["127.0.0.1"], ["127.0.0.2"]])
    demandes = []

    def resolveur(hote, port):
        demandes.append(hote)
        return next(reponses)

    with servir(reponse()) as serveur:
        recue = appel(serveur.port, hote="exemple.invalid", resolveur=resolveur)
    assert recue.statut == 200
    assert demandes == ["exemple.invalid"]
    assert f"Host: exemple.invalid:{serveur.port}".encode() in serveur.requetes[0]


def test_a_name_public_when_it_was_typed_and_private_later_is_refused_at_the_call():
    reponses = iter([["8.8.8.8"], ["127.0.0.1"]])

    def resolveur(*_):
        return next(reponses)

    with servir(reponse()) as serveur:
        cible = lire(f"https://exemple.invalid:{serveur.port}/", boucle_locale=False)
        exiger_permises(cible, resolveur(), boucle_locale=False)
        with pytest.raises(AdresseRefusee, match=r"127\.0\.0\.1"):
            appeler("GET", cible, entetes={}, boucle_locale=False, resolveur=resolveur)
    assert serveur.requetes == []


def test_the_second_address_is_called_when_the_first_is_down():
    with servir(reponse(), hote="127.0.0.3") as serveur:
        recue = appel(serveur.port, resolveur=lambda *_: ["127.0.0.2", "127.0.0.3"])
    assert recue.statut == 200


def test_ten_megabytes_are_not_read():
    with servir(reponse(corps=b"x" * 10 * 1024 * 1024)) as serveur:
        recue = appel(serveur.port)
    assert (recue.statut, recue.tronque) == (200, True)
    assert len(recue.corps) == OCTETS_LUS


def test_a_compressed_answer_is_not_expanded():
    bombe = gzip.compress(b"0" * 20 * 1024 * 1024)
    with servir(reponse(corps=bombe, entetes="Content-Encoding: gzip\r\n")) as serveur:
        assert appel(serveur.port).corps == bombe[:OCTETS_LUS]


TETE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    "repondre",
    [
        goutte_a_goutte(b"", TETE + b"x" * 1000),
        goutte_a_goutte(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 1000),
        goutte_a_goutte(TETE, b"x" * 1000),
        goutte_a_goutte(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000),
        goutte_a_goutte(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, pause=0.01),
        lambda connexion: time.sleep(2),
    ],
    ids=["statut", "entêtes", "corps", "corps sans longueur", "100 sans fin", "muet"],
)
def test_a_slow_answer_ends_at_the_deadline(repondre):
    debut = time.monotonic()
    with servir(repondre) as serveur:
        with pytest.raises(EchangeEchoue, match=r"pas répondu en entier en 0\.4 secondes"):
            appel(serveur.port, delai=0.4)
        assert time.monotonic() - debut < 1.2


def test_a_slow_resolver_ends_at_the_deadline():
    def lent(*_):
        time.sleep(1)
        return ["127.0.0.1"]

    debut = time.monotonic()
    with pytest.raises(EchangeEchoue, match="pas répondu en entier"):
        appel(1, resolveur=lent, delai=0.2)
    assert time.monotonic() - debut < 0.8


def introuvable(*_):
    raise socket.gaierror(socket.EAI_NONAME, "inconnu")


@pytest.mark.parametrize(
    ("repondre", "dit"),
    [
        (couper(b""), "coupé la connexion"),
        (couper(TETE + b"moiti"), "coupé la connexion"),
        (lambda connexion: connexion.sendall(TETE + b"moiti"), "coupé la connexion"),
        (lambda connexion: connexion.sendall(b"pas du HTTP\r\n\r\n"), "coupé la connexion"),
        (lambda connexion: None, "coupé la connexion"),
    ],
)
def test_an_answer_that_does_not_come_whole_is_no_answer(repondre, dit):
    with servir(repondre) as serveur, pytest.raises(EchangeEchoue, match=dit):
        appel(serveur.port, delai=3)


def test_nobody_there_is_said_in_plain_words():
    with pytest.raises(EchangeEchoue, match="Rien ne répond à 127"):
        appel(port_ferme())
    with pytest.raises(EchangeEchoue, match=r"ne porte le nom exemple\.invalid"):
        appel(443, hote="exemple.invalid", resolveur=introuvable)


# ------------------------------------------------------------------ TLS


@pytest.fixture
def certificat(tmp_path):
    """A server's context for exemple.invalid, and the file of its self-signed certificate."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "exemple.invalid")])
    jour, maintenant = timedelta(days=1), datetime.now(UTC)
    emis = (
        x509.CertificateBuilder(nom, nom, cle.public_key(), x509.random_serial_number())
        .not_valid_before(maintenant - jour)
        .not_valid_after(maintenant + jour)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("exemple.invalid")]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(cle, hashes.SHA256())
    )
    fichier = tmp_path / "certificat.pem"
    fichier.write_bytes(
        emis.public_bytes(serialization.Encoding.PEM)
        + cle.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexte.load_cert_chain(fichier)
    return contexte, fichier


def test_tls_names_and_verifies_the_host_of_the_address(certificat, monkeypatch):
    contexte, fichier = certificat
    noms = []
    contexte.sni_callback = lambda _, nom, __: noms.append(nom)
    monkeypatch.setenv("SSL_CERT_FILE", str(fichier))
    options = {"schema": "https", "resolveur": lambda *_: ["127.0.0.1"]}
    with servir(reponse(), tls=contexte) as serveur:
        assert appel(serveur.port, hote="exemple.invalid", **options).statut == 200
        assert noms == ["exemple.invalid"]
        assert serveur.requetes[0].startswith(b"POST /recevoir")
        with pytest.raises(EchangeEchoue, match=r"certificat de autre\.invalid n’est pas valable"):
            appel(serveur.port, hote="autre.invalid", **options)
    assert len(serveur.requetes) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(certificat):
    contexte, _ = certificat
    vers_ici = {"schema": "https", "resolveur": lambda *_: ["127.0.0.1"]}
    with servir(reponse(), tls=contexte) as serveur, pytest.raises(EchangeEchoue, match="certif"):
        appel(serveur.port, hote="exemple.invalid", **vers_ici)
    assert serveur.requetes == []


def test_a_slow_tls_handshake_ends_at_the_deadline():
    with servir(lambda connexion: time.sleep(2)) as serveur:
        debut = time.monotonic()
        with pytest.raises(EchangeEchoue, match="pas répondu en entier"):
            appel(serveur.port, schema="https", delai=0.4)
        assert time.monotonic() - debut < 1.2
