"""Which addresses the portal may call: those of the public Internet, over TLS.

Whoever administers a desk chooses an address that our server then calls: without these rules it
could be made to speak to machines that only it can reach (SSRF).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGUEUR_MAXIMUM = 500
_ETIQUETTE = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_CHEMIN = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
#: Besides what Python calls not global, and whose list grows with its versions.
_FERMES = tuple(
    ipaddress.ip_network(reseau)
    for reseau in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
#: Global unicast. What lies outside maps, translates or embeds an address of IPv4 (::ffff:0:0/96,
#: 64:ff9b::/96, ::/96), is local (fc00::/7, fe80::/10, fec0::/10) or multicast.
_MONDIALES = ipaddress.ip_network("2000::/3")

AILLEURS = (
    "Cette adresse mène à un réseau privé ou réservé ({ip}) : le portail n’appelle que des "
    "adresses publiques d’Internet."
)


class AdresseRefusee(ValueError):
    """An address that may not be called; the message is French, for who typed it."""


@dataclass(frozen=True, slots=True)
class Cible:
    """An address taken apart once, so that what is checked is what is called.

    `hote` is in ASCII, without brackets; `chemin` is never empty and has no query.
    """

    tls: bool
    hote: str
    port: int
    chemin: str

    def sous(self, segment: str) -> Cible:
        """The address of one thing below this one."""
        return Cible(self.tls, self.hote, self.port, f"{self.chemin.rstrip('/')}/{segment}")


def lire(url: str, *, boucle_locale: bool) -> Cible:
    """Take an address apart. `boucle_locale`: whether http is read too, for development.

    Raises AdresseRefusee.
    """
    if len(url) > LONGUEUR_MAXIMUM:
        raise AdresseRefusee(f"Adresse trop longue : {LONGUEUR_MAXIMUM} caractères au plus.")
    try:
        parties = urlsplit(url)
        port = parties.port
    except ValueError as erreur:
        raise AdresseRefusee("Cette adresse est mal formée.") from erreur
    if parties.scheme not in ({"https", "http"} if boucle_locale else {"https"}):
        raise AdresseRefusee("L’adresse doit commencer par https://.")
    if "@" in parties.netloc:
        raise AdresseRefusee("L’adresse ne doit contenir ni identifiant ni mot de passe.")
    if "?" in url or "#" in url:
        raise AdresseRefusee("L’adresse ne doit contenir ni « ? » ni « # ».")
    if not _CHEMIN.fullmatch(parties.path) or port == 0:
        raise AdresseRefusee("Cette adresse est mal formée.")
    tls = parties.scheme == "https"
    return Cible(tls, _hote(parties.hostname), port or (443 if tls else 80), parties.path or "/")


def _hote(brut: str | None) -> str:
    """The name or the address of a machine, in ASCII. Raises AdresseRefusee."""
    hote = (brut or "").rstrip(".")
    try:
        return str(ipaddress.ip_address(hote))
    except ValueError:
        pass
    try:
        ascii_ = hote.encode("idna").decode().lower()
    except UnicodeError:
        ascii_ = ""
    if not ascii_ or not all(map(_ETIQUETTE.fullmatch, ascii_.split("."))):
        raise AdresseRefusee("Il manque à cette adresse un nom de machine bien formé.")
    return ascii_


def est_publique(ip: str) -> bool:
    """Whether an address belongs to the public Internet."""
    adresse = ipaddress.ip_address(ip)
    if adresse.version == 6 and (adresse.scope_id or adresse not in _MONDIALES):
        return False
    return adresse.is_global and not any(
        adresse in ferme for ferme in _FERMES if ferme.version == adresse.version
    )


def exiger_permises(cible: Cible, ips: Sequence[str], *, boucle_locale: bool) -> None:
    """Refuse a target unless every address its name leads to may be called.

    One private answer among public ones is refused too: the next call could get it. With
    `boucle_locale` this very machine may be called, even without TLS. Raises AdresseRefusee.
    """
    for ip in ips:
        locale = boucle_locale and ipaddress.ip_address(ip).is_loopback
        if not locale and not est_publique(ip):
            raise AdresseRefusee(AILLEURS.format(ip=ip))
        if not locale and not cible.tls:
            raise AdresseRefusee("L’adresse doit commencer par https://.")
