"""Two trees of criteria matched node by node, and what differs between them.

Criteria of a group are matched with those of the same group before: the same first, then those
that read the same fact, then the groups that share most. A criterion taken out here and put back
there has moved; a sentence is said once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aides.edition.arbre import NEGATION, Noeud, enfants, est_groupe
from aides.edition.changements import Changement, Genre
from aides.edition.mots import Page

_ENSEMBLES = ("codes", "sauf", "aides")
_LIEUX = ("perimetre", "sauf")


def comparer(
    avant: Noeud, apres: Noeud, gauche: Page, droite: Page, *, rubrique: str, chemin: str
) -> tuple[Changement, ...]:
    """What changed from one tree to the other: group by group, what is alike before what left
    and what came.

    `gauche` and `droite` are the documents they belong to: their sources, the names. `chemin`
    is put before every path.
    """
    comparaison = _Comparaison(gauche, droite, rubrique)
    return tuple(
        _deplacements(list(comparaison.groupes(_racine(avant, chemin), _racine(apres, chemin))))
    )


@dataclass(frozen=True, slots=True)
class _Terme:
    """A node where it stands: its path, and whether it is affirmed."""

    noeud: Noeud
    chemin: str
    oui: bool = True
    #: Whether the group was put around the root to compare it: it has no path of its own.
    ajoute: bool = False

    def coeur(self) -> _Terme:
        """What is affirmed or denied, negations taken off."""
        terme = self
        while terme.noeud.get("type") == NEGATION:
            terme = _Terme(terme.noeud["critere"], f"{terme.chemin}/critere", not terme.oui)
        return terme

    def dessous(self) -> list[_Terme]:
        """The criteria of a group; those of a denied one are said denied."""
        return [
            _Terme(
                enfant, self.chemin if self.ajoute else f"{self.chemin}/criteres/{rang}", self.oui
            ).coeur()
            for rang, enfant in enumerate(enfants(self.noeud))
        ]


@dataclass(frozen=True, slots=True)
class _Ecart:
    """A change, and the leaves it says: what tells a move from a loss and a gain."""

    changement: Changement
    dits: tuple[str, ...]
    groupe: str = ""


@dataclass(frozen=True, slots=True)
class _Comparaison:
    gauche: Page
    droite: Page
    rubrique: str

    def groupes(self, avant: _Terme, apres: _Terme) -> Iterator[_Ecart]:
        """Two groups that are matched: how many must hold, then what they hold."""
        if _reglage(avant.noeud) != _reglage(apres.noeud):
            yield _Ecart(
                Changement(
                    Genre.MODIFIE,
                    self.rubrique,
                    self.gauche.intitule(avant.noeud, avant.oui),
                    self.droite.intitule(apres.noeud, apres.oui),
                    chemin=apres.chemin,
                ),
                (),
            )
        perdus, gagnes = self._sans_les_memes(avant.dessous(), apres.dessous())
        couples = list(_semblables(perdus, gagnes))
        for ancien, nouveau in couples:
            if est_groupe(ancien.noeud):
                yield from self.groupes(ancien, nouveau)
            else:
                yield self._feuilles(ancien, nouveau)
        dits = {id(terme) for couple in couples for terme in couple}
        yield from (self._perdu(terme) for terme in perdus if id(terme) not in dits)
        titre = self.droite.intitule(apres.noeud, apres.oui)
        yield from (self._gagne(terme, titre) for terme in gagnes if id(terme) not in dits)

    def _sans_les_memes(
        self, avants: list[_Terme], apres: list[_Terme]
    ) -> tuple[list[_Terme], list[_Terme]]:
        communs = Counter(self._cle(self.gauche, t) for t in avants)
        communs &= Counter(self._cle(self.droite, t) for t in apres)
        return _oter(avants, self.gauche, communs), _oter(apres, self.droite, communs)

    def _cle(self, page: Page, terme: _Terme) -> str:
        return cle(terme.noeud, page, terme.oui)

    def _feuilles(self, avant: _Terme, apres: _Terme) -> _Ecart:
        dit = self.gauche.texte(avant.noeud, avant.oui)
        redit = self.droite.texte(apres.noeud, apres.oui)
        citee, recitee = avant.noeud.get("source"), apres.noeud.get("source")
        meme = self.gauche.identite(citee) == self.droite.identite(recitee)
        sources = ("", "") if meme else (self.gauche.source(citee), self.droite.source(recitee))
        change = Changement(Genre.MODIFIE, self.rubrique, dit, redit, *sources, chemin=apres.chemin)
        return _Ecart(change, ())

    def _perdu(self, terme: _Terme) -> _Ecart:
        texte = self.gauche.texte(terme.noeud, terme.oui)
        change = Changement(Genre.RETIRE, self.rubrique, avant=texte, chemin=terme.chemin)
        return _Ecart(change, tuple(_dites(terme, self.gauche)))

    def _gagne(self, terme: _Terme, groupe: str) -> _Ecart:
        texte = self.droite.texte(terme.noeud, terme.oui)
        change = Changement(Genre.AJOUTE, self.rubrique, apres=texte, chemin=terme.chemin)
        if est_groupe(terme.noeud):
            groupe = self.droite.intitule(terme.noeud, terme.oui)
        return _Ecart(change, tuple(_dites(terme, self.droite)), groupe)


def cle(noeud: Noeud, page: Page, oui: bool = True) -> str:
    """What a node says, sources included, whatever the order in which it says it."""
    if noeud.get("type") == NEGATION:
        return cle(noeud["critere"], page, not oui)
    if est_groupe(noeud):
        dessous = sorted(cle(enfant, page) for enfant in enfants(noeud))
        return json.dumps([oui, _reglage(noeud), dessous])
    dit = {
        **noeud,
        **{c: sorted(noeud[c]) for c in _ENSEMBLES if isinstance(noeud.get(c), list)},
        **{c: sorted(noeud[c].split("|")) for c in _LIEUX if isinstance(noeud.get(c), str)},
        "source": page.identite(noeud.get("source")),
    }
    return json.dumps([oui, dit], sort_keys=True, default=str)


def _racine(noeud: Noeud, chemin: str) -> _Terme:
    """A root that is not "all of" is compared as the only one of its conditions."""
    if noeud.get("type") == "tous":
        return _Terme(noeud, chemin)
    return _Terme({"type": "tous", "criteres": [noeud]}, chemin, ajoute=True)


def _reglage(noeud: Noeud) -> tuple[str, object]:
    return noeud["type"], noeud.get("nombre")


def _oter(termes: Iterable[_Terme], page: Page, communs: Counter[str]) -> list[_Terme]:
    """Those that are left once the common ones, as many as there are, are taken out."""
    restants = Counter(communs)
    garde = []
    for terme in termes:
        dit = cle(terme.noeud, page, terme.oui)
        if restants[dit]:
            restants[dit] -= 1
        else:
            garde.append(terme)
    return garde


def _sujet(terme: _Terme) -> str:
    """What a leaf is about: two that share it are one that changed."""
    noeud = terme.noeud
    lus = [noeud.get(c) for c in ("type", "fait", "gauche", "droite", "zone", "code")]
    return json.dumps(lus, default=str)


def _semblables(
    avants: Sequence[_Terme], apres: Sequence[_Terme]
) -> Iterator[tuple[_Terme, _Terme]]:
    """Leaves about the same thing, in their order; then groups, those that share most first."""
    files: dict[str, deque[_Terme]] = defaultdict(deque)
    for terme in apres:
        if not est_groupe(terme.noeud):
            files[_sujet(terme)].append(terme)
    for terme in avants:
        if not est_groupe(terme.noeud) and files[_sujet(terme)]:
            yield terme, files[_sujet(terme)].popleft()
    yield from _groupes_semblables(
        [terme for terme in avants if est_groupe(terme.noeud)],
        [terme for terme in apres if est_groupe(terme.noeud)],
    )


def _groupes_semblables(
    avants: Sequence[_Terme], apres: Sequence[_Terme]
) -> Iterator[tuple[_Terme, _Terme]]:
    par_sujet: dict[str, list[int]] = defaultdict(list)
    for rang, terme in enumerate(apres):
        for sujet in {_sujet(feuille) for feuille in _feuilles_de(terme)}:
            par_sujet[sujet].append(rang)
    notes: Counter[tuple[int, int]] = Counter()
    for ici, terme in enumerate(avants):
        for sujet in {_sujet(feuille) for feuille in _feuilles_de(terme)}:
            notes.update((ici, la) for la in par_sujet[sujet] if apres[la].oui is terme.oui)
    pris_avant, pris_apres = set[int](), set[int]()
    for (ici, la), _ in sorted(notes.items(), key=lambda note: (-note[1], note[0])):
        if ici not in pris_avant and la not in pris_apres:
            pris_avant.add(ici)
            pris_apres.add(la)
            yield avants[ici], apres[la]


def _feuilles_de(terme: _Terme) -> Iterator[_Terme]:
    if not est_groupe(terme.noeud):
        yield terme
        return
    for enfant in terme.dessous():
        yield from _feuilles_de(enfant)


def _dites(terme: _Terme, page: Page) -> Iterator[str]:
    for feuille in _feuilles_de(terme):
        yield cle(feuille.noeud, page, feuille.oui)


def _deplacements(ecarts: Sequence[_Ecart]) -> Iterator[Changement]:
    """The changes, a criterion that left one place for another said once, as a move."""
    arrives = _par_dit(ecarts, Genre.AJOUTE)
    partis = _par_dit(ecarts, Genre.RETIRE)
    changements: list[Changement | None] = [ecart.changement for ecart in ecarts]
    for dit, departs in partis.items():
        for depart, arrivee in zip(departs, arrives.get(dit, ()), strict=False):
            seul, recu = len(ecarts[depart].dits) == 1, len(ecarts[arrivee].dits) == 1
            deplace = replace(
                ecarts[arrivee].changement,
                genre=Genre.DEPLACE,
                avant=ecarts[depart].changement.avant,
                apres=ecarts[arrivee].groupe,
            )
            if seul:
                changements[depart] = deplace
                if recu:
                    changements[arrivee] = None
            elif recu:
                texte = ecarts[arrivee].changement.apres
                changements[arrivee] = replace(deplace, avant=texte)
    yield from (changement for changement in changements if changement is not None)


def _par_dit(ecarts: Sequence[_Ecart], genre: Genre) -> dict[str, list[int]]:
    """Where each leaf is said among the changes of one kind."""
    rangs: dict[str, list[int]] = defaultdict(list)
    for rang, ecart in enumerate(ecarts):
        if ecart.changement.genre is genre:
            for dit in ecart.dits:
                rangs[dit].append(rang)
    return rangs
