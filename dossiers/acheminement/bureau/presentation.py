"""Words of the delivery desk: health, ages, and the account of all demandes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma

from dossiers.acheminement.bureau.etat import Ligne, Sante
from dossiers.acheminement.invariant import Bilan
from dossiers.acheminement.querysets import AcheminementQuerySet
from territoires.organismes.models import Canal


@dataclass(frozen=True, slots=True)
class Mot:
    """A word, the tone of its badge, what it means, and the word for several channels."""

    libelle: str
    ton: str
    sens: str
    pluriel: str

    def canaux(self, nombre: int) -> str:
        """How many of them, without the number: "canaux coupés"."""
        return f"canaux {self.pluriel}" if nombre > 1 else f"canal {self.libelle.lower()}"


#: Failures are counted over a day: older ones make it unknown since when.
PRESQUE_UN_JOUR = timedelta(hours=23)

SANTES = {
    Sante.EN_PANNE: Mot("En panne", "non", "des demandes attendent, rien ne passe", "en panne"),
    Sante.COUPE: Mot("Coupé", "reserve", "le portail n’y envoie rien pour l’instant", "coupés"),
    Sante.RALENTI: Mot(
        "Ralenti", "demande", "cela passe, mais pas tout, ou pas assez vite", "ralentis"
    ),
    Sante.RETABLI: Mot(
        "Rétabli", "oui", "tout passe de nouveau, rien n’attend après les échecs", "rétablis"
    ),
    Sante.SAIN: Mot("Sain", "oui", "tout passe", "sains"),
    Sante.AU_REPOS: Mot("Au repos", "neutre", "rien à remettre depuis sept jours", "au repos"),
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


def echecs_depuis(lignes: Iterable[Ligne]) -> str:
    """How many attempts of these channels failed, and since when, within a day: "3 échecs depuis
    9 minutes"; empty when none did.
    """
    lignes = list(lignes)
    premiers = [(une.instant, une.premier_echec_le) for une in lignes if une.premier_echec_le]
    if not premiers:
        return ""
    duree = max(instant - premier for instant, premier in premiers)
    quand = f"depuis {age(duree)}" if duree < PRESQUE_UN_JOUR else "en 24 h"
    return f"{_compte(sum(une.jour.echecs for une in lignes), 'échec', 'échecs')} {quand}"


#: Where what changes its channel goes.
_VERS = {Canal.PORTAIL: "dans le portail", Canal.COURRIEL: "par courriel"}


def deviations(acheminements: AcheminementQuerySet) -> list[str]:
    """Of those to replay, how many go by another channel than before: a sentence for each."""
    return [
        f"{_compte(nombre, 'demande ira', 'demandes iront')} {_VERS[Canal(canal)]} : "
        "la connexion du système est arrêtée."
        for canal, nombre in Counter(acheminements.a_devier().values()).most_common()
    ]


def somme(bilan: Bilan) -> str:
    """Where each demande is, in one sentence; places that hold none are left out."""
    places = (
        (bilan.accusees, "confirmées par leur guichet", "confirmée par son guichet"),
        (bilan.en_attente, "en chemin ou à confirmer", "en chemin ou à confirmer"),
        (bilan.en_quarantaine, "mises de côté, à réparer", "mise de côté, à réparer"),
        (bilan.retirees, "retirées par leur entreprise", "retirée par son entreprise"),
    )
    dites = [f"{intcomma(n)} {mots if n > 1 else mot}" for n, mots, mot in places if n]
    debut = _compte(bilan.deposees, "demande déposée", "demandes déposées")
    return f"{debut} : {', '.join(dites)}." if dites else f"{debut}."


def verdict(bilan: Bilan) -> str:
    """Whether it holds, and what is wrong if not."""
    if bilan.tient:
        return "Le compte y est : rien n’est perdu."
    fautes = []
    if bilan.perdues > 0:
        manquent = _compte(bilan.perdues, "demande manque", "demandes manquent")
        fautes.append(f"Le compte n’y est pas : {manquent}.")
    if bilan.perdues < 0:
        trop = _compte(-bilan.perdues, "demande", "demandes")
        fautes.append(f"Le compte n’y est pas : {trop} de plus que le journal n’en connaît.")
    if bilan.doublons:
        doubles = _compte(bilan.doublons, "demande est", "demandes sont")
        fautes.append(f"{doubles} à plusieurs guichets à la fois.")
    return " ".join(fautes)


def _compte(nombre: int, un: str, plusieurs: str) -> str:
    return f"{intcomma(nombre)} {plusieurs if nombre > 1 else un}"
