"""One timeline for each demande, in French, made from the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aides.criteres.valeurs import afficher_date
from aides.montants import euros
from dossiers.circuit import Etat
from dossiers.models import Demande, Dossier
from dossiers.rapprochement.montants import avec_texte_montant, montant_attendu
from portal.socle.models import Evenement
from territoires.organismes.models import Guichet

#: Silence for two months means rejection of a financial request.
SILENCE = {
    "libelle": "Code des relations entre le public et l’administration, article L231-4, 3°",
    "url": "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000031366350",
}
ATTENTES = {
    Etat.A_ROUTER: "Nous cherchons le guichet compétent. Vous n’avez rien à faire.",
    Etat.A_ETUDIER: "Le guichet a votre demande et va l’ouvrir. Vous n’avez rien à faire.",
    Etat.EN_INSTRUCTION: "Une personne du guichet étudie votre demande. Vous n’avez rien à faire.",
    Etat.A_COMPLETER: "Le guichet attend votre réponse pour continuer.",
    Etat.ACCEPTEE: "Le guichet vous écrira pour la suite : convention, pièces, versement.",
    Etat.REFUSEE: "Le motif est ci-dessous. Vous pouvez demander au guichet de revoir sa décision.",
    Etat.CLASSEE_SANS_SUITE: "Cette demande est close ; le motif est ci-dessous.",
    Etat.RETIREE: "Vous avez retiré cette demande : le guichet ne l’étudie plus.",
}


@dataclass(frozen=True, slots=True)
class Etape:
    """One line of a timeline; `a_venir` for what is expected."""

    texte: str
    quand: datetime | date | None
    detail: str = ""
    a_venir: bool = False


@dataclass(frozen=True, slots=True)
class Suivi:
    """One demande as its company follows it."""

    demande: Demande
    etapes: list[Etape]
    attente: str
    #: The amount granted, or what may be expected of it; a dash once refused.
    montant: str


def suivis(dossier: Dossier) -> list[Suivi]:
    """Every demande of a dossier with its timeline, in four queries whatever their number."""
    demandes = list(
        avec_texte_montant(dossier.demandes.with_details()).order_by("version_aide__titre", "pk")
    )
    lignes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower, objet_id__in=[str(d.pk) for d in demandes]
    )
    par_demande: dict[str, list[Evenement]] = defaultdict(list)
    for ligne in lignes:
        par_demande[ligne.objet_id].append(ligne)
    guichets = _guichets(lignes)
    return [_suivi(demande, par_demande[str(demande.pk)], guichets) for demande in demandes]


def _guichets(lignes: Iterable[Evenement]) -> dict[int, str]:
    pks = {ligne.donnees["guichet"] for ligne in lignes if ligne.donnees.get("guichet")}
    return {guichet.pk: guichet.nom for guichet in Guichet.objects.filter(pk__in=pks)}


def _suivi(demande: Demande, lignes: list[Evenement], guichets: Mapping[int, str]) -> Suivi:
    etapes = [etape for ligne in lignes if (etape := _etape(ligne, demande, guichets))]
    if not demande.est_close:
        jour = afficher_date(demande.echeance)
        etapes.append(Etape(f"Réponse attendue avant le {jour}", None, a_venir=True))
    return Suivi(demande, etapes, ATTENTES[Etat(demande.etat)], _montant(demande))


def _montant(demande: Demande) -> str:
    if demande.montant_accorde is not None:
        return f"{euros(demande.montant_accorde)} accordés"
    return f"montant estimé : {montant_attendu(demande)}"


def _etape(ligne: Evenement, demande: Demande, guichets: Mapping[int, str]) -> Etape | None:
    """A line of the journal in words; None for what concerns the desks only."""
    ecrire = _ETAPES.get(ligne.verbe)
    if ecrire is None:
        return None
    guichet = guichets.get(ligne.donnees.get("guichet", 0), "")
    if not guichet and demande.guichet is not None:
        guichet = demande.guichet.nom
    textes = ecrire(ligne.donnees, demande, guichet)
    if textes is None:
        return None
    return Etape(textes[0], ligne.quand, textes[1])


_Textes = tuple[str, str] | None


def _remise(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    # An e-mail only announces what the desk's inbox holds.
    return (f"Remise à {guichet}", "") if donnees.get("canal") == "portail" else None


def _acceptee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    montant = donnees.get("montant_accorde")
    return (f"Acceptée : {euros(Decimal(str(montant)))}" if montant else "Acceptée", "")


_ETAPES: dict[str, Callable[[Mapping[str, Any], Demande, str], _Textes]] = {
    "deposer_demande": lambda d, m, g: ("Déposée", ""),
    "mettre_en_file": lambda d, m, g: (
        "Confiée à l’équipe d’orientation du portail",
        m.file_motif or "Aucun guichet n’était désigné d’avance.",
    ),
    "router": lambda d, m, g: (f"Guichet trouvé : {g}", ""),
    "orienter": lambda d, m, g: (f"Orientée vers {g} par l’équipe du portail", ""),
    "remettre": _remise,
    "accuser": lambda d, m, g: ("Ouverte par le guichet", "Il confirme l’avoir reçue."),
    "prendre_en_charge": lambda d, m, g: ("Prise en charge", "Une personne l’étudie."),
    "accepter": _acceptee,
    "refuser": lambda d, m, g: ("Refusée", ""),
    "classer_sans_suite": lambda d, m, g: ("Classée sans suite", ""),
}
