"""The proofs of a change, evaluated again in Python on one dossier, and the reasons they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aides.criteres.echange import Json
from aides.criteres.evaluation import Issue, Preuve, Situation, evaluer, issue
from aides.criteres.faits import completer
from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import depuis_json
from aides.noms import Noms
from dossiers.faits import faits_json, resolveur
from dossiers.models import VersionDossier
from dossiers.rapprochement.inverse.comparaison import Comparaison, Cote


@dataclass(frozen=True, slots=True)
class Preuves:
    """What each side says of one dossier."""

    avant: Preuve
    apres: Preuve

    @property
    def issues(self) -> tuple[Issue, Issue]:
        return issue(self.avant), issue(self.apres)

    def noms(self, lieux: Iterable[str] = ()) -> Noms:
        """The names of all that both cite, and of `lieux`."""
        communes = {code for p in (self.avant, self.apres) for code in _communes(p)}
        return Noms.pour((self.avant.critere, self.apres.critere), communes.union(lieux))


def prouver(version: VersionDossier, comparaison: Comparaison) -> Preuves:
    """Both proofs of a deposited version. Raises FaitsInvalides when it cannot be read."""
    return Preuves(_prouver(version, comparaison.avant), _prouver(version, comparaison.apres))


def _prouver(version: VersionDossier, cote: Cote) -> Preuve:
    faits = depuis_json(faits_json(version.contenu["faits"]), resolveur(cote.le))
    return evaluer(cote.critere, Situation(completer(faits, cote.le), cote.referentiel))


def raisons(preuves: Preuves, noms: Noms) -> list[str]:
    """The conditions, in French, that make the outcome what it is: those met now and not before,
    else every one that is met; what an officer must still look at is not among them.
    """
    acquises = {feuille["phrase"] for feuille in _remplies(preuves.avant, noms)}
    remplies = list(_remplies(preuves.apres, noms))
    nouvelles = [feuille for feuille in remplies if feuille["phrase"] not in acquises]
    return list(dict.fromkeys(_dire(feuille) for feuille in nouvelles or remplies))


def _remplies(preuve: Preuve, noms: Noms) -> Iterator[Json]:
    """The sourced conditions that are met, under groups that are met or still undecided."""
    yield from _descendre(preuve_json(preuve, noms.lieu, noms.code))


def _descendre(noeud: Json) -> Iterator[Json]:
    if noeud["verdict"] == "non":
        return
    if noeud["source"] is not None or not noeud["enfants"]:
        if noeud["verdict"] == "oui" and noeud["source"] is not None:
            yield noeud
        return
    for enfant in noeud["enfants"]:
        yield from _descendre(enfant)


def _dire(feuille: Json) -> str:
    valeur = feuille["valeur_affichee"]
    return f"{feuille['phrase']} (votre réponse : {valeur})" if valeur else str(feuille["phrase"])


def _communes(preuve: Preuve) -> Iterator[str]:
    if isinstance(preuve.valeur, frozenset):
        yield from (code for code in preuve.valeur if code.startswith("COM-"))
    for enfant in preuve.enfants:
        yield from _communes(enfant)
