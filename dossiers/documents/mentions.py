"""What the author of a decision writes in its letter, besides the amount and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dossiers.models import Demande, Document
from portal.comptes.models import User


@dataclass(frozen=True, slots=True)
class Critere:
    """A condition of the aide on which a refusal stands, and the text that sets it."""

    phrase: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What the letter prints as it is written here.

    `signataire`: first name, name and quality of the author (CRPA, article L212-1). `base`: the
    régime d'aide or the legal bases, one a line. `forme`: code of the form granted. `assiette`:
    retained expenses in euros. `criteres`: the law beside the facts (CRPA, article L211-5).
    """

    signataire: str
    delegation: str = ""
    base: str = ""
    forme: str = ""
    assiette: Decimal | None = None
    versement: str = ""
    criteres: tuple[Critere, ...] = ()


def mentions_proposees(demande: Demande, user: User) -> Mentions:
    """What the form proposes, and what a letter says when nobody wrote anything else."""
    version = demande.version_aide
    return Mentions(
        signataire=_derniere_signature(demande, user) or user.nom_complet,
        base="\n".join(str(base["libelle"]) for base in version.bases_juridiques),
        forme=version.formes[0] if len(version.formes) == 1 else "",
    )


def _derniere_signature(demande: Demande, user: User) -> str:
    """How this person signed the last letter of this desk, quality included; empty if never."""
    lettres = Document.objects.filter(
        guichet=demande.guichet_id,
        genre=Document.Genre.DECISION,
        contenu__signataire__startswith=f"{user.nom_complet},",
    )
    return lettres.order_by("-pk").values_list("contenu__signataire", flat=True).first() or ""


def taux(montant: Decimal, assiette: Decimal) -> Decimal:
    """The rate of an aid on its retained expenses, to the hundredth of a percent."""
    return (montant / assiette).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def criteres_de_refus(preuve: Mapping[str, Any]) -> list[Critere]:
    """The conditions of a stored proof that are not met, or that an officer is to judge.

    What lies below a condition that is met, an alternative for instance, founds no refusal.
    """
    return list(_feuilles(preuve))


def _feuilles(noeud: Mapping[str, Any]) -> Iterator[Critere]:
    verdict = noeud.get("verdict")
    if verdict not in {"non", "inconnu"}:
        return
    enfants = noeud.get("enfants") or []
    if not enfants and (verdict == "non" or noeud.get("qui") in {"agent", "referentiel"}):
        yield Critere(str(noeud["phrase"]), _source(noeud.get("source")))
    for enfant in enfants:
        yield from _feuilles(enfant)


def _source(source: Mapping[str, Any] | None) -> str:
    return str(source["libelle"]) if source else ""
