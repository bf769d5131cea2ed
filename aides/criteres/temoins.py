"""Values worth trying: for one fact, one value for each way the leaves of a tree can read it.

For an ordered fact the thresholds of the leaves cut its range into regions where no leaf
changes its mind, and the value of each region that is nearest to the present one stands for
all. For choices, codes and places it is one value per combination of answers. The values of
places and of hierarchical codes are witnesses ("any place of REG-76", "any code of 25"): they
satisfy the leaves, and need not be those of a commune or of a sub-class that exists.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from aides.criteres.arbre import (
    AuMoins,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    FenetreAnnuelle,
    Feuille,
    JourMois,
    Non,
    Parmi,
    Situe,
    TailleEuropeenne,
    Tous,
    Un,
)
from aides.criteres.codes import SANS_SECTION, SECTIONS, Sections, sous
from aides.criteres.domaines import satisfaisants
from aides.criteres.evaluation import definition, lus
from aides.criteres.faits import (
    DATE_DEMANDE,
    SANS_OBJET,
    VOCABULAIRE,
    Fait,
    Faits,
    Type,
    Valeur,
    mois_revolus,
)

#: Combinations of more classes of choices, or of places, than that are not all tried.
CLASSES_MAXIMUM = 6
_JOUR = timedelta(days=1)


def feuilles_de(critere: Critere) -> Iterator[Feuille]:
    """The leaves that read facts one by one: a European size by those of its definition."""
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from feuilles_de(enfant)
        case Non(interieur):
            yield from feuilles_de(interieur)
        case TailleEuropeenne():
            yield from feuilles_de(definition(critere))
        case _:
            yield critere


@dataclass(frozen=True, slots=True)
class Temoins:
    """What the leaves of one tree make worth trying."""

    feuilles: tuple[Feuille, ...]

    def valeurs(self, code: str, faits: Faits) -> list[Valeur]:
        """Values of a declared fact, or later days for `date_demande`; the present one may be
        among them. `faits` are completed: some thresholds depend on the others."""
        fait = VOCABULAIRE[code]
        lectrices = [feuille for feuille in self.feuilles if code in lus(feuille)]
        match fait.type:
            case Type.CHOIX_MULTIPLE | Type.CHOIX:
                return list(_choix(fait, lectrices, faits.get(code)))
            case Type.CODE_NAF | Type.CODE_NAF_2025 | Type.CODE_FORME:
                return list(_codes(fait, lectrices))
            case Type.LIEU:
                return list(_lieux(lectrices))
            case Type.OCTROIS:
                return list(_octrois(lectrices, faits))
            case _:
                return self._ordonnees(fait, lectrices, faits)

    def _ordonnees(self, fait: Fait, lectrices: list[Feuille], faits: Faits) -> list[Valeur]:
        """One value per region; the nearest first, "not applicable" last."""
        coupures = {0.0}
        for feuille in lectrices:
            for debut, fin in (satisfaisants(feuille) or ("", ()))[1]:
                coupures |= {debut, fin + 1}
        if fait.type is Type.DATE:
            coupures |= set(self._coupures_de_date(fait.code, lectrices, faits, coupures))
        if fait.type is Type.BOOLEEN:
            coupures.add(1.0)
        plafond = 1.0 if fait.type is Type.BOOLEEN else math.inf
        ici = _rang(faits.get(fait.code), fait, faits)
        debuts = sorted(c for c in coupures if 0 <= c <= plafond and c < math.inf)
        regions = zip(debuts, [*(d - 1 for d in debuts[1:]), plafond], strict=True)
        proches = [max(debut, min(ici, fin)) for debut, fin in regions]
        if fait is DATE_DEMANDE:
            proches = [rang for rang in proches if rang >= ici]  # one may wait, not go back
        proches.sort(key=lambda rang: abs(rang - ici))
        valeurs = [_valeur(rang, fait) for rang in proches]
        return [*valeurs, SANS_OBJET] if fait.sans_objet else valeurs

    def _coupures_de_date(
        self, code: str, lectrices: list[Feuille], faits: Faits, connues: Iterable[float]
    ) -> Iterator[float]:
        """Where windows of every year, ages, durations and delays change their minds."""
        annees = {
            date.fromordinal(int(c) + 1).year for c in connues if 0 < c < date.max.toordinal()
        }
        for autre in (faits.get(code), faits[DATE_DEMANDE.code]):
            annees |= {autre.year} if isinstance(autre, date) else set()
        for feuille in lectrices:
            if isinstance(feuille, FenetreAnnuelle):
                for annee in sorted({a + ecart for a in annees for ecart in (-1, 0, 1)}):
                    yield _ordinal(_jour_de(annee, feuille.debut))
                    yield _ordinal(_jour_de(annee, feuille.fin, apres=True))
        for debut, fin, mois in self._delais(faits):
            if code == fin[0] and isinstance(debut[1], date):
                yield _ordinal(_premier(debut[1], mois))
            if code == debut[0] and isinstance(fin[1], date):
                yield _ordinal(_dernier(fin[1], mois)) + 1

    def _delais(
        self, faits: Faits
    ) -> Iterator[tuple[tuple[str, Valeur | None], tuple[str, Valeur | None], int]]:
        """The number of months that a leaf wants between two dates, each with its value."""
        for feuille in self.feuilles:
            if isinstance(feuille, DelaiEntreAides):
                octrois = faits.get("aides_obtenues")
                for octroi in octrois if isinstance(octrois, frozenset) else ():
                    jour = date.fromisoformat(octroi.partition("@")[2])
                    yield ("", jour), (DATE_DEMANDE.code, faits[DATE_DEMANDE.code]), feuille.mois
            elif isinstance(feuille, Comparaison) and (paire := BORNES_DE_DUREE.get(feuille.fait)):
                debut, fin = paire
                for mois in (feuille.seuil, feuille.seuil + 1):
                    yield (debut, faits.get(debut)), (fin, faits.get(fin)), mois


#: The two dates between which a computed number of months elapses.
BORNES_DE_DUREE = {
    "age_mois": ("date_creation", DATE_DEMANDE.code),
    "duree_projet_mois": ("date_debut_projet", "date_fin_projet"),
}


# ------------------------------------------------------------------ ordered facts


def _rang(valeur: Valeur | None, fait: Fait, faits: Faits) -> float:
    """Where a value stands in its intervals; of none, a place near to which one answers."""
    if isinstance(valeur, date):
        return _ordinal(valeur)
    if isinstance(valeur, int):
        return float(valeur)
    return _rang(faits[DATE_DEMANDE.code], fait, faits) if fait.type is Type.DATE else 0.0


def _valeur(rang: float, fait: Fait) -> Valeur:
    if fait.type is Type.BOOLEEN:
        return bool(rang)
    return date.fromordinal(int(rang) + 1) if fait.type is Type.DATE else int(rang)


def _ordinal(jour: date) -> float:
    return jour.toordinal() - 1.0


def _jour_de(annee: int, jour: JourMois, *, apres: bool = False) -> date:
    """That day of a year, or the day after it; 29 February is passed over when it is not."""
    try:
        trouve = date(annee, jour.mois, jour.jour)
    except ValueError:
        return date(annee, 3, 1)
    return trouve + _JOUR if apres else trouve


def _premier(debut: date, mois: int) -> date:
    """The first day on which `mois` whole months have elapsed since `debut`."""
    return _ajuster(_decaler(debut, mois), lambda jour: mois_revolus(debut, jour) >= mois)


def _dernier(fin: date, mois: int) -> date:
    """The last day from which `mois` whole months have elapsed on `fin`."""
    trop_tard = _ajuster(_decaler(fin, -mois), lambda jour: mois_revolus(jour, fin) < mois)
    return trop_tard - _JOUR


def _decaler(jour: date, mois: int) -> date:
    """About that many months later, within the years that people speak of."""
    rang = min(max(jour.year * 12 + jour.month - 1 + mois, 1600 * 12), 2400 * 12)
    return date(rang // 12, rang % 12 + 1, min(jour.day, 28))


def _ajuster(jour: date, tient: Callable[[date], bool]) -> date:
    """The first day that holds, near `jour`, of a condition that holds from some day on."""
    for ecart in range(-4, 8):
        if tient(jour + ecart * _JOUR):
            return jour + ecart * _JOUR
    return jour


# ------------------------------------------------------------------ sets and codes


def _combinaisons(classes: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Every subset, small ones first; of many classes, only those of one or two."""
    tailles = len(classes) if len(classes) <= CLASSES_MAXIMUM else 2
    for taille in range(tailles + 1):
        yield from combinations(classes, taille)


def _representants(codes: Iterable[str], groupes: list[frozenset[str]]) -> dict[str, list[str]]:
    """Codes that belong to the same groups, under the first of them; those of none left out."""
    classes: dict[tuple[bool, ...], list[str]] = {}
    for code in codes:
        signature = tuple(code in groupe for groupe in groupes)
        if any(signature):
            classes.setdefault(signature, []).append(code)
    return {membres[0]: membres for membres in classes.values()}


def _choix(fait: Fait, lectrices: list[Feuille], ici: Valeur | None) -> Iterator[Valeur]:
    groupes = [feuille.codes for feuille in lectrices if isinstance(feuille, Parmi)]
    classes = _representants(fait.choix or {}, groupes)
    if fait.type is Type.CHOIX:
        cites = frozenset[str]().union(*groupes)
        yield from [*classes, *[code for code in fait.choix or {} if code not in cites][:1]]
        return
    gardes = ici if isinstance(ici, frozenset) else frozenset[str]()
    indifferents = gardes.difference(*classes.values()) if classes else gardes
    for choisies in _combinaisons(classes):
        valeur = set(indifferents)
        for classe in choisies:
            valeur |= gardes.intersection(classes[classe]) or {classe}
        yield frozenset(valeur)


def _codes(fait: Fait, lectrices: list[Feuille]) -> Iterator[Valeur]:
    """One code under each level that a leaf names and under none below it, and one elsewhere."""
    sections = SECTIONS.get(fait.code, SANS_SECTION)
    commence = [feuille for feuille in lectrices if isinstance(feuille, Commence)]
    niveaux = sorted(frozenset[str]().union(*(f.codes | f.sauf for f in commence)))
    for niveau in niveaux:
        dessous = [autre for autre in niveaux if autre != niveau and len(autre) > len(niveau)]
        if niveau.isalpha():
            dessous = [autre for autre in niveaux if not autre.isalpha()]
        codes = _completer(niveau, fait.type, sections)
        trouve = next((code for code in codes if not sous(code, dessous, sections)), None)
        if trouve is not None:
            yield trouve
    partout = (code for debut in "123456789" for code in _completer(debut, fait.type, sections))
    ailleurs = next((code for code in partout if not sous(code, niveaux, sections)), None)
    if ailleurs is not None:
        yield ailleurs


def _completer(niveau: str, type_: Type, sections: Sections) -> Iterator[str]:
    """Codes of full length under a level, as many as it takes to leave others aside."""
    if type_ is Type.CODE_FORME:
        reste = 4 - len(niveau)
        yield from (f"{niveau}{fin:0{reste}d}" if reste else niveau for fin in range(10**reste))
    elif niveau.isalpha():
        premiere, derniere = sections.get(niveau, (1, 0))
        for division in range(premiere, derniere + 1):
            yield from _completer(f"{division:02d}", type_, sections)
    elif len(niveau) == 1:
        for division in range(10):
            yield from _completer(f"{niveau}{division}", type_, sections)
    elif len(niveau) == 2:
        yield from (f"{niveau}.{fin:02d}Z" for fin in range(100))
    elif len(niveau) == 4:
        yield from (f"{niveau}{fin}Z" for fin in range(10))
    elif len(niveau) == 5:
        yield from (f"{niveau}{lettre}" for lettre in "ZABCDEFGHIJKLMNOPQRSTUVWXY")
    else:
        yield niveau


def _lieux(lectrices: list[Feuille]) -> Iterator[Valeur]:
    """Places by the codes that the leaves tell apart; the largest territories first."""
    groupes: list[frozenset[str]] = []
    for feuille in lectrices:
        if isinstance(feuille, Situe):
            groupes += [feuille.perimetre, feuille.sauf]
        elif isinstance(feuille, EnZone):
            groupes.append(frozenset({f"ZONE-{feuille.zone}"}))
    ordre = ("PAYS", "REG", "DEP", "EPCI", "COM", "ZONE")
    codes = frozenset[str]().union(*groupes)
    tries = sorted(codes, key=lambda code: (ordre.index(code.partition("-")[0]), code))
    for choisis in _combinaisons(_representants(tries, groupes)):
        yield frozenset(choisis)


def _octrois(lectrices: list[Feuille], faits: Faits) -> Iterator[Valeur]:
    """Without the grants that some of the leaves look at, or with one more on that day."""
    ici = faits.get("aides_obtenues")
    gardes = ici if isinstance(ici, frozenset) else frozenset[str]()
    le = faits[DATE_DEMANDE.code]
    groupes = [feuille.aides for feuille in lectrices if isinstance(feuille, DelaiEntreAides)]
    aides = _representants(sorted(frozenset[str]().union(*groupes)), groupes)
    for sans in _combinaisons(aides):
        retirees = {aide for classe in sans for aide in aides[classe]}
        yield frozenset(o for o in gardes if o.partition("@")[0] not in retirees)
    for avec in _combinaisons(aides):
        retirees = {aide for classe in aides.keys() - set(avec) for aide in aides[classe]}
        restent = {o for o in gardes if o.partition("@")[0] not in retirees}
        yield frozenset(restent | {f"{aide}@{le}" for aide in avec})
