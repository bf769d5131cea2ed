"""Which addresses the portal may call."""

import pytest

from dossiers.acheminement.webhook.adresses import (
    AdresseRefusee,
    Cible,
    est_publique,
    exiger_permises,
    lire,
)

FERMEES = [
    "0.0.0.1", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254",
    "127.0.0.1", "127.8.9.10", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
    "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:53aa:64c:0:0:0:1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1",
    "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "2606:4700::1%eth0",
]  # fmt: skip


@pytest.mark.parametrize("ip", FERMEES)
def test_what_is_not_the_public_internet_is_refused(ip):
    assert not est_publique(ip)
    cible = lire("https://exemple.invalid/recevoir", boucle_locale=False)
    with pytest.raises(AdresseRefusee, match="privé ou réservé"):
        exiger_permises(cible, [ip], boucle_locale=False)


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700::1111"])
def test_public_addresses_are_called(ip):
    assert est_publique(ip)
    exiger_permises(lire("https://a.fr", boucle_locale=False), [ip], boucle_locale=False)


def test_one_private_answer_among_public_ones_is_enough_to_refuse():
    cible = lire("https://exemple.invalid/", boucle_locale=False)
    with pytest.raises(AdresseRefusee, match=r"10\.0\.0\.1"):
        exiger_permises(cible, ["8.8.8.8", "10.0.0.1"], boucle_locale=False)


def test_development_opens_this_machine_and_nothing_else():
    http = lire("http://localhost:9009/recevoir", boucle_locale=True)
    exiger_permises(http, ["127.0.0.1", "::1"], boucle_locale=True)
    with pytest.raises(AdresseRefusee, match="privé"):
        exiger_permises(http, ["192.168.1.1"], boucle_locale=True)
    with pytest.raises(AdresseRefusee, match="https"):
        exiger_permises(http, ["8.8.8.8"], boucle_locale=True)
    with pytest.raises(AdresseRefusee, match="https"):
        lire("http://localhost:9009/recevoir", boucle_locale=False)


@pytest.mark.parametrize(
    ("url", "dit"),
    [
        ("", "https://"),
        ("exemple.fr", "https://"),
        ("ftp://exemple.fr/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://exemple.fr/", "https://"),
        ("https://", "nom de machine"),
        ("https:///chemin", "nom de machine"),
        ("https://a..fr/", "nom de machine"),
        ("https://-a.fr/", "nom de machine"),
        ("https://a b.fr/", "nom de machine"),
        ("https://exe\u2028mple.fr/", "nom de machine"),
        ("https://" + "a" * 64 + ".fr/", "nom de machine"),
        ("https://moi:secret@exemple.fr/", "mot de passe"),
        ("https://exemple.fr@10.0.0.1/", "mot de passe"),
        ("https://exemple.fr/?a=1", "« ? »"),
        ("https://exemple.fr/?", "« ? »"),
        ("https://exemple.fr/#a", "« # »"),
        ("https://exemple.fr:99999/", "mal formée"),
        ("https://exemple.fr:0/", "mal formée"),
        ("https://exemple.fr:http/", "mal formée"),
        ("https://[::1/", "mal formée"),
        ("https://exemple.fr/a b", "mal formée"),
        ("https://exemple.fr/a\\b", "mal formée"),
        ("https://exemple.fr/%zz", "mal formée"),
        ("https://exemple.fr/é", "mal formée"),
        ("https://exemple.fr/" + "a" * 500, "trop longue"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(url, dit):
    with pytest.raises(AdresseRefusee, match=dit.replace("?", r"\?")):
        lire(url, boucle_locale=False)


def test_an_address_is_taken_apart_once():
    assert lire("https://Exemple.FR", boucle_locale=False) == Cible(True, "exemple.fr", 443, "/")
    cible = lire("https://préfecture.fr:8443/a/", boucle_locale=False)
    assert cible == Cible(True, "xn--prfecture-c4a.fr", 8443, "/a/")
    assert cible.sous("b").chemin == "/a/b"
    assert lire("https://[::0001]/x", boucle_locale=False).hote == "::1"
    assert lire("https://exemple.fr./", boucle_locale=False).hote == "exemple.fr"
