"""Reading an exchange file of aides: everything is checked before anything is stored.

Three checks, in this order, each aide on its own so that every fault is named with its place:
the JSON Schema of docs/schemas, the eligibility language, then what only the whole file and the
reference data can say (doubles, places, organismes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import F
from jsonschema import Draft202012Validator

from aides.criteres.arbre import Source
from aides.criteres.echange import EchangeInvalide, lire, lire_source, lire_sources
from aides.criteres.noeuds import Defaut as DefautDeCritere
from aides.criteres.verification import verifier
from aides.echange.coherence import Faute, aides_citees, fautes_de_coherence, lieux
from aides.echange.documents import CLES, empreinte_de
from aides.models import Aide
from portal.socle.json_strict import Defaut, DocumentInvalide, DocumentJson, lire_json
from portal.socle.schemas import fautes, schema, validateur
from territoires.models import ActiviteNaf, CommuneAncienne
from territoires.organismes.models import Organisme
from territoires.perimetre import libelles
from territoires.zones import zones_existantes

DEFAUTS_MAXIMUM = 20
_PAS_DE_PROGRES = 100


@dataclass(frozen=True, slots=True)
class AideLue:
    """One checked aide: its rank in the file (from 0), its document, the hash of it."""

    rang: int
    document: dict[str, Any]
    empreinte: str

    @property
    def code(self) -> str:
        return str(self.document["code"])

    def refus(self, message: str) -> DocumentInvalide:
        """The error that refuses this aide for what the database already holds."""
        return DocumentInvalide([Defaut(("aides", self.rang), f"« {self.code} » : {message}")])


def lire_catalogue(
    octets: bytes,
    *,
    organismes: bool = True,
    completables: Collection[str] = (),
    annoncer: Callable[[int, int], object] = lambda fait, total: None,
) -> list[AideLue]:
    """The aides of an exchange file, in its order.

    `organismes=False` lets porteurs be unknown here (the file is matched, not stored);
    `completables` are codes of aides that it may complete, besides its own and the stored ones.
    `annoncer` is called now and then with the number of aides read and their total. Raises
    DocumentInvalide with the first faults of the whole file: one broken aide refuses it.
    """
    fichier = lire_json(octets)
    _exiger(fichier, fautes(validateur(_cadre()), fichier.valeur))
    bruts: list[Any] = fichier.valeur["aides"]
    par_aide: dict[int, list[Faute]] = defaultdict(list)
    saines: list[AideLue] = []
    codes_naf, existantes = _sous_classes(), zones_existantes()
    for rang, brut in enumerate(bruts):
        if rang % _PAS_DE_PROGRES == 0:
            annoncer(rang, len(bruts))
        par_aide[rang] = list(fautes_de(brut, codes_naf, existantes))
        if not par_aide[rang]:
            document = {cle: brut[cle] for cle in CLES if cle in brut}
            saines.append(AideLue(rang, document, empreinte_de(document)))
    for rang, faute in _fautes_d_ensemble(saines, completables, organismes=organismes):
        par_aide[rang].append(faute)
    _exiger(fichier, _nommees(bruts, par_aide))
    return saines


def lire_aide(brut: Any) -> AideLue:
    """One aide that is already JSON, as strictly as if it came in a file of its own.

    Raises DocumentInvalide; paths begin at the aide.
    """
    trouvees = list(fautes_de(brut, _sous_classes(), zones_existantes()))
    if not trouvees:
        document = {cle: brut[cle] for cle in CLES if cle in brut}
        lue = AideLue(0, document, empreinte_de(document))
        trouvees = [faute for _, faute in _fautes_d_ensemble([lue], (), organismes=True)]
        if not trouvees:
            return lue
    raise DocumentInvalide([Defaut(chemin, message) for chemin, message in trouvees])


def fautes_de_forme(brut: Any) -> Iterator[Faute]:
    """What the schema alone refuses in one aide, its trees left aside."""
    return fautes(_verificateur(), brut)


def codes_de(octets: bytes) -> list[str]:
    """The codes that a file gives, right or wrong; none if it cannot be read at all."""
    try:
        aides = lire_json(octets).valeur["aides"]
        return [str(aide["code"]) for aide in aides]
    except (DocumentInvalide, LookupError, TypeError):
        return []


def fautes_de(
    brut: Any,
    codes_naf: Collection[str] | None = None,
    zones_connues: Collection[str] | None = None,
) -> Iterator[Faute]:
    """What is wrong in one aide, whatever the others say; `codes_naf` are the sub-classes of
    NAF, `zones_connues` the zones that exist, loaded or not; None when they are not known."""
    du_schema = list(fautes_de_forme(brut))
    if du_schema:
        yield from du_schema
        return
    yield from _fautes_de_la_langue(brut, codes_naf, zones_connues)
    yield from fautes_de_coherence(brut, codes_naf)


def _exiger(fichier: DocumentJson, trouvees: Iterable[Faute]) -> None:
    """Raise DocumentInvalide if there is a fault: the first ones, each with its line."""
    defauts: list[Defaut] = []
    for rang, (chemin, message) in enumerate(trouvees):
        if rang >= DEFAUTS_MAXIMUM:
            defauts.append(Defaut((), "… et d’autres défauts : corrigez déjà ceux-ci"))
            break
        defauts.append(fichier.defaut(chemin, message))
    if defauts:
        raise DocumentInvalide(defauts)


def _sous_classes() -> frozenset[str] | None:
    """The sub-classes of NAF; None while the nomenclature is not loaded."""
    lignes = ActiviteNaf.objects.filter(niveau=ActiviteNaf.Niveau.SOUS_CLASSE)
    return frozenset(lignes.values_list("code", flat=True)) or None


def _nommees(bruts: list[Any], par_aide: dict[int, list[Faute]]) -> Iterator[Faute]:
    for rang in sorted(par_aide):
        code = bruts[rang].get("code") if isinstance(bruts[rang], dict) else None
        nom = f"« {code[:80]} » : " if isinstance(code, str) else ""
        for chemin, message in par_aide[rang]:
            yield ("aides", rang, *chemin), nom + message


@cache
def _cadre() -> dict[str, Any]:
    """The schema of the file around the aides."""
    entier = schema("aides-1")
    proprietes = {**entier["properties"], "aides": {"type": "array"}}
    return {**entier, "properties": proprietes}


@cache
def _verificateur() -> Draft202012Validator:
    """The schema of one aide. Its trees are left to the language, which reads them more
    strictly than a schema can and says what is wrong in French."""
    entier = schema("aides-1")
    definitions = {**entier["$defs"], "critere": {"type": "object"}}
    return validateur({"$ref": "#/$defs/aide", "$defs": definitions})


def _fautes_de_la_langue(
    brut: dict[str, Any],
    codes_naf: Collection[str] | None,
    zones_connues: Collection[str] | None,
) -> Iterator[Faute]:
    try:
        sources = lire_sources(brut.get("sources", {}))
    except EchangeInvalide as invalide:
        yield from _chemins(invalide.defauts)
        return
    yield from _fautes_d_un_arbre(brut["criteres"], sources, "criteres", codes_naf, zones_connues)
    for rang, montant in enumerate(brut.get("montants", [])):
        ici = f"montants/{rang}"
        try:
            lire_source(montant["source"], sources, chemin=f"{ici}/source")
        except EchangeInvalide as invalide:
            yield from _chemins(invalide.defauts)
        if "si" in montant:
            yield from _fautes_d_un_arbre(
                montant["si"], sources, f"{ici}/si", codes_naf, zones_connues
            )


def _fautes_d_un_arbre(
    brut: object,
    sources: Mapping[str, Source],
    chemin: str,
    codes_naf: Collection[str] | None,
    zones_connues: Collection[str] | None,
) -> Iterator[Faute]:
    """What the language cannot read, else what it would not publish."""
    try:
        critere = lire(brut, sources, chemin=chemin)
    except EchangeInvalide as invalide:
        yield from _chemins(invalide.defauts)
    else:
        yield from _chemins(verifier(critere, zones_connues, codes_naf, chemin=chemin))


def _chemins(defauts: Iterable[DefautDeCritere]) -> Iterator[Faute]:
    for defaut in defauts:
        cles = (int(cle) if cle.isdecimal() else cle for cle in defaut.chemin.split("/"))
        yield tuple(cles), defaut.message


# ------------------------------------------------------------------ the file and the database


def _fautes_d_ensemble(
    aides: list[AideLue], completables: Collection[str], *, organismes: bool
) -> Iterator[tuple[int, Faute]]:
    yield from _doubles(aides, "code")
    yield from _doubles(aides, "identifiant")
    yield from _aides_inconnues(aides, completables)
    yield from _lieux_inconnus(aides)
    if organismes:
        yield from _organismes_inconnus(aides)


def _doubles(aides: list[AideLue], cle: str) -> Iterator[tuple[int, Faute]]:
    premiers: dict[str, int] = {}
    for aide in aides:
        premier = premiers.setdefault(aide.document[cle], aide.rang)
        if premier != aide.rang:
            yield aide.rang, ((cle,), f"« {cle} » déjà donné par aides[{premier}]")


def _aides_inconnues(
    aides: list[AideLue], completables: Collection[str]
) -> Iterator[tuple[int, Faute]]:
    """Aides that one completes, or may not have had, and that do not exist."""
    citees = [(aide.rang, *citee) for aide in aides for citee in aides_citees(aide.document)]
    connues = {aide.code for aide in aides} | set(completables)
    if manquantes := {code for _, _, code in citees} - connues:
        connues |= set(Aide.objects.filter(code__in=manquantes).values_list("code", flat=True))
    for rang, chemin, code in citees:
        if code not in connues:
            yield rang, (chemin, f"aide inconnue : {code}")


def _lieux_inconnus(aides: list[AideLue]) -> Iterator[tuple[int, Faute]]:
    cites = [(aide.rang, *lieu) for aide in aides for lieu in lieux(aide.document)]
    codes = {code for _, _, code in cites}
    communes = [code.removeprefix("COM-") for code in codes if code.startswith("COM-")]
    # A former commune may still have a name: no project is there any more.
    anciennes = CommuneAncienne.objects.filter(code__in=communes).exclude(code=F("commune_id"))
    actuelles = {f"COM-{a.code}": f"COM-{a.commune_id}" for a in anciennes}
    inconnus = (codes - libelles(codes).keys()) | actuelles.keys()
    for rang, chemin, code in cites:
        if code in inconnus:
            suite = f" : c’est aujourd’hui {actuelles[code]}" if code in actuelles else ""
            yield rang, (chemin, f"lieu inconnu, {code}{suite}")


def _organismes_inconnus(aides: list[AideLue]) -> Iterator[tuple[int, Faute]]:
    connus = set(Organisme.objects.values_list("code", flat=True))
    for aide in aides:
        for rang, porteur in enumerate(aide.document["porteurs"]):
            if porteur["organisme"] not in connus:
                chemin = ("porteurs", rang, "organisme")
                yield aide.rang, (chemin, f"organisme inconnu : {porteur['organisme']}")
