"""The table of holes and ties of a région, nature by nature and EPCI by EPCI, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from dossiers.acheminement.competences.couverture import (
    Case,
    Etat,
    besoins_au,
    cases,
    codes_employes,
    epci_de,
    lieux_de,
    repondre,
)
from dossiers.acheminement.competences.mots import POUR_NATURE, enumeration
from territoires.models import Commune, Departement, Region
from territoires.organismes.models import Competence, NatureAide
from territoires.perimetre import libelles

HORS_EPCI = "Hors de toute intercommunalité"


@dataclass(frozen=True, slots=True)
class Ligne:
    """An EPCI: how many of its communes are in the région, how many elsewhere; a case for each
    nature of the table, in order."""

    code: str
    nom: str
    communes: int
    ailleurs: int
    cases: tuple[Case, ...]

    @property
    def a_revoir(self) -> list[Case]:
        """Natures with a hole or a tie."""
        return [case for case in self.cases if case.a_revoir]

    @property
    def en_ordre(self) -> list[Case]:
        """Natures for which one desk is competent wherever one is needed."""
        return [case for case in self.cases if case.etat is Etat.GUICHET]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A hole or a tie of one nature: its words, and the EPCI it is said of."""

    texte: str
    etat: Etat
    lieux: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tableau:
    """`natures`: those that are looked at, with an open aide first; `avec_aides`: these. `cadre`:
    what it is of, after « des communes », "de la région"."""

    le: date
    cadre: str
    natures: tuple[NatureAide, ...]
    avec_aides: frozenset[str]
    lignes: tuple[Ligne, ...]
    phrases: tuple[Phrase, ...]


def tableau(
    region: Region,
    le: date,
    natures: Sequence[str],
    *,
    sans_aide: bool,
    departement: Departement | None = None,
) -> Tableau:
    """Every EPCI of the région, or of one of its départements, decided at the commune, in six
    queries whatever their number.

    `sans_aide`: also the natures that no open aide of the région asks for here.
    """
    besoins = besoins_au(le, natures)
    competences = list(
        Competence.objects.en_vigueur(le)
        .filter(nature__in=natures)
        .select_related("guichet__organisme")
    )
    communes = Commune.objects.actuelles().filter(departement__region=region)
    if departement is not None:
        communes = communes.filter(departement=departement)
    cadre = "de la région" if departement is None else "du département"
    lieux = lieux_de(communes, codes_employes(competences, besoins))
    reponses = repondre(lieux, competences, besoins, le)
    trouvees = cases(lieux, reponses)
    avec_aides = {b.nature for b in besoins if b.aides} & {nature for _, nature in trouvees}
    retenues = [n for n in natures if n in avec_aides or sans_aide]
    colonnes = tuple(NatureAide(n) for n in sorted(retenues, key=lambda n: n not in avec_aides))
    effectifs: dict[str, int] = defaultdict(int)
    for lieu, nombre in lieux.items():
        effectifs[epci_de(lieu)] += nombre
    lignes = _lignes(effectifs, colonnes, trouvees)
    phrases = [
        phrase
        for rang, nature in enumerate(colonnes)
        for phrase in _phrases(nature, rang, lignes, cadre)
    ]
    return Tableau(le, cadre, colonnes, frozenset(avec_aides), tuple(lignes), tuple(phrases))


def _lignes(
    effectifs: Mapping[str, int],
    colonnes: Sequence[NatureAide],
    trouvees: Mapping[tuple[str, str], Case],
) -> list[Ligne]:
    """The line of each EPCI, in the order of their names; what is in none comes last."""
    noms = libelles(code for code in effectifs if code)
    totaux = _totaux(effectifs)
    lignes = [
        Ligne(
            code,
            noms.get(code, HORS_EPCI),
            nombre,
            totaux.get(code, nombre) - nombre,
            tuple(trouvees.get((code, nature), Case(nature)) for nature in colonnes),
        )
        for code, nombre in effectifs.items()
    ]
    return sorted(lignes, key=lambda ligne: (not ligne.code, ligne.nom))


def _totaux(effectifs: Iterable[str]) -> dict[str, int]:
    """How many communes each EPCI has, wherever they are."""
    sirens = [code.removeprefix("EPCI-") for code in effectifs if code]
    comptes = Commune.objects.actuelles().filter(epci__in=sirens).order_by().values_list("epci")
    return {f"EPCI-{siren}": nombre for siren, nombre in comptes.annotate(n=Count("code"))}


def _phrases(
    nature: NatureAide, rang: int, lignes: Sequence[Ligne], cadre: str
) -> Iterable[Phrase]:
    """What is to be seen to for a nature: nobody, or several, everywhere in an EPCI or in part."""
    pour = POUR_NATURE[nature]
    fautives = [(ligne, ligne.cases[rang]) for ligne in lignes]
    sans = [(ligne, case) for ligne, case in fautives if case.sans]
    if sans:
        lieux = tuple(_partie(ligne, case.sans, case.communes, cadre) for ligne, case in sans)
        yield Phrase(f"Aucun guichet pour {pour} {_dans(sans)}", Etat.TROU, lieux)
    par_guichets: dict[tuple[str, ...], list[tuple[Ligne, Case]]] = defaultdict(list)
    for ligne, case in fautives:
        if case.plusieurs:
            par_guichets[case.egaux].append((ligne, case))
    for guichets, siennes in par_guichets.items():
        lieux = tuple(
            _partie(ligne, case.plusieurs, case.communes, cadre) for ligne, case in siennes
        )
        qui = enumeration([f"« {guichet} »" for guichet in guichets])
        texte = f"Plusieurs guichets pour {pour} ({qui}) {_dans(siennes)}"
        yield Phrase(texte, Etat.EGALITE, lieux)


def _dans(lignes: Sequence[tuple[Ligne, Case]]) -> str:
    epci = sum(bool(ligne.code) for ligne, _ in lignes)
    if not epci:
        return "hors de toute intercommunalité"
    return f"dans ces {epci} intercommunalités" if epci > 1 else "dans cette intercommunalité"


def _partie(ligne: Ligne, touchees: int, toutes: int, cadre: str) -> str:
    if touchees == toutes and not ligne.ailleurs:
        return ligne.nom
    if touchees == toutes:
        return f"{ligne.nom} (ses {toutes} communes {cadre})"
    return f"{ligne.nom} ({touchees} commune{'s' if touchees > 1 else ''} sur {toutes})"
