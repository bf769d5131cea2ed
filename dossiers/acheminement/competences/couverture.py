"""Where nobody, or more than one desk, is competent: asked at the commune, for a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from aides.emprise import Emprise
from aides.models import Aide, Porteur, VersionAide
from territoires.models import Commune
from territoires.organismes.competences import Egalite, Trou, resoudre
from territoires.organismes.models import Competence, NatureAide
from territoires.perimetre import FRANCE, codes_des_lieux, contient

#: The codes above a place that périmètres tell apart.
Lieu = frozenset[str]


class Etat(StrEnum):
    """What a place finds for a nature; `PARTIEL`: not the same in all its communes."""

    GUICHET = "guichet"
    TROU = "trou"
    EGALITE = "egalite"
    PARTIEL = "partiel"
    SANS_OBJET = "sans_objet"


@dataclass(frozen=True, slots=True)
class Besoin:
    """Where open aides of one nature, reviewed by the same organismes (none: whoever is competent
    there), need a desk. `aides`: whether an aide asks for it, or only the question is asked."""

    nature: str
    organismes: frozenset[str]
    lieux: frozenset[tuple[tuple[str, ...], tuple[str, ...]]]
    aides: bool = True

    def concerne(self, lieu: Lieu) -> bool:
        return any(contient(dedans, dehors, lieu) for dedans, dehors in self.lieux)


def besoins_au(le: date, natures: Collection[str] = NatureAide.values) -> list[Besoin]:
    """What the open catalogue asks of desks that day, in two queries. A nature without an aide
    filed here is asked for everywhere, of whoever is competent."""
    ouvertes = Aide.objects.ouvertes(le).filter(
        version__voie=VersionAide.Voie.PORTAIL, version__nature__in=list(natures)
    )
    versions = VersionAide.objects.filter(pk__in=ouvertes.order_by().values("version"))
    lignes = versions.order_by().values_list("pk", "nature", "perimetre", "exclusions")
    instructeurs = instructeurs_des({pk for pk, *_ in lignes})
    lieux: dict[tuple[str, frozenset[str]], set[tuple[tuple[str, ...], tuple[str, ...]]]]
    lieux = defaultdict(set)
    for pk, nature, perimetre, exclusions in lignes:
        cle = (nature, instructeurs.get(pk, frozenset()))
        lieux[cle].add((tuple(perimetre), tuple(exclusions)))
    trouves = [Besoin(*cle, frozenset(valeurs)) for cle, valeurs in lieux.items()]
    sans_aide = set(natures) - {besoin.nature for besoin in trouves}
    partout = frozenset({((FRANCE,), ())})
    return trouves + [Besoin(nature, frozenset(), partout, False) for nature in sorted(sans_aide)]


def instructeurs_des(versions: Collection[int]) -> dict[int, frozenset[str]]:
    """The codes of the organismes that review each version; absent when it names none."""
    porteurs = Porteur.objects.filter(
        version__in=versions, roles__contains=[Porteur.Role.INSTRUCTEUR]
    )
    codes: dict[int, set[str]] = defaultdict(set)
    for version, code in porteurs.order_by().values_list("version", "organisme__code"):
        codes[version].add(code)
    return {version: frozenset(trouves) for version, trouves in codes.items()}


def lieux_de(communes: QuerySet[Commune], nommees: Iterable[str]) -> dict[Lieu, int]:
    """The places that périmètres tell apart among these communes, each with how many communes it
    is, in two queries. `nommees`: every code that périmètres use."""
    emprise = Emprise.de(communes, [code for code in nommees if code.startswith("COM-")])
    lieux = dict(emprise.nombres)
    for code, groupe in emprise.groupes.items():
        lieux[groupe] -= 1
        lieux[groupe | {code}] = 1
    return {lieu: nombre for lieu, nombre in lieux.items() if nombre}


def perimetre_du_trou(epci: str, nature: str, le: date) -> list[str]:
    """Where in an EPCI ("EPCI-243100518") nobody is competent for a nature that day, as a
    périmètre: the EPCI when it is everywhere, else its communes; empty when it is nowhere."""
    siren = epci.removeprefix("EPCI-")
    communes = Commune.objects.actuelles().filter(epci=siren).order_by("code")
    lieux = codes_des_lieux(communes.values_list("code", flat=True), le)
    besoins = besoins_au(le, [nature])
    competences = Competence.objects.en_vigueur(le).filter(nature=nature)
    reponses = repondre(
        lieux.values(), competences.select_related("guichet__organisme"), besoins, le
    )
    sans = [code for code, lieu in lieux.items() if reponses.get((lieu, nature), Reponse()).trou]
    return [epci] if sans and len(sans) == len(lieux) else [f"COM-{c}" for c in sorted(sans)]


def codes_employes(competences: Iterable[Competence], besoins: Iterable[Besoin]) -> set[str]:
    """Every code that says where a competence holds or where an aide is given."""
    codes = {code for c in competences for code in (*c.perimetre, *c.exclusions)}
    for besoin in besoins:
        for dedans, dehors in besoin.lieux:
            codes.update(dedans, dehors)
    return codes


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a place finds for a nature: desks (names), whether for one aide at least nobody is
    competent, and those that are equally."""

    guichets: frozenset[str] = frozenset()
    trou: bool = False
    egaux: frozenset[str] = frozenset()


def repondre(
    lieux: Iterable[Lieu],
    competences: Iterable[Competence],
    besoins: Sequence[Besoin],
    le: date,
) -> dict[tuple[Lieu, str], Reponse]:
    """What each place finds for each nature that is needed there that day."""
    par_nature: dict[str, list[Competence]] = defaultdict(list)
    for competence in competences:
        par_nature[competence.nature].append(competence)
    reponses = {}
    for lieu in lieux:
        demandes: dict[str, list[Besoin]] = defaultdict(list)
        for besoin in besoins:
            if besoin.concerne(lieu):
                demandes[besoin.nature].append(besoin)
        for nature, siens in demandes.items():
            reponses[lieu, nature] = _reponse(lieu, par_nature[nature], siens, le)
    return reponses


def _reponse(
    lieu: Lieu, competences: Sequence[Competence], besoins: Iterable[Besoin], le: date
) -> Reponse:
    guichets: set[str] = set()
    egaux: set[str] = set()
    trou = False
    for besoin in besoins:
        match resoudre(
            competences, nature=besoin.nature, lieu=lieu, le=le, organismes=besoin.organismes
        ):
            case Trou():
                trou = True
            case Egalite(plusieurs):
                egaux.update(guichet.nom for guichet in plusieurs)
            case guichet:
                guichets.add(guichet.nom)
    return Reponse(frozenset(guichets), trou, frozenset(egaux))


@dataclass(frozen=True, slots=True)
class Case:
    """What the communes of an EPCI find for a nature: how many need it, how many of them have
    nobody, how many have several desks; `guichets`: those that are alone competent somewhere,
    `egaux`: those that are not."""

    nature: str
    communes: int = 0
    sans: int = 0
    plusieurs: int = 0
    guichets: tuple[str, ...] = ()
    egaux: tuple[str, ...] = ()

    @property
    def etat(self) -> Etat:
        if not self.communes:
            return Etat.SANS_OBJET
        if not (self.sans or self.plusieurs):
            return Etat.GUICHET
        if self.sans == self.communes:
            return Etat.TROU
        return Etat.EGALITE if self.plusieurs == self.communes else Etat.PARTIEL

    @property
    def a_revoir(self) -> bool:
        return bool(self.sans or self.plusieurs)

    @property
    def libelle(self) -> str:
        return str(NatureAide(self.nature).label)


def cases(
    lieux: Mapping[Lieu, int], reponses: Mapping[tuple[Lieu, str], Reponse]
) -> dict[tuple[str, str], Case]:
    """By EPCI ("EPCI-243100518"; empty outside any) and nature."""
    par_case: dict[tuple[str, str], list[tuple[int, Reponse]]] = defaultdict(list)
    for (lieu, nature), reponse in reponses.items():
        par_case[epci_de(lieu), nature].append((lieux[lieu], reponse))
    return {cle: _case(cle[1], parties) for cle, parties in par_case.items()}


def _case(nature: str, parties: Iterable[tuple[int, Reponse]]) -> Case:
    communes = sans = plusieurs = 0
    guichets: set[str] = set()
    egaux: set[str] = set()
    for nombre, reponse in parties:
        communes += nombre
        sans += nombre if reponse.trou else 0
        plusieurs += nombre if reponse.egaux else 0
        guichets |= reponse.guichets
        egaux |= reponse.egaux
    return Case(nature, communes, sans, plusieurs, tuple(sorted(guichets)), tuple(sorted(egaux)))


def epci_de(lieu: Lieu) -> str:
    """The code of the EPCI of a place; empty outside any."""
    return next((code for code in lieu if code.startswith("EPCI-")), "")
