"""The vocabulary: every fact the language can speak of, one row each.

A new fact is one row of `VOCABULAIRE` (`DERIVES` for a computed one); no reading changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from functools import lru_cache
from itertools import pairwise

from aides.criteres.choix import DEPENSES, NATURES_PROJET, SECTEURS


class Type(StrEnum):
    """How a fact is stored in the language, and the scale of its integers."""

    MONTANT = "montant"  # int, euro cents
    DIXIEMES = "dixiemes"  # int, tenths of a full-time job
    ENTIER = "entier"  # int
    BOOLEEN = "booleen"  # bool
    DATE = "date"  # datetime.date
    CHOIX = "choix"  # str, one of `choix`
    CHOIX_MULTIPLE = "choix_multiple"  # frozenset[str], each one of `choix`
    CODE_NAF = "code_naf"  # str, "25.11Z"
    CODE_NAF_2025 = "code_naf_2025"  # str, of the same form, in NAF 2025
    CODE_FORME = "code_forme_juridique"  # str, four digits
    LIEU = "lieu"  # frozenset[str], every code the commune carries
    OCTROIS = "octrois"  # frozenset[str], each the code of an aide and a day: "aide@2026-01-31"


class Repondant(StrEnum):
    """Who can answer a fact."""

    ENTREPRISE = "entreprise"
    REGISTRE = "registre"  # a register could; until it has, the company may declare it
    CALCUL = "calcul"


class Section(StrEnum):
    """The sections of the dossier's form, in the order people meet them."""

    ENTREPRISE = "entreprise"
    PROJET = "projet"
    LIEU = "lieu"
    CALENDRIER = "calendrier"
    DEPENSES = "depenses"
    FINANCEMENT = "financement"
    EMPLOIS = "emplois"
    FILIERE = "filiere"


class SansObjet(Enum):
    """The explicit answer "not applicable", never to be confused with "not answered"."""

    SANS_OBJET = "sans_objet"


SANS_OBJET = SansObjet.SANS_OBJET
Valeur = int | bool | str | date | frozenset[str] | SansObjet
#: Known facts only: a fact that nobody answered is absent.
Faits = Mapping[str, Valeur]


@dataclass(frozen=True, slots=True)
class Fait:
    """One fact: its code in exchanged JSON, how it is asked, and how it is stored."""

    code: str
    libelle: str
    question: str
    type: Type
    section: Section
    repondant: Repondant = Repondant.ENTREPRISE
    choix: Mapping[str, str] | None = None
    sans_objet: bool = False  # whether "not applicable" is an answer
    occasionnel: bool = False  # asked only where an aide reads it
    aide: str = ""
    base_legale: str = ""
    #: The unit of a quantity that is not an amount, singular and plural.
    unite: tuple[str, str] | None = None
    #: How sentences name it, article first: "le total du bilan"; else its label.
    sujet: str = ""
    #: The sentence of a yes/no fact answered yes, and answered no; of another fact, the
    #: sentence that it does not apply, and that it does.
    phrases: tuple[str, str] | None = None
    #: Facts a computed one is made from, and how; `calcul` receives known facts only.
    bases: tuple[str, ...] = ()
    calcul: Callable[[Faits], Valeur | None] | None = None


def _somme(*codes: str) -> Callable[[Faits], Valeur | None]:
    """The sum of amounts, known only when every one is; "not applicable" counts for zero."""

    def calcul(faits: Faits) -> Valeur | None:
        valeurs = [faits.get(code) for code in codes]
        if any(valeur is None for valeur in valeurs):
            return None
        return sum(valeur for valeur in valeurs if isinstance(valeur, int))

    return calcul


def mois_revolus(depuis: date, jusqu_a: date) -> int:
    """Whole months elapsed, from date to date; zero when the dates are out of order."""
    mois = (jusqu_a.year - depuis.year) * 12 + jusqu_a.month - depuis.month
    return max(0, mois - (jusqu_a.day < depuis.day))


def _mois_entre(depuis: str, jusqu_a: str) -> Callable[[Faits], Valeur | None]:
    def calcul(faits: Faits) -> Valeur | None:
        debut, fin = faits.get(depuis), faits.get(jusqu_a)
        if debut is SANS_OBJET or fin is SANS_OBJET:
            return SANS_OBJET
        if isinstance(debut, date) and isinstance(fin, date):
            return mois_revolus(debut, fin)
        return None

    return calcul


_IMMATRICULATION = (
    "L’entreprise n’est pas encore immatriculée",
    "L’entreprise est déjà immatriculée",
)
_EMPLOIS, _MOIS = ("emploi", "emplois"), ("mois", "mois")
_E, _P = Section.ENTREPRISE, Section.PROJET
_RGEC_2_18 = "Règlement (UE) 651/2014, article 2, point 18"
_ANNEXE_I = "Règlement (UE) 651/2014, annexe I"

_ENTREPRISE = (
    Fait(
        "naf", "Activité principale (code NAF)", "Quel est votre code NAF (APE) ?",
        Type.CODE_NAF, _E, Repondant.REGISTRE,
        aide="Sur votre avis de situation Sirene, par exemple 25.11Z. Ou écrivez votre métier.",
        sujet="l’activité principale (code NAF)"),
    Fait(
        "naf_2025", "Activité principale (code NAF 2025)", "Quel est votre code NAF 2025 ?",
        Type.CODE_NAF_2025, _E, Repondant.REGISTRE, occasionnel=True,
        aide="La nomenclature qui remplace la précédente. Laissez vide si vous ne l’avez pas "
        "encore : les deux codes se lisent côte à côte.",
        sujet="l’activité principale (code NAF 2025)"),
    Fait(
        "forme_juridique", "Forme juridique", "Quelle est la forme juridique de l’entreprise ?",
        Type.CODE_FORME, _E, Repondant.REGISTRE, sujet="la forme juridique"),
    Fait(
        "commune_siege", "Commune du siège", "Dans quelle commune est le siège de l’entreprise ?",
        Type.LIEU, _E, Repondant.REGISTRE, sujet="la commune du siège"),
    Fait(
        "date_creation", "Date de création", "Quand l’entreprise a-t-elle été créée ?",
        Type.DATE, _E, Repondant.REGISTRE, sans_objet=True,
        aide="Répondez « sans objet » si l’entreprise n’est pas encore immatriculée.",
        sujet="la date de création de l’entreprise", phrases=_IMMATRICULATION),
    Fait(
        "effectif", "Effectif (équivalent temps plein)",
        "Combien de salariés, en équivalent temps plein, au dernier exercice ?",
        Type.DIXIEMES, _E, base_legale=f"{_ANNEXE_I}, article 5", sujet="l’effectif",
        unite=_EMPLOIS),
    Fait(
        "chiffre_affaires", "Chiffre d’affaires annuel hors taxes",
        "Quel est le chiffre d’affaires du dernier exercice clos ?",
        Type.MONTANT, _E, sans_objet=True, base_legale=f"{_ANNEXE_I}, article 4",
        sujet="le chiffre d’affaires annuel",
        phrases=(
            "L’entreprise n’a pas encore de chiffre d’affaires annuel",
            "L’entreprise a déjà un chiffre d’affaires annuel",
        )),
    Fait(
        "total_bilan", "Total du bilan", "Quel est le total du bilan du dernier exercice clos ?",
        Type.MONTANT, _E, sans_objet=True, base_legale=f"{_ANNEXE_I}, article 4",
        sujet="le total du bilan",
        phrases=("L’entreprise n’a pas encore de bilan", "L’entreprise a déjà un bilan")),
    Fait(
        "fonds_propres", "Fonds propres et quasi-fonds propres",
        "Quel est le montant des fonds propres, comptes courants bloqués compris ?",
        Type.MONTANT, _E, sans_objet=True, sujet="les fonds propres",
        aide="Comptes courants bloqués : l’argent prêté à l’entreprise par ses associés, qu’ils "
        "se sont engagés à y laisser. Répondez 0 si les fonds propres sont négatifs."),
    Fait(
        "capital_social", "Capital social", "Quel est le capital social ?",
        Type.MONTANT, _E, sans_objet=True, sujet="le capital social"),
    Fait(
        "exercices_clos", "Exercices comptables clos",
        "Combien d’exercices comptables l’entreprise a-t-elle clos ?", Type.ENTIER, _E,
        sujet="le nombre d’exercices clos"),
    Fait(
        "micro_entrepreneur", "Régime de la micro-entreprise",
        "L’entreprise relève-t-elle du régime de la micro-entreprise ?", Type.BOOLEEN, _E,
        phrases=(
            "L’entreprise relève du régime de la micro-entreprise",
            "L’entreprise ne relève pas du régime de la micro-entreprise",
        )),
    Fait(
        "entreprise_en_difficulte", "Entreprise en difficulté",
        "L’entreprise est-elle en difficulté au sens européen ?", Type.BOOLEEN, _E,
        aide="C’est une entreprise qui a perdu plus de la moitié de son capital, est en "
        "procédure collective, ou n’a pas remboursé une aide au sauvetage.",
        base_legale=_RGEC_2_18,
        phrases=(
            "L’entreprise est en difficulté au sens européen",
            "L’entreprise n’est pas en difficulté au sens européen",
        )),
    Fait(
        "a_jour_obligations", "À jour des obligations fiscales et sociales",
        "L’entreprise est-elle à jour de ses impôts et cotisations ?", Type.BOOLEEN, _E,
        phrases=(
            "L’entreprise est à jour de ses impôts et cotisations",
            "L’entreprise n’est pas à jour de ses impôts et cotisations",
        )),
)  # fmt: skip

_PROJET = (
    Fait(
        "nature_projet", "Nature du projet", "Que voulez-vous faire ?",
        Type.CHOIX_MULTIPLE, _P, choix=NATURES_PROJET, sujet="la nature du projet"),
    Fait(
        "projet_commence", "Projet déjà engagé",
        "Avez-vous déjà signé un devis, passé une commande ou commencé les travaux ?",
        Type.BOOLEEN, _P, base_legale="Règlement (UE) 651/2014, article 6",
        phrases=(
            "Le projet est déjà engagé (devis signé, commande ou travaux)",
            "Le projet n’est pas encore engagé (ni devis signé, ni commande, ni travaux)",
        )),
    Fait(
        "activite_recherche", "Activité de recherche et développement",
        "L’entreprise mène-t-elle de la recherche et développement ?", Type.BOOLEEN, _P,
        phrases=(
            "L’entreprise mène de la recherche et développement",
            "L’entreprise ne mène pas de recherche et développement",
        )),
    Fait(
        "commune_projet", "Commune du projet", "Dans quelle commune le projet a-t-il lieu ?",
        Type.LIEU, Section.LIEU, sujet="la commune du projet"),
    Fait(
        "date_debut_projet", "Début du projet", "Quand le projet doit-il commencer ?",
        Type.DATE, Section.CALENDRIER, base_legale="Règlement (UE) 651/2014, article 6",
        sujet="la date de début du projet"),
    Fait(
        "date_fin_projet", "Fin du projet", "Quand le projet doit-il être terminé ?",
        Type.DATE, Section.CALENDRIER, base_legale="Règlement (UE) 651/2014, article 6",
        sujet="la date de fin du projet"),
)  # fmt: skip

_FINANCES = (
    *(
        Fait(
            code, libelle, f"{question}, hors taxes ?", Type.MONTANT, Section.DEPENSES,
            sujet=f"les dépenses « {libelle} »",
        )
        for code, (libelle, question) in DEPENSES.items()
    ),
    Fait(
        "apport", "Apport de l’entreprise", "Combien l’entreprise apporte-t-elle elle-même ?",
        Type.MONTANT, Section.FINANCEMENT, sujet="l’apport de l’entreprise"),
    Fait(
        "emprunt", "Emprunt", "Combien pensez-vous emprunter ?",
        Type.MONTANT, Section.FINANCEMENT, sujet="l’emprunt"),
    Fait(
        "aide_souhaitee", "Aide souhaitée", "Quel montant d’aide publique espérez-vous ?",
        Type.MONTANT, Section.FINANCEMENT, base_legale="Règlement (UE) 651/2014, article 6",
        sujet="l’aide souhaitée"),
    Fait(
        "autres_aides", "Autres aides publiques sur ce projet",
        "Quelles autres aides publiques avez-vous obtenues pour ce projet ?",
        Type.MONTANT, Section.FINANCEMENT, sujet="les autres aides publiques au projet"),
    Fait(
        "aides_de_minimis", "Aides de minimis reçues en trois ans",
        "Quel total d’aides de minimis le groupe a-t-il reçu depuis trois ans ?",
        Type.MONTANT, Section.FINANCEMENT,
        aide="Une aide de minimis est une petite aide publique accordée sous ce nom : la lettre "
        "qui vous l’a accordée le dit. Aucune : répondez 0.",
        base_legale="Règlement (UE) 2023/2831, articles 3 et 7",
        sujet="les aides de minimis reçues en trois ans"),
    Fait(
        "aides_obtenues", "Aides déjà obtenues", "Laquelle de ces aides avez-vous déjà obtenue ?",
        Type.OCTROIS, Section.FINANCEMENT, sujet="les aides déjà obtenues", occasionnel=True,
        aide="Certaines aides ne se demandent qu’une fois, ou pas avant quelques années. "
        "Donnez la date de la lettre qui vous l’a accordée."),
    Fait(
        "emplois_crees", "Emplois créés (CDI, équivalent temps plein)",
        "Combien d’emplois en CDI le projet crée-t-il, en équivalent temps plein ?",
        Type.DIXIEMES, Section.EMPLOIS, sujet="les créations d’emplois en CDI", unite=_EMPLOIS),
    Fait(
        "emplois_maintenus", "Emplois maintenus (équivalent temps plein)",
        "Combien d’emplois vous engagez-vous à maintenir ?", Type.DIXIEMES, Section.EMPLOIS,
        sujet="les emplois maintenus", unite=_EMPLOIS),
    Fait(
        "secteur", "Secteurs d’activité", "Dans quels secteurs travaille l’entreprise ?",
        Type.CHOIX_MULTIPLE, Section.FILIERE, choix=SECTEURS, sujet="les secteurs d’activité"),
)  # fmt: skip

_IMMOBILIER = ("depense_terrain", "depense_batiment")
DERIVES: tuple[Fait, ...] = (
    Fait(
        "age_mois", "Ancienneté en mois", "", Type.ENTIER, _E, Repondant.CALCUL, sans_objet=True,
        bases=("date_creation",), calcul=_mois_entre("date_creation", "date_demande"),
        sujet="l’ancienneté de l’entreprise", unite=_MOIS, phrases=_IMMATRICULATION,
    ),
    Fait(
        "duree_projet_mois", "Durée du projet en mois", "", Type.ENTIER, Section.CALENDRIER,
        Repondant.CALCUL, bases=("date_debut_projet", "date_fin_projet"),
        calcul=_mois_entre("date_debut_projet", "date_fin_projet"), sujet="la durée du projet",
        unite=_MOIS,
    ),
    Fait(
        "depenses_total", "Total des dépenses", "", Type.MONTANT, Section.DEPENSES,
        Repondant.CALCUL, bases=tuple(DEPENSES), calcul=_somme(*DEPENSES),
        sujet="le total des dépenses",
    ),
    Fait(
        "depenses_immobilieres", "Dépenses immobilières", "", Type.MONTANT, Section.DEPENSES,
        Repondant.CALCUL, bases=_IMMOBILIER, calcul=_somme(*_IMMOBILIER),
        sujet="les dépenses immobilières",
    ),
)  # fmt: skip

#: The day the evaluation speaks of: given, never `today()`, so that a match can be replayed.
DATE_DEMANDE = Fait(
    "date_demande", "Date de la demande", "", Type.DATE, Section.CALENDRIER, Repondant.CALCUL,
    sujet="la date de la demande",
)  # fmt: skip

DECLARES: tuple[Fait, ...] = (*_ENTREPRISE, *_PROJET, *_FINANCES)
VOCABULAIRE: Mapping[str, Fait] = {fait.code: fait for fait in (*DECLARES, *DERIVES, DATE_DEMANDE)}


def completer(faits: Faits, le: date) -> Faits:
    """The facts with the day of the evaluation and every derived fact that can be computed."""
    complets: dict[str, Valeur] = {**faits, DATE_DEMANDE.code: le}
    for fait in DERIVES:
        if fait.calcul is not None and (valeur := fait.calcul(complets)) is not None:
            complets[fait.code] = valeur
    return complets


SOMME = "+"
#: What can be added up, and compared.
QUANTITES = frozenset({Type.MONTANT, Type.DIXIEMES, Type.ENTIER})


@lru_cache(maxsize=4096)
def fait(code: str) -> Fait:
    """The row of a code, or that of a sum of codes: "depense_terrain+depense_batiment".

    A sum adds declared quantities of one type, each once, in the order of the vocabulary;
    "not applicable" counts for zero. Raises KeyError for anything else.
    """
    if SOMME not in code:
        return VOCABULAIRE[code]
    termes = [VOCABULAIRE[terme] for terme in code.split(SOMME)]
    premier = termes[0]
    rangs = [_RANGS.get(terme.code, -1) for terme in termes]
    if (
        premier.type not in QUANTITES
        or any(terme.type is not premier.type for terme in termes)
        or min(rangs) < 0
        or any(a >= b for a, b in pairwise(rangs))
    ):
        raise KeyError(code)
    codes = tuple(terme.code for terme in termes)
    libelle = " + ".join(terme.libelle for terme in termes)
    return Fait(
        code, libelle, "", premier.type, premier.section, Repondant.CALCUL, bases=codes,
        calcul=_somme(*codes), sujet=f"la somme « {libelle} »", unite=premier.unite,
    )  # fmt: skip


_RANGS = {declare.code: rang for rang, declare in enumerate(DECLARES)}


def lire(faits: Faits, code: str) -> Valeur | None:
    """The value of a fact or of a sum of facts; None when it is not known."""
    valeur = faits.get(code)
    if valeur is None and SOMME in code and (calcul := fait(code).calcul) is not None:
        return calcul(faits)
    return valeur


def a_repondre(code: str, faits: Faits) -> frozenset[str]:
    """The facts a company must still answer for `code` to be known; empty when it is."""
    if code in faits:
        return frozenset()
    bases = fait(code).bases or (code,)
    return frozenset(base for base in bases if base not in faits)
