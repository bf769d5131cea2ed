"""What a request made before works start must say of the company and of the project.

Règlement (UE) 651/2014, article 6, paragraph 2: name and size of the company; description of
the project with its start and end dates; place; list of costs; type of aid and amount of public
funding needed. Everything is read from the frozen version of the dossier, as French text.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aides.criteres.arbre import Source, Taille, TailleEuropeenne
from aides.criteres.choix import DEPENSES
from aides.criteres.evaluation import Situation, Verdict, evaluer
from aides.criteres.faits import SANS_OBJET, VOCABULAIRE, Valeur
from aides.criteres.valeurs import ValeurInvalide, afficher, lire_valeur
from aides.models.forme import Forme
from aides.montants import euros
from dossiers.models import Demande
from territoires.models import Commune

#: What is printed where the company did not answer.
NON_RENSEIGNE = "non renseigné"
TAILLES = {
    Taille.MICRO: "Microentreprise",
    Taille.PETITE: "Petite entreprise",
    Taille.MOYENNE: "Moyenne entreprise",
}
_ANNEXE_I = Source("Règlement (UE) 651/2014, annexe I")
Stockes = Mapping[str, Mapping[str, Any]]


class _SansZone:
    """The size of a company depends on no zone."""

    def zone_chargee(self, zone: str) -> bool:
        return False


def faits_de(demande: Demande) -> Stockes:
    """The facts of the frozen dossier, by code."""
    faits: Stockes = demande.version_dossier.contenu["faits"]
    return faits


def lignes_projet(demande: Demande) -> list[tuple[str, str]]:
    """The mentions of article 6, costs apart, as labels and values."""
    contenu, faits = demande.version_dossier.contenu, faits_de(demande)
    return [
        ("Entreprise", contenu["entreprise"]["nom"]),
        ("Taille de l’entreprise", taille(faits)),
        ("Projet", contenu["titre"]),
        ("Description du projet", contenu["description"].strip() or NON_RENSEIGNE),
        ("Début du projet", texte(faits, "date_debut_projet")),
        ("Fin du projet", texte(faits, "date_fin_projet")),
        ("Travaux", _travaux(faits)),
        ("Lieu du projet", demande.commune.libelle),
        ("Type d’aide demandé", formes(demande)),
        ("Financement public nécessaire au projet", texte(faits, "aide_souhaitee")),
        ("Autres aides publiques obtenues", texte(faits, "autres_aides")),
    ]


def couts(faits: Stockes) -> list[tuple[str, str]]:
    """The declared expenses of the project that are not zero, as labels and amounts."""
    return [
        (libelle, euros(montant))
        for code, (libelle, _question) in DEPENSES.items()
        if (montant := _montant(faits, code))
    ]


def total(faits: Stockes) -> str:
    """The sum of the declared expenses; that they were not declared, else."""
    montants = [_montant(faits, code) for code in DEPENSES]
    connus = [montant for montant in montants if montant is not None]
    return euros(sum(connus, Decimal())) if connus else NON_RENSEIGNE


def taille(faits: Stockes) -> str:
    """The category of the European definition, and the declared figures it comes from."""
    details = [
        f"{nom}\N{NO-BREAK SPACE}: {texte(faits, code)}"
        for code, nom in (
            ("effectif", "effectif"),
            ("chiffre_affaires", "chiffre d’affaires"),
            ("total_bilan", "total du bilan"),
        )
    ]
    return f"{_categorie(faits)} ({' ; '.join(details)}), d’après sa déclaration"


def _categorie(faits: Stockes) -> str:
    lus = {
        code: valeur
        for code in ("effectif", "chiffre_affaires", "total_bilan")
        if (valeur := _lire(faits, code)) is not None
    }
    situation = Situation(lus, _SansZone())
    verdicts = {t: evaluer(TailleEuropeenne(t, _ANNEXE_I), situation).verdict for t in Taille}
    for categorie, verdict in verdicts.items():
        if verdict is Verdict.OUI:
            return TAILLES[categorie]
        if verdict is Verdict.INCONNU:
            return "Catégorie à confirmer"
    return "Grande entreprise"


def _travaux(faits: Stockes) -> str:
    engage = _lire(faits, "projet_commence")
    phrases = VOCABULAIRE["projet_commence"].phrases
    if not isinstance(engage, bool) or phrases is None:
        return NON_RENSEIGNE
    return f"{phrases[0 if engage else 1]}, d’après la déclaration de l’entreprise"


def formes(demande: Demande) -> str:
    """The forms that the aide takes: "Subvention, Avance remboursable"."""
    return ", ".join(map(nom_de_forme, demande.version_aide.formes)) or "à confirmer"


def nom_de_forme(code: str) -> str:
    """ "Subvention" for "subvention"; a code of another edition is its own name."""
    return dict(Forme.choices).get(code, code)


def commune_siege(faits: Stockes) -> str:
    """The commune of the registered office with its postcode; empty when not answered."""
    code = str(faits.get("commune_siege", {}).get("valeur", "")).removeprefix("COM-")
    commune = Commune.objects.filter(code=code).first() if code else None
    return f"{' '.join(commune.codes_postaux[:1])} {commune.nom}".strip() if commune else ""


def texte(faits: Stockes, code: str) -> str:
    """A fact as people read it."""
    valeur = _lire(faits, code)
    return NON_RENSEIGNE if valeur is None else afficher(code, valeur)


def _lire(faits: Stockes, code: str) -> Valeur | None:
    """A stored fact; None when it is not answered, or was frozen under another vocabulary."""
    if code not in faits:
        return None
    try:
        return lire_valeur(VOCABULAIRE[code], faits[code]["valeur"], lambda _: frozenset())
    except ValeurInvalide:
        return None


def _montant(faits: Stockes, code: str) -> Decimal | None:
    valeur = _lire(faits, code)
    if valeur is SANS_OBJET:
        return Decimal(0)
    return Decimal(valeur) / 100 if isinstance(valeur, int) else None
