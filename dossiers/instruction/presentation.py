"""What the page of a demande shows: the frozen facts, what remains to check, the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localdate

from aides.criteres.choix import DEPENSES
from aides.criteres.faits import DECLARES, VOCABULAIRE, Fait, Section, Type
from aides.criteres.valeurs import ValeurInvalide, afficher, afficher_date, lire_valeur
from aides.montants import euros
from dossiers.models import Demande, Verification
from dossiers.rapprochement.montants import montant_attendu
from portal.comptes.models import User
from portal.socle.models import Evenement
from territoires.models import ActiviteNaf, Commune, FormeJuridique
from territoires.organismes.models import Guichet

SECTIONS = {
    Section.ENTREPRISE: "Entreprise",
    Section.PROJET: "Projet",
    Section.LIEU: "Lieu",
    Section.CALENDRIER: "Calendrier",
    Section.EMPLOIS: "Emplois",
    Section.FILIERE: "Filière",
    Section.DEPENSES: "Dépenses",
    Section.FINANCEMENT: "Financement",
}
FINANCIERES = (Section.DEPENSES, Section.FINANCEMENT)
CALCULE = "calculé"
PROVENANCES = {
    "declaration": "déclaré par l’entreprise",
    "dossier_precedent": "déclaré par l’entreprise dans un dossier précédent",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """A fact as read: its label, its value in French, where it comes from and since when."""

    libelle: str
    valeur: str
    provenance: str

    @property
    def valeurs(self) -> list[str]:
        """The choices of a multiple one, each apart."""
        return self.valeur.split("\n")


@dataclass(frozen=True, slots=True)
class Bloc:
    """A section of the dossier. `nuls` and `manquants` are the labels of the amounts of zero
    and of what was not answered; `montants`: whether every line is an amount."""

    titre: str
    lignes: list[Ligne]
    nuls: list[str]
    manquants: list[str]
    montants: bool

    @property
    def provenance(self) -> str:
        """Where every line comes from, when it is the same for all; else empty."""
        origines = {ligne.provenance for ligne in self.lignes} - {CALCULE}
        return origines.pop() if len(origines) == 1 else ""


def blocs(demande: Demande) -> tuple[list[Bloc], list[Bloc]]:
    """The frozen facts by section: those of the project, then those of its financing."""
    faits: Mapping[str, Mapping[str, Any]] = demande.version_dossier.contenu["faits"]
    noms = _noms(faits)
    tous = {section: _bloc(section, faits, noms) for section in SECTIONS}
    return (
        [bloc for section, bloc in tous.items() if section not in FINANCIERES],
        [tous[section] for section in FINANCIERES],
    )


def _bloc(section: Section, faits: Mapping[str, Any], noms: Mapping[str, str]) -> Bloc:
    voulus = [fait for fait in DECLARES if fait.section is section]
    connus = [fait for fait in voulus if fait.code in faits]
    nuls = [f for f in connus if f.type is Type.MONTANT and _nul(faits[f.code]["valeur"])]
    lignes = [_ligne(fait, faits[fait.code], noms) for fait in connus if fait not in nuls]
    if section is Section.DEPENSES and (total := total_declare(faits)) is not None:
        texte = afficher("depenses_total", int(total * 100))
        lignes.append(Ligne("Total des dépenses", texte, CALCULE))
    return Bloc(
        SECTIONS[section],
        lignes,
        [fait.libelle for fait in nuls],
        [fait.libelle for fait in voulus if fait.code not in faits],
        montants=section in FINANCIERES,
    )


def _nul(valeur: object) -> bool:
    return isinstance(valeur, str) and not valeur.strip("0.")


def _ligne(fait: Fait, stocke: Mapping[str, Any], noms: Mapping[str, str]) -> Ligne:
    brut = stocke["valeur"]
    try:
        lue = lire_valeur(fait, brut, lambda code: frozenset({f"COM-{code}"}))
        valeur = afficher(fait.code, lue, lambda code: noms.get(code, code.removeprefix("COM-")))
        if fait.type is Type.CHOIX_MULTIPLE and isinstance(lue, frozenset):
            # One choice a line: labels hold commas.
            valeur = "\n".join(nom for code, nom in (fait.choix or {}).items() if code in lue)
    except ValeurInvalide:
        # Frozen under another edition of the vocabulary: shown as it was written.
        valeur = str(brut)
    if nom := noms.get(f"{fait.code}/{brut}"):
        valeur = f"{valeur} – {nom}"
    return Ligne(fait.libelle, valeur, _provenance(stocke))


def _provenance(stocke: Mapping[str, Any]) -> str:
    code = str(stocke.get("provenance", ""))
    le = parse_datetime(stocke.get("le") or "")
    texte = PROVENANCES.get(code, code)
    return f"{texte} le {afficher_date(localdate(le))}" if le else texte


def _noms(faits: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Names of the places ("COM-31555") and of the codes ("naf/25.11Z") among the facts."""
    lieux = {
        str(faits[fait.code]["valeur"]).removeprefix("COM-")
        for fait in DECLARES
        if fait.type is Type.LIEU and fait.code in faits
    }
    noms = {f"COM-{c.code}": c.libelle for c in Commune.objects.filter(code__in=lieux)}
    for code, modele in (("naf", ActiviteNaf), ("forme_juridique", FormeJuridique)):
        if code in faits:
            valeur = faits[code]["valeur"]
            for objet in modele.objects.filter(code=valeur):
                noms[f"{code}/{valeur}"] = objet.libelle
    return noms


def total_declare(faits: Mapping[str, Mapping[str, Any]]) -> Decimal | None:
    """The declared expenses of the project in euros; None if none was declared."""
    montants = [
        Decimal(faits[code]["valeur"])
        for code in DEPENSES
        if code in faits and faits[code]["valeur"] != "sans_objet"
    ]
    return sum(montants, Decimal()) if montants else None


def provenance_commune(blocs: Iterable[Bloc]) -> str:
    """Where every answer of these sections comes from, when it is the same; else empty."""
    origines = {bloc.provenance for bloc in blocs if bloc.lignes}
    return origines.pop() if len(origines) == 1 else ""


def essentiel(demande: Demande) -> list[tuple[str, str]]:
    """What an officer needs first, as labels and values: amounts, place, dates.

    `demande` comes from `avec_texte_montant`.
    """
    faits: Mapping[str, Mapping[str, Any]] = demande.version_dossier.contenu["faits"]
    total = total_declare(faits)
    debut, fin = _valeur(faits, "date_debut_projet"), _valeur(faits, "date_fin_projet")
    dates = (f"du {debut} au {fin}") if debut and fin else (debut or fin)
    lieu = demande.commune.libelle
    if demande.commune.epci:
        lieu = f"{lieu}, {demande.commune.epci.nom}"
    return [
        ("Dépenses déclarées", "aucune" if total is None else euros(total)),
        ("Aide souhaitée", _valeur(faits, "aide_souhaitee") or "non renseignée"),
        ("Montant estimé", montant_attendu(demande)),
        ("Lieu du projet", lieu),
        ("Dates du projet", dates or "non renseignées"),
    ]


def _valeur(faits: Mapping[str, Mapping[str, Any]], code: str) -> str:
    return _ligne(VOCABULAIRE[code], faits[code], {}).valeur if code in faits else ""


# ------------------------------------------------------------------ proof


def a_verifier(preuve: Mapping[str, Any], *, conditions: bool = True) -> list[Mapping[str, Any]]:
    """The leaves of a stored proof that wait for an officer, or for a zone to be loaded;
    `conditions`: with those that the officer answers in the form."""
    return [
        feuille
        for feuille in _ouvertes(preuve)
        if feuille.get("qui") in {"agent", "referentiel"}
        and (conditions or feuille["type"] != "a_verifier")
    ]


def a_completer(preuve: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The leaves that wait for an answer of the company."""
    return [feuille for feuille in _ouvertes(preuve) if feuille.get("qui") == "entreprise"]


def bilan(preuve: Mapping[str, Any]) -> str:
    """How its conditions stand: "10 remplies, 1 non remplie, 3 en attente".

    Those at the top: an alternative counts once, whatever lies below it.
    """
    tous = preuve.get("type") == "tous"
    verdicts = Counter(noeud.get("verdict") for noeud in (preuve["enfants"] if tous else [preuve]))
    mots = (("oui", "remplie"), ("non", "non remplie"), ("inconnu", "en attente"))
    return ", ".join(
        f"{n} {mot}{'s' if n > 1 and verdict != 'inconnu' else ''}"
        for verdict, mot in mots
        if (n := verdicts[verdict])
    )


def _ouvertes(preuve: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The unknown leaves under unknown groups: what can still change the outcome."""
    if preuve.get("verdict") != "inconnu":
        return
    enfants = preuve.get("enfants") or []
    if not enfants:
        yield preuve
    for enfant in enfants:
        yield from _ouvertes(enfant)


# ------------------------------------------------------------------ journal

RECITS = {
    "deposer_demande": "Demande déposée",
    "router": "Confiée au guichet compétent",
    "mettre_en_file": "En attente d’un choix de guichet",
    "orienter": "Confiée à un guichet choisi par l’administration",
    "remettre": "Remise au guichet",
    "accuser": "Ouverte par le guichet, qui en prend connaissance",
    "accuser_a_distance": "Réception confirmée par le guichet, hors du portail",
    "mettre_en_quarantaine": "Remise impossible : mise de côté jusqu’à réparation",
    "rejouer": "Remise rejouée par l’équipe du portail",
    "relancer": "Guichet relancé : personne n’avait ouvert la demande",
    "retour": "Courriel au guichet revenu",
    "dire_l_attente": "Entreprise prévenue que sa demande attend",
    "confier_a_la_main": "Confiée à l’équipe du portail : le guichet ne réagit pas",
    "prendre_la_tache": "L’équipe du portail s’en occupe",
    "laisser_la_tache": "Plus personne de l’équipe du portail ne s’en occupe",
    "prendre_en_charge": "Prise en charge",
    "prendre_le_relais": "Relais pris",
    "passer_le_relais": "Suivi confié à une autre personne du guichet",
    "demander_complement": "Compléments demandés à l’entreprise",
    "corriger_complement": "Demande de compléments corrigée",
    "annuler_complement": "Demande de compléments annulée",
    "completer": "L’entreprise a répondu",
    "completer_reorientee": "L’entreprise a répondu à ce que demandait le guichet précédent",
    "reprendre": "Instruction reprise sans attendre la réponse",
    "reorienter": "Réorientée vers un autre guichet",
    "deplacer": "Déplacée vers un autre guichet : les compétences ont changé",
    "retirer": "Retirée par l’entreprise",
    "ecrire": "Message",
    "verifier": "Condition vérifiée",
    "accepter": "Acceptée",
    "refuser": "Refusée",
    "classer_sans_suite": "Classée sans suite",
    "emettre_accuse": "Accusé de réception émis",
    "emettre_decision": "Lettre de décision émise",
}
CANAUX = {
    "portail": "dans sa corbeille",
    "courriel": "annoncée par courriel",
    "webhook": "à son système informatique",
}
VOIES = {"page": "par la page du courriel", "systeme": "par son système informatique"}


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of the timeline; `a_venir` is True for what is only expected."""

    quand: datetime
    texte: str
    detail: str
    a_venir: bool = False


def journal(demande: Demande) -> list[Etape]:
    """Every event of the demande, oldest first, its actors named while their account exists."""
    evenements = list(
        Evenement.objects.filter(objet_type="dossiers.demande", objet_id=str(demande.pk))
    )
    acteurs = User.objects.in_bulk({e.acteur_id for e in evenements if e.acteur_id is not None})
    guichets = Guichet.objects.in_bulk(
        {e.donnees["guichet"] for e in evenements if "guichet" in e.donnees}
    )
    return [
        Etape(
            evenement.quand,
            RECITS.get(evenement.verbe, evenement.verbe.replace("_", " ").capitalize()),
            ", ".join(_details(evenement, acteurs, guichets)),
        )
        for evenement in evenements
    ]


def _details(
    evenement: Evenement, acteurs: Mapping[Any, User], guichets: Mapping[int, Guichet]
) -> Iterator[str]:
    guichet = guichets.get(evenement.donnees.get("guichet", 0))
    if guichet is not None:
        yield guichet.nom
    if canal := _canal(evenement):
        yield canal
    yield from _deviation(evenement.donnees)
    if voie := VOIES.get(evenement.donnees.get("voie", "")):
        yield voie
    if rang := evenement.donnees.get("rang"):
        yield f"relance {rang} sur 3"
    if statut := evenement.donnees.get("statut"):
        yield f"statut {statut}"
    if evenement.verbe == "reorienter":
        yield "ce guichet n’y a plus accès, sauf si elle est dans son territoire"
    if evenement.verbe == "verifier":
        reponse = Verification.Reponse(evenement.donnees["reponse"])
        yield f"{evenement.donnees['condition']} : {reponse.label.lower()}"
    yield from _dates(evenement.donnees)
    if montant := evenement.donnees.get("montant_accorde"):
        yield afficher("aide_souhaitee", int(Decimal(montant) * 100))
    if evenement.acteur_id is not None:
        acteur = acteurs.get(evenement.acteur_id)
        yield f"par {acteur.get_full_name()}" if acteur else "par un compte supprimé depuis"


def _canal(evenement: Evenement) -> str:
    """How it was, or was to be, handed over; by e-mail of record, it was more than announced."""
    donnees = evenement.donnees
    if evenement.verbe not in {"remettre", "mettre_en_quarantaine", "rejouer"}:
        return ""
    if donnees.get("canal") == "courriel" and donnees.get("de_reference"):
        return "par courriel"
    return CANAUX.get(donnees.get("canal", ""), "")


def _deviation(donnees: Mapping[str, Any]) -> Iterator[str]:
    """Of what was meant for a system that was stopped, and may have reached it all the same."""
    if donnees.get("canal_precedent"):
        yield "au lieu de son système informatique, arrêté"
    if donnees.get("doute"):
        yield "un envoi sans réponse a pu y arriver aussi"


def _dates(donnees: Mapping[str, Any]) -> Iterator[str]:
    """The days of a request for more: until when it waits, how long it stopped the clock."""
    if attendue := donnees.get("attendue_le"):
        yield f"réponse attendue avant la fin du {afficher_date(date.fromisoformat(attendue))}"
        yield "délai suspendu"
    if donnees.get("en_retard"):
        yield "après la date limite"
    if donnees.get("debut", "") != donnees.get("fin", ""):
        debut, fin = (date.fromisoformat(donnees[bord]) for bord in ("debut", "fin"))
        yield f"délai suspendu du {afficher_date(debut)} au {afficher_date(fin)}"
