"""How far a demande is, step by step like a parcel, and what is expected next.

Pure: rows in, words out. The company's page and the API read the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.timezone import localdate

from aides.criteres.valeurs import afficher_date
from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande
from portal.socle.models import Evenement
from territoires.organismes.models import Canal

#: Acts by which somebody at the desk takes a demande in charge.
VERBES_PRISE = ("prendre_en_charge", "demander_complement")
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
    the date; `le`: that date, when there is one.
    """

    code: str
    texte: str
    le: date | None = None


@dataclass(frozen=True, slots=True)
class Parcours:
    """The five steps in order, and what follows."""

    pas: tuple[Pas, ...]
    suite: Suite


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


def prises_en_charge(demandes: Iterable[Demande]) -> dict[int, datetime]:
    """When each demande was last taken in charge, by primary key; one query."""
    lignes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower,
        objet_id__in=[str(demande.pk) for demande in demandes],
        verbe__in=VERBES_PRISE,
    )
    prises: dict[int, datetime] = {}
    for objet, verbe, quand in lignes.order_by("pk").values_list("objet_id", "verbe", "quand"):
        # A request for more says it only of a demande that nobody took in charge before.
        if verbe == "prendre_en_charge" or int(objet) not in prises:
            prises[int(objet)] = quand
    return prises


def etapes(
    demande: Demande, acheminements: Iterable[Acheminement], prise_le: datetime | None = None
) -> Parcours:
    """The steps of a demande, from its handings over (of every desk and channel) and the
    instant of `prises_en_charge`. Reads no row: the caller has them all.
    """
    remise = en_cours(acheminements)
    remise_le = remise.remise_le if remise else None
    # What another desk did before it gave the demande back is not said of this one.
    prise_ici = prise_le if prise_le and remise_le and prise_le >= remise_le else None
    prise = prise_ici is not None or demande.etat in _PRISES
    ouverte = prise or (remise is not None and remise.accusee_le is not None)
    faites = (
        ("deposee", "Déposée", True, demande.deposee_le, ""),
        ("remise", "Remise au guichet", ouverte or remise_le is not None, remise_le, _par(remise)),
        (
            "ouverte",
            _ouverture_ou_reception(remise, prise=prise),
            ouverte,
            remise.accusee_le if remise else None,
            _comment(remise),
        ),
        ("prise_en_charge", "Prise en charge", prise, prise_ici, ""),
        (
            "decision",
            demande.get_etat_display() if demande.est_close else "Décision",
            demande.est_close,
            demande.decidee_le,
            "",
        ),
    )
    return Parcours(_avancer(faites, close=demande.est_close), _suite(demande, remise))


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


def _suite(demande: Demande, remise: Acheminement | None) -> Suite:
    if demande.est_close:
        return Suite("", "")
    if demande.etat == Etat.A_COMPLETER:
        return Suite("reponse", "Le guichet attend votre réponse pour continuer.")
    if demande.etat == Etat.A_ROUTER or remise is None:
        return _orientation(demande)
    if demande.etat == Etat.A_ETUDIER and remise.accusee_le is None:
        return _ouverture(remise) if remise.remise_le else _remise(demande, remise)
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


def _remise(demande: Demande, remise: Acheminement) -> Suite:
    if remise.quarantaine_le is not None:
        texte = "Le guichet n’a pas encore pu la recevoir : notre équipe s’en occupe. "
    elif remise.derniere_erreur:
        texte = "Le guichet n’a pas encore pu la recevoir : nous réessayons. "
    else:
        return Suite("remise", "Nous remettons votre demande au guichet.")
    return Suite("remise", texte + depot_compte(demande))


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
