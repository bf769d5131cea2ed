"""Tree <-> JSON, with stable codes and a version number (docs/criteres.md).

Reading is strict: unknown keys, types, facts and choices are refused, depth and number of
nodes are bounded before anything recurses, and every fault comes with its JSON path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, assert_never

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
from aides.criteres.codes import CODE_AIDE, SECTIONS, ZONE, est_niveau_forme, est_niveau_naf
from aides.criteres.faits import fait as fait_de
from aides.criteres.noeuds import Defaut, Noeud, Refus, joindre, source_en_ligne
from aides.criteres.valeurs import ecrire_quantite

VERSION = 1
PROFONDEUR_MAXIMUM = 40
NOEUDS_MAXIMUM = 5_000

_OPERATEURS = {operateur.value: operateur for operateur in Operateur}
_TAILLES = {taille.value: taille for taille in Taille}
_PART = re.compile("([0-9]{1,9})/([1-9][0-9]{0,8})")
#: The longest delay between two aids that a text can ask for: fifty years.
MOIS_MAXIMUM = 600

Json = dict[str, Any]


class EchangeInvalide(ValueError):
    """JSON that cannot be read; `defauts` names every fault found, at most one per node."""

    def __init__(self, defauts: list[Defaut]) -> None:
        super().__init__(" ; ".join(f"{d.chemin} : {d.message}" for d in defauts))
        self.defauts = defauts


# ------------------------------------------------------------------ JSON -> tree


def lire(
    objet: object, sources: Mapping[str, Source] | None = None, *, chemin: str = ""
) -> Critere:
    """The tree that `objet` describes. `sources` are those its leaves may name by key;
    `chemin` is put before every path. Raises EchangeInvalide with every fault found."""
    defauts: list[Defaut] = []
    critere: Critere | None = None
    try:
        _mesurer(objet, chemin)
        critere = _lire(objet, chemin, sources or {}, defauts)
    except Refus as refus:
        defauts.append(refus.defaut)
    if critere is None or defauts:
        raise EchangeInvalide(defauts)
    return critere


def lire_document(objet: object) -> Critere:
    """The tree of an exported document, {"version": 1, "critere": {…}}, with inline sources.

    Raises EchangeInvalide.
    """
    try:
        document = Noeud(objet, "", {})
        document.exiger({"version", "critere"})
        document.entier("version", VERSION, VERSION)
    except Refus as refus:
        raise EchangeInvalide([refus.defaut]) from refus
    return lire(document.objet["critere"], chemin="critere")


def lire_sources(objet: object, *, chemin: str = "sources") -> dict[str, Source]:
    """The `sources` object of an aide: key -> source. Raises EchangeInvalide."""
    if not isinstance(objet, dict):
        raise EchangeInvalide([Defaut(chemin, "un objet est attendu")])
    sources: dict[str, Source] = {}
    defauts: list[Defaut] = []
    for cle, brut in objet.items():
        try:
            sources[cle] = source_en_ligne(brut, joindre(chemin, cle))
        except Refus as refus:
            defauts.append(refus.defaut)
    if defauts:
        raise EchangeInvalide(defauts)
    return sources


def lire_source(
    brut: object, sources: Mapping[str, Source] | None = None, *, chemin: str = "source"
) -> Source:
    """One source, inline or named by its key in `sources`. Raises EchangeInvalide."""
    parent, _, cle = chemin.rpartition("/")
    try:
        return Noeud({cle: brut}, parent, sources or {}).source(cle)
    except Refus as refus:
        raise EchangeInvalide([refus.defaut]) from refus


def _mesurer(objet: object, chemin: str) -> None:
    """Refuses a tree too deep or too large, with a loop: nothing has recursed yet."""
    noeuds = 0
    pile = [(objet, 1)]
    while pile:
        noeud, profondeur = pile.pop()
        noeuds += 1
        if profondeur > PROFONDEUR_MAXIMUM:
            raise Refus(chemin, f"arbre trop profond (plus de {PROFONDEUR_MAXIMUM} niveaux)")
        if not isinstance(noeud, dict):
            continue
        enfants = noeud.get("criteres")
        enfants = enfants if isinstance(enfants, list) else []
        if noeuds + len(pile) + len(enfants) > NOEUDS_MAXIMUM:
            raise Refus(chemin, f"arbre trop grand (plus de {NOEUDS_MAXIMUM} critères)")
        pile.extend((enfant, profondeur + 1) for enfant in enfants)
        if "critere" in noeud:
            pile.append((noeud["critere"], profondeur + 1))


def _lire(
    objet: object, chemin: str, sources: Mapping[str, Source], defauts: list[Defaut]
) -> Critere | None:
    """One node; None once its fault, or one below it, has been added to `defauts`."""
    try:
        noeud = Noeud(objet, chemin, sources)
        type_ = noeud.objet.get("type")
        if isinstance(type_, str) and type_ in _FEUILLES:
            forme = _FEUILLES[type_]
            noeud.exiger({"type", "source", *forme.requises}, set(forme.facultatives))
            return forme.lecteur(noeud)
        if isinstance(type_, str) and type_ in _GROUPES:
            noeud.exiger({"type", *_GROUPES[type_]})
            return _lire_groupe(type_, noeud, defauts)
        raise noeud.refus("type", "type de critère inconnu ou absent")
    except Refus as refus:
        defauts.append(refus.defaut)
        return None


def _lire_groupe(type_: str, noeud: Noeud, defauts: list[Defaut]) -> Critere | None:
    if type_ == "non":
        ici = joindre(noeud.chemin, "critere")
        critere = _lire(noeud.objet["critere"], ici, noeud.sources, defauts)
        return None if critere is None else Non(critere)
    bruts, ici = noeud.objet["criteres"], joindre(noeud.chemin, "criteres")
    if not isinstance(bruts, list) or not bruts:
        raise Refus(ici, "une liste d’au moins un critère est attendue")
    lus = [_lire(b, joindre(ici, rang), noeud.sources, defauts) for rang, b in enumerate(bruts)]
    nombre = noeud.entier("nombre", 1, len(bruts)) if type_ == "au_moins" else 0
    criteres = tuple(critere for critere in lus if critere is not None)
    if len(criteres) < len(bruts):
        return None
    if type_ == "au_moins":
        return AuMoins(nombre, criteres)
    return Tous(criteres) if type_ == "tous" else Un(criteres)


# ------------------------------------------------------------------ one reader per leaf


def _comparaison(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", Comparaison)
    operateur = noeud.un_de("operateur", _OPERATEURS)
    return Comparaison(fait.code, operateur, noeud.quantite("valeur", fait), noeud.source())


def _proportion(noeud: Noeud) -> Critere:
    gauche, droite = noeud.fait("gauche", Proportion), noeud.fait("droite", Proportion)
    if gauche.type is not droite.type:
        raise noeud.refus("droite", f"« {gauche.code} » et « {droite.code} » ne se comparent pas")
    operateur = noeud.un_de("operateur", _OPERATEURS)
    part = noeud.motif("part", _PART, "deux entiers, « 10/100 »")
    numerateur, denominateur = int(part[1]), int(part[2])
    source = noeud.source()
    return Proportion(gauche.code, operateur, numerateur, denominateur, droite.code, source)


def _parmi(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", Parmi)
    return Parmi(fait.code, noeud.codes("codes", (fait.choix or {}).__contains__), noeud.source())


def _commence(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", Commence)
    sections = SECTIONS.get(fait.code)

    def accepte(code: str) -> bool:
        return est_niveau_naf(code, sections) if sections else est_niveau_forme(code)

    codes, sauf = noeud.codes("codes", accepte), noeud.codes("sauf", accepte)
    return Commence(fait.code, codes, noeud.source(), sauf)


def _situe(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", Situe)
    perimetre, sauf = noeud.perimetre("perimetre"), noeud.perimetre("sauf")
    return Situe(fait.code, perimetre, noeud.source(), sauf)


def _en_zone(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", EnZone)
    zone = noeud.motif("zone", ZONE, "un code de zone en capitales")[0]
    return EnZone(fait.code, zone, noeud.source())


def _fenetre(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", Fenetre)
    return Fenetre(fait.code, noeud.date("debut"), noeud.date("fin"), noeud.source())


def _fenetre_annuelle(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", FenetreAnnuelle)
    debut, fin = noeud.jour_mois("debut"), noeud.jour_mois("fin")
    return FenetreAnnuelle(fait.code, debut, fin, noeud.source())


def _delai_entre_aides(noeud: Noeud) -> Critere:
    aides = noeud.codes("aides", lambda code: CODE_AIDE.fullmatch(code) is not None)
    return DelaiEntreAides(aides, noeud.entier("mois", 0, MOIS_MAXIMUM), noeud.source())


def _sans_objet(noeud: Noeud) -> Critere:
    fait = noeud.fait("fait", SansObjetFait)
    if not fait.sans_objet:
        raise noeud.refus("fait", f"« {fait.code} » n’est jamais sans objet")
    return SansObjetFait(fait.code, noeud.source())


def _a_verifier(noeud: Noeud) -> Critere:
    code = noeud.motif("code", CODE_AIDE, "un code en minuscules, « impact-score »")[0]
    return AVerifier(code, noeud.texte("libelle"), noeud.source())


class _Forme(NamedTuple):
    """How a leaf is written: its keys besides `type` and `source`, and its reader."""

    lecteur: Callable[[Noeud], Critere]
    requises: tuple[str, ...]
    facultatives: tuple[str, ...] = ()


_FEUILLES = {
    "comparaison": _Forme(_comparaison, ("fait", "operateur", "valeur")),
    "proportion": _Forme(_proportion, ("gauche", "operateur", "part", "droite")),
    "vrai": _Forme(lambda n: Vrai(n.fait("fait", Vrai).code, n.source()), ("fait",)),
    "parmi": _Forme(_parmi, ("fait", "codes")),
    "commence": _Forme(_commence, ("fait", "codes"), ("sauf",)),
    "situe": _Forme(_situe, ("fait", "perimetre"), ("sauf",)),
    "en_zone": _Forme(_en_zone, ("fait", "zone")),
    "fenetre": _Forme(_fenetre, ("fait",), ("debut", "fin")),
    "fenetre_annuelle": _Forme(_fenetre_annuelle, ("fait", "debut", "fin")),
    "delai_entre_aides": _Forme(_delai_entre_aides, ("aides", "mois")),
    "sans_objet": _Forme(_sans_objet, ("fait",)),
    "taille_europeenne": _Forme(
        lambda n: TailleEuropeenne(n.un_de("maximum", _TAILLES), n.source()), ("maximum",)
    ),
    "a_verifier": _Forme(_a_verifier, ("code", "libelle")),
}
#: The values of `type` that are leaves.
TYPES_DE_FEUILLE = frozenset(_FEUILLES)
_GROUPES = {
    "tous": ("criteres",),
    "un": ("criteres",),
    "au_moins": ("nombre", "criteres"),
    "non": ("critere",),
}

# ------------------------------------------------------------------ tree -> JSON


def ecrire_document(critere: Critere) -> Json:
    """A whole tree alone, with the version of the format."""
    return {"version": VERSION, "critere": ecrire(critere)}


def ecrire(critere: Critere) -> Json:
    """The tree in its canonical JSON form: inline sources, sorted codes."""
    match critere:
        case Tous(criteres):
            return {"type": "tous", "criteres": _ecrire_tous(criteres)}
        case Un(criteres):
            return {"type": "un", "criteres": _ecrire_tous(criteres)}
        case AuMoins(nombre, criteres):
            return {"type": "au_moins", "nombre": nombre, "criteres": _ecrire_tous(criteres)}
        case Non(interieur):
            return {"type": "non", "critere": ecrire(interieur)}
        case _:
            return {**_ecrire_feuille(critere), "source": ecrire_source(critere.source)}


def _ecrire_tous(criteres: Iterable[Critere]) -> list[Json]:
    return [ecrire(critere) for critere in criteres]


def _ecrire_feuille(feuille: Feuille) -> Json:  # noqa: C901 - one case per leaf
    match feuille:
        case Comparaison(fait, operateur, seuil):
            valeur = ecrire_quantite(fait_de(fait).type, seuil)
            return _json("comparaison", fait=fait, operateur=operateur.value, valeur=valeur)
        case Proportion(gauche, operateur, numerateur, denominateur, droite):
            part = f"{numerateur}/{denominateur}"
            signe = operateur.value
            return _json("proportion", gauche=gauche, operateur=signe, part=part, droite=droite)
        case Vrai(fait):
            return _json("vrai", fait=fait)
        case Parmi(fait, codes):
            return _json("parmi", fait=fait, codes=sorted(codes))
        case Commence(fait, codes, _, sauf):
            return _json("commence", fait=fait, codes=sorted(codes), sauf=sorted(sauf))
        case Situe(fait, perimetre, _, sauf):
            dedans, dehors = "|".join(sorted(perimetre)), "|".join(sorted(sauf))
            return _json("situe", fait=fait, perimetre=dedans, sauf=dehors)
        case EnZone(fait, zone):
            return _json("en_zone", fait=fait, zone=zone)
        case Fenetre(fait, debut, fin):
            bornes = {"debut": debut and debut.isoformat(), "fin": fin and fin.isoformat()}
            return _json("fenetre", fait=fait, **bornes)
        case FenetreAnnuelle(fait, jour, dernier):
            annuel = {"debut": _jour_mois(jour), "fin": _jour_mois(dernier)}
            return _json("fenetre_annuelle", fait=fait, **annuel)
        case DelaiEntreAides(aides, mois):
            return _json("delai_entre_aides", aides=sorted(aides), mois=mois)
        case SansObjetFait(fait):
            return _json("sans_objet", fait=fait)
        case TailleEuropeenne(maximum):
            return _json("taille_europeenne", maximum=maximum.value)
        case AVerifier(code, libelle):
            return _json("a_verifier", code=code, libelle=libelle)
        case _:
            assert_never(feuille)


def _jour_mois(jour: JourMois) -> str:
    return f"{jour.mois:02d}-{jour.jour:02d}"


def _json(type_: str, **cles: object) -> Json:
    """The object of a leaf, without the optional keys that say nothing."""
    vides = {cle for cle in ("sauf", "debut", "fin") if not cles.get(cle)}
    return {"type": type_, **{cle: valeur for cle, valeur in cles.items() if cle not in vides}}


def ecrire_source(source: Source) -> Json:
    """A source as an inline object; `verifie` only when it is false."""
    objet: Json = {"libelle": source.libelle}
    if source.url:
        objet["url"] = source.url
    if source.date is not None:
        objet["date"] = source.date.isoformat()
    if not source.verifie:
        objet["verifie"] = False
    return objet
