"""The figures of a dashboard: each a picture, and the table of the same numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from dossiers.circuit import ETATS_FINAUX, Etat
from dossiers.instruction.graphiques import (
    Dessin,
    Point,
    Serie,
    barres,
    colonnes,
    en_mots,
)
from dossiers.instruction.tableau_de_bord.periodes import Pas, libelle, nom
from dossiers.instruction.tableau_de_bord.statistiques import TRANCHES, Bilan, Delai, Lieu

EN_COURS = Serie("serie-cours", "En cours")
ACCEPTEES = Serie("serie-acceptees", "Acceptées")
SANS_AIDE = Serie("serie-sans", "Refusées, classées ou retirées")
SERIES = (ACCEPTEES, SANS_AIDE, EN_COURS)
UNIQUE = Serie("serie-unique", "Demandes")
#: Bars that are drawn; the table has the others.
LIEUX_DESSINES = 12
_PAS = {Pas.SEMAINE: "semaine", Pas.MOIS: "mois", Pas.ANNEE: "année"}
Cellule = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Tableau:
    """Rows of cells under `colonnes`; the first cell of a row names it. A Decimal is euros."""

    colonnes: tuple[str, ...]
    lignes: tuple[tuple[Cellule, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One question and its answer. `code` names its file; without `dessin`, `vide` says why."""

    code: str
    titre: str
    legende: str
    tableau: Tableau
    dessin: Dessin | None
    series: tuple[Serie, ...] = ()
    vide: str = ""


def figures(bilan: Bilan) -> list[Figure]:
    """Those of a dashboard that counts at least one demande."""
    return [
        _dans_le_temps(bilan),
        _par_issue(bilan),
        _par_lieu(bilan),
        _delai(
            "delai-ouverture",
            "Du dépôt à l’ouverture, en jours",
            "Temps écoulé jusqu’à ce qu’un agent ouvre la demande, ou que le système du guichet "
            "en confirme la réception",
            "Aucune de ces demandes n’a encore été ouverte.",
            bilan.ouverture,
        ),
        _delai(
            "delai-decision",
            "Du dépôt à la décision, en jours",
            "Temps écoulé jusqu’à la décision, attente des compléments comprise ; "
            "les demandes en cours ou retirées n’y sont pas",
            "Aucune de ces demandes n’a encore été décidée.",
            bilan.decision,
        ),
    ]


def _dans_le_temps(bilan: Bilan) -> Figure:
    points, lignes = [], []
    for jour, etats in bilan.intervalles.items():
        acceptees = etats[Etat.ACCEPTEE]
        finies = sum(etats[etat] for etat in ETATS_FINAUX)
        valeurs = (acceptees, finies - acceptees, etats.total() - finies)
        points.append(Point(libelle(jour, bilan.pas), nom(jour, bilan.pas), valeurs))
        lignes.append((_majuscule(nom(jour, bilan.pas)), *valeurs, sum(valeurs)))
    pas = _PAS[bilan.pas]
    titre = f"Demandes déposées par {pas}"
    colonnes_ = (_majuscule(pas), *(serie.libelle for serie in SERIES), "Total")
    return Figure(
        "semaines",
        titre,
        "Ce que sont devenues aujourd’hui les demandes, au moment où elles ont été déposées",
        Tableau(colonnes_, tuple(lignes)),
        colonnes(titre, en_mots(points, "demandes"), SERIES, points),
        SERIES,
    )


def _par_issue(bilan: Bilan) -> Figure:
    presents = [etat for etat in Etat if bilan.etats[etat]]
    points = [Point(str(e.label), str(e.label), (bilan.etats[e],)) for e in presents]
    lignes = tuple((str(e.label), bilan.etats[e], _part(bilan.etats, e)) for e in presents)
    titre = "Où en sont ces demandes"
    return Figure(
        "issues",
        titre,
        "État de chaque demande aujourd’hui",
        Tableau(("État", "Demandes", "Part"), lignes),
        barres(titre, en_mots(points, "demandes"), UNIQUE, points),
    )


def _par_lieu(bilan: Bilan) -> Figure:
    quoi = "commune" if bilan.par_commune else "intercommunalité"
    dessines = bilan.lieux[:LIEUX_DESSINES]
    titre = f"Demandes par {quoi} du projet"
    legende = "Là où le projet se situe, quel que soit le siège de l’entreprise"
    if len(dessines) < len(bilan.lieux):
        legende += f" ; les {LIEUX_DESSINES} premières sur {len(bilan.lieux)}"
    points = [Point(lieu.nom, lieu.nom, (lieu.nombre,)) for lieu in dessines]
    return Figure(
        "lieux",
        titre,
        legende,
        Tableau(
            (_majuscule(quoi), "Demandes", "Décidées", "Accordé"),
            tuple(_ligne(lieu) for lieu in bilan.lieux),
        ),
        barres(titre, en_mots(points, "demandes"), UNIQUE, points),
    )


def _ligne(lieu: Lieu) -> tuple[Cellule, ...]:
    return (lieu.nom, lieu.nombre, lieu.decidees, lieu.accorde)


def _delai(code: str, titre: str, legende: str, vide: str, delai: Delai) -> Figure:
    noms = _noms_des_classes()
    points = [
        Point(court, long, (nombre,))
        for (court, long), nombre in zip(noms, delai.classes, strict=True)
    ]
    dessin = None
    lignes: list[tuple[Cellule, ...]] = [
        (_majuscule(long), n) for (_, long), n in zip(noms, delai.classes, strict=True)
    ]
    if delai.nombre and delai.mediane is not None and delai.decile is not None:
        moitie, neuf_sur_dix = _au_plus(delai.mediane), _au_plus(delai.decile)
        if moitie == neuf_sur_dix:
            legende += f". Neuf sur dix en {neuf_sur_dix}"
        else:
            legende += f". La moitié en {moitie}, neuf sur dix en {neuf_sur_dix}"
        dessin = colonnes(titre, en_mots(points, "demandes"), (UNIQUE,), points)
        lignes += [
            ("Demandes comptées", delai.nombre),
            ("Médiane", duree(delai.mediane)),
            ("Neuvième décile", duree(delai.decile)),
        ]
    tableau = Tableau(("Délai", "Demandes"), tuple(lignes))
    return Figure(code, titre, legende, tableau, dessin, vide=vide)


def _noms_des_classes() -> list[tuple[str, str]]:
    """The short and the full name of each class of TRANCHES."""
    noms = [(f"≤ {TRANCHES[0]}", f"{TRANCHES[0]} jours ou moins")]
    noms += [
        (f"{bas + 1}–{haut}", f"de {bas + 1} à {haut} jours") for bas, haut in pairwise(TRANCHES)
    ]
    return [*noms, (f"> {TRANCHES[-1]}", f"plus de {TRANCHES[-1]} jours")]


def duree(delai: timedelta) -> str:
    """In days: "moins d’un jour", "2,5 jours", "34 jours"."""
    dixiemes = round(delai / timedelta(days=1) * 10)
    if dixiemes < 10:
        return "moins d’un jour"
    if dixiemes < 100 and dixiemes % 10:
        texte = f"{dixiemes // 10},{dixiemes % 10}"
    else:
        texte = str(round(dixiemes / 10))
    return f"{texte} jour{'s' if dixiemes >= 20 else ''}"


def _au_plus(delai: timedelta) -> str:
    """After "en": "moins d’un jour", "2,5 jours ou moins"."""
    texte = duree(delai)
    return texte if texte.startswith("moins") else f"{texte} ou moins"


def _part(etats: Counter[str], etat: Etat) -> str:
    return f"{round(100 * etats[etat] / etats.total())} %"


def _majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]
