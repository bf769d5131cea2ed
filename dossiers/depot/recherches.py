"""What people type for a commune, an activity or a legal form -> its code, or candidates."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models.functions import Length

from aides.criteres.faits import Fait, Type
from territoires.models import ActiviteNaf, Commune, Departement, FormeJuridique
from territoires.normalisation import normaliser
from territoires.organismes.models import Organisme
from territoires.perimetre import CodeInconnu, commune_actuelle
from territoires.recherche import (
    CODE_POSTAL,
    CommuneTrouvee,
    chercher_communes,
    lire_code_postal,
)

LIMITE = 20
#: Candidates shown at once: more of them and nobody reads the list.
MONTRES = 8
#: Namesakes looked at to find those of the région: there are some 250 "Saint-Martin…".
HOMONYMES = 400
#: How alike a spelling must be, of 1, and how many letters longer or shorter it may be.
RESSEMBLANCE, ECART = 0.78, 2
#: Letters from which the beginning of a trade is looked up.
DEBUT_DE_METIER = 3
_ENTRE_PARENTHESES = re.compile(r"\(.*\)")
_CODE_EN_TETE = re.compile(r"^\s*(\d{2}\.?\d{2}[A-Za-z]|\d{4})\b")
#: How people name the commonest legal forms, and their category in INSEE's nomenclature.
SIGLES = {
    "sarl": "5499",
    "eurl": "5499",
    "sas": "5710",
    "sasu": "5710",
    "sa": "5599",
    "ei": "1000",
    "micro entreprise": "1000",
    "auto entrepreneur": "1000",
    "micro entrepreneur": "1000",
    "entreprise individuelle": "1000",
    "snc": "5202",
    "sci": "6540",
    "association": "9220",
    "association loi 1901": "9220",
}
#: Everyday names of trades, and the sub-classes whose labels name that work otherwise.
METIERS = {
    "boucher": ("47.22Z",),
    "boulanger": ("10.71C",),
    "charpentier": ("43.91A",),
    "coiffeur": ("96.02A",),
    "coiffeuse": ("96.02A",),
    "couvreur": ("43.91B",),
    "electricien": ("43.21A",),
    "garage": ("45.20A", "45.20B"),
    "garagiste": ("45.20A", "45.20B"),
    "macon": ("43.99C",),
    "menuisier": ("43.32A", "43.32B"),
    "patissier": ("10.71C", "10.71D"),
    "peintre en batiment": ("43.34Z",),
    "plombier": ("43.22A", "43.22B"),
    "plomberie": ("43.22A", "43.22B"),
    "restaurant": ("56.10A",),
    "serrurier": ("43.32B",),
}


@dataclass(frozen=True, slots=True)
class Candidat:
    """One thing that may be meant: its code, and how a list shows it."""

    code: str
    libelle: str
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """`code` when there is no doubt, else the candidates; `note` says what was replaced."""

    code: str | None
    candidats: tuple[Candidat, ...] = ()
    note: str = ""
    #: Whether others than the candidates may be meant.
    coupee: bool = False
    #: Whether nothing bears that name, and the candidates are spelled nearly so.
    proche: bool = False


def chercher(fait: Fait, texte: str, limite: int = MONTRES) -> Trouvaille:
    """What `texte` means for this fact, with at most `limite` candidates."""
    trouvaille = _CHERCHEURS[fait.type](texte.strip())
    return replace(
        trouvaille,
        candidats=trouvaille.candidats[:limite],
        coupee=len(trouvaille.candidats) > limite,
    )


def nommer(fait: Fait, code: str) -> str:
    """How the field shows a stored code: "Toulouse (31000)", "25.11Z Fabrication de…"."""
    match fait.type:
        case Type.LIEU:
            commune = Commune.objects.filter(code=code).first()
            return commune.libelle if commune else code
        case Type.CODE_NAF:
            activite = ActiviteNaf.objects.filter(code=code).first()
            return str(activite) if activite else code
        case _:
            forme = FormeJuridique.objects.filter(code=code).first()
            return f"{code} {forme.libelle}" if forme else code


def _communes(texte: str) -> Trouvaille:
    if re.fullmatch(r"\d[\dAB]\d{3}", texte) and not chercher_communes(texte, 1):
        return _commune_par_code(texte)
    texte, departement = _lire_departement(texte)
    trouvees = [
        trouvee
        for trouvee in chercher_communes(texte, HOMONYMES)
        if departement is None or trouvee.commune.departement_id == departement.code
    ]
    retenue = _sans_doute(texte, trouvees[:LIMITE])
    if retenue is not None:
        return Trouvaille(retenue.commune.code, note=_note(retenue))
    if not trouvees:
        return Trouvaille(None, _orthographes(texte), proche=True)
    regions = _regions()
    trouvees.sort(key=lambda t: t.commune.departement.region_id not in regions)
    return Trouvaille(None, tuple(_candidat_commune(trouvee) for trouvee in trouvees))


def _lire_departement(texte: str) -> tuple[str, Departement | None]:
    """A département named after a commune: "Saint-Martin (Ariège)", "Saint-Martin, Ariège"."""
    debut, _, fin = re.sub(r"[(,]", "|", texte, count=1).partition("|")
    voulu = normaliser(fin)
    if not debut.strip() or not voulu or voulu.isdigit():
        return texte, None
    departement = next((d for d in Departement.objects.all() if normaliser(d.nom) == voulu), None)
    return (debut.strip(), departement) if departement else (texte, None)


def _regions() -> set[str]:
    """The régions that this portal serves: those that one of its organismes administers."""
    lieux = Organisme.objects.filter(territoire__startswith="REG-")
    return {code.removeprefix("REG-") for code in lieux.values_list("territoire", flat=True)}


def _orthographes(texte: str) -> tuple[Candidat, ...]:
    """Communes of the régions served whose name is nearly what was typed."""
    nom = normaliser(CODE_POSTAL.sub(" ", texte))
    if len(nom) <= ECART:
        return ()
    communes = (
        Commune.objects.actuelles()
        .filter(departement__region__in=_regions(), nom_recherche__startswith=nom[0])
        .annotate(longueur=Length("nom_recherche"))
        .filter(longueur__gte=len(nom) - ECART, longueur__lte=len(nom) + ECART)
    )
    noms = set(communes.values_list("nom_recherche", flat=True))
    proches = difflib.get_close_matches(nom, noms, n=3, cutoff=RESSEMBLANCE)
    lues = communes.filter(nom_recherche__in=proches).select_related("departement", "epci")
    rang = {proche: numero for numero, proche in enumerate(proches)}
    ordonnees = sorted(lues, key=lambda c: (rang[c.nom_recherche], c.code))
    return tuple(_candidat_commune(CommuneTrouvee(commune)) for commune in ordonnees)


def _sans_doute(texte: str, trouvees: list[CommuneTrouvee]) -> CommuneTrouvee | None:
    """The only one that can be meant: the whole label of a field, the only one found, or the
    name of one commune of today that no other name found repeats or goes on from.
    """
    if len(trouvees) == 1:
        return trouvees[0]
    entieres = [t for t in trouvees if normaliser(t.commune.libelle) == normaliser(texte)]
    if len(entieres) == 1:
        return entieres[0]
    nom = normaliser(CODE_POSTAL.sub(" ", _ENTRE_PARENTHESES.sub(" ", lire_code_postal(texte))))
    proches = [
        t for t in trouvees if f"{normaliser(t.ancien_nom or t.commune.nom)} ".startswith(f"{nom} ")
    ]
    if nom and len(proches) == 1 and normaliser(proches[0].commune.nom) == nom:
        return proches[0]
    return None


def _commune_par_code(code: str) -> Trouvaille:
    try:
        commune = commune_actuelle(code)
    except CodeInconnu:
        return Trouvaille(None)
    return Trouvaille(commune.code, note=f"Ce code désigne aujourd’hui {commune.libelle}.")


def _note(trouvee: CommuneTrouvee) -> str:
    if not trouvee.ancien_nom:
        return ""
    return (
        f"{trouvee.ancien_nom} fait maintenant partie de {trouvee.commune.libelle} : "
        "c’est cette commune qui est retenue."
    )


def _candidat_commune(trouvee: CommuneTrouvee) -> Candidat:
    commune = trouvee.commune
    precisions = [commune.departement.nom]
    if trouvee.ancien_nom:
        precisions.insert(0, f"anciennement {trouvee.ancien_nom}")
    if commune.epci is not None:
        precisions.append(commune.epci.nom)
    return Candidat(commune.code, commune.libelle, ", ".join(precisions))


def _activites(texte: str) -> Trouvaille:
    lignes = ActiviteNaf.objects.filter(niveau=ActiviteNaf.Niveau.SOUS_CLASSE).order_by("code")
    metier = _metier(normaliser(texte))
    # The label says what each covers: even a single one is for the person to choose.
    du_metier = [Candidat(a.code, str(a)) for a in lignes.filter(code__in=metier)]
    if du_metier:
        return Trouvaille(None, tuple(du_metier))
    return _nomenclature(texte, [(a.code, a.libelle) for a in lignes])


def _metier(dit: str) -> list[str]:
    """The sub-classes of a trade, maybe unfinished: "plomb" says as much as "plombier"."""
    if dit in METIERS:
        return list(METIERS[dit])
    if len(dit) < DEBUT_DE_METIER:
        return []
    return sorted({code for nom, codes in METIERS.items() if nom.startswith(dit) for code in codes})


def _formes(texte: str) -> Trouvaille:
    formes = [(f.code, f.libelle) for f in FormeJuridique.objects.filter(niveau=3).order_by("code")]
    sigle = SIGLES.get(normaliser(texte))
    if sigle in dict(formes):
        return Trouvaille(sigle)
    return _nomenclature(texte, formes)


def _nomenclature(texte: str, lignes: list[tuple[str, str]]) -> Trouvaille:
    """A code at the head of the text, else every word of it in the label, accent-blind."""
    if en_tete := _CODE_EN_TETE.match(texte):
        voulu = en_tete[1].upper().replace(".", "")
        exacts = [code for code, _ in lignes if code.replace(".", "") == voulu]
        return Trouvaille(exacts[0] if exacts else None)
    mots = normaliser(texte).split()
    trouves = [
        Candidat(code, f"{code} {libelle}")
        for code, libelle in lignes
        if mots and all(mot in normaliser(f"{code} {libelle}") for mot in mots)
    ][: LIMITE + 1]
    if len(trouves) == 1:
        return Trouvaille(trouves[0].code)
    return Trouvaille(None, tuple(trouves))


_CHERCHEURS: dict[Type, Callable[[str], Trouvaille]] = {
    Type.LIEU: _communes,
    Type.CODE_NAF: _activites,
    Type.CODE_FORME: _formes,
}
