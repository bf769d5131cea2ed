"""Reading the journal again: every hash recomputed here, not by the database that wrote it.

What this finds: a line altered, taken out, put in or moved, and a chain cut short. What it cannot
find alone: somebody with every right on the database who writes a whole chain anew, hashes and
head included. A signed receipt names the last line at its time, which cannot be kept by such a
rewriting: see `ancres`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery, TextField
from django.db.models.functions import Cast

from portal.socle.models import Evenement, TeteChaine

SEPARATEUR = "\x1f"
ORIGINE = datetime(1970, 1, 1, tzinfo=UTC)
#: Rows read at a time from the database's cursor.
LOT = 2000


@dataclass(frozen=True, slots=True)
class Anomalie:
    """One thing that is not as it was written; `texte` is French, ready to print."""

    chaine: str
    #: Of the line concerned; 0 for the chain as a whole.
    rang: int
    texte: str

    def __str__(self) -> str:
        ligne = f", ligne {self.rang}" if self.rang else ""
        return f"Chaîne {self.chaine or '(sans nom)'}{ligne} : {self.texte}"


@dataclass(slots=True)
class Compte:
    """How much was read so far."""

    chaines: int = 0
    lignes: int = 0


class Ancre(NamedTuple):
    """A line as a receipt names it."""

    chaine: str
    rang: int
    empreinte: str


class Ligne(NamedTuple):
    """A line of the journal as it is read again, with the head of its chain (None if lost)."""

    chaine: str
    rang: int
    precedente: str
    pk: int
    quand: datetime
    verbe: str
    acteur_type: str
    acteur_id: int | None
    objet_type: str
    objet_id: str
    dossier_id: int | None
    #: As PostgreSQL writes it.
    donnees_texte: str
    empreinte: str
    tete_rang: int | None
    tete_empreinte: str | None


def chaine(objet_type: str, objet_id: str, dossier_id: int | None) -> str:
    """The chain of a line (`socle_chaine` of migration 0001)."""
    return f"{objet_type}:{objet_id}" if dossier_id is None else f"dossier:{dossier_id}"


def empreinte(ligne: Ligne) -> str:
    """The hash that a line should carry (`socle_empreinte` of migration 0001)."""
    champs = list(ligne[: Ligne._fields.index("empreinte")])
    champs[Ligne._fields.index("quand")] = (ligne.quand - ORIGINE) // timedelta(microseconds=1)
    texte = SEPARATEUR.join("" if champ is None else str(champ) for champ in champs)
    return hashlib.sha256(texte.encode()).hexdigest()


def anomalies(compte: Compte, *, dossier_id: int | None = None) -> Iterator[Anomalie]:
    """Everything that is wrong, chain by chain, in a stream that holds no chain in memory.

    Lines and heads are of one snapshot: acts done meanwhile do not show.
    """
    nom = None if dossier_id is None else chaine("", "", dossier_id)
    for cle, lignes in groupby(_lignes(nom), key=lambda ligne: ligne.chaine):
        compte.chaines += 1
        yield from _d_une_chaine(cle, lignes, compte)
    for tete in _tetes_sans_ligne(nom):
        compte.chaines += 1
        yield Anomalie(tete.chaine, 0, f"toutes ses lignes ont disparu ({tete.rang}).")


def ancres(nommees: Iterable[Ancre]) -> list[Anomalie]:
    """What is wrong with the lines that receipts name: those that are not there unchanged."""
    voulues = list(nommees)
    lignes = Evenement.objects.filter(chaine__in={nommee.chaine for nommee in voulues}).order_by()
    trouvees = {(c, r): lue for c, r, lue in lignes.values_list("chaine", "rang", "empreinte")}
    fautes = []
    for nom, rang, attendue in voulues:
        if (trouvee := trouvees.get((nom, rang))) is None:
            texte = "cette ligne, que nomme un reçu, n’est plus au journal."
            fautes.append(Anomalie(nom, rang, texte))
        elif trouvee != attendue:
            fautes.append(Anomalie(nom, rang, "ce n’est plus la ligne que nomme un reçu."))
    return fautes


def _lignes(nom: str | None) -> Iterator[Ligne]:
    tetes = TeteChaine.objects.filter(chaine=OuterRef("chaine"))
    lignes = Evenement.objects.annotate(
        donnees_texte=Cast("donnees", TextField()),
        tete_rang=Subquery(tetes.values("rang")),
        tete_empreinte=Subquery(tetes.values("empreinte")),
    ).order_by("chaine", "rang", "pk")
    if nom is not None:
        lignes = lignes.filter(chaine=nom)
    return map(Ligne._make, lignes.values_list(*Ligne._fields).iterator(chunk_size=LOT))


def _tetes_sans_ligne(nom: str | None) -> Iterator[TeteChaine]:
    tetes = TeteChaine.objects.exclude(Exists(Evenement.objects.filter(chaine=OuterRef("pk"))))
    if nom is not None:
        tetes = tetes.filter(chaine=nom)
    return tetes.order_by("chaine").iterator(chunk_size=LOT)


def _d_une_chaine(nom: str, lignes: Iterable[Ligne], compte: Compte) -> Iterator[Anomalie]:
    rang, derniere = 0, ""
    tete: tuple[int | None, str | None] = (None, None)
    for ligne in lignes:
        compte.lignes += 1
        tete = (ligne.tete_rang, ligne.tete_empreinte)
        yield from (Anomalie(nom, ligne.rang, texte) for texte in _defauts(ligne, rang, derniere))
        rang, derniere = ligne.rang, ligne.empreinte
    if tete[0] is None:
        yield Anomalie(nom, 0, "sa tête a disparu.")
    elif tete[0] > rang:
        yield Anomalie(nom, rang + 1, _manquantes(rang + 1, tete[0]))
    elif tete[0] < rang:
        yield Anomalie(
            nom, rang, f"la chaîne s’arrête à la ligne {tete[0]} : celle-ci est de trop."
        )
    elif tete[1] != derniere:
        yield Anomalie(nom, rang, "la tête de la chaîne n’est pas cette dernière ligne.")


def _defauts(ligne: Ligne, rang: int, derniere: str) -> Iterator[str]:
    """What is wrong with a line, that before it being `rang` with the hash `derniere`."""
    qui = f"l’événement {ligne.pk} (« {ligne.verbe} »)"
    if ligne.rang > rang + 1:
        yield f"avant {qui}, {_manquantes(rang + 1, ligne.rang - 1)}"
    elif ligne.rang <= rang or ligne.rang < 1:
        yield f"{qui} porte un rang déjà pris ou impossible : il a été inséré."
    elif ligne.precedente != derniere:
        yield f"{qui} ne suit pas la ligne d’avant : l’une a été remplacée, insérée ou déplacée."
    if ligne.chaine != chaine(ligne.objet_type, ligne.objet_id, ligne.dossier_id):
        yield f"{qui} n’est pas de cette chaîne : il y a été déplacé."
    elif ligne.empreinte != empreinte(ligne):
        yield f"{qui} n’a plus son empreinte : il a été modifié."


def _manquantes(de: int, a: int) -> str:
    return f"la ligne {de} manque." if de == a else f"les lignes {de} à {a} manquent."
