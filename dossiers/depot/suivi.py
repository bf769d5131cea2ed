"""One timeline for each demande, in French, made from the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from aides.criteres.valeurs import afficher_date
from aides.montants import PLAFOND_SEUL, euros
from dossiers.acheminement.etapes import Parcours, etapes, pannes, prises_en_charge
from dossiers.acheminement.models import Acheminement, reference_au_guichet
from dossiers.circuit import CIRCUIT, Etat
from dossiers.horloge import echeance
from dossiers.models import Demande, Document, Dossier
from dossiers.rapprochement.montants import avec_texte_montant, montant_attendu
from portal.socle.models import Evenement
from territoires.normalisation import normaliser
from territoires.organismes.models import Guichet

#: Silence for two months means rejection of a financial request.
SILENCE = {
    "libelle": "Code des relations entre le public et l’administration, article L231-4, 3°",
    "url": "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000031366350",
}
#: What a closed demande leads to; the steps say what is expected of the others.
ATTENTES = {
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
    """One demande as its company follows it; `retirable`: whether it can still be withdrawn."""

    demande: Demande
    parcours: Parcours
    etapes: list[Etape]
    attente: str
    #: The amount granted, or what may be expected of it; a dash once refused.
    montant: str

    @property
    def en_chemin(self) -> bool:
        """Whether no desk has it yet."""
        return self.parcours.suite.code in {"orientation", "remise"}

    @property
    def retiree(self) -> bool:
        return self.demande.etat == Etat.RETIREE

    @property
    def organisme(self) -> str:
        """Whose desk it is, unless the desk's own name says it."""
        guichet = self.demande.guichet
        return organisme_a_dire(guichet) if guichet else ""

    @property
    def attendu(self) -> bool:
        """Whether the desk waits for the company's answer."""
        demande = self.demande
        return demande.attend_l_entreprise_jusqu_au is not None and not demande.est_close

    @property
    def delai(self) -> str:
        """What silence means and when, the date moved by the requests for more said as such."""
        demande = self.demande
        jour, depart = demande.echeance, echeance(demande.deposee_le)
        if demande.est_suspendue and not demande.echeance_depassee:
            return (
                f"Délai suspendu jusqu’à votre réponse. Nouvelle date : le {afficher_date(jour)} "
                f"si vous répondez le dernier jour, plus tôt si vous répondez avant (c’était le "
                f"{afficher_date(depart)}). Sans réponse du guichet à cette date, son silence "
                "vaut rejet."
            )
        if jour != depart:
            return (
                "Le délai a été suspendu par une demande de compléments. Nouvelle date : sans "
                f"réponse du guichet avant le {afficher_date(jour)}, au lieu du "
                f"{afficher_date(depart)}, son silence vaut rejet."
            )
        return f"Sans réponse du guichet avant le {afficher_date(jour)}, son silence vaut rejet."

    @property
    def non_lus(self) -> int:
        """Messages of the desk that nobody of the company has read."""
        nombre: int = self.demande.messages_non_lus  # type: ignore[attr-defined]
        return nombre

    @property
    def retirable(self) -> bool:
        return self.demande.etat in CIRCUIT["retirer"].de


def organisme_a_dire(guichet: Guichet) -> str:
    """The name of the desk's organisme; empty when the desk's own name holds it."""
    nom = guichet.organisme.nom
    return "" if normaliser(nom) in normaliser(guichet.nom) else nom


def suivis(dossier: Dossier) -> list[Suivi]:
    """Every demande of a dossier with its steps, its timeline and its documents, in eight
    queries whatever their number.
    """
    demandes = list(
        avec_texte_montant(dossier.demandes.with_details().with_messages_non_lus("guichet"))
        .annotate(reference_guichet=reference_au_guichet())
        .prefetch_related(
            Prefetch("documents", Document.objects.defer("contenu")),
            Prefetch("acheminements", Acheminement.objects.de_reference()),
        )
        .order_by("version_aide__titre", "pk")
    )
    lignes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower, objet_id__in=[str(d.pk) for d in demandes]
    )
    par_demande: dict[str, list[Evenement]] = defaultdict(list)
    for ligne in lignes:
        par_demande[ligne.objet_id].append(ligne)
    guichets, prises = _guichets(lignes), prises_en_charge(demandes)
    muets = pannes(demandes)
    return [
        _suivi(
            demande,
            etapes(demande, demande.acheminements.all(), prises.get(demande.pk), muets),
            par_demande[str(demande.pk)],
            guichets,
        )
        for demande in demandes
    ]


def _guichets(lignes: Iterable[Evenement]) -> dict[int, str]:
    pks = {ligne.donnees["guichet"] for ligne in lignes if ligne.donnees.get("guichet")}
    return {guichet.pk: guichet.nom for guichet in Guichet.objects.filter(pk__in=pks)}


def _suivi(
    demande: Demande,
    parcours: Parcours,
    lignes: list[Evenement],
    guichets: Mapping[int, str],
) -> Suivi:
    recit = [etape for ligne in lignes if (etape := _etape(ligne, demande, guichets))]
    if not demande.est_close:
        recit += _attendues(demande)
    return Suivi(demande, parcours, recit, _attente(demande, parcours), _montant(demande))


def _attente(demande: Demande, parcours: Parcours) -> str:
    """What follows, for whom to do."""
    if demande.est_close:
        return ATTENTES[Etat(demande.etat)]
    attendue = demande.attend_l_entreprise_jusqu_au
    if demande.etat == Etat.A_COMPLETER and attendue is not None:
        jour = afficher_date(attendue)
        return f"Le guichet attend votre réponse pour continuer, avant la fin du {jour}."
    etudiee = demande.etat == Etat.EN_INSTRUCTION
    debut = "Une personne du guichet étudie votre demande. " if etudiee else ""
    fin = "" if attendue is not None else " Vous n’avez rien à faire."
    return f"{debut}{parcours.suite.texte}{fin}"


def _attendues(demande: Demande) -> Iterator[Etape]:
    """What is expected next, from whom, and until when."""
    jour = afficher_date(demande.echeance)
    if (attendue := demande.attend_l_entreprise_jusqu_au) is not None:
        limite = afficher_date(attendue)
        if demande.est_suspendue:
            yield Etape(
                f"Votre réponse attendue avant la fin du {limite}",
                None,
                f"Le délai du guichet est suspendu ; sa décision sera due au plus tard le {jour}.",
                a_venir=True,
            )
            return
        yield Etape(
            f"Votre réponse était attendue avant la fin du {limite}",
            None,
            "Vous pouvez encore répondre. Le délai du guichet court de nouveau.",
            a_venir=True,
        )
    yield Etape(f"Réponse du guichet attendue avant le {jour}", None, a_venir=True)


def _montant(demande: Demande) -> str:
    if demande.montant_accorde is not None:
        return f"{euros(demande.montant_accorde)} accordés"
    attendu = montant_attendu(demande)
    # A ceiling is no estimate of what this project may get.
    return attendu if PLAFOND_SEUL in attendu else f"montant estimé : {attendu}"


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
#: Of the journal alone: what happened keeps its words, whatever the demande becomes.
_MOTIFS_FILE: dict[str, str] = {
    Demande.File.SANS_GUICHET: "Aucun guichet n’était désigné d’avance.",
    Demande.File.PLUSIEURS_GUICHETS: "Plusieurs guichets pouvaient la recevoir.",
}


_CANAUX = {"courriel": "Par courriel.", "webhook": "À son système informatique."}


def _remise(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    # What is not of record only announces what is; the first lines did not say which was.
    canal = donnees.get("canal", "")
    if not donnees.get("de_reference", canal == "portail"):
        return None
    return f"Remise à {guichet}", _CANAUX.get(canal, "")


def _relancee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    rang = donnees.get("rang", 1)
    return "Guichet relancé", f"{rang}{'re' if rang == 1 else 'e'} relance, sur trois."


def _isolee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    if not donnees.get("de_reference"):
        return None
    return f"{guichet} n’a pas encore pu la recevoir", "Notre équipe s’en occupe."


def _ouverte_ailleurs(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    if donnees.get("voie") == "systeme":
        return "Reçue par le système informatique du guichet", "Il l’a confirmé."
    return "Reçue par le guichet", "Il l’a confirmé en ligne."


def _acceptee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    montant = donnees.get("montant_accorde")
    return (f"Acceptée : {euros(Decimal(str(montant)))}" if montant else "Acceptée", "")


def _complement(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    limite = afficher_date(date.fromisoformat(donnees["attendue_le"]))
    nombre = donnees["elements"]
    return (
        f"Le guichet vous demande {nombre} élément{'s' if nombre > 1 else ''}",
        f"Réponse attendue avant la fin du {limite}. Le délai est suspendu jusqu’à cette réponse.",
    )


def _corrigee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    limite = afficher_date(date.fromisoformat(donnees["attendue_le"]))
    ajoutes = donnees["ajoutes"]
    texte = "Le guichet vous laisse plus de temps pour répondre"
    if ajoutes:
        s = "s" if ajoutes > 1 else ""
        texte = f"Le guichet ajoute {ajoutes} élément{s} à sa demande"
    return texte, f"Réponse attendue avant la fin du {limite}."


def _annulee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    return "Le guichet a annulé sa demande de compléments", suspension(donnees)


def suspension(donnees: Mapping[str, Any]) -> str:
    """The period that a line of the journal closes: "Délai suspendu du … au …"; or empty."""
    if "debut" not in donnees or donnees["debut"] == donnees["fin"]:
        return ""
    debut, fin = (date.fromisoformat(donnees[bord]) for bord in ("debut", "fin"))
    return f"Délai suspendu du {afficher_date(debut)} au {afficher_date(fin)}."


def _completee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    retard = "Après la date limite. " if donnees.get("en_retard") else ""
    return "Vous avez répondu au guichet", retard + suspension(donnees)


def _reprise(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    return "Le guichet poursuit sans attendre votre réponse", suspension(donnees)


def _relais(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    return "Une autre personne du guichet la suit", ""


def _reorientee(donnees: Mapping[str, Any], demande: Demande, guichet: str) -> _Textes:
    motif = f"Motif : {demande.motif_orientation}" if demande.motif_orientation else ""
    return f"Réorientée par {guichet} vers un autre guichet", motif


_ETAPES: dict[str, Callable[[Mapping[str, Any], Demande, str], _Textes]] = {
    "deposer_demande": lambda d, m, g: ("Déposée", ""),
    "mettre_en_file": lambda d, m, g: (
        "Confiée à l’équipe d’orientation du portail",
        _MOTIFS_FILE.get(d.get("file", ""), ""),
    ),
    "router": lambda d, m, g: (f"Guichet trouvé : {g}", ""),
    "orienter": lambda d, m, g: (f"Orientée vers {g} par l’équipe du portail", ""),
    "remettre": _remise,
    "accuser": lambda d, m, g: ("Ouverte par le guichet", "Il en a pris connaissance."),
    "accuser_a_distance": _ouverte_ailleurs,
    # The e-mail that came back, the replay and what was told: not said twice.
    "mettre_en_quarantaine": _isolee,
    "relancer": _relancee,
    "confier_a_la_main": lambda d, m, g: (
        "Le guichet n’a pas réagi à nos relances",
        "Une personne de notre équipe le contacte.",
    ),
    "prendre_en_charge": lambda d, m, g: ("Prise en charge", "Une personne l’étudie."),
    "prendre_le_relais": _relais,
    "passer_le_relais": _relais,
    "demander_complement": _complement,
    "corriger_complement": _corrigee,
    "annuler_complement": _annulee,
    "completer": _completee,
    "completer_reorientee": _completee,
    "reprendre": _reprise,
    "reorienter": _reorientee,
    "deplacer": lambda d, m, g: (
        "Les compétences des guichets ont changé : elle change de guichet",
        "La date de dépôt et le délai de réponse restent les mêmes.",
    ),
    "retirer": lambda d, m, g: ("Vous avez retiré cette demande", ""),
    "accepter": _acceptee,
    "refuser": lambda d, m, g: ("Refusée", ""),
    "classer_sans_suite": lambda d, m, g: ("Classée sans suite", ""),
    "emettre_accuse": lambda d, m, g: (f"Accusé de réception émis par {g}", ""),
    "emettre_decision": lambda d, m, g: ("Lettre de décision émise", ""),
}
