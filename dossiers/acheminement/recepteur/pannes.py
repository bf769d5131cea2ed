"""How the reference receiver can misbehave, on purpose."""

from __future__ import annotations

from dataclasses import dataclass

#: name -> (what `:number` counts, its default, what it does).
PANNES: dict[str, tuple[str, int, str]] = {
    "500": ("fois", 3, "répond 500 aux premiers envois de chaque demande, sans rien ranger"),
    "400": ("fois", 1_000_000, "refuse le message (400), sans rien ranger"),
    "muet": ("fois", 1, "range la demande, puis ne répond pas"),
    "coupure": ("fois", 1, "range la demande, puis coupe la connexion au milieu de la réponse"),
    "enorme": ("mégaoctets", 10, "range la demande, et répond démesurément"),
    "goutte": ("fois", 1_000_000, "range la demande, et répond un octet par seconde"),
    "goutte-entetes": ("fois", 1_000_000, "comme goutte, dès les en-têtes"),
    "redirection": ("fois", 1_000_000, "renvoie vers une autre adresse"),
    "accuse-tard": ("secondes", 10, "accuse réception plus tard"),
    "accuse-double": ("fois", 2, "accuse réception plusieurs fois, sous des messages différents"),
    "accuse-inconnu": ("fois", 1, "accuse aussi réception d’une clé inconnue"),
}


@dataclass(frozen=True, slots=True)
class Panne:
    """One way to misbehave: `nombre` is how many times, seconds or megabytes (see PANNES)."""

    nom: str
    nombre: int


def lire(texte: str) -> Panne:
    """ "500:3" or "500". Raises ValueError, in French."""
    nom, _, nombre = texte.partition(":")
    if nom not in PANNES:
        raise ValueError(f"panne inconnue : {nom} (connues : {', '.join(PANNES)})")
    if nombre and not nombre.isdecimal():
        raise ValueError(f"{texte} : un nombre entier est attendu après « : »")
    return Panne(nom, int(nombre) if nombre else PANNES[nom][1])
