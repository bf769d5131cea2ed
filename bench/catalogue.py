"""A synthetic catalogue, with its seed: real trees of the language, over fictitious places.

Five to twelve criteria each, about a quarter of them on several facts. Criteria are shared as real
catalogues share them: a few conditions that nearly every aide repeats, thresholds that are round
more often than not, lists of activities that a financer writes once and uses for several aides,
and some that belong to one aide. Conditions left to an officer are left out: two of the peers know
no unknown, and could not be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from aides.criteres.arbre import (
    AuMoins,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.choix import NATURES_PROJET, SECTEURS
from bench import lieux

GRAINE = 20_261_122
#: The day every dossier of the bench is evaluated on.
LE = date(2026, 11, 23)
SOURCE = Source("Délibération fictive", "https://catalogue.exemple.invalid/deliberation")
MINIMUM, MAXIMUM = Operateur.SUPERIEUR_OU_EGAL, Operateur.INFERIEUR_OU_EGAL

DIVISIONS = tuple(
    f"{division:02d}"
    for premiere, derniere in ((10, 33), (41, 43), (45, 47), (49, 53), (55, 56), (58, 63),
                               (68, 75), (77, 82), (95, 96))
    for division in range(premiere, derniere + 1)
)  # fmt: skip
#: Lists that a financer wrote once.
ACTIVITES = (
    frozenset("C"),
    frozenset("CF"),
    frozenset({"C", "F", "45", "95", "96"}),
    frozenset({"C", "H", "J", "M"}),
    frozenset("BCDEF"),
    frozenset({"10", "11", "12"}),
    frozenset("IR"),
    frozenset({"58", "59", "60", "61", "62", "63"}),
)
EUROS_RONDS = (2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 75_000, 100_000)


def _ou(alea: Random, ronds: tuple[int, ...], pas: int) -> int:
    """Most often a round threshold, else one of some forty between the ends."""
    if alea.random() < 0.75:
        return alea.choice(ronds)
    return alea.randrange(min(ronds), max(ronds), max(pas, (max(ronds) - min(ronds)) // 40))


def _compare(fait: str, operateur: Operateur, seuil: int) -> Comparaison:
    return Comparaison(fait, operateur, seuil, SOURCE)


def _euros(fait: str, operateur: Operateur, alea: Random, facteur: int = 1) -> Comparaison:
    return _compare(fait, operateur, _ou(alea, EUROS_RONDS, 500) * facteur * 100)


def _part(gauche: str, operateur: Operateur, pour_cent: int, droite: str) -> Proportion:
    return Proportion(gauche, operateur, pour_cent, 100, droite, SOURCE)


# ------------------------------------------------------------------ criteria on one fact


def _activite(alea: Random) -> Critere:
    if alea.random() < 0.6:
        return Commence("naf", alea.choice(ACTIVITES), SOURCE)
    divisions = alea.sample(DIVISIONS, alea.randint(8, 20))
    groupes = [f"{division}.1" for division in divisions[:2]] if alea.random() < 0.3 else []
    return Commence("naf", frozenset(divisions), SOURCE, frozenset(groupes))


def _exclusions(alea: Random) -> Critere:
    return Non(Parmi("secteur", frozenset(alea.sample(sorted(SECTEURS), 2)), SOURCE))


def _nature(alea: Random) -> Critere:
    return Parmi(
        "nature_projet", frozenset(alea.sample(sorted(NATURES_PROJET), alea.randint(2, 6))), SOURCE
    )


def _effectif(alea: Random) -> Critere:
    if alea.random() < 0.3:
        return _compare("effectif", MINIMUM, alea.choice((10, 20, 30, 50, 100)))
    return _compare("effectif", Operateur.INFERIEUR, alea.choice((500, 1000, 2500, 5000)))


def _anciennete(alea: Random) -> Critere:
    if alea.random() < 0.7:
        return _compare("age_mois", MINIMUM, alea.choice((6, 12, 24, 36)))
    return _compare("age_mois", MAXIMUM, alea.choice((60, 96, 120, 180)))


def _depenses(alea: Random) -> Critere:
    if alea.random() < 0.2:
        return _euros("depenses_total", MAXIMUM, alea, 50)
    return _euros("depenses_total", MINIMUM, alea)


def _poste(alea: Random) -> Critere:
    poste = alea.choice(("depense_equipement", "depense_conseil", "depense_immateriel"))
    return _compare(poste, MINIMUM, alea.choice((1_000, 2_000, 3_000, 5_000)) * 100)


def _compte(alea: Random) -> Critere:
    fait = alea.choice(("chiffre_affaires", "total_bilan"))
    return _euros(fait, MAXIMUM, alea, 500)


def _appel(alea: Random) -> Critere:
    """A call for projects: the day it opens and the day it closes."""
    ouverture = LE - timedelta(days=alea.randrange(0, 400))
    duree = timedelta(days=alea.choice((182, 365, 730)))
    return Fenetre("date_demande", ouverture, ouverture + duree, SOURCE)


def _calendrier(alea: Random) -> Critere:
    fin = LE + timedelta(days=30 * alea.randint(6, 36))
    return Fenetre("date_fin_projet", None, fin, SOURCE)


def _forme(alea: Random) -> Critere:
    codes = alea.choice((frozenset("5"), frozenset({"54", "55", "57"}), frozenset("15")))
    return Commence("forme_juridique", codes | frozenset({"10"}), SOURCE)


def _zone(alea: Random) -> Critere:
    zone = EnZone("commune_projet", alea.choice(lieux.ZONES), SOURCE)
    return Non(zone) if alea.random() < 0.5 else zone


def _emplois(alea: Random) -> Critere:
    return _compare("emplois_crees", MINIMUM, alea.choice((5, 10, 10, 20)))


def _vrai(fait: str) -> Callable[[Random], Critere]:
    return lambda alea: Vrai(fait, SOURCE)


def _faux(fait: str) -> Callable[[Random], Critere]:
    return lambda alea: Non(Vrai(fait, SOURCE))


# ------------------------------------------------------------------ criteria on several facts


def _categorie(alea: Random) -> Critere:
    tailles = (Taille.MOYENNE, Taille.MOYENNE, Taille.MOYENNE, Taille.PETITE, Taille.MICRO)
    return TailleEuropeenne(alea.choice(tailles), SOURCE)


def _partage(alea: Random) -> Critere:
    if alea.random() < 0.4:
        return _part("aide_souhaitee", MAXIMUM, 100, "fonds_propres")
    droite = alea.choice(("depenses_total", "depenses_total", "depenses_immobilieres"))
    if droite == "depenses_immobilieres":
        return _part("depense_terrain", MAXIMUM, alea.choice((10, 15, 20)), droite)
    if alea.random() < 0.5:
        return _part("aide_souhaitee", MAXIMUM, alea.choice((30, 40, 50, 60, 80)), droite)
    return _part("apport", MINIMUM, alea.choice((10, 15, 20, 25)), droite)


def _metier(alea: Random) -> Critere:
    secteurs = frozenset(alea.sample(sorted(SECTEURS), 3))
    return Un((_activite(alea), Parmi("secteur", secteurs, SOURCE)))


def _bilans(alea: Random) -> Critere:
    anciennete = Tous((_anciennete(alea), _compare("exercices_clos", MINIMUM, 1)))
    return Un((anciennete, Vrai("activite_recherche", SOURCE)))


def _ampleur(alea: Random) -> Critere:
    return AuMoins(2, (_depenses(alea), _emplois(alea), Vrai("activite_recherche", SOURCE)))


def _jeune(alea: Random) -> Critere:
    plafond = _euros("chiffre_affaires", MAXIMUM, alea, 100)
    return Un((plafond, SansObjetFait("chiffre_affaires", SOURCE), _effectif(alea)))


#: How often an aide of the catalogue carries each kind of criterion.
CRITERES: tuple[tuple[float, Callable[[Random], Critere]], ...] = (
    (0.40, _activite), (0.50, _nature), (0.65, _depenses), (0.40, _effectif),
    (0.35, _anciennete), (0.75, _vrai("a_jour_obligations")),
    (0.60, _faux("entreprise_en_difficulte")), (0.65, _faux("projet_commence")),
    (0.30, _faux("micro_entrepreneur")), (0.35, _exclusions), (0.20, _poste), (0.20, _compte),
    (0.25, _appel), (0.20, _calendrier), (0.25, _forme), (0.10, _zone), (0.15, _emplois),
    (0.60, _categorie), (0.45, _partage), (0.28, _metier), (0.25, _bilans), (0.20, _ampleur),
    (0.20, _jeune),
)  # fmt: skip


def _territoire(alea: Random) -> tuple[Critere, ...]:
    """Where the project must lie: nothing for a national aide."""
    numero, sort = alea.randrange(lieux.COMMUNES), alea.random()
    sauf = frozenset[str]()
    if sort < 0.13:
        return ()
    if sort < 0.50:
        codes = {lieux.region(numero)}
        sauf = frozenset({lieux.epci(numero)} if alea.random() < 0.15 else ())
    elif sort < 0.65:
        codes = {lieux.departement(numero + k) for k in range(alea.randint(1, 3))}
    elif sort < 0.96:
        codes = {lieux.epci(numero + k) for k in range(alea.choice((1, 1, 1, 1, 2, 4)))}
    else:
        codes = {lieux.commune(numero + k) for k in range(alea.randint(1, 8))}
    projet = Situe("commune_projet", frozenset(codes), SOURCE, sauf)
    if alea.random() < 0.1:
        return (Un((projet, Situe("commune_siege", frozenset(codes), SOURCE, sauf))),)
    return (projet,)


def _aide(alea: Random) -> Tous:
    while True:
        tires = [fabrique(alea) for poids, fabrique in CRITERES if alea.random() < poids]
        criteres = (*_territoire(alea), *tires)
        if 5 <= len(criteres) <= 12:
            return Tous(criteres)


def catalogue(nombre: int, graine: int = GRAINE) -> list[Tous]:
    """The first `nombre` aides of the synthetic catalogue; more are the same and others."""
    alea = Random(graine)
    return [_aide(alea) for _ in range(nombre)]
