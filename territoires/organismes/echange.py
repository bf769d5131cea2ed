"""Reading an exchange file of organismes, guichets, compétences, conventions (docs/echange.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from stdnum.fr import siren

from portal.socle.json_strict import Chemin, DocumentInvalide, DocumentJson, lire_json
from portal.socle.schemas import fautes, schema, validateur
from territoires.organismes.conventions import Cadre
from territoires.organismes.models import Competence, Convention, Organisme
from territoires.perimetre import libelles

DEFAUTS_MAXIMUM = 20
Faute = tuple[Chemin, str]


@dataclass(frozen=True, slots=True)
class OrganismesLus:
    """A checked file: lists of JSON objects as docs/schemas/organismes-1.json says."""

    organismes: list[dict[str, Any]]
    guichets: list[dict[str, Any]]
    competences: list[dict[str, Any]]
    conventions: list[dict[str, Any]]


def lire_organismes(octets: bytes) -> OrganismesLus:
    """The content of an exchange file of organismes.

    What it names must be in it, in the database or in the loaded geography. Raises
    DocumentInvalide with the first faults.
    """
    fichier = lire_json(octets)
    _exiger(fichier, fautes(validateur(schema("organismes-1")), fichier.valeur))
    lu = fichier.valeur
    contenu = OrganismesLus(
        lu["organismes"], lu["guichets"], lu["competences"], lu.get("conventions", [])
    )
    _exiger(fichier, _fautes(contenu))
    return contenu


def _exiger(fichier: DocumentJson, trouvees: Iterable[Faute]) -> None:
    defauts = [fichier.defaut(*faute) for faute in islice(trouvees, DEFAUTS_MAXIMUM)]
    if defauts:
        raise DocumentInvalide(defauts)


def _fautes(contenu: OrganismesLus) -> Iterator[Faute]:
    organismes = set(Organisme.objects.values_list("code", flat=True))
    organismes |= {organisme["code"] for organisme in contenu.organismes}
    # A file says all the compétences of its guichets, and of no other's.
    guichets = {guichet["code"] for guichet in contenu.guichets}
    yield from _doubles("organismes", contenu.organismes)
    yield from _doubles("guichets", contenu.guichets)
    for rang, organisme in enumerate(contenu.organismes):
        if "siren" in organisme and not siren.is_valid(organisme["siren"]):
            yield ("organismes", rang, "siren"), f"SIREN invalide : {organisme['siren']}"
    yield from _inconnus("guichets", contenu.guichets, "organisme", organismes)
    yield from _inconnus("competences", contenu.competences, "guichet", guichets)
    for rang, competence in enumerate(contenu.competences):
        if competence.get("fin", competence["debut"]) < competence["debut"]:
            yield ("competences", rang, "fin"), "la fin précède le début"
    yield from _doubles("conventions", contenu.conventions)
    for rang, convention in enumerate(contenu.conventions):
        if convention.get("fin", convention["debut"]) < convention["debut"]:
            yield ("conventions", rang, "fin"), "la fin précède le début"
        for cle in ("donneurs", "receveurs"):
            for code in set(convention[cle]) - organismes:
                yield ("conventions", rang, cle), f"organisme inconnu : {code}"
    yield from _hors_convention(contenu)
    yield from _lieux_inconnus(contenu)


def _hors_convention(contenu: OrganismesLus) -> Iterator[Faute]:
    """Compétences that go further than the convention they name, or name an unknown one."""
    cadres = {convention["code"]: _cadre(convention) for convention in contenu.conventions}
    organismes = {guichet["code"]: guichet["organisme"] for guichet in contenu.guichets}
    for rang, ligne in enumerate(contenu.competences):
        code = ligne.get("convention")
        if code is None or ligne["guichet"] not in organismes:
            continue
        if code not in cadres:
            enregistree = Convention.objects.filter(code=code).first()
            if enregistree is None:
                yield ("competences", rang, "convention"), f"convention inconnue : {code}"
                continue
            cadres[code] = Cadre.de(enregistree)
        competence = Competence(**champs_de_competence(ligne))
        for champ, message in cadres[code].defauts(competence, organismes[ligne["guichet"]]):
            yield ("competences", rang, champ), message


def _cadre(ligne: dict[str, Any]) -> Cadre:
    return Cadre(
        ligne["reference"],
        ligne["natures"],
        ligne["receveurs"],
        ligne["perimetre"].split("|"),
        date.fromisoformat(ligne["debut"]),
        date.fromisoformat(ligne["fin"]) if "fin" in ligne else None,
    )


def champs_de_competence(ligne: Mapping[str, Any]) -> dict[str, Any]:
    """What a line says of a compétence, its desk and its convention aside, as columns."""
    return {
        "nature": ligne["nature"],
        "perimetre": ligne["perimetre"].split("|"),
        "exclusions": ligne["exclusions"].split("|") if "exclusions" in ligne else [],
        "debut": date.fromisoformat(ligne["debut"]),
        "fin": date.fromisoformat(ligne["fin"]) if "fin" in ligne else None,
        "base_legale": ligne["base_legale"],
    }


def _doubles(liste: str, lignes: list[dict[str, Any]]) -> Iterator[Faute]:
    vus: set[str] = set()
    for rang, ligne in enumerate(lignes):
        if ligne["code"] in vus:
            yield (liste, rang, "code"), f"code donné deux fois : {ligne['code']}"
        vus.add(ligne["code"])


def _inconnus(
    liste: str, lignes: list[dict[str, Any]], cle: str, connus: Collection[str]
) -> Iterator[Faute]:
    for rang, ligne in enumerate(lignes):
        if ligne[cle] not in connus:
            yield (liste, rang, cle), f"{cle} inconnu : {ligne[cle]}"


def _lieux_inconnus(contenu: OrganismesLus) -> Iterator[Faute]:
    cites = [
        ((liste, rang, cle), code)
        for liste, lignes in (
            ("organismes", contenu.organismes),
            ("competences", contenu.competences),
            ("conventions", contenu.conventions),
        )
        for rang, ligne in enumerate(lignes)
        for cle in ("territoire", "perimetre", "exclusions")
        for code in filter(None, ligne.get(cle, "").split("|"))
    ]
    connus = libelles({code for _, code in cites})
    for chemin, code in cites:
        if code not in connus:
            yield chemin, f"lieu inconnu : {code}"
