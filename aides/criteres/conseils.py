"""A counterfactual in French: what would have to change, fact by fact.

A quantity that moves is said by its step ("2 emplois de plus pour l’effectif"), anything else
by the condition that it then meets, in the words of `redaction`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aides.criteres.arbre import AuMoins, Comparaison, Feuille, Non, TailleEuropeenne, Tous, Un
from aides.criteres.contrefactuel import Changement, Contrefactuel, Voulu
from aides.criteres.echange import Json
from aides.criteres.evaluation import Issue, Preuve, Verdict
from aides.criteres.faits import DATE_DEMANDE, VOCABULAIRE
from aides.criteres.faits import fait as fait_de
from aides.criteres.redaction import Redacteur, nommer, quorum, sujet
from aides.criteres.reparations import lues
from aides.criteres.valeurs import afficher, afficher_date


@dataclass(frozen=True, slots=True)
class Conseil:
    """One thing to change, or to answer, as a sentence without its full stop.

    `faits` are the declared facts it speaks of, in the order of the form; `reponse` is True
    when the company has answered none of them yet, `possible` False when it does not depend on
    the company.
    """

    texte: str
    faits: tuple[str, ...]
    reponse: bool
    possible: bool


def conseils(trouve: Contrefactuel, redacteur: Redacteur) -> list[Conseil]:
    """What `trouve` changes, changes with the same words told once; what does not depend on
    the company first, then other changes, then answers."""
    seuil = Verdict.OUI if trouve.issue is Issue.ELIGIBLE else Verdict.INCONNU
    utiles = list(_utiles(trouve.depart, trouve.arrivee, Voulu(True, seuil)))
    toutes = list(_tournees(trouve.depart, trouve.arrivee))
    groupes: dict[tuple[str, bool, bool], list[str]] = {}
    for changement in trouve.changements:
        sien = any(changement.fait in lues(tournee.feuille) for tournee in utiles)
        for texte in _textes(changement, utiles if sien else toutes, redacteur):
            cle = (texte, changement.avant is None, changement.possible)
            groupes.setdefault(cle, []).append(changement.fait)
    dits = [Conseil(texte, tuple(f), r, p) for (texte, r, p), f in groupes.items()]
    return sorted(dits, key=lambda conseil: (conseil.possible, conseil.reponse))


def contrefactuel_json(trouve: Contrefactuel | None, redacteur: Redacteur) -> Json | None:
    """The outcome that the changes lead to, whether all depend on the company, and the changes
    as `Conseil`; null when nothing was found."""
    if trouve is None:
        return None
    return {
        "issue": trouve.issue.value,
        "possible": trouve.possible,
        "changements": [
            {"texte": c.texte, "faits": list(c.faits), "reponse": c.reponse, "possible": c.possible}
            for c in conseils(trouve, redacteur)
        ],
    }


# ------------------------------------------------------------------ what the changes achieve


@dataclass(frozen=True, slots=True)
class _Tournee:
    """A leaf that the changes settled, and which way."""

    feuille: Feuille
    oui: bool


def _tournees(avant: Preuve, apres: Preuve) -> Iterator[_Tournee]:
    """Every leaf that the changes settled, in reading order."""
    if apres.verdict is not Verdict.INCONNU and apres.verdict is not avant.verdict:
        critere = apres.critere
        if not isinstance(critere, Tous | Un | AuMoins | Non | TailleEuropeenne):
            yield _Tournee(critere, apres.verdict is Verdict.OUI)
    for enfant_avant, enfant in zip(avant.enfants, apres.enfants, strict=True):
        yield from _tournees(enfant_avant, enfant)


def _utiles(avant: Preuve, apres: Preuve, voulu: Voulu) -> Iterator[_Tournee]:
    """Those among them that make up what is wanted: of a choice, only the side taken."""
    critere = apres.critere
    match critere:
        case Tous() | Un() | AuMoins():
            paires = list(zip(avant.enfants, apres.enfants, strict=True))
            tenues = [paire for paire in paires if voulu.tient(paire[1])]
            tenues.sort(key=lambda paire: not voulu.tient(paire[0]))
            nombre, _ = quorum(critere, voulu.haut)
            retenues = tenues[: max(nombre, 0)]
            for enfant_avant, enfant in (paire for paire in paires if paire in retenues):
                yield from _utiles(enfant_avant, enfant, voulu)
        case Non():
            yield from _utiles(avant.enfants[0], apres.enfants[0], voulu.contraire())
        case TailleEuropeenne():
            yield from _utiles(avant.enfants[0], apres.enfants[0], voulu)
        case _:
            yield from _tournees(avant, apres)


# ------------------------------------------------------------------ words


def _textes(
    changement: Changement, tournees: list[_Tournee], redacteur: Redacteur
) -> Iterator[str]:
    code, avant, apres = changement.fait, changement.avant, changement.apres
    siennes = [tournee for tournee in tournees if code in lues(tournee.feuille)]
    if isinstance(apres, date) and code == DATE_DEMANDE.code:
        yield f"Attendre le {afficher_date(apres)} pour faire la demande"
    elif changement.possible and type(avant) is int and type(apres) is int:
        yield _pas(code, apres - avant, siennes)
    elif siennes:
        yield from dict.fromkeys(redacteur.texte(t.feuille, t.oui) for t in siennes)
    else:
        yield f"{sujet(code)} : à préciser"


def _pas(code: str, ecart: int, siennes: list[_Tournee]) -> str:
    """ "15 000 € de plus pour le total des dépenses (par exemple « Équipements »)"."""
    quantite = f"{afficher(code, abs(ecart))} {'de plus' if ecart > 0 else 'de moins'}"
    fait = VOCABULAIRE[code]
    sommes = (t.feuille.fait for t in siennes if isinstance(t.feuille, Comparaison))
    somme = next((lue for lue in sommes if lue != code), None)
    if somme is None:
        return f"{quantite} pour {nommer(fait)}"
    return f"{quantite} pour {nommer(fait_de(somme))} (par exemple « {fait.libelle} »)"
