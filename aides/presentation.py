"""What the page of an aide says of it in French: amounts, places, desks, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from aides.conditions import conditions
from aides.criteres.arbre import Source
from aides.criteres.echange import lire_source, lire_sources
from aides.criteres.faits import VOCABULAIRE
from aides.criteres.redaction import Phrase, enumerer, nommer, rediger
from aides.emprise import FRANCE, Emprise
from aides.models import Porteur, VersionAide
from aides.models.forme import Forme
from aides.montants import Regle, euros, lire_regles, pourcentage
from aides.noms import Noms
from territoires.models import Commune
from territoires.organismes.competences import resoudre
from territoires.organismes.models import Competence, Guichet
from territoires.perimetre import libelles

NIVEAUX = {
    "PAYS": "Pays", "REG": "Régions", "DEP": "Départements", "EPCI": "Intercommunalités",
    "COM": "Communes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Renvoi:
    """A source as a sentence cites it: by its rank in the list at the foot of the page."""

    numero: int
    source: Source


@dataclass(frozen=True, slots=True)
class Condition:
    """A sentence, what it cites, and those below it; `liaison` is the word between them."""

    texte: str
    liaison: str
    renvoi: Renvoi | None
    enfants: list[Condition]


@dataclass(frozen=True, slots=True)
class Bareme:
    """One rule of amount in words: its name, what it gives, its own condition, its source."""

    titre: str
    texte: str
    condition: Condition | None
    renvoi: Renvoi


class Bibliographie:
    """The sources that a version cites, numbered in the order in which the page names them."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def citer(self, source: Source) -> Renvoi:
        if source not in self.sources:
            self.sources.append(source)
        return Renvoi(self.sources.index(source) + 1, source)

    def noter(self, phrase: Phrase) -> Condition:
        """The sentences of a condition, each with its source."""
        return Condition(
            phrase.texte,
            phrase.liaison,
            self.citer(phrase.source) if phrase.source else None,
            [self.noter(enfant) for enfant in phrase.enfants],
        )


@dataclass(frozen=True, slots=True)
class Niveau:
    """The places of one level, by name."""

    libelle: str
    lieux: list[str]


@dataclass(frozen=True, slots=True)
class Guichets:
    """The desks that review an aide, the one of most places first; `ailleurs` when some places
    of its périmètre have none: a person then finds the desk.
    """

    guichets: list[Guichet]
    ailleurs: bool


def baremes(version: VersionAide, noms: Noms, cites: Bibliographie) -> list[Bareme]:
    """The rules of amount, in the order of the document. Raises EchangeInvalide."""
    sources = lire_sources(version.sources)
    regles = lire_regles(version.montants, sources)
    return [
        Bareme(
            titre=regle.libelle or str(Forme(regle.forme).label),
            texte=decrire(regle, brut),
            condition=cites.noter(rediger(regle.si, noms.lieu, noms.code)) if regle.si else None,
            renvoi=cites.citer(lire_source(brut["source"], sources)),
        )
        for regle, brut in zip(regles, version.montants, strict=True)
    ]


def decrire(regle: Regle, brut: Mapping[str, Any]) -> str:
    """The rule as one sentence without its full stop, empty when it gives no figure:
    "Subvention : 20 % à 30 % des dépenses retenues (les dépenses « Bâtiments »), 35 000 € au
    plus". `brut` is the same rule in exchanged JSON.
    """
    dits = [*_base(regle, brut)]
    if regle.par_emploi is not None:
        dits.append(f"{euros(regle.par_emploi)} par emploi créé")
    if regle.plafond is not None:
        dits.append(f"{euros(regle.plafond)} au plus")
    if regle.minimum is not None:
        dits.append(f"rien en dessous de {euros(regle.minimum)}")
    forme = str(Forme(regle.forme).label)
    return f"{forme} : {', '.join(dits)}" if dits else ""


def _base(regle: Regle, brut: Mapping[str, Any]) -> Iterable[str]:
    if regle.forfait is not None:
        yield f"{euros(regle.forfait)} forfaitaires"
    if regle.taux is None:
        return
    plancher = brut.get("taux_minimum")
    debut = f"{pourcentage(Decimal(plancher))} à " if plancher else ""
    if regle.assiette == ("depenses_total",):
        quoi = "des dépenses"
    else:
        lignes = [nommer(VOCABULAIRE[code]) for code in regle.assiette]
        quoi = f"des dépenses retenues ({enumerer(lignes, 'et')})"
    yield f"{debut}{pourcentage(regle.taux)} {quoi}"


def condition(version: VersionAide, noms: Noms, cites: Bibliographie) -> Condition:
    """All that a version demands, as a tree of sentences. Raises EchangeInvalide."""
    return cites.noter(rediger(conditions(version), noms.lieu, noms.code))


def noms_de(version: VersionAide) -> Noms:
    """The names of all that the criteria and the rules of amount cite. Raises EchangeInvalide."""
    regles = lire_regles(version.montants, lire_sources(version.sources))
    arbres = [conditions(version), *(regle.si for regle in regles if regle.si)]
    return Noms.pour(arbres, [*version.perimetre, *version.exclusions])


def niveaux(codes: Iterable[str]) -> list[Niveau]:
    """Places by level, the widest first, each by its name (its code when it has none)."""
    codes = list(codes)
    noms = libelles(codes)
    return [
        Niveau(libelle, sorted(noms.get(c, c) for c in codes if c.startswith(f"{niveau}-")))
        for niveau, libelle in NIVEAUX.items()
        if any(code.startswith(f"{niveau}-") for code in codes)
    ]


def sources_de(version: VersionAide, cites: Bibliographie) -> list[Renvoi]:
    """Every source of the version, those that its sentences cite first. Raises EchangeInvalide."""
    autres = lire_sources(version.sources).values()
    for source in sorted(autres, key=lambda s: (s.libelle, s.url)):
        cites.citer(source)
    return [Renvoi(rang, source) for rang, source in enumerate(cites.sources, 1)]


def guichets_de(version: VersionAide, le: date) -> Guichets:
    """The desks competent somewhere in the périmètre on the day `le`.

    Every part of an EPCI in a département is asked for by the function that routes a demande:
    what the page announces is what will happen, a tie or a hole included.
    """
    instructeurs = frozenset(
        porteur.organisme.code
        for porteur in version.porteurs.all()
        if Porteur.Role.INSTRUCTEUR in porteur.roles
    )
    competences = list(
        Competence.objects.filter(nature=version.nature).select_related("guichet__organisme")
    )
    nommees = {code for c in competences for code in (*c.perimetre, *c.exclusions)}
    nommees = nommees.union(version.perimetre, version.exclusions)
    emprise = Emprise.de(_communes(version), {code for code in nommees if code.startswith("COM-")})
    lieux = {*emprise.nombres, *(g | {code} for code, g in emprise.groupes.items())}
    nombres: Counter[Guichet] = Counter()
    ailleurs = False
    for lieu in lieux:
        if not lieu.isdisjoint(version.exclusions):
            continue
        trouve = resoudre(
            competences, nature=version.nature, lieu=lieu, le=le, organismes=instructeurs
        )
        if isinstance(trouve, Guichet):
            nombres[trouve] += 1
        else:
            ailleurs = True
    ordre = sorted(nombres, key=lambda guichet: (-nombres[guichet], guichet.nom, guichet.pk))
    return Guichets(ordre, ailleurs)


def _communes(version: VersionAide) -> Any:
    """The present communes of the périmètre."""
    champs = {"REG": "departement__region", "DEP": "departement", "EPCI": "epci", "COM": "code"}
    communes = Commune.objects.actuelles()
    if FRANCE in version.perimetre:
        return communes
    dedans = Q(pk__in=[])
    for code in version.perimetre:
        niveau, _, numero = code.partition("-")
        if niveau in champs:
            dedans |= Q(**{champs[niveau]: numero})
    return communes.filter(dedans)
