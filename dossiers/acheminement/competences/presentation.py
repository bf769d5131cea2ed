"""Competences, conventions and rehearsals in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.acheminement.competences.mots import POUR_NATURE, enumeration, nombre
from dossiers.acheminement.competences.repetition import Deplacement, Ecart, Repetition, compter
from dossiers.acheminement.competences.tableau import HORS_EPCI
from portal.comptes.models import User
from portal.socle.models import Evenement
from territoires.organismes.models import Competence, Convention, Guichet, NatureAide
from territoires.organismes.operations import AJOUTER, SUPPRIMER, Effet
from territoires.perimetre import libelles

VERBES = {
    "competence_ajoutee": "Ajoutée",
    "competence_modifiee": "Modifiée",
    "competence_supprimee": "Supprimée",
    "convention_creee": "Enregistrée",
    "convention_modifiee": "Modifiée",
}


@dataclass(frozen=True, slots=True)
class Lue:
    """A competence as people read it. `ton` is that of composants/etat.html."""

    competence: Competence
    ou: str
    sauf: str
    quand: str
    etat: str
    ton: str


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of the history, as composants/journal.html draws it."""

    quand: datetime
    texte: str
    detail: str
    a_venir: bool = False


def lire(competences: Sequence[Competence], le: date) -> list[Lue]:
    """Each in words, with one query for the names of all their places."""
    noms = libelles({code for c in competences for code in (*c.perimetre, *c.exclusions)})
    return [
        Lue(
            competence,
            nommer(competence.perimetre, noms),
            nommer(competence.exclusions, noms),
            periode(competence.debut, competence.fin),
            *_etat(competence, le),
        )
        for competence in competences
    ]


def nommer(codes: Iterable[str], noms: Mapping[str, str]) -> str:
    return enumeration([noms.get(code, code) for code in codes])


def periode(debut: date, fin: date | None) -> str:
    """ "depuis le 1er janvier 2016", "du … au …"."""
    if fin is None:
        return f"depuis le {afficher_date(debut)}"
    return f"du {afficher_date(debut)} au {afficher_date(fin)}"


def _etat(objet: Competence | Convention, le: date) -> tuple[str, str]:
    if objet.debut > le:
        return "À venir", "demande"
    if objet.fin is not None and objet.fin < le:
        return "Terminée", "neutre"
    return "En vigueur", "oui"


def etat_convention(convention: Convention) -> tuple[str, str]:
    return _etat(convention, timezone.localdate())


def historique(objet: Model) -> list[Etape]:
    """What happened to it, the latest first, with who did it: the journal holds keys only."""
    lignes = list(
        Evenement.objects.filter(
            objet_type=objet._meta.label_lower, objet_id=str(objet.pk), verbe__in=VERBES
        ).order_by("-id")
    )
    qui = User.objects.in_bulk({ligne.acteur_id for ligne in lignes if ligne.acteur_id})
    return [
        Etape(
            ligne.quand,
            f"{VERBES[ligne.verbe]} par {_personne(qui, ligne.acteur_id)}",
            _changements(ligne.donnees.get("avant"), ligne.donnees.get("apres")),
        )
        for ligne in lignes
    ]


def _personne(qui: Mapping[int, User], cle: int | None) -> str:
    if cle is None:
        return "un fichier d’échange"
    return str(qui[cle].nom_complet or qui[cle]) if cle in qui else "un compte supprimé depuis"


CHAMPS = {
    "perimetre": "périmètre",
    "exclusions": "exclusions",
    "debut": "premier jour",
    "fin": "dernier jour",
    "convention": "convention",
}


def _changements(avant: Mapping[str, object] | None, apres: Mapping[str, object] | None) -> str:
    """ "dernier jour : aucun → 2026-12-31"; empty when only one side is kept."""
    if not avant or not apres:
        return ""
    return " ; ".join(
        f"{libelle} : {_brut(avant[cle])} → {_brut(apres[cle])}"
        for cle, libelle in CHAMPS.items()
        if avant[cle] != apres[cle]
    )


def _brut(valeur: object) -> str:
    if isinstance(valeur, list):
        return ", ".join(map(str, valeur)) or "aucun"
    if isinstance(valeur, str):
        try:
            return afficher_date(date.fromisoformat(valeur))
        except ValueError:
            return valeur
    return "aucun" if valeur is None else str(valeur)


# ------------------------------------------------------------------ a rehearsal


@dataclass(frozen=True, slots=True)
class Ligne:
    """One operation in words; `details`: what changes, one line each."""

    rang: int
    titre: str
    details: list[str]
    defauts: list[str]


def lignes(repetition: Repetition) -> list[Ligne]:
    """The operations in words, with one query for the names of all their places."""
    touchees = [c for e in repetition.effets for c in (e.avant, e.apres) if c is not None]
    noms = libelles({code for c in touchees for code in (*c.perimetre, *c.exclusions)})
    return [
        Ligne(effet.rang, *_dire(effet, noms), repetition.defauts.get(effet.rang, []))
        for effet in repetition.effets
    ]


def _dire(effet: Effet, noms: Mapping[str, str]) -> tuple[str, list[str]]:
    competence = effet.apres or effet.avant
    if competence is None:
        return "Une compétence disparue depuis", []
    quoi = f"{competence.guichet.nom} : {POUR_NATURE[NatureAide(competence.nature)]}"
    if effet.genre == SUPPRIMER:
        return f"Supprimer – {quoi}", _mots(competence, noms)
    if effet.genre == AJOUTER or effet.avant is None or effet.apres is None:
        return f"Ajouter – {quoi}", _mots(competence, noms)
    avant, apres = _mots(effet.avant, noms), _mots(effet.apres, noms)
    changes = [f"{a} → {b}" for a, b in zip(avant, apres, strict=True) if a != b]
    return f"Modifier – {quoi}", changes or ["rien ne change que le texte cité"]


def _mots(competence: Competence, noms: Mapping[str, str]) -> list[str]:
    convention = competence.convention
    sauf = nommer(competence.exclusions, noms)
    return [
        nommer(competence.perimetre, noms),
        f"sauf {sauf}" if sauf else "sans exclusion",
        periode(competence.debut, competence.fin),
        f"par convention : {convention.reference}" if convention else "compétence propre",
    ]


def resume(deplacements: Sequence[Deplacement], noms: Mapping[int, str]) -> str:
    """ "Ce changement déplace 37 demandes en cours : 30 de A vers B, 7 sans guichet."."""
    if not deplacements:
        return "Ce changement ne déplace aucune demande en cours."
    parties = [
        f"{combien} {_trajet(de, vers, noms)}" for de, vers, combien in compter(deplacements)
    ]
    total = nombre(len(deplacements), "demande")
    return f"Ce changement déplace {total} en cours : {', '.join(parties)}."


def _trajet(de: int | None, vers: int | None, noms: Mapping[int, str]) -> str:
    depart = "de la file d’orientation" if de is None else f"de {noms[de]}"
    if vers is None:
        return f"{depart} vers la file d’orientation, sans guichet"
    return f"{depart} vers {noms[vers]}"


def noms_des_guichets(deplacements: Iterable[Deplacement]) -> dict[int, str]:
    cles = {pk for d in deplacements for pk in (d.de, d.vers) if pk is not None}
    return dict(Guichet.objects.filter(pk__in=cles).order_by().values_list("pk", "nom"))


def trous_ouverts(ecarts: Iterable[Ecart]) -> str:
    """What would be left without a desk, to be confirmed: "12 communes (2 intercommunalités) sans
    guichet pour l’investissement, …"; empty when nothing would."""
    groupes: dict[tuple[date, str], list[Ecart]] = defaultdict(list)
    for ecart in ecarts:
        if ecart.ouvre_un_trou:
            groupes[ecart.le, ecart.nature].append(ecart)
    return enumeration([_trou(*cle, groupes[cle]) for cle in sorted(groupes)])


def _trou(le: date, nature: str, ecarts: Sequence[Ecart]) -> str:
    communes = nombre(sum(e.apres.sans - e.avant.sans for e in ecarts), "commune")
    epci = sum(bool(e.epci) for e in ecarts)
    ou = f" ({nombre(epci, 'intercommunalité')})" if epci else ""
    quand = "" if le <= timezone.localdate() else f" à partir du {afficher_date(le)}"
    return f"{communes}{ou} sans guichet pour {POUR_NATURE[NatureAide(nature)]}{quand}"


@dataclass(frozen=True, slots=True)
class Consequence:
    """Holes or ties that open or close for a nature on a day, and where."""

    texte: str
    ton: str
    lieux: tuple[str, ...]


def consequences(ecarts: Sequence[Ecart]) -> list[Consequence]:
    """What opens first; of natures that open aides ask for, first."""
    noms = libelles({ecart.epci for ecart in ecarts if ecart.epci})
    groupes: dict[tuple[bool, bool, date, str, str], list[str]] = defaultdict(list)
    for ecart in ecarts:
        for genre, avant, apres in (
            ("trou", ecart.avant.sans, ecart.apres.sans),
            ("egalite", ecart.avant.plusieurs, ecart.apres.plusieurs),
        ):
            if avant != apres:
                cle = (apres < avant, not ecart.aides, ecart.le, ecart.nature, genre)
                toutes = max(ecart.apres.communes, 1)
                touchees = max(avant, apres)
                nom = noms.get(ecart.epci, HORS_EPCI)
                dits = nombre(touchees, "commune")
                partie = f" ({dits} sur {toutes})" if touchees < toutes else ""
                groupes[cle].append(nom + partie)
    return [_consequence(*cle, tuple(groupes[cle])) for cle in sorted(groupes)]


def _consequence(
    ferme: bool, sans_aide: bool, le: date, nature: str, genre: str, lieux: tuple[str, ...]
) -> Consequence:
    quand = "" if le <= timezone.localdate() else f"À partir du {afficher_date(le)} : "
    pour = POUR_NATURE[NatureAide(nature)]
    ou = nombre(len(lieux), "intercommunalité")
    suite = " (aucune aide ouverte ne le demande)" if sans_aide else ""
    if genre == "trou":
        dit = f"désormais un guichet pour {pour}" if ferme else f"plus aucun guichet pour {pour}"
    elif ferme:
        dit = f"plus d’égalité entre guichets pour {pour}"
    else:
        dit = f"plusieurs guichets également compétents pour {pour}"
    texte = f"{quand}{dit} dans {ou}{suite}"
    return Consequence(texte[0].upper() + texte[1:], "oui" if ferme else "non", lieux)
