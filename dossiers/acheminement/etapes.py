"""How far a demande is, step by step like a parcel, and what is expected next.

Pure: rows in, words out. The company's page and the API read the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localdate

from aides.criteres.valeurs import afficher_date
from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.models import Acheminement, Disjoncteur
from dossiers.circuit import Etat
from dossiers.models import Demande
from portal.socle.models import Evenement
from territoires.organismes.models import Canal

#: Acts by which somebody at the desk takes a demande in charge.
VERBES_PRISE = ("prendre_en_charge", "demander_complement")
#: Acts after which the demande is another desk's to take in charge.
VERBES_DEPART = ("reorienter", "deplacer")
_PRISES = frozenset(
    {Etat.EN_INSTRUCTION, Etat.A_COMPLETER, Etat.ACCEPTEE, Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE}
)


class Avancement(StrEnum):
    """Where a step stands: done, awaited now, to come, or never to be (the demande is closed)."""

    FAITE = "faite"
    ICI = "ici"
    A_VENIR = "a_venir"
    SANS_OBJET = "sans_objet"


@dataclass(frozen=True, slots=True)
class Pas:
    """One step. `code`: deposee, remise, ouverte, prise_en_charge or decision. `quand` is None
    until it is done, and where nothing kept the date; `detail` is a short French precision.
    """

    code: str
    libelle: str
    etat: Avancement
    quand: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """What is expected next. `code`: orientation, remise, ouverture, prise_en_charge, reponse,
    decision, or empty when the demande is closed. `texte`: French, one or two sentences, holds
    the date; `le`: that date, when there is one. `alerte`: the desk can receive nothing now.
    """

    code: str
    texte: str
    le: date | None = None
    alerte: bool = False


@dataclass(frozen=True, slots=True)
class Parcours:
    """The five steps in order, what follows, and the state in the words of these steps."""

    pas: tuple[Pas, ...]
    suite: Suite
    libelle: str


_REMISE = {
    Canal.PORTAIL: "dans sa corbeille du portail",
    Canal.COURRIEL: "par courriel",
    Canal.WEBHOOK: "à son système informatique",
}
_OUVERTE = {
    Acheminement.Voie.PORTAIL: "dans le portail",
    Acheminement.Voie.PAGE: "le guichet l’a confirmé en ligne",
    Acheminement.Voie.SYSTEME: "son système l’a confirmé",
}


_SYSTEMES = {
    Canal.PORTAIL: "sa corbeille du portail",
    Canal.COURRIEL: "sa messagerie",
    Canal.WEBHOOK: "son système informatique",
}


def prises_en_charge(demandes: Iterable[Demande]) -> dict[int, datetime]:
    """When the desk that has each demande took it in charge, by primary key; one query."""
    lignes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower,
        objet_id__in=[str(demande.pk) for demande in demandes],
        verbe__in=(*VERBES_PRISE, *VERBES_DEPART),
    )
    prises: dict[int, datetime] = {}
    for objet, verbe, quand in lignes.order_by("pk").values_list("objet_id", "verbe", "quand"):
        if verbe in VERBES_DEPART:
            prises.pop(int(objet), None)
        # A request for more says it only of a demande that nobody took in charge before.
        elif verbe == "prendre_en_charge" or int(objet) not in prises:
            prises[int(objet)] = quand
    return prises


Pannes = Mapping[tuple[int, str], Disjoncteur]


def pannes(demandes: Iterable[Demande]) -> Pannes:
    """The channels, among those of the desks of these demandes, that failed last time or are held
    back, by desk and channel; one query.
    """
    muets = Disjoncteur.objects.filter(
        Q(echecs__gt=0) | Q(ouvert_jusqu_a__gt=timezone.now()),
        guichet__in={demande.guichet_id for demande in demandes if demande.guichet_id},
    )
    return {(muet.guichet_id, muet.canal): muet for muet in muets.order_by("pk")}


def etapes(
    demande: Demande,
    acheminements: Iterable[Acheminement],
    prise_le: datetime | None = None,
    pannes: Pannes | None = None,
) -> Parcours:
    """The steps of a demande, from its handings over (of every desk and channel), the instant of
    `prises_en_charge` and the `pannes`. Reads no row: the caller has them all.

    What is done carries its date, and the dates follow each other.
    """
    remise = en_cours(acheminements)
    prise = demande.etat in _PRISES or (demande.etat == Etat.RETIREE and prise_le is not None)
    # A demande may be filed away without having been taken in charge: then that day it was.
    prise_le = (prise_le or demande.decidee_le) if prise else None
    ouverte_le = (remise.accusee_le if remise else None) or prise_le
    # Opened in the portal, maybe, before the system of the desk could receive it.
    remise_le = min(filter(None, (remise.remise_le if remise else None, ouverte_le)), default=None)
    ouverte = prise or ouverte_le is not None
    faites = (
        ("deposee", "Déposée", True, demande.deposee_le, ""),
        ("remise", "Remise au guichet", ouverte or remise_le is not None, remise_le, _par(remise)),
        (
            "ouverte",
            _ouverture_ou_reception(remise, prise=prise),
            ouverte,
            ouverte_le,
            _comment(remise),
        ),
        ("prise_en_charge", "Prise en charge", prise, prise_le, ""),
        (
            "decision",
            demande.get_etat_display() if demande.est_close else "Décision",
            demande.est_close,
            demande.decidee_le,
            "",
        ),
    )
    suite = _suite(demande, remise, pannes or {})
    return Parcours(_avancer(faites, close=demande.est_close), suite, _libelle(demande, suite))


def _libelle(demande: Demande, suite: Suite) -> str:
    """The state, except that nobody studies what the desk has not received yet."""
    if demande.etat == Etat.A_ETUDIER and suite.code == "remise":
        return "Guichet injoignable" if suite.alerte else "En cours de remise"
    return demande.get_etat_display()


def en_cours(acheminements: Iterable[Acheminement]) -> Acheminement | None:
    """The handing over, by its channel of record, to the desk that has the demande now."""
    vives = [a for a in acheminements if a.de_reference and a.rendue_le is None]
    return max(vives, key=lambda a: a.pk, default=None)


def _par(remise: Acheminement | None) -> str:
    return _REMISE[Canal(remise.canal)] if remise and remise.remise_le else ""


def _ouverture_ou_reception(remise: Acheminement | None, *, prise: bool) -> str:
    """A page or a system says that the desk has it; only an officer opens it."""
    ailleurs = remise is not None and remise.accuse_voie not in {"", Acheminement.Voie.PORTAIL}
    return "Réception confirmée" if ailleurs and not prise else "Ouverte"


def _comment(remise: Acheminement | None) -> str:
    return _OUVERTE.get(remise.accuse_voie, "") if remise else ""  # type: ignore[call-overload]


def _avancer(
    faites: Sequence[tuple[str, str, bool, datetime | None, str]], *, close: bool
) -> tuple[Pas, ...]:
    pas: list[Pas] = []
    attendue = Avancement.SANS_OBJET if close else Avancement.ICI
    for code, libelle, faite, quand, detail in faites:
        if faite:
            pas.append(Pas(code, libelle, Avancement.FAITE, quand, detail))
            continue
        pas.append(Pas(code, libelle, attendue))
        if attendue is Avancement.ICI:
            attendue = Avancement.A_VENIR
    return tuple(pas)


def _suite(demande: Demande, remise: Acheminement | None, pannes: Pannes) -> Suite:
    if demande.est_close:
        return Suite("", "")
    if demande.etat == Etat.A_COMPLETER:
        return Suite("reponse", "Le guichet attend votre réponse pour continuer.")
    if demande.etat == Etat.A_ROUTER:
        return _orientation(demande)
    if demande.etat == Etat.A_ETUDIER and (remise is None or remise.accusee_le is None):
        if remise is None or remise.remise_le is None:
            return _remise(demande, remise, pannes)
        return _ouverture(remise)
    jour = afficher_date(demande.echeance)
    if demande.etat == Etat.A_ETUDIER:
        return Suite(
            "prise_en_charge",
            "Le guichet a votre demande ; une personne va l’étudier. Sa réponse est attendue "
            f"avant le {jour}.",
            demande.echeance,
        )
    return Suite("decision", f"Réponse du guichet attendue avant le {jour}.", demande.echeance)


def _orientation(demande: Demande) -> Suite:
    if not demande.file:
        return Suite("orientation", "Nous cherchons le guichet compétent.")
    return Suite(
        "orientation",
        "Notre équipe cherche à quel guichet confier votre demande. " + depot_compte(demande),
    )


def _remise(demande: Demande, remise: Acheminement | None, pannes: Pannes) -> Suite:
    attente = Suite("remise", "Nous remettons votre demande au guichet.")
    if remise is None:
        return attente
    panne = pannes.get((remise.guichet_id, remise.canal))
    if remise.quarantaine_le is not None:
        texte = "Le guichet n’a pas encore pu la recevoir : notre équipe s’en occupe."
    elif panne is not None:
        texte = _en_panne(panne)
    elif remise.derniere_erreur:
        texte = "Le guichet n’a pas encore pu la recevoir : nous réessayons."
    else:
        return attente
    texte = f"{texte} Rien n’est perdu. {depot_compte(demande)}"
    return Suite("remise", texte, alerte=True)


def _en_panne(panne: Disjoncteur) -> str:
    """Failed, or held back by a person because the desk announced an interruption."""
    systeme = _SYSTEMES[Canal(panne.canal)]
    if panne.echecs:
        return (
            f"Le guichet ne répond pas en ce moment : {systeme} est en panne ou injoignable. "
            "Nous réessayons jusqu’à ce qu’il la reçoive."
        )
    fin = timezone.localtime(panne.ouvert_jusqu_a)
    jour = f"{afficher_date(fin.date())} à {fin:%-H h %M}"
    return (
        f"Le guichet ne répond pas en ce moment : {systeme} est arrêté. Nous lui remettrons votre "
        f"demande à partir du {jour}."
    )


def depot_compte(demande: Demande) -> str:
    """The deadline that counts is the deposit, whatever the desk does (CRPA, L114-3)."""
    jour = afficher_date(localdate(demande.deposee_le))
    return f"Votre date de dépôt, le {jour}, est celle qui compte."


def _ouverture(remise: Acheminement) -> Suite:
    """Handed over, and nobody at the desk has said that it has it."""
    passee = ""
    if remise.relancee_le is not None:
        passee = f"Le guichet a été relancé le {afficher_date(localdate(remise.relancee_le))}. "
    if remise.prochaine_relance is None:
        texte = "Personne n’y a encore ouvert votre demande : notre équipe le contacte."
        return Suite("ouverture", (passee or "Nous attendons le guichet. ") + texte)
    le = localdate(remise.prochaine_relance)
    jour = afficher_date(le)
    suite = f"Sans réaction de sa part, nous le relancerons le {jour}."
    if remise.relances >= len(RELANCES):
        suite = f"Sans réaction de sa part le {jour}, notre équipe prendra le relais."
    return Suite("ouverture", (passee or "Le guichet doit maintenant l’ouvrir. ") + suite, le)
