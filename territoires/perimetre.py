"""Places in the national notation of aids: `REG-76|DEP-31|EPCI-243100518|COM-31555`.

A périmètre is a tuple of codes in canonical order; exclusions win over it. A place is the set of
every code that holds a commune, never what an EPCI or a postcode suggests.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from datetime import date

from django.db import models
from django.db.models import F, Value

from territoires.models import (
    Chargement,
    Commune,
    CommuneAncienne,
    CoucheZone,
    Departement,
    Epci,
    Region,
    Zone,
)
from territoires.zones import codes_de_zone, codes_des_zones

FRANCE = "PAYS-99100"
SEPARATEUR = "|"
#: Levels in canonical order, and what a code of each looks like.
NIVEAUX = {
    "REG": re.compile(r"[0-9]{2}|9[78][0-9]"),
    "DEP": re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]"),
    "EPCI": re.compile(r"[0-9]{9}"),
    "COM": re.compile(r"[0-9][0-9AB][0-9]{3}"),
    "PAYS": re.compile(r"99[0-9]{3}"),
}
RANGS = {niveau: rang for rang, niveau in enumerate(NIVEAUX)}
MODELES: dict[str, type[models.Model]] = {
    "REG": Region,
    "DEP": Departement,
    "EPCI": Epci,
    "COM": Commune,
    "ZONE": Zone,
}
#: What is said after the name of a place, by level.
PRECISIONS: dict[str, Value | F] = {
    "REG": Value("région"),
    "DEP": Value("département"),
    "COM": F("departement_id"),
}


class PerimetreInvalide(ValueError):
    """A code that is not written as the notation asks; the message (French) names it."""


class CodeInconnu(ValueError):
    """Codes that the loaded edition does not know; the message (French) names them."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        pluriel = "s" if len(self.codes) > 1 else ""
        super().__init__(
            f"Code{pluriel} géographique{pluriel} inconnu{pluriel} : {', '.join(self.codes)}"
        )


def analyser(texte: str) -> tuple[str, ...]:
    """Read `REG-76|DEP-31`; return its codes, each once, in canonical order.

    Spaces and case do not matter; an empty text is an empty périmètre. Raises PerimetreInvalide.
    """
    if not texte.strip():
        return ()
    return ordonner(code.strip().upper() for code in texte.split(SEPARATEUR))


def ecrire(codes: Iterable[str]) -> str:
    """Write codes in the notation, in canonical order. Raises PerimetreInvalide."""
    return SEPARATEUR.join(ordonner(codes))


def ordonner(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes, each once: régions, départements, EPCI, communes, countries; then by
    number. Raises PerimetreInvalide for the first one badly written.
    """
    return tuple(sorted(set(codes), key=_rang))


def _rang(code: str) -> tuple[int, str]:
    niveau, _, numero = code.partition("-")
    forme = NIVEAUX.get(niveau)
    if forme is None or forme.fullmatch(numero) is None:
        raise PerimetreInvalide(
            f"« {code} » n’est pas un code de lieu : écrivez REG-76, DEP-31, EPCI-243100518, "
            "COM-31555 ou PAYS-99100, séparés par « | »."
        )
    return RANGS[niveau], numero


def verifier(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the périmètre in canonical order, former communes replaced by their successors.

    Raises PerimetreInvalide, or CodeInconnu naming every code the loaded edition ignores.
    """
    voulus = ordonner(codes)
    connus = set(libelles(voulus))
    communes = [code.removeprefix("COM-") for code in voulus if code.startswith("COM-")]
    successeurs = {
        f"COM-{ancienne.code}": f"COM-{ancienne.commune_id}"
        for ancienne in CommuneAncienne.objects.filter(code__in=communes)
    }
    if inconnus := [code for code in voulus if code not in connus | set(successeurs)]:
        raise CodeInconnu(inconnus)
    return ordonner(successeurs.get(code, code) for code in voulus)


def contient(perimetre: Collection[str], exclusions: Collection[str], lieu: frozenset[str]) -> bool:
    """Whether the place is in the périmètre and in none of the exclusions, which win."""
    return not lieu.isdisjoint(perimetre) and lieu.isdisjoint(exclusions)


def commune_actuelle(code_commune: str) -> Commune:
    """Return the commune of this INSEE code, or the one a former code is now part of.

    With its département, région and EPCI, in one query or two. Raises CodeInconnu.
    """
    communes = Commune.objects.actuelles().select_related("departement__region", "epci")
    commune = (
        communes.filter(code=code_commune).first()
        or communes.filter(anciennes__code=code_commune).first()
    )
    if commune is None:
        raise CodeInconnu([f"COM-{code_commune}"])
    return commune


def lieu(commune: Commune, le: date) -> frozenset[str]:
    """Return every code that holds the commune on the day `le`.

    `{"COM-31555", "EPCI-243100518", "DEP-31", "REG-76", "PAYS-99100"}`, then `ZONE-<code>` for
    each loaded zone it lies in, and `ZONE-PARTIELLE-<code>` for each one that holds part of it.
    """
    if not commune.actuelle:
        commune = commune_actuelle(commune.code)
    return _codes(commune) | codes_de_zone(commune.code, le)


def _codes(commune: Commune) -> frozenset[str]:
    """The codes that hold a present commune, zones aside."""
    codes = {
        FRANCE,
        f"REG-{commune.departement.region_id}",
        f"DEP-{commune.departement_id}",
        f"COM-{commune.code}",
    }
    return frozenset(codes if commune.epci_id is None else codes | {f"EPCI-{commune.epci_id}"})


def codes_du_lieu(code_commune: str, le: date) -> frozenset[str]:
    """The same for an INSEE code, which may be a former one. Raises CodeInconnu."""
    lieux = codes_des_lieux([code_commune], le)
    if code_commune not in lieux:
        raise CodeInconnu([f"COM-{code_commune}"])
    return lieux[code_commune]


def codes_des_lieux(codes_communes: Iterable[str], le: date) -> dict[str, frozenset[str]]:
    """The same for each INSEE code that is known, in two queries, three with former codes."""
    voulus = set(codes_communes)
    presentes = Commune.objects.actuelles().select_related("departement")
    communes = {commune.code: commune for commune in presentes.filter(code__in=voulus)}
    if restants := voulus - communes.keys():
        anciennes = CommuneAncienne.objects.select_related("commune__departement")
        for ancienne in anciennes.filter(code__in=restants, commune__actuelle=True):
            communes[ancienne.code] = ancienne.commune
    zones = codes_des_zones({commune.code for commune in communes.values()}, le)
    return {code: _codes(c) | zones.get(c.code, frozenset()) for code, c in communes.items()}


def empreinte_des_lieux(le: date) -> str:
    """A SHA-256, in hexadecimal, of what the codes of a commune depend on that day: the same one
    means that none has changed."""
    reference = Chargement.objects.filter(jeu="territoires").values_list("empreinte")
    couches = CoucheZone.objects.en_vigueur(le).order_by("zone", "du")
    zones = couches.values_list("zone", "du", "empreinte", "statuts_donnes")
    return hashlib.sha256(repr([*reference, *zones]).encode()).hexdigest()


def libelle(code: str) -> str:
    """Name one code for people: "CC Cœur et Coteaux du Comminges". Raises CodeInconnu."""
    noms = libelles([code])
    if code not in noms:
        raise CodeInconnu([code])
    return noms[code]


def libelles(codes: Iterable[str]) -> dict[str, str]:
    """Name the known ones among `codes`, with one query at most.

    "Occitanie (région)", "Haute-Garonne (département)", the EPCI's own name, "Toulouse (31)",
    "France", the zone's own name.
    """
    par_niveau: dict[str, list[str]] = {}
    for code in codes:
        niveau, _, numero = code.partition("-")
        par_niveau.setdefault(niveau, []).append(numero)
    noms = {FRANCE: "France"} if "99100" in par_niveau.pop("PAYS", []) else {}
    lignes = [
        MODELES[niveau]
        ._default_manager.filter(pk__in=numeros)
        .order_by()
        .values_list(Value(niveau), "pk", "nom", PRECISIONS.get(niveau, Value("")))
        for niveau, numeros in par_niveau.items()
        if niveau in MODELES
    ]
    if lignes:
        for niveau, numero, nom, precision in lignes[0].union(*lignes[1:], all=True):
            noms[f"{niveau}-{numero}"] = f"{nom} ({precision})" if precision else nom
    return noms
