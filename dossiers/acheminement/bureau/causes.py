"""What failed, in plain words: one sentence, and what to do now.

Causes are recognised by the words of the reasons kept with each failure: ours, those of Python
and those of mail servers. What nobody recognises is said to be so, and shown as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """French, ready to show: what happened, and what the operator does now."""

    texte: str
    que_faire: str

    @property
    def connue(self) -> bool:
        """Whether anything failed at all."""
        return bool(self.texte)


_JOINDRE = (
    "Le portail réessaie de lui-même. Appelez le guichet ; dès que son système marche de nouveau, "
    "rejouez ce qui attend."
)
_CONNEXION = "ouvrez la connexion du guichet"
_COORDONNEES = "ouvrez les coordonnées du guichet"

#: The first that matches tells; the most precise come first.
_CAUSES: tuple[tuple[str, Cause], ...] = (
    (
        r"Courriel revenu|courriel au guichet n’est pas arrivé",
        Cause(
            "Le courriel est revenu : l’adresse du guichet n’existe pas ou n’accepte plus rien.",
            f"Pour réparer, {_COORDONNEES}, corrigez l’adresse, puis rejouez.",
        ),
    ),
    (
        r"courriel au guichet tarde",
        Cause(
            "Un courriel au guichet tarde à arriver.",
            "Le portail réessaie de lui-même. Appelez le guichet si cela dure.",
        ),
    ),
    (
        r"A tué \d+ fois|processus qui l’envoyait est mort",
        Cause(
            "Le processus qui envoyait cette demande est mort pendant l’envoi.",
            "Lisez les journaux du worker à cette heure (mémoire, erreur de programme), corrigez, "
            "puis rejouez.",
        ),
    ),
    (
        r"Perdu \d+ fois|bail a expiré",
        Cause(
            "La machine qui envoyait cette demande a disparu avant d’avoir fini.",
            "Vérifiez que les workers restent allumés et voient PostgreSQL, puis rejouez.",
        ),
    ),
    (
        r"pas d’adresse électronique",
        Cause(
            "Ce guichet n’a pas d’adresse électronique.",
            f"Pour réparer, {_COORDONNEES}, indiquez l’adresse, puis rejouez.",
        ),
    ),
    (
        r"pas de connexion active",
        Cause(
            "Ce guichet n’a pas de connexion active à son système.",
            "Rejouez : elle partira par le canal actuel du guichet, le portail par exemple. Pour "
            f"l’envoyer à son système, {_CONNEXION} et remettez-la d’abord en service.",
        ),
    ),
    (
        r"pas de secret|[Ll]e secret de ce guichet",
        Cause(
            "Le secret partagé avec le système du guichet manque, ou n’est plus lisible.",
            f"Pour réparer, {_CONNEXION}, créez un secret, donnez-le au guichet, puis rejouez.",
        ),
    ),
    (
        r"Le canal «",
        Cause(
            "Le canal choisi pour ce guichet n’existe pas sur ce portail.",
            "Choisissez un autre canal pour ce guichet, puis rejouez.",
        ),
    ),
    (
        r"réseau privé ou réservé|doit commencer par https|mal form|ni identifiant ni mot",
        Cause(
            "L’adresse du système du guichet est refusée : le portail n’appelle que des adresses "
            "publiques, en https.",
            f"Pour réparer, {_CONNEXION}, corrigez l’adresse, essayez-la, puis rejouez.",
        ),
    ),
    (
        r"certificat|CERTIFICATE|SSLCertVerification",
        Cause(
            "Le certificat du système du guichet n’est pas valable.",
            "Le guichet doit renouveler son certificat, ou installer le certificat intermédiaire. "
            "Prévenez-le, puis rejouez.",
        ),
    ),
    (
        r"connexion chiffrée|SSLError|TLS",
        Cause(
            "La connexion chiffrée avec le système du guichet n’a pas pu s’établir.",
            "Le guichet doit accepter TLS 1.2 ou plus récent. Prévenez-le, puis rejouez.",
        ),
    ),
    (
        r"Aucune machine ne porte le nom|gaierror|Name or service|getaddrinfo",
        Cause(
            "Le nom du système à joindre est introuvable (DNS).",
            "Vérifiez l’adresse, puis le DNS du portail ; s’ils sont justes, prévenez le guichet.",
        ),
    ),
    (
        r"n’a pas répondu en entier|[Tt]ime(d )?out|Timeout",
        Cause(
            "Le système du guichet met trop de temps à répondre.",
            _JOINDRE,
        ),
    ),
    (
        r"Rien ne répond à|ConnectionRefused|Connection refused|injoignable|unreachable",
        Cause(
            "Rien ne répond : le système du guichet est arrêté, ou un pare-feu le ferme.",
            _JOINDRE,
        ),
    ),
    (
        r"a répondu 3\d\d",
        Cause(
            "Le système du guichet renvoie vers une autre adresse.",
            f"Pour réparer, {_CONNEXION}, donnez l’adresse finale, puis rejouez.",
        ),
    ),
    (
        r"a répondu 40[13]",
        Cause(
            "Le système du guichet n’accepte pas notre signature, ou nous interdit l’accès.",
            f"Vérifiez avec le guichet que le secret est le même des deux côtés : {_CONNEXION}. "
            "Puis rejouez.",
        ),
    ),
    (
        r"a répondu (404|405|410)",
        Cause(
            "Il n’y a rien à l’adresse donnée pour ce guichet.",
            f"Pour réparer, {_CONNEXION}, corrigez l’adresse, puis rejouez.",
        ),
    ),
    (
        r"a répondu (408|409|425|429)",
        Cause(
            "Le système du guichet demande d’attendre.",
            _JOINDRE,
        ),
    ),
    (
        r"a répondu 4\d\d|a, sous cette clé, un autre contenu",
        Cause(
            "Le système du guichet refuse ce que contient l’envoi.",
            "Lisez avec le guichet ses journaux : il compare au format documenté. Une fois "
            "corrigé, rejouez.",
        ),
    ),
    (
        r"a répondu 5\d\d",
        Cause(
            "Le système du guichet est en panne.",
            _JOINDRE,
        ),
    ),
    (
        r"SMTPRecipientsRefused|SMTPResponseException|SMTPDataError",
        Cause(
            "Le serveur de courriel refuse l’adresse du guichet, ou le message.",
            f"Pour vérifier l’adresse, {_COORDONNEES} ; puis rejouez.",
        ),
    ),
    (
        r"SMTPAuthenticationError|SMTPSenderRefused|SMTPNotSupported",
        Cause(
            "Notre serveur de courriel refuse le portail.",
            "Vérifiez EMAIL_HOST_USER, EMAIL_HOST_PASSWORD et DEFAULT_FROM_EMAIL, puis rejouez.",
        ),
    ),
    (
        r"SMTP",
        Cause(
            "Notre serveur de courriel ne répond pas comme il faut.",
            "Vérifiez EMAIL_HOST et EMAIL_PORT, et que ce serveur marche : le portail réessaie.",
        ),
    ),
    (
        r"a coupé la connexion|ConnectionReset|Connection reset|BrokenPipe|ConnectionError",
        Cause(
            "La connexion avec le système du guichet a été coupée.",
            _JOINDRE,
        ),
    ),
)
_INCONNUE = Cause(
    "L’envoi a échoué pour une raison que le portail ne reconnaît pas.",
    "Lisez le message d’origine et les journaux du worker à la même heure ; une fois réparé, "
    "rejouez.",
)


#: Of what did not fail.
AUCUNE = Cause("", "")


def expliquer(motif: str) -> Cause:
    """The cause of a failure, by its reason; AUCUNE when there is none."""
    if not motif:
        return AUCUNE
    for mots, cause in _CAUSES:
        if re.search(mots, motif):
            return cause
    return _INCONNUE
