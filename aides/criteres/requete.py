"""Tree -> SQL: the rows of facts that surely meet it, and those that surely do not.

A reading is a pair of `Q`. `Non` swaps the two, a leaf gives each its own lookup and the
opposite one, and neither is ever made by `~Q`: with a NULL, what is not true is not false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import assert_never

from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import ExtractDay, ExtractMonth

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    JourMois,
    Non,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import FeuilleDeFait, Issue, Referentiel, definition, lus
from aides.criteres.sql import (
    AGES,
    FAUX,
    VRAI,
    Paire,
    au_moins,
    bornes,
    comparer,
    comparer_age,
    connue,
    dans,
    dernier_jour,
    et,
    ou,
    ouverte,
    proportion,
    sans_objet,
    sous,
    tous,
    un,
    valeur,
)


class Lecture(IntEnum):
    """What of the unknown is put in both halves of the pair."""

    ACQUISE = 0  # nothing: surely yes, surely no, as things stand
    REPONDUE = 1  # what the company can still answer: can be yes, can be no
    POSSIBLE = 2  # all of it: not surely no, not surely yes


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a reading needs besides the rows: the day, the zones loaded on that day, and the
    officers' answers to the `AVerifier` leaves, by code."""

    le: date
    referentiel: Referentiel
    reponses: Mapping[str, bool] = field(default_factory=dict)


def issue_sql(critere: Critere, contexte: Contexte) -> Case:
    """The outcome of each row, a code of `Issue`: what `evaluation.issue` says of the proof."""
    acquise = requete(critere, contexte)
    repondue = requete(critere, contexte, Lecture.REPONDUE)
    return Case(
        When(acquise.oui, then=Value(Issue.ELIGIBLE.value)),
        When(acquise.non, then=Value(Issue.NON_ELIGIBLE.value)),
        When(ou(repondue.oui, repondue.non), then=Value(Issue.A_COMPLETER.value)),
        default=Value(Issue.SOUS_RESERVE.value),
        output_field=CharField(),
    )


def requete(critere: Critere, contexte: Contexte, lecture: Lecture = Lecture.ACQUISE) -> Paire:
    """The rows whose verdict is OUI, and those whose verdict is NON, in this reading."""

    def lire(criteres: Iterable[Critere]) -> list[Paire]:
        return [requete(enfant, contexte, lecture) for enfant in criteres]

    match critere:
        case Tous(criteres):
            return au_moins(len(criteres), lire(criteres))
        case Un(criteres):
            return au_moins(1, lire(criteres))
        case AuMoins(nombre, criteres):
            return au_moins(nombre, lire(criteres))
        case Non(interieur):
            return requete(interieur, contexte, lecture).contraire()
        case TailleEuropeenne():
            return requete(definition(critere), contexte, lecture)
        case AVerifier(code):
            return _reponse(contexte.reponses.get(code), lecture)
        case _:
            return _feuille(critere, contexte, lecture)


def _reponse(reponse: bool | None, lecture: Lecture) -> Paire:
    """A constant: what an officer answered, or that nobody has yet."""
    if reponse is None:
        return Paire(VRAI, VRAI) if lecture is Lecture.POSSIBLE else Paire(FAUX, FAUX)
    return Paire(VRAI, FAUX) if reponse else Paire(FAUX, VRAI)


def _feuille(critere: FeuilleDeFait, contexte: Contexte, lecture: Lecture) -> Paire:
    """A leaf: "not applicable" satisfies none but its own, whatever is still missing."""
    if isinstance(critere, EnZone) and not contexte.referentiel.zone_chargee(critere.zone):
        return _reponse(None, lecture)
    codes = lus(critere)
    lue = _satisfaite(critere, contexte)
    # What every value satisfies, or none, still waits for a value.
    repondu = et(*(connue(code, contexte.le) for code in codes))
    oui, non = (repondu if moitie is VRAI else moitie for moitie in (lue.oui, lue.non))
    if not isinstance(critere, SansObjetFait):
        non = ou(non, *(condition for code in codes for condition in sans_objet(code)))
    inconnue = []
    if lecture is not Lecture.ACQUISE:
        inconnue.append(ouverte(codes))
    if lecture is Lecture.POSSIBLE and isinstance(critere, EnZone):
        inconnue.append(dans(critere.fait, [f"ZONE-PARTIELLE-{critere.zone}"]).oui)
    return Paire(ou(oui, *inconnue), ou(non, *inconnue))


def _satisfaite(  # noqa: C901 - one case per leaf
    critere: FeuilleDeFait, contexte: Contexte
) -> Paire:
    """The leaf on a known, applicable value; see `evaluation._satisfait`."""
    le = contexte.le
    match critere:
        case Comparaison(fait, operateur, seuil) if fait in AGES:
            return comparer_age(fait, operateur, seuil, le)
        case Comparaison(fait, operateur, seuil):
            return comparer(valeur(fait, le), operateur, Value(seuil))
        case Proportion(gauche, operateur, numerateur, denominateur, droite):
            part = (numerateur, denominateur)
            return proportion(valeur(gauche, le), operateur, part, valeur(droite, le))
        case Vrai(fait):
            return Paire(Q((fait, True)), Q((fait, False)))
        case Parmi(fait, codes):
            return dans(fait, codes)
        case Commence(fait, codes, _, sauf):
            return tous(sous(fait, codes), sous(fait, sauf).contraire())
        case Situe(fait, perimetre, _, sauf):
            return tous(dans(fait, perimetre), dans(fait, sauf).contraire())
        case EnZone(fait, zone):
            entiere = dans(fait, [f"ZONE-{zone}"])
            hors_partie = dans(fait, [f"ZONE-PARTIELLE-{zone}"]).non
            return Paire(et(entiere.oui, hors_partie), et(entiere.non, hors_partie))
        case Fenetre(fait, debut, fin):
            return tous(*bornes(valeur(fait, le), debut, fin))
        case FenetreAnnuelle(fait, debut, fin):
            jour = valeur(fait, le)
            rang = ExtractMonth(jour) * 100 + ExtractDay(jour)
            cotes = bornes(rang, _rang(debut), _rang(fin))
            return tous(*cotes) if debut <= fin else un(*cotes)
        case DelaiEntreAides(aides, mois):
            (octrois,) = lus(critere)
            apres = (tuple(sorted(aides)), dernier_jour(mois, le).isoformat() if mois else "")
            return Paire(
                Q((f"{octrois}__sans_octroi_apres", apres)), Q((f"{octrois}__octroi_apres", apres))
            )
        case SansObjetFait(fait):
            return Paire(ou(*sans_objet(fait)), connue(fait, le))
        case _:
            assert_never(critere)


def _rang(jour: JourMois) -> int:
    return jour.mois * 100 + jour.jour
