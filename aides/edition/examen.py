"""What a draft says and what it lacks, node by node: read as far as it can be.

Nothing is refused here. A leaf that cannot be read keeps what was typed, has no sentence, and
has its faults beside it, in the paths of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone

from aides.controle.chargement import contexte_du
from aides.controle.constats import GUICHETS_A_EGALITE, SANS_GUICHET
from aides.controle.contexte import JOURS_DE_RELECTURE
from aides.controle.verification import controler_aide
from aides.criteres.arbre import Critere, EnZone, Situe, Source
from aides.criteres.noeuds import joindre
from aides.criteres.redaction import Redacteur, intitule, liaison
from aides.criteres.verification import verifier
from aides.echange import fautes_de_forme, lire_aide, version_de
from aides.edition.arbre import NEGATION, Noeud, est_groupe
from aides.edition.lecture import Lu, forme, lire_brouillon, sources_lisibles
from aides.edition.operations import RACINE, arbres
from aides.models import VersionAide
from aides.noms import Noms
from portal.socle import json_strict
from portal.socle.json_strict import DocumentInvalide
from territoires.models import ActiviteNaf
from territoires.zones import zones_chargees, zones_existantes

DES_GUICHETS = (SANS_GUICHET, GUICHETS_A_EGALITE)
A_REMPLIR = "à remplir"
_CLE_MANQUANTE = "clé manquante"


@dataclass(frozen=True, slots=True)
class Remarque:
    """What is to be said of a place of the document: in French, and whether it forbids to
    publish. `faire` says what to do, when the message does not."""

    chemin: str
    message: str
    bloquante: bool = True
    faire: str = ""

    @classmethod
    def de_defauts(cls, defauts: Iterable[json_strict.Defaut]) -> list[Self]:
        """The faults of an exchange document, said to somebody who fills a form."""
        return [
            remarque
            for defaut in defauts
            for remarque in cls.de("/".join(map(str, defaut.chemin)), defaut.message)
        ]

    @classmethod
    def de(cls, chemin: str, message: str) -> Iterator[Self]:
        """One fault of the exchange format; a missing key is a field that waits."""
        if not message.startswith(_CLE_MANQUANTE):
            yield cls(chemin, message)
            return
        cles = message.removeprefix(_CLE_MANQUANTE).removeprefix(" : ")
        for cle in filter(None, cles.split(", ")):
            yield cls(joindre(chemin, cle), A_REMPLIR)
        if not cles:
            yield cls(chemin, A_REMPLIR)


@dataclass(frozen=True, slots=True)
class NoeudExamine:
    """One node as it is written, and what can be said of it.

    `texte` is its sentence, or the words that introduce the group; empty for a negation (the
    sentences below it are denied) and for a leaf that cannot be read yet. `liaison` is the word
    between the children. `remarques` are its own, not those of the nodes below.
    """

    chemin: str
    noeud: Noeud
    texte: str
    liaison: str
    source: Source | None
    remarques: tuple[Remarque, ...]
    enfants: tuple[NoeudExamine, ...]

    @property
    def est_groupe(self) -> bool:
        return est_groupe(self.noeud)

    @property
    def est_negation(self) -> bool:
        return self.noeud.get("type") == NEGATION

    @property
    def est_feuille(self) -> bool:
        return not (self.est_groupe or self.est_negation)


@dataclass(frozen=True, slots=True)
class Examen:
    """A whole draft. `critere` is the tree of its criteria, None until all of it can be read;
    `version` an unsaved VersionAide, None until the document is that of an aide."""

    document: Mapping[str, Any]
    arbre: NoeudExamine
    conditions: Mapping[int, NoeudExamine]
    critere: Critere | None
    version: VersionAide | None
    remarques: tuple[Remarque, ...]

    @property
    def bloquantes(self) -> list[Remarque]:
        return [remarque for remarque in self.remarques if remarque.bloquante]

    def sous(self, prefixe: str) -> list[Remarque]:
        """The remarks about a field, or about what is below it."""
        return [r for r in self.remarques if f"{r.chemin}/".startswith(f"{prefixe}/")]


def examiner(document: Mapping[str, Any]) -> Examen:
    """What a draft says and lacks, in a constant number of queries.

    Cheap enough for each change; `remarques_du_controle` is for before one publishes.
    """
    sources = sources_lisibles(document)
    lus = {chemin: lire_brouillon(racine, chemin, sources) for chemin, racine in arbres(document)}
    regard = _Regard.sur(lus.values())
    examines = {chemin: regard.arbre(lu) for chemin, lu in lus.items()}
    des_noeuds = [r for examine in examines.values() for r in _remarques(examine)]
    de_forme = _remarques_de_forme(document)
    version, d_ensemble = None, list[Remarque]()
    if not any(remarque.bloquante for remarque in (*de_forme, *des_noeuds)):
        version, d_ensemble = _entiere(document)
    return Examen(
        document=document,
        arbre=examines[RACINE],
        conditions={
            int(chemin.split("/")[1]): examine
            for chemin, examine in examines.items()
            if chemin != RACINE
        },
        critere=lus[RACINE].critere,
        version=version,
        remarques=(*de_forme, *des_noeuds, *d_ensemble),
    )


def remarques_du_controle(document: Mapping[str, Any]) -> list[Remarque]:
    """What `verifier_catalogue` would say of the aide once published, blocking ones first.

    The document must be one that `examiner` finds without fault. What is wrong with the desks
    does not block: it is not for the catalogue's manager to mend.
    """
    contexte = contexte_du(timezone.localdate(), JOURS_DE_RELECTURE, [document])
    remarques = [
        Remarque(
            chemin="",
            message=" : ".join(filter(None, (constat.regle.titre, constat.precision))),
            bloquante=constat.regle.bloquant and constat.regle not in DES_GUICHETS,
            faire=constat.regle.faire,
        )
        for constat in controler_aide(document, contexte)
    ]
    return sorted(remarques, key=lambda remarque: not remarque.bloquante)


# ------------------------------------------------------------------ below


def _remarques(examine: NoeudExamine) -> Iterator[Remarque]:
    """Those of a node and of the nodes below it, in reading order."""
    yield from examine.remarques
    for enfant in examine.enfants:
        yield from _remarques(enfant)


def _remarques_de_forme(document: Mapping[str, Any]) -> list[Remarque]:
    """What the schema says of the fields; the trees are examined node by node."""
    fiche = {**document, RACINE: {}}
    if "montants" in document:
        sans_si = [
            {c: v for c, v in montant.items() if c != "si"} for montant in document["montants"]
        ]
        fiche["montants"] = sans_si
    defauts = [json_strict.Defaut(*faute) for faute in fautes_de_forme(fiche)]
    return Remarque.de_defauts(defauts)


def _entiere(document: Mapping[str, Any]) -> tuple[VersionAide | None, list[Remarque]]:
    """The version that a draft without fault of its own would make, or what the whole and the
    database still refuse."""
    try:
        lue = lire_aide(document)
    except DocumentInvalide as invalide:
        return None, Remarque.de_defauts(invalide.defauts)
    return version_de(lue.document), []


@dataclass(frozen=True, slots=True)
class _Regard:
    """What the wording and the checks of a draft need to know, read once."""

    noms: Noms
    codes_naf: frozenset[str] | None
    existantes: frozenset[str]
    chargees: frozenset[str]

    @classmethod
    def sur(cls, lus: Iterable[Lu]) -> Self:
        lisibles = [critere for lu in lus for _, critere in lu.lisibles()]
        sous_classes = ActiviteNaf.objects.filter(niveau=ActiviteNaf.Niveau.SOUS_CLASSE)
        return cls(
            Noms.pour(lisibles),
            frozenset(sous_classes.order_by().values_list("code", flat=True)) or None,
            zones_existantes(),
            zones_chargees(timezone.localdate()),
        )

    def arbre(self, racine: Lu) -> NoeudExamine:
        """The nodes with their sentences, each fault at the deepest node that its path names."""
        par_noeud: dict[str, list[Remarque]] = {lu.chemin: [] for lu in racine.parcourir()}
        for remarque in self._remarques(racine):
            chemin = remarque.chemin
            while chemin not in par_noeud:
                chemin = chemin.rpartition("/")[0]
            par_noeud[chemin].append(remarque)
        return self._noeud(racine, True, par_noeud)

    def _noeud(
        self, lu: Lu, oui: bool, remarques: Mapping[str, Iterable[Remarque]]
    ) -> NoeudExamine:
        negation = lu.noeud.get("type") == NEGATION
        source, texte, lien = None, "", ""
        if est_groupe(lu.noeud):
            groupe = forme(lu.noeud, len(lu.enfants))
            texte, lien = intitule(groupe, oui), liaison(groupe, oui)
        elif lu.critere is not None and not negation:
            phrase = Redacteur(self.noms.lieu, self.noms.code).phrase(lu.critere, oui)
            texte, source = phrase.texte, phrase.source
        return NoeudExamine(
            chemin=lu.chemin,
            noeud=lu.noeud,
            texte=texte,
            liaison=lien,
            source=source,
            remarques=tuple(remarques[lu.chemin]),
            enfants=tuple(self._noeud(e, oui is not negation, remarques) for e in lu.enfants),
        )

    def _remarques(self, racine: Lu) -> Iterator[Remarque]:
        for lu in racine.parcourir():
            for defaut in lu.defauts:
                yield from Remarque.de(defaut.chemin, defaut.message)
            if isinstance(lu.critere, EnZone):
                yield from self._zone(lu.chemin, lu.critere)
            elif isinstance(lu.critere, Situe):
                yield from self._lieux(lu.chemin, lu.critere)
        for chemin, critere in racine.lisibles():
            for defaut in verifier(critere, self.existantes, self.codes_naf, chemin=chemin):
                yield Remarque(defaut.chemin, defaut.message)

    def _zone(self, chemin: str, feuille: EnZone) -> Iterator[Remarque]:
        """A zone that exists and of which no layer is loaded today: nobody can know."""
        zone = feuille.zone
        if zone in self.existantes - self.chargees:
            message = f"la zone {zone} n’est pas chargée : cette condition restera à vérifier"
            yield Remarque(joindre(chemin, "zone"), message, bloquante=False)

    def _lieux(self, chemin: str, feuille: Situe) -> Iterator[Remarque]:
        for cle, codes in (("perimetre", feuille.perimetre), ("sauf", feuille.sauf)):
            for code in sorted(codes - self.noms.lieux.keys()):
                yield Remarque(joindre(chemin, cle), f"lieu inconnu : {code}")
