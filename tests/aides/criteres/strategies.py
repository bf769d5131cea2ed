"""Random trees, facts and situations: every node, every type of fact, gaps and sans objet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

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
from aides.criteres.evaluation import Situation
from aides.criteres.faits import (
    DECLARES,
    QUANTITES,
    SANS_OBJET,
    VOCABULAIRE,
    Fait,
    Faits,
    Type,
    completer,
    fait,
)

JOUR = date(2026, 11, 21)
ZONES = ("AFR", "FRR", "TI")
SOURCE = Source("Règlement fictif, article 1", "https://exemple.invalid/reglement")
#: Fictitious places: every code a commune carries. 99001 is in AFR, a part of 99003 in FRR.
LIEUX = {
    "99001": frozenset({"COM-99001", "EPCI-999000001", "DEP-991", "REG-99", "ZONE-AFR"}),
    "99002": frozenset({"COM-99002", "EPCI-999000001", "DEP-992", "REG-98"}),
    "99003": frozenset({"COM-99003", "EPCI-999000002", "DEP-991", "REG-99", "ZONE-PARTIELLE-FRR"}),
}
TERRITOIRES = ("REG-99", "REG-98", "DEP-991", "EPCI-999000001", "EPCI-999000002", "COM-99003")
NAF = ("01.11Z", "10.11Z", "10.13A", "25.11Z", "47.11F", "62.01Z")
NIVEAUX_NAF = ("A", "C", "10", "10.1", "10.11", "10.11Z", "25", "47.1", "J")
FORMES = ("1000", "5710", "5499", "9220")
NIVEAUX_FORMES = ("1", "5", "57", "571", "5710", "92")


@dataclass(frozen=True)
class Zones:
    """A referential: the zones that are loaded."""

    chargees: frozenset[str] = field(default_factory=frozenset)

    def zone_chargee(self, zone: str) -> bool:
        return zone in self.chargees


def codes_de(types: Iterable[Type]) -> list[str]:
    voulus = frozenset(types)
    return [fait.code for fait in VOCABULAIRE.values() if fait.type in voulus]


#: Sums of two facts, of each type that has two, in the order of the vocabulary.
SOMMES = (
    "depense_equipement+depense_immateriel",
    "chiffre_affaires+total_bilan",
    "aide_souhaitee+aides_de_minimis",
    "effectif+emplois_crees",
)
AIDES = ("aide-fictive", "fonds_fictif", "pret-fictif")
#: Few values, so that thresholds and facts meet often, on the boundary and on both sides.
quantites = st.sampled_from((0, 1, 9, 10, 11, 99, 100, 101, 2490, 2500, 100_000, 90_000_001))
operateurs = st.sampled_from(Operateur)
dates = st.dates(date(2019, 1, 1), date(2028, 12, 31))
sources = st.builds(
    Source,
    st.sampled_from(("Article 1", "Délibération d’essai n° 2", "Page « Essai »")),
    st.sampled_from(("", "https://exemple.invalid/texte?id=1")),
    st.none() | dates,
    st.booleans(),
)


def _parmi(options: Iterable[str], minimum: int = 1) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(sorted(options)), min_size=minimum, max_size=4)


def _fait(*types: Type) -> st.SearchStrategy[str]:
    return st.sampled_from(codes_de(types))


def _seuils(fait: Fait) -> st.SearchStrategy[int]:
    return st.integers(0, 60) if fait.type is Type.ENTIER else quantites


def _comparaison(code: str) -> st.SearchStrategy[Comparaison]:
    seuils = _seuils(fait(code))
    return st.builds(Comparaison, st.just(code), operateurs, seuils, sources)


def _proportions() -> st.SearchStrategy[Proportion]:
    def meme_type(type_: Type) -> st.SearchStrategy[Proportion]:
        parts = (st.integers(0, 120), st.integers(1, 120))
        codes = _quantite(type_)
        return st.builds(Proportion, codes, operateurs, *parts, codes, sources)

    return st.sampled_from(sorted(QUANTITES)).flatmap(meme_type)


def _quantite(*types: Type) -> st.SearchStrategy[str]:
    """A quantity of one of these types, alone or a sum."""
    sommes = [code for code in SOMMES if fait(code).type in types]
    return _fait(*types) | st.sampled_from(sommes) if sommes else _fait(*types)


def _fenetres_annuelles() -> st.SearchStrategy[FenetreAnnuelle]:
    jours = dates.map(lambda jour: JourMois(jour.month, jour.day))
    return st.builds(FenetreAnnuelle, _fait(Type.DATE), jours, jours, sources)


def _choix(code: str) -> st.SearchStrategy[Parmi]:
    return st.builds(Parmi, st.just(code), _parmi(VOCABULAIRE[code].choix or {}), sources)


def _fenetres() -> st.SearchStrategy[Fenetre]:
    return st.builds(Fenetre, _fait(Type.DATE), st.none() | dates, st.none() | dates, sources)


def _commence(code: str, niveaux: Iterable[str]) -> st.SearchStrategy[Commence]:
    niveaux = tuple(niveaux)
    return st.builds(Commence, st.just(code), _parmi(niveaux), sources, _parmi(niveaux, minimum=0))


codes_a_verifier = st.sampled_from(("impact", "avis-favorable", "point-3"))
#: One strategy per leaf; `test_arbre` checks that none is missing.
FEUILLES: dict[type, st.SearchStrategy[Any]] = {
    Comparaison: _quantite(*QUANTITES).flatmap(_comparaison),
    Proportion: _proportions(),
    Vrai: st.builds(Vrai, _fait(Type.BOOLEEN), sources),
    Parmi: _fait(Type.CHOIX, Type.CHOIX_MULTIPLE).flatmap(_choix),
    Commence: _commence("naf", NIVEAUX_NAF)
    | _commence("naf_2025", NIVEAUX_NAF)
    | _commence("forme_juridique", NIVEAUX_FORMES),
    Situe: st.builds(
        Situe, _fait(Type.LIEU), _parmi(TERRITOIRES), sources, _parmi(TERRITOIRES, minimum=0)
    ),
    EnZone: st.builds(EnZone, _fait(Type.LIEU), st.sampled_from(ZONES), sources),
    Fenetre: _fenetres(),
    FenetreAnnuelle: _fenetres_annuelles(),
    DelaiEntreAides: st.builds(
        DelaiEntreAides, _parmi(AIDES), st.sampled_from((0, 1, 12, 24, 36)), sources
    ),
    SansObjetFait: st.builds(
        SansObjetFait,
        st.sampled_from([fait.code for fait in VOCABULAIRE.values() if fait.sans_objet]),
        sources,
    ),
    TailleEuropeenne: st.builds(TailleEuropeenne, st.sampled_from(Taille), sources),
    AVerifier: codes_a_verifier.flatmap(
        lambda code: st.builds(
            AVerifier, st.just(code), st.just(f"Le point {code} est établi"), sources
        )
    ),
}
feuilles: st.SearchStrategy[Critere] = st.one_of(*FEUILLES.values())


def _groupes(enfants: st.SearchStrategy[Critere]) -> st.SearchStrategy[Critere]:
    listes = st.lists(enfants, min_size=1, max_size=4).map(tuple)
    au_moins = listes.flatmap(
        lambda criteres: st.builds(AuMoins, st.integers(1, len(criteres)), st.just(criteres))
    )
    return st.one_of(st.builds(Tous, listes), st.builds(Un, listes), au_moins, enfants.map(Non))


arbres: st.SearchStrategy[Critere] = st.recursive(feuilles, _groupes, max_leaves=10)
#: Trees of leaves that wait either for the company or for an officer.
arbres_a_deux_voix: st.SearchStrategy[Critere] = st.recursive(
    st.sampled_from(
        (Vrai("projet_commence", SOURCE), AVerifier("impact", "Le point impact est établi", SOURCE))
    ),
    _groupes,
    max_leaves=10,
)


#: On the boundary of a delay, and on both sides of it.
octrois = st.builds(
    lambda aide, jour: f"{aide}@{jour.isoformat()}",
    st.sampled_from(AIDES),
    st.sampled_from((date(2024, 11, 21), date(2024, 11, 22), date(2025, 11, 21))) | dates,
)


def _valeurs(fait: Fait) -> st.SearchStrategy[Any]:
    connues: dict[Type, Callable[[], st.SearchStrategy[Any]]] = {
        Type.MONTANT: lambda: quantites,
        Type.DIXIEMES: lambda: quantites,
        Type.ENTIER: lambda: _seuils(fait),
        Type.BOOLEEN: st.booleans,
        Type.DATE: lambda: dates,
        Type.CHOIX: lambda: st.sampled_from(sorted(fait.choix or {})),
        Type.CHOIX_MULTIPLE: lambda: _parmi(fait.choix or {}, minimum=0),
        Type.CODE_NAF: lambda: st.sampled_from(NAF),
        Type.CODE_NAF_2025: lambda: st.sampled_from(NAF),
        Type.CODE_FORME: lambda: st.sampled_from(FORMES),
        Type.LIEU: lambda: st.sampled_from(sorted(LIEUX)).map(LIEUX.__getitem__),
        Type.OCTROIS: lambda: st.frozensets(octrois, max_size=3),
    }
    valeurs = connues[fait.type]()
    return valeurs | st.just(SANS_OBJET) if fait.sans_objet else valeurs


#: Declared facts, any of them missing.
faits_declares: st.SearchStrategy[Faits] = st.fixed_dictionaries(
    {}, optional={fait.code: _valeurs(fait) for fait in DECLARES}
)
#: Declared facts, all of them known.
faits_complets: st.SearchStrategy[Faits] = st.fixed_dictionaries(
    {fait.code: _valeurs(fait) for fait in DECLARES}
)
referentiels = st.builds(Zones, st.frozensets(st.sampled_from(ZONES)))
reponses = st.dictionaries(codes_a_verifier, st.booleans(), max_size=2)


def situation(
    faits: Faits, zones: Zones | None = None, reponses: dict[str, bool] | None = None
) -> Situation:
    """A situation on the tests' day; every zone loaded unless told."""
    return Situation(completer(faits, JOUR), zones or Zones(frozenset(ZONES)), reponses or {})


situations = st.builds(situation, faits_declares, referentiels, reponses)
