"""Tree -> French sentences, for people and for the recursive template that shows them.

Negations are pushed down to the leaves, each with its own wording (never "il n'est pas vrai
que"): the contrary of "all of" is "at least one of" the contraries. `Non` therefore has no
sentence of its own, and `preuves` presents a proof in the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import assert_never

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import definition, lus
from aides.criteres.faits import Fait, Type
from aides.criteres.faits import fait as fait_de
from aides.criteres.valeurs import ESPACE, afficher, afficher_date, afficher_jour

#: Names a place or a zone from its code: "REG-76", "COM-31555", "ZONE-AFR".
NommerLieu = Callable[[str], str]
#: Names a code of NAF or of legal forms: (fact, code) -> name, empty when it has none.
NommerCode = Callable[[str, str], str]
#: Places named in one sentence; the others are counted.
LIEUX_NOMMES = 12


def sans_nom(fait: str, code: str) -> str:
    """No name: codes are shown alone, a section of NAF with the word."""
    return ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence without its full stop, and those below it.

    `liaison` is the word between the children ("et", "ou"; empty for "at least n of");
    `faits` are the codes that a leaf reads.
    """

    texte: str
    source: Source | None = None
    liaison: str = ""
    enfants: tuple[Phrase, ...] = ()
    faits: tuple[str, ...] = ()


def rediger(
    critere: Critere, nommer_lieu: NommerLieu, nommer_code: NommerCode = sans_nom
) -> Phrase:
    """The sentences of `critere`."""
    return Redacteur(nommer_lieu, nommer_code).phrase(critere, True)


@dataclass(frozen=True, slots=True)
class Redacteur:
    """Words each node, as it stands (`oui`) or denied."""

    nommer_lieu: NommerLieu
    nommer_code: NommerCode = sans_nom

    def phrase(self, critere: Critere, oui: bool) -> Phrase:
        match critere:
            case Non(interieur):
                return self.phrase(interieur, not oui)
            case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
                enfants = tuple(self.phrase(enfant, oui) for enfant in criteres)
                return Phrase(intitule(critere, oui), None, liaison(critere, oui), enfants)
            case TailleEuropeenne():
                enfants = self.phrase(definition(critere), oui).enfants
                lien = liaison(critere, oui)
                return Phrase(self.texte(critere, oui), critere.source, lien, enfants, lus(critere))
            case _:
                texte = self.texte(critere, oui)
                return Phrase(texte, critere.source, faits=lus(critere))

    def texte(self, feuille: Feuille, oui: bool) -> str:  # noqa: C901 - one case per leaf
        """The sentence of a leaf, or of its contrary."""
        match feuille:
            case Comparaison(code, operateur, seuil):
                borne = afficher(code, seuil)
                return self._nuance(feuille, oui, _compare(code, operateur, borne, oui))
            case Proportion(gauche, operateur):
                borne = part(feuille)
                return self._nuance(feuille, oui, _compare(gauche, operateur, borne, oui))
            case Vrai(code):
                return self._nuance(feuille, oui, _vrai(fait_de(code), oui))
            case Parmi(code, codes):
                return self._nuance(feuille, oui, _parmi(fait_de(code), codes, oui))
            case Commence():
                return self._nuance(feuille, oui, self._commence(feuille, oui))
            case Situe():
                return self._nuance(feuille, oui, self._situe(feuille, oui))
            case EnZone(code, zone):
                nom = self.nommer_lieu(f"ZONE-{zone}")
                return f"{sujet(code)} {'est' if oui else 'n’est pas'} dans la zone « {nom} »"
            case Fenetre():
                return self._nuance(feuille, oui, _fenetre(feuille, oui))
            case FenetreAnnuelle():
                return self._nuance(feuille, oui, _fenetre_annuelle(feuille, oui))
            case DelaiEntreAides():
                return self._delai(feuille, oui)
            case SansObjetFait(code):
                phrases = fait_de(code).phrases
                generique = f"{sujet(code)} {_etre(code, oui)} sans objet"
                return phrases[0 if oui else 1] if phrases else generique
            case TailleEuropeenne(maximum):
                return _TAILLES[maximum][0 if oui else 1]
            case AVerifier(_, libelle):
                return libelle if oui else f"Réponse attendue « non » : {libelle}"
            case _:
                assert_never(feuille)

    def _nuance(self, feuille: Feuille, oui: bool, texte: str) -> str:
        """A leaf that "not applicable" cannot satisfy: its contrary can, and says so."""
        if oui or not any(_sans_objet(code) for code in lus(feuille)):
            return texte
        return f"{texte}, ou la question est sans objet"

    def _commence(self, feuille: Commence, oui: bool) -> str:
        codes = self.codes(feuille.fait, feuille.codes)
        if len(codes) == 1:
            genre = "de la section" if codes[0].startswith("section ") else "du code"
            quoi = f"{genre} {codes[0].removeprefix('section ')}"
            verbe = "relève" if oui else "ne relève pas"
        else:
            quoi = f"de ces codes : {', '.join(codes)}"
            verbe = "relève de l’un" if oui else "ne relève d’aucun"
        texte = f"{sujet(feuille.fait)} {verbe} {quoi}"
        if feuille.sauf:
            sauf = self.codes(feuille.fait, feuille.sauf)
            texte = f"{texte}, {'sauf' if oui else 'hormis'} {enumerer(sauf, 'et')}"
        return texte

    def _situe(self, feuille: Situe, oui: bool) -> str:
        lieux, sauf = self.lieux(feuille.perimetre), self.lieux(feuille.sauf)
        if len(lieux) == 1:
            verbe = "est dans le territoire" if oui else "n’est pas dans le territoire"
            ou = f"{verbe} « {lieux[0]} »"
        else:
            verbe = "est dans l’un" if oui else "n’est dans aucun"
            ou = f"{verbe} de ces territoires : {', '.join(lieux)}"
        if sauf:
            ou = f"{ou}, {'sauf' if oui else 'hormis'} {enumerer(sauf, 'et')}"
        return f"{sujet(feuille.fait)} {ou}"

    def _delai(self, feuille: DelaiEntreAides, oui: bool) -> str:
        noms = [
            f"« {self.nommer_code('aides_obtenues', aide) or aide} »"
            for aide in sorted(feuille.aides)
        ]
        quoi = f"l’aide {noms[0]}" if len(noms) == 1 else f"l’une de ces aides : {', '.join(noms)}"
        if not feuille.mois:
            verbe = "n’a jamais obtenu" if oui else "a déjà obtenu"
            return f"L’entreprise {verbe} {quoi}"
        verbe = "n’a pas obtenu" if oui else "a obtenu"
        return f"Depuis moins de {feuille.mois} mois, l’entreprise {verbe} {quoi}"

    def codes(self, fait: str, codes: Iterable[str]) -> list[str]:
        """Hierarchical codes, sections first, each with its name if it has one."""
        tries = sorted(codes, key=lambda code: (not code.isalpha(), code))
        return [self._code(fait, code) for code in tries]

    def _code(self, fait: str, code: str) -> str:
        nom = self.nommer_code(fait, code)
        ecrit = f"section {code}" if code.isalpha() else code
        return f"{ecrit} ({nom})" if nom else ecrit

    def lieux(self, codes: Iterable[str]) -> list[str]:
        """The names of places in the order of their codes, the last ones counted if many."""
        tries = sorted(codes)
        noms = [self.nommer_lieu(code) for code in tries[:LIEUX_NOMMES]]
        reste = len(tries) - len(noms)
        return [*noms, f"{reste} autre{'s' * (reste > 1)}"] if reste else noms


# ------------------------------------------------------------------ groups


def intitule(groupe: Tous | Un | AuMoins, oui: bool) -> str:
    """The words that introduce a group: how many of its conditions must hold."""
    nombre, total = quorum(groupe, oui)
    if nombre < 1:
        return "Sans condition"
    if nombre > total:
        return "Condition impossible à remplir"
    if total == 1:
        return "La condition suivante"
    if nombre == total:
        return "Toutes les conditions suivantes"
    if nombre == 1:
        return "L’une au moins des conditions suivantes"
    return f"Au moins {nombre} des {total} conditions suivantes"


def quorum(groupe: Tous | Un | AuMoins, oui: bool) -> tuple[int, int]:
    """How many conditions must hold, among how many; denied, how many of their contraries."""
    total = len(groupe.criteres)
    match groupe:
        case Tous():
            nombre = total
        case Un():
            nombre = 1
        case AuMoins():
            nombre = groupe.nombre
        case _:
            assert_never(groupe)
    return (nombre if oui else total - nombre + 1), total


def liaison(groupe: Tous | Un | AuMoins | TailleEuropeenne, oui: bool) -> str:
    """The word between the conditions of a group."""
    if isinstance(groupe, TailleEuropeenne):
        return "et" if oui else "ou"
    nombre, total = quorum(groupe, oui)
    return "et" if nombre == total else "ou" if nombre == 1 else ""


# ------------------------------------------------------------------ words

_VERBES = {
    Operateur.INFERIEUR: ("reste en dessous de", "restent en dessous de"),
    Operateur.INFERIEUR_OU_EGAL: ("ne dépasse pas", "ne dépassent pas"),
    Operateur.SUPERIEUR_OU_EGAL: ("atteint au moins", "atteignent au moins"),
    Operateur.SUPERIEUR: ("dépasse", "dépassent"),
}
CONTRAIRES = {
    Operateur.INFERIEUR: Operateur.SUPERIEUR_OU_EGAL,
    Operateur.INFERIEUR_OU_EGAL: Operateur.SUPERIEUR,
    Operateur.SUPERIEUR_OU_EGAL: Operateur.INFERIEUR,
    Operateur.SUPERIEUR: Operateur.INFERIEUR_OU_EGAL,
}
_TAILLES = {
    Taille.MICRO: (
        "L’entreprise est une microentreprise au sens européen",
        "L’entreprise est plus grande qu’une microentreprise au sens européen",
    ),
    Taille.PETITE: (
        "L’entreprise est une micro ou petite entreprise au sens européen",
        "L’entreprise est plus grande qu’une petite entreprise au sens européen",
    ),
    Taille.MOYENNE: (
        "L’entreprise est une PME au sens européen",
        "L’entreprise est plus grande qu’une PME au sens européen",
    ),
}


def sujet(code: str) -> str:
    """How a sentence names a fact when it begins with it: "Le total du bilan"."""
    nom = nommer(fait_de(code))
    return nom[0].upper() + nom[1:]


def nommer(fait: Fait) -> str:
    """The fact within a sentence, with its article: "le total du bilan"."""
    return fait.sujet or f"la réponse à « {fait.libelle} »"


def enumerer(termes: list[str], mot: str) -> str:
    """ "a, b ou c"; "aucun" of none."""
    if not termes:
        return "aucun"
    return termes[0] if len(termes) == 1 else f"{', '.join(termes[:-1])} {mot} {termes[-1]}"


def part(feuille: Proportion) -> str:
    """What the left fact is compared with: "10 % du total des dépenses"."""
    droite = nommer(fait_de(feuille.droite))
    numerateur, denominateur = feuille.numerateur, feuille.denominateur
    if numerateur == denominateur and feuille.operateur is not Operateur.EGAL:
        return droite
    centiemes, reste = divmod(numerateur * 10_000, denominateur)
    if reste:
        return f"{numerateur}/{denominateur} {_de(droite)}"
    decimales = f",{centiemes % 100:02d}".rstrip("0").rstrip(",")
    return f"{centiemes // 100}{decimales}{ESPACE}% {_de(droite)}"


def _de(nom: str) -> str:
    """ "de" before a noun and its article: "du total", "des dépenses", "de l’apport"."""
    for article, contracte in (("le ", "du "), ("les ", "des ")):
        if nom.startswith(article):
            return contracte + nom.removeprefix(article)
    return f"de {nom}"


def _sans_objet(code: str) -> bool:
    """Whether "not applicable" answers the fact; a sum takes it for zero."""
    return fait_de(code).sans_objet


def _pluriel(code: str) -> bool:
    return nommer(fait_de(code)).startswith("les ")


def _etre(code: str, oui: bool) -> str:
    if _pluriel(code):
        return "sont" if oui else "ne sont pas"
    return "est" if oui else "n’est pas"


def _compare(code: str, operateur: Operateur, borne: str, oui: bool) -> str:
    if operateur is Operateur.EGAL:
        return f"{sujet(code)} {_etre(code, oui)} exactement {_de(borne)}"
    verbe = _VERBES[operateur if oui else CONTRAIRES[operateur]][_pluriel(code)]
    if verbe.endswith(" de"):
        return f"{sujet(code)} {verbe.removesuffix(' de')} {_de(borne)}"
    return f"{sujet(code)} {verbe} {borne}"


def _vrai(fait: Fait, oui: bool) -> str:
    if fait.phrases is not None:
        return fait.phrases[0 if oui else 1]
    return f"{fait.libelle} : {'oui' if oui else 'non'}"


def _parmi(fait: Fait, codes: frozenset[str], oui: bool) -> str:
    libelles = [f"« {nom} »" for code, nom in (fait.choix or {}).items() if code in codes]
    if fait.type is Type.CHOIX_MULTIPLE:
        verbe = "comprennent" if _pluriel(fait.code) else "comprend"
        denie = f"ne {verbe}"
    else:
        verbe, denie = "est", "n’est"
    if oui:
        return f"{sujet(fait.code)} {verbe} {enumerer(libelles, 'ou')}"
    if len(libelles) == 1:
        return f"{sujet(fait.code)} {denie} pas {libelles[0]}"
    return f"{sujet(fait.code)} {denie} ni {' ni '.join(libelles)}"


def _fenetre(feuille: Fenetre, oui: bool) -> str:
    debut = feuille.debut and f"le {afficher_date(feuille.debut)}"
    fin = feuille.fin and f"le {afficher_date(feuille.fin)}"
    if debut and fin:
        quand = f"entre {debut} et {fin} inclus" if oui else f"avant {debut} ou après {fin}"
    elif debut:
        quand = f"au plus tôt {debut}" if oui else f"avant {debut}"
    elif fin:
        quand = f"au plus tard {fin}" if oui else f"après {fin}"
    else:
        quand = "à n’importe quel moment" if oui else "à un moment impossible"
    return f"{sujet(feuille.fait)} se situe {quand}"


def _fenetre_annuelle(feuille: FenetreAnnuelle, oui: bool) -> str:
    debut = afficher_jour(feuille.debut.mois, feuille.debut.jour)
    fin = afficher_jour(feuille.fin.mois, feuille.fin.jour)
    if oui:
        return f"{sujet(feuille.fait)} se situe, chaque année, entre le {debut} et le {fin} inclus"
    return f"{sujet(feuille.fait)} se situe, chaque année, avant le {debut} ou après le {fin}"
