"""What the pages show of a match: cards, running result, answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from aides.criteres.evaluation import Issue, Preuve
from aides.criteres.faits import DECLARES, SANS_OBJET, VOCABULAIRE, Fait, Section
from aides.criteres.preuves import preuve_json
from aides.criteres.redaction import NommerLieu
from aides.criteres.valeurs import afficher, depuis_json
from aides.models import Porteur, VersionAide
from dossiers.depot.actes.brouillon import REPRIS
from dossiers.depot.formulaires import RECHERCHES, TITRES, faits_de
from dossiers.depot.models import ReponsesGardees
from dossiers.depot.occasionnels import occasionnels
from dossiers.depot.recherches import nommer
from dossiers.faits import faits_du_dossier, faits_json, resolveur
from dossiers.models import Dossier
from dossiers.rapprochement.appariement import AideAppariee, Appariement, apparier
from dossiers.rapprochement.noms import noms_des_lieux

#: Reasons shown on a closed card; the others are one click away.
RAISONS_EN_VUE = 2


def apparier_dossier(dossier: Dossier) -> Appariement:
    """The draft against the open catalogue, today."""
    le = timezone.localdate()
    return apparier(faits_du_dossier(dossier, le), le)


@dataclass(frozen=True, slots=True)
class Compte:
    """How many aides have an outcome."""

    issue: Issue
    nombre: int


def bilan(appariement: Appariement) -> list[Compte]:
    """The running result: one count for each outcome."""
    return [Compte(issue, len(aides)) for issue, aides in appariement.par_issue().items()]


@dataclass(frozen=True, slots=True)
class AQuestion:
    """A question still to answer, and where; `url` is empty where it is not asked."""

    libelle: str
    url: str


@dataclass(frozen=True, slots=True)
class Cadre:
    """Where a match is shown: a draft, or a simulation.

    `question` says where a fact is asked; None once the answers no longer change. `aide` gives
    the page of one aide's reasons, by code.
    """

    question: Callable[[Fait], AQuestion] | None
    aide: Callable[[str], str]
    choix: Collection[str] = ()
    #: Whether aides can be ticked to be asked for.
    selection: bool = True
    #: Stored facts with their provenance, by code.
    faits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def cadre_du_dossier(dossier: Dossier) -> Cadre:
    """The pages of a draft; of a deposited dossier, which asks nothing any more."""

    def question(fait: Fait) -> AQuestion:
        page = reverse("depot:section", args=[dossier.identifiant, fait.section])
        return AQuestion(fait.libelle, f"{page}#question-{fait.code}")

    return Cadre(
        question if dossier.est_brouillon else None,
        lambda code: reverse("depot:aide", args=[dossier.identifiant, code]),
        dossier.choix,
        faits=dossier.faits,
    )


@dataclass(frozen=True, slots=True)
class Carte:
    """One aide as the results show it."""

    version: VersionAide
    code: str
    #: The page of all its conditions.
    url: str
    issue: Issue
    financeurs: str
    montant: str
    choisie: bool
    selection: bool
    questions: tuple[AQuestion, ...]
    #: Conditions not met (non éligible) or left to an officer (sous réserve).
    raisons: tuple[str, ...]
    autres_raisons: int
    #: The condition of place that the project does not meet, if any.
    hors_territoire: str

    @property
    def externe(self) -> bool:
        return self.version.voie == VersionAide.Voie.EXTERNE

    @property
    def choisissable(self) -> bool:
        return self.selection and not self.externe and self.issue is not Issue.NON_ELIGIBLE


def cartes(cadre: Cadre, aides: Collection[AideAppariee]) -> list[Carte]:
    """These aides as cards, in their order; only they are loaded and explained."""
    noms = noms_des_lieux(aide.preuve for aide in aides)
    versions = charger(aides)
    return [_carte(cadre, aide, versions[aide.version.pk], noms) for aide in aides]


def charger(aides: Iterable[AideAppariee]) -> dict[int, VersionAide]:
    """What the pages show of these aides, by primary key of the version, in one query; each has
    `porteurs_nommes`, the `nom` and `roles` of who stands behind it.
    """
    porteurs = Porteur.objects.filter(version=OuterRef("pk")).order_by("rang")
    nommes = porteurs.values(nomme=JSONObject(nom="organisme__nom", roles="roles"))
    versions = VersionAide.objects.filter(pk__in=[aide.version.pk for aide in aides])
    return {
        version.pk: version
        for version in versions.defer("texte", "recherche").annotate(
            porteurs_nommes=ArraySubquery(nommes)
        )
    }


def _carte(cadre: Cadre, aide: AideAppariee, version: VersionAide, noms: NommerLieu) -> Carte:
    code = aide.version.code
    decisives = _decisives(aide, noms)
    raisons = [_bloque(n) if n["verdict"] == "non" else n["phrase"] for n in decisives]
    return Carte(
        version=version,
        code=code,
        url=cadre.aide(code),
        issue=aide.issue,
        financeurs=financeurs(version),
        montant="" if aide.issue is Issue.NON_ELIGIBLE else aide.estimation.texte,
        choisie=code in cadre.choix,
        selection=cadre.selection,
        questions=questions(cadre, aide),
        raisons=tuple(raisons[:RAISONS_EN_VUE]),
        autres_raisons=max(0, len(raisons) - RAISONS_EN_VUE),
        hors_territoire=next((n["phrase"] for n in decisives if _exclut_le_lieu(n)), ""),
    )


def financeurs(version: VersionAide) -> str:
    """Who pays: "Région Occitanie, Bpifrance"; else whoever stands behind the aide. `version`
    comes from `charger`, or has its porteurs.
    """
    nommes = getattr(version, "porteurs_nommes", None)
    if nommes is None:
        nommes = [{"nom": p.organisme.nom, "roles": p.roles} for p in version.porteurs.all()]
    payeurs = [p for p in nommes if Porteur.Role.FINANCEUR in p["roles"]] or nommes
    return ", ".join(porteur["nom"] for porteur in payeurs)


def questions(cadre: Cadre, aide: AideAppariee) -> tuple[AQuestion, ...]:
    """What the company can still answer, when that can change the outcome."""
    if aide.issue is not Issue.A_COMPLETER:
        return ()
    return _posees(cadre, preuve_json(aide.preuve)["manquants"])


def _posees(cadre: Cadre, manquants: Collection[str]) -> tuple[AQuestion, ...]:
    """The questions that ask these facts, each once, in the order of the vocabulary."""
    if cadre.question is None:
        return ()
    return tuple(dict.fromkeys(cadre.question(f) for f in DECLARES if f.code in manquants))


def _decisives(aide: AideAppariee, noms: NommerLieu) -> list[dict[str, Any]]:
    """The conditions that refuse the aide, or those that it leaves to an officer."""
    verdict = {Issue.NON_ELIGIBLE: "non", Issue.SOUS_RESERVE: "inconnu"}.get(aide.issue)
    return list(_feuilles(preuve_json(aide.preuve, noms), verdict)) if verdict else []


def _exclut_le_lieu(noeud: dict[str, Any]) -> bool:
    faits = {fait["code"] for fait in noeud["faits"]}
    return noeud["verdict"] == "non" and noeud["type"] == "situe" and "commune_projet" in faits


def _feuilles(noeud: dict[str, Any], verdict: str) -> Iterator[dict[str, Any]]:
    """The lines that make this verdict: under nodes that have it, down to a sourced one."""
    if noeud["verdict"] != verdict:
        return
    if noeud["source"] is not None or not noeud["enfants"]:
        yield noeud
        return
    for enfant in noeud["enfants"]:
        yield from _feuilles(enfant, verdict)


def _bloque(noeud: dict[str, Any]) -> str:
    valeur = noeud["valeur_affichee"]
    return f"{noeud['phrase']} (votre réponse : {valeur})" if valeur else noeud["phrase"]


def preuve_affichee(cadre: Cadre, preuve: Preuve) -> dict[str, Any]:
    """The proof as `composants/preuve.html` shows it: origins and links to open questions."""
    return enrichir(preuve_json(preuve, noms_des_lieux([preuve])), cadre)


def enrichir(noeud: dict[str, Any], cadre: Cadre) -> dict[str, Any]:
    """The node with `origine` (where its values come from) and `questions` (open ones)."""
    codes = [fait["code"] for fait in noeud["faits"]]
    return noeud | {
        "origine": origine(codes, cadre.faits),
        "questions": () if noeud["enfants"] else _posees(cadre, noeud["manquants"]),
        "enfants": [enrichir(enfant, cadre) for enfant in noeud["enfants"]],
    }


def origine(codes: Iterable[str], faits: Mapping[str, Mapping[str, Any]]) -> str:
    """Where an answer comes from: "déclaré le 21 novembre 2026", "calculé d’après vos réponses";
    empty when unknown.
    """
    codes = list(codes)
    if any(VOCABULAIRE[code].bases for code in codes):
        return "calculé d’après vos réponses"
    dates = [faits[code]["le"] for code in codes if code in faits and faits[code].get("le")]
    if not dates:
        return ""
    le = datetime.fromisoformat(max(dates))
    repris = any(faits[code].get("provenance") == REPRIS for code in codes if code in faits)
    ou = ", dans un dossier précédent" if repris else ""
    return f"déclaré le {afficher('date_demande', timezone.localdate(le))}{ou}"


@dataclass(frozen=True, slots=True)
class EtatSection:
    """One line of the task list."""

    section: Section
    titre: str
    repondues: int
    total: int
    enregistree: bool
    #: Holds answers of an earlier dossier that nobody has looked at yet.
    preremplie: bool

    @property
    def complete(self) -> bool:
        return self.repondues == self.total and not self.preremplie

    @property
    def libelle(self) -> str:
        if self.preremplie:
            return "Prérempli, à vérifier"
        if self.repondues == self.total:
            return "Complet"
        if self.repondues:
            return f"{self.repondues} sur {self.total}"
        return "À remplir"

    @property
    def ton(self) -> str:
        if self.preremplie:
            return "reserve"
        return "oui" if self.complete else "demande" if self.repondues else "neutre"


def etats_sections(dossier: Dossier) -> list[EtatSection]:
    """The sections in order, with what is answered in each."""
    poses = occasionnels(dossier)
    return [
        EtatSection(
            section,
            TITRES[section],
            sum(fait.code in dossier.faits for fait in faits_de(section, poses)),
            len(faits_de(section, poses)),
            section.value in dossier.sections,
            preremplie(dossier, section),
        )
        for section in Section
    ]


def preremplie(dossier: Dossier, section: Section) -> bool:
    """Whether a section shows answers of an earlier dossier, not saved in this one yet."""
    if section.value in dossier.sections:
        return False
    poses = faits_de(section, dossier.faits)
    origines = (dossier.faits.get(fait.code, {}).get("provenance") for fait in poses)
    return REPRIS in origines


@dataclass(frozen=True, slots=True)
class Reponse:
    """One answer as a reminder shows it; `valeur` empty when not answered."""

    libelle: str
    valeur: str
    origine: str


def reponses(
    faits: Mapping[str, Mapping[str, Any]], le: date
) -> list[tuple[Section, str, list[Reponse]]]:
    """Every answer of stored facts in words: (section, its title, its answers), in order."""
    stockes = faits_json(faits)
    lus = depuis_json(stockes, resolveur(le))

    def reponse(fait: Fait) -> Reponse:
        brut = stockes.get(fait.code)
        if fait.type in RECHERCHES and isinstance(brut, str) and brut != SANS_OBJET.value:
            valeur = nommer(fait, brut)
        else:
            valeur = afficher(fait.code, lus.get(fait.code))
        return Reponse(fait.libelle, valeur, origine([fait.code], faits))

    return [(s, TITRES[s], [reponse(fait) for fait in faits_de(s, faits)]) for s in Section]


def reponses_gardees(gardees: ReponsesGardees) -> list[tuple[str, str]]:
    """What a simulation kept, in words: (label, value)."""
    dites = {c: {"valeur": v} for c, v in gardees.reponses.items()}
    sections = reponses(dites, timezone.localdate())
    return [(r.libelle, r.valeur) for _, _, lignes in sections for r in lignes if r.valeur]
