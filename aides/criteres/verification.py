"""What may not be published: a tree that lacks a source, or cannot mean what it says.

`echange` refuses what is not a tree; this reading judges a tree that can be read, however it
was made, and says where each fault is, in the same paths.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

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
    Feuille,
    Non,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Source,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.codes import (
    CODE_AIDE,
    SANS_SECTION,
    SECTIONS,
    TERRITOIRE,
    Sections,
    est_niveau_forme,
    est_niveau_naf,
    section_naf,
    sous,
)
from aides.criteres.domaines import Intervalles, complement, intersection, possibles, satisfaisants
from aides.criteres.evaluation import TYPES_LISIBLES, lus
from aides.criteres.faits import Type
from aides.criteres.faits import fait as fait_de
from aides.criteres.noeuds import Defaut, joindre

_SANS_SOURCE = Source("")


def verifier(
    critere: Critere,
    zones_connues: Collection[str] | None = None,
    codes_naf: Collection[str] | None = None,
    *,
    chemin: str = "",
) -> list[Defaut]:
    """Every fault of `critere`, in reading order; none means that it may be published.

    `zones_connues` are the codes of the zones that exist, loaded or not, `codes_naf` the
    sub-classes ("25.11Z") of NAF; None skips the check. `chemin` is put before every path.
    """
    verification = _Verification(zones_connues, codes_naf)
    defauts = list(verification.defauts(critere, chemin))
    return defauts + list(_codes_ambigus(critere, chemin))


@dataclass(frozen=True, slots=True)
class _Verification:
    zones: Collection[str] | None
    codes_naf: Collection[str] | None

    def defauts(self, critere: Critere, chemin: str) -> Iterator[Defaut]:
        match critere:
            case Tous() | Un() | AuMoins():
                yield from _groupe(critere, chemin)
                for rang, enfant in enumerate(critere.criteres):
                    yield from self.defauts(enfant, joindre(chemin, f"criteres/{rang}"))
            case Non(interieur):
                yield from self.defauts(interieur, joindre(chemin, "critere"))
            case _:
                if not critere.source.libelle.strip():
                    yield Defaut(joindre(chemin, "source"), "la source manque")
                faits = list(_faits(critere, chemin))
                yield from faits or self._feuille(critere, chemin)

    def _feuille(  # noqa: C901 - one case per leaf
        self, feuille: Feuille, chemin: str
    ) -> Iterator[Defaut]:
        """The faults of one leaf whose facts exist and can be read by it."""
        match feuille:
            case Comparaison() | Fenetre() | SansObjetFait() | Vrai():
                yield from _bornes(feuille, chemin)
            case Proportion():
                yield from _proportion(feuille, chemin)
            case Parmi():
                yield from _parmi(feuille, chemin)
            case Commence():
                yield from self._commence(feuille, chemin)
            case Situe():
                yield from _situe(feuille, chemin)
            case EnZone(_, zone):
                if self.zones is not None and zone not in self.zones:
                    connues = ", ".join(sorted(self.zones))
                    message = f"zone inconnue : {zone} (zones connues : {connues})"
                    yield Defaut(joindre(chemin, "zone"), message)
            case AVerifier(code, libelle):
                if not code or not libelle.strip():
                    yield Defaut(joindre(chemin, "libelle"), "la condition à vérifier est vide")
            case FenetreAnnuelle():
                yield from _fenetre_annuelle(feuille, chemin)
            case DelaiEntreAides():
                yield from _delai_entre_aides(feuille, chemin)
            case TailleEuropeenne():
                return
            case _:
                assert_never(feuille)

    def _commence(self, feuille: Commence, chemin: str) -> Iterator[Defaut]:
        if not feuille.codes:
            yield Defaut(joindre(chemin, "codes"), "aucun code : condition impossible")
        sections = SECTIONS.get(feuille.fait, SANS_SECTION)
        for cle, codes in (("codes", feuille.codes), ("sauf", feuille.sauf)):
            for code in sorted(codes):
                if not self._existe(feuille.fait, code):
                    yield Defaut(joindre(chemin, cle), f"ce code n’existe pas : {code}")
        for code in sorted(feuille.codes):
            if _dessous(code, feuille.sauf, sections):
                yield Defaut(joindre(chemin, "sauf"), f"{code} est demandé et exclu")
        for code in sorted(feuille.sauf):
            dessus = any(
                _dessous(demande, frozenset({code}), sections) for demande in feuille.codes
            )
            if not dessus and not _dessous(code, feuille.codes, sections):
                yield Defaut(joindre(chemin, "sauf"), f"{code} n’exclut rien")

    def _existe(self, fait: str, code: str) -> bool:
        """Of NAF 2025 only the form is known: no table of it is loaded."""
        if fait not in SECTIONS:
            return est_niveau_forme(code)
        if not est_niveau_naf(code, SECTIONS[fait]):
            return False
        if fait != "naf" or self.codes_naf is None:
            return True
        return any(sous(naf, [code]) for naf in self.codes_naf)


# ------------------------------------------------------------------ leaves


def _faits(feuille: Feuille, chemin: str) -> Iterator[Defaut]:
    """Facts that do not exist, or that this leaf cannot read."""
    for code in lus(feuille):
        try:
            fait = fait_de(code)
        except KeyError:
            yield Defaut(joindre(chemin, "fait"), f"fait inconnu : {code}")
            continue
        if isinstance(feuille, TailleEuropeenne | AVerifier):
            continue
        if fait.type not in TYPES_LISIBLES[type(feuille)]:
            yield Defaut(joindre(chemin, "fait"), f"ce critère ne sait pas lire « {code} »")


def _bornes(feuille: Comparaison | Fenetre | SansObjetFait | Vrai, chemin: str) -> Iterator[Defaut]:
    """A threshold or a window that no value satisfies, or that every value does."""
    lu = satisfaisants(feuille)
    if lu is None:
        return
    code, valeurs = lu
    if not valeurs and isinstance(feuille, Fenetre):
        yield Defaut(joindre(chemin, "fin"), "la fenêtre finit avant de commencer")
    elif not valeurs:
        yield Defaut(chemin, f"condition impossible sur « {code} »")
    elif not complement(valeurs, possibles(fait_de(code))):
        yield Defaut(chemin, f"condition toujours vraie sur « {code} »")


def _proportion(feuille: Proportion, chemin: str) -> Iterator[Defaut]:
    if feuille.denominateur <= 0 or feuille.numerateur < 0:
        yield Defaut(joindre(chemin, "part"), "la part doit être positive")
    if feuille.gauche == feuille.droite:
        yield Defaut(joindre(chemin, "droite"), "un fait ne se compare pas à lui-même")
    if fait_de(feuille.gauche).type is not fait_de(feuille.droite).type:
        yield Defaut(joindre(chemin, "droite"), "ces deux faits n’ont pas la même unité")


def _fenetre_annuelle(feuille: FenetreAnnuelle, chemin: str) -> Iterator[Defaut]:
    for cle, borne in (("debut", feuille.debut), ("fin", feuille.fin)):
        if not 1 <= borne.mois <= 12 or not 1 <= borne.jour <= monthrange(2024, borne.mois)[1]:
            yield Defaut(joindre(chemin, cle), "ce jour n’existe dans aucune année")


def _delai_entre_aides(feuille: DelaiEntreAides, chemin: str) -> Iterator[Defaut]:
    if not feuille.aides:
        yield Defaut(joindre(chemin, "aides"), "aucune aide : condition toujours vraie")
    for code in sorted(feuille.aides):
        if not CODE_AIDE.fullmatch(code):
            yield Defaut(joindre(chemin, "aides"), f"code d’aide mal formé : {code}")
    if feuille.mois < 0:
        yield Defaut(joindre(chemin, "mois"), "le délai ne peut pas être négatif")


def _parmi(feuille: Parmi, chemin: str) -> Iterator[Defaut]:
    fait = fait_de(feuille.fait)
    choix = set(fait.choix or {})
    if not feuille.codes:
        yield Defaut(joindre(chemin, "codes"), "aucun code : condition impossible")
    for code in sorted(feuille.codes - choix):
        yield Defaut(joindre(chemin, "codes"), f"choix inconnu : {code}")
    if fait.type is Type.CHOIX and feuille.codes >= choix and not fait.sans_objet:
        yield Defaut(joindre(chemin, "codes"), "tous les choix : condition toujours vraie")


def _situe(feuille: Situe, chemin: str) -> Iterator[Defaut]:
    if not feuille.perimetre:
        yield Defaut(joindre(chemin, "perimetre"), "aucun territoire : condition impossible")
    for cle, codes in (("perimetre", feuille.perimetre), ("sauf", feuille.sauf)):
        for code in sorted(codes):
            if not TERRITOIRE.fullmatch(code):
                yield Defaut(joindre(chemin, cle), f"territoire mal formé : {code}")
    for code in sorted(feuille.perimetre & feuille.sauf):
        yield Defaut(joindre(chemin, "sauf"), f"{code} est demandé et exclu")


def _dessous(code: str, niveaux: frozenset[str], sections: Sections) -> bool:
    """Whether a level, itself maybe a section, lies under one of `niveaux`."""
    if any(code.startswith(niveau) for niveau in niveaux):
        return True
    if code.isalpha() or not est_niveau_naf(code, sections):
        return False
    return section_naf(code, sections) in niveaux


# ------------------------------------------------------------------ groups


def _groupe(groupe: Tous | Un | AuMoins, chemin: str) -> Iterator[Defaut]:
    if not groupe.criteres:
        yield Defaut(joindre(chemin, "criteres"), "groupe vide")
    match groupe:
        case Tous():
            yield from _contradictions(groupe, chemin)
        case Un():
            yield from _evidences(groupe, chemin)
        case AuMoins(nombre, criteres):
            if not 1 <= nombre <= len(criteres):
                attendu = f"le nombre doit être de 1 à {len(criteres)}"
                yield Defaut(joindre(chemin, "nombre"), attendu)
        case _:
            assert_never(groupe)


def _contradictions(groupe: Tous, chemin: str) -> Iterator[Defaut]:
    """Conditions that cannot hold together: bounds on one fact, or a condition and its denial."""
    litteraux = [litteral for litteral in _aplatir(groupe, Tous) if _lisible(litteral)]
    restes: dict[str, Intervalles] = {}
    for code, valeurs in (lu for litteral in litteraux if (lu := satisfaisants(litteral))):
        if not valeurs:
            continue  # impossible alone, and said so there
        avant = restes.get(code, possibles(fait_de(code)))
        restes[code] = intersection(avant, valeurs)
    for code, reste in restes.items():
        if not reste:
            yield Defaut(chemin, f"conditions contradictoires sur « {code} »")
    if _opposes([litteral for litteral in litteraux if satisfaisants(litteral) is None]):
        yield Defaut(chemin, "une condition et son contraire ne peuvent être vraies ensemble")


def _evidences(groupe: Un, chemin: str) -> Iterator[Defaut]:
    """Conditions one of which always holds: bounds that meet, or a condition and its denial."""
    litteraux = [litteral for litteral in _aplatir(groupe, Un) if _lisible(litteral)]
    restes: dict[str, Intervalles] = {}
    for code, valeurs in (lu for litteral in litteraux if (lu := satisfaisants(litteral))):
        tout = possibles(fait_de(code))
        dehors = complement(valeurs, tout)
        if not dehors:
            continue  # always true alone, and said so there
        restes[code] = intersection(restes.get(code, tout), dehors)
    for code, reste in restes.items():
        if not reste:
            yield Defaut(chemin, f"l’une de ces conditions est toujours vraie sur « {code} »")
    if _opposes([litteral for litteral in litteraux if satisfaisants(litteral) is None]):
        yield Defaut(chemin, "une condition ou son contraire est toujours vraie")


def _aplatir(groupe: Tous | Un, genre: type[Tous] | type[Un]) -> Iterator[Critere]:
    """The conditions of a group, those of groups of the same kind below it included."""
    for critere in groupe.criteres:
        if isinstance(critere, Tous | Un) and isinstance(critere, genre):
            yield from _aplatir(critere, genre)
        else:
            yield critere


def _lisible(critere: Critere) -> bool:
    """Whether every fact below exists and has the right type: others are reported there."""
    match critere:
        case Non(interieur):
            return _lisible(interieur)
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            return all(_lisible(enfant) for enfant in criteres)
        case _:
            return not any(_faits(critere, ""))


def _opposes(criteres: list[Critere]) -> bool:
    """Whether one of them is the denial of another, sources aside."""
    sans = {_sans_source(critere) for critere in criteres}
    return any(Non(critere) in sans for critere in sans)


def _sans_source(critere: Critere) -> Critere:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            return replace(critere, criteres=tuple(map(_sans_source, criteres)))
        case Non(interieur):
            return Non(_sans_source(interieur))
        case _:
            return replace(critere, source=_SANS_SOURCE)


def _codes_ambigus(critere: Critere, chemin: str) -> Iterator[Defaut]:
    """One code of an officer's condition with two wordings: one answer would serve for both."""
    vus: dict[str, str] = {}
    for ici, feuille in _a_verifier(critere, chemin):
        if vus.setdefault(feuille.code, feuille.libelle) != feuille.libelle:
            yield Defaut(joindre(ici, "code"), f"« {feuille.code} » nomme deux conditions")


def _a_verifier(critere: Critere, chemin: str) -> Iterator[tuple[str, AVerifier]]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for rang, enfant in enumerate(criteres):
                yield from _a_verifier(enfant, joindre(chemin, f"criteres/{rang}"))
        case Non(interieur):
            yield from _a_verifier(interieur, joindre(chemin, "critere"))
        case AVerifier():
            yield chemin, critere
        case _:
            return
