"""Words of the delivery desk: health, ages, and the invariant as one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma

from dossiers.acheminement.bureau.etat import Sante
from dossiers.acheminement.invariant import Bilan


@dataclass(frozen=True, slots=True)
class Mot:
    """A word, the tone of its badge, and what it means."""

    libelle: str
    ton: str
    sens: str


SANTES = {
    Sante.EN_PANNE: Mot(
        "En panne", "non", "Des demandes attendent et rien n’est passé depuis un jour."
    ),
    Sante.COUPE: Mot("Coupé", "reserve", "Le portail n’envoie plus rien pour l’instant."),
    Sante.RALENTI: Mot("Ralenti", "demande", "Cela passe, mais pas tout, ou pas assez vite."),
    Sante.SAIN: Mot("Sain", "oui", "Tout passe."),
    Sante.AU_REPOS: Mot("Au repos", "neutre", "Rien à remettre depuis sept jours."),
}


def age(duree: timedelta) -> str:
    """In one unit: "moins d’une minute", "12 minutes", "3 heures", "2 jours"."""
    minutes = int(duree.total_seconds() // 60)
    if minutes < 1:
        return "moins d’une minute"
    for taille, mot in ((1440, "jour"), (60, "heure"), (1, "minute")):
        if minutes >= taille:
            nombre = minutes // taille
            return f"{intcomma(nombre)} {mot}{'s' if nombre > 1 else ''}"
    raise AssertionError


def somme(bilan: Bilan) -> str:
    """The sum spelled out: "1 240 déposées = 1 100 accusées + 120 en attente + …"."""
    places = (
        _compte(bilan.accusees, "accusée"),
        f"{intcomma(bilan.en_attente)} en attente",
        f"{intcomma(bilan.en_quarantaine)} en quarantaine",
        _compte(bilan.retirees, "retirée"),
    )
    signe = "≠" if bilan.perdues else "="
    return f"{_compte(bilan.deposees, 'déposée')} {signe} {' + '.join(places)}."


def verdict(bilan: Bilan) -> str:
    """Whether it holds, and what is wrong if not."""
    if bilan.tient:
        return "Rien n’est perdu."
    fautes = []
    if bilan.perdues > 0:
        fautes.append(f"{_compte(bilan.perdues, 'demande')} n’attend plus rien, ou a disparu.")
    if bilan.perdues < 0:
        fautes.append(f"{_compte(-bilan.perdues, 'demande')} de plus que le journal n’en connaît.")
    if bilan.doublons:
        fautes.append(f"{_compte(bilan.doublons, 'demande')} à plusieurs guichets à la fois.")
    return " ".join(fautes)


def _compte(nombre: int, nom: str) -> str:
    return f"{intcomma(nombre)} {nom}{'s' if nombre > 1 else ''}"
