"""Applying a change of competence: the rules and the live demandes they place, all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.actes.orientation import mise_en_file, preparer_ensemble
from dossiers.acheminement.competences.repetition import Deplacement, Repetition, repeter
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.destinataires import membres_des
from dossiers.models import Demande, Notification
from dossiers.notifications import avis, prevenir
from dossiers.transitions import COLONNES, changer
from portal.comptes.models import User
from portal.socle.journal import inscrire
from portal.socle.models import Evenement
from territoires.organismes.actes import ChangementRefuse, ecrire_competences
from territoires.organismes.models import AgentGuichet, ChangementCompetences, Guichet
from territoires.organismes.verrou import modifier_seul

#: Demandes named one by one in a message; the others are counted.
NOMMEES = 40
#: Demandes written by one query.
LOT = 500
FILE = "la file d’orientation"


class RepetitionDepassee(Exception):
    """What would be done is no longer what the person saw; the message is French."""

    def __init__(self) -> None:
        super().__init__(
            "La situation a changé depuis votre répétition : une demande a été déposée, prise en "
            "charge ou close, ou une autre personne a changé des compétences. Rien n’a été "
            "appliqué. Relisez ce que ce changement ferait maintenant, puis recommencez."
        )


class TrouNonConfirme(Exception):
    """Communes would be left without a desk, and the person did not say that they know."""


@dataclass(frozen=True, slots=True)
class Application:
    """What was done: the change, and how many demandes moved."""

    changement: ChangementCompetences
    deplacees: int


@transaction.atomic
def appliquer_changement(
    *, par: User, jeton: str, avec_prises: bool = False, trous_confirmes: bool = False
) -> Application:
    """Write the competences that the person prepared and move the demandes that they place, as
    rehearsed (`jeton`). `avec_prises`: also those already taken in charge; `trous_confirmes`: the
    person knows that communes would be left without a desk.

    Each keeps its date and its clock (CRPA, article L114-3). Both desks are told, once, and each
    company of its own. Raises RepetitionDepassee, ChangementRefuse, TrouNonConfirme,
    PermissionDenied.
    """
    modifier_seul()
    changement = (
        ChangementCompetences.objects.select_for_update()
        .filter(user=par, applique_le__isnull=True)
        .first()
    )
    if changement is None:
        raise RepetitionDepassee
    demandes = _verrouiller(_voulues(repeter(changement, par), avec_prises))
    # Again, now that nobody can take in charge, close or redirect one of them.
    repetition = repeter(changement, par)
    deplacements = _voulues(repetition, avec_prises)
    if repetition.jeton != jeton or {d.demande for d in deplacements} != demandes.keys():
        raise RepetitionDepassee
    _exiger(repetition, par, avec_prises=avec_prises, trous_confirmes=trous_confirmes)
    ecrire_competences(changement=changement, par=par, deplacees=len(deplacements))
    guichets = Guichet.objects.in_bulk(
        {pk for d in deplacements for pk in (d.de, d.vers) if pk is not None}
    )
    agents = _agents(guichets)
    deplacees = [demandes[d.demande] for d in deplacements]
    _deplacer(deplacements, demandes, guichets, changement, agents)
    _prevenir_guichets(deplacements, deplacees, guichets, agents)
    _prevenir_entreprises(deplacees)
    return Application(changement, len(deplacees))


def _exiger(repetition: Repetition, par: User, *, avec_prises: bool, trous_confirmes: bool) -> None:
    """Raises ChangementRefuse, TrouNonConfirme, PermissionDenied."""
    if repetition.defauts:
        raise ChangementRefuse(
            [("", m) for defauts in repetition.defauts.values() for m in defauts]
        )
    if repetition.ouvre_un_trou and not trous_confirmes:
        raise TrouNonConfirme
    if avec_prises and not peut_deplacer_les_prises(repetition, par):
        raise PermissionDenied


def peut_deplacer_les_prises(repetition: Repetition, par: User) -> bool:
    """Whether this person may take out of an officer's hands what is being reviewed: the portal's
    own, or who keeps the catalogue of every organisme concerned."""
    if par.is_staff:
        return True
    quittes = {d.de for d in repetition.prises if d.de is not None}
    miens = Guichet.objects.filter(
        pk__in=quittes, organisme__in=par.gestions.values("organisme")
    ).count()
    return miens == len(quittes)


def _voulues(repetition: Repetition, avec_prises: bool) -> list[Deplacement]:
    voulues = [*repetition.deplacements, *(repetition.prises if avec_prises else ())]
    return sorted(voulues, key=lambda d: d.demande)


def _verrouiller(deplacements: Iterable[Deplacement]) -> dict[int, Demande]:
    """The demandes, locked by key before anything is journalled: two changes take their turn."""
    lignes = (
        Demande.objects.select_for_update(of=("self",))
        .filter(pk__in=[d.demande for d in deplacements])
        .select_related("dossier__entreprise", "version_aide", "aide", "version_dossier")
        .defer("version_aide__criteres", "version_dossier__contenu")
        .order_by("pk")
    )
    return {demande.pk: demande for demande in lignes}


def _deplacer(
    deplacements: Sequence[Deplacement],
    demandes: Mapping[int, Demande],
    guichets: Mapping[int, Guichet],
    changement: ChangementCompetences,
    agents: Mapping[int, Sequence[User]],
) -> None:
    """All of them at once, by the acts of every redirection: each leaves its desk, the rules place
    it. The journal is written in the order of the dossiers, as every act does.
    """
    lignes: list[Evenement] = []
    rendues = []
    for deplacement in sorted(deplacements, key=lambda d: (d.dossier, d.demande)):
        demande = demandes[deplacement.demande]
        if demande.etat != Etat.A_ROUTER:
            rendues.append(demande.pk)
        lignes += _lignes(demande, deplacement, guichets, {"changement": changement.pk})
    Acheminement.objects.filter(demande__in=rendues, rendue_le__isnull=True).update(
        rendue_le=timezone.now()
    )
    Demande.objects.bulk_update(demandes.values(), COLONNES, batch_size=LOT)
    confiees = [(demande, g) for demande in demandes.values() if (g := demande.guichet) is not None]
    # Officers are told once, with the list; a desk without any, by an e-mail for each.
    for annoncer in (True, False):
        siennes = [(d, g) for d, g in confiees if (g.pk not in agents) is annoncer]
        preparer_ensemble(siennes, annoncer=annoncer)
    inscrire(lignes)


def _lignes(
    demande: Demande,
    deplacement: Deplacement,
    guichets: Mapping[int, Guichet],
    donnees: Mapping[str, object],
) -> list[Evenement]:
    """Move one demande in memory; what the journal says of it."""
    lignes = []
    if demande.etat != Etat.A_ROUTER:
        lignes.append(changer(demande=demande, acte="deplacer", donnees=donnees))
    if deplacement.vers is None:
        return lignes + mise_en_file(demande, deplacement.file, deplacement.motif)
    guichet = guichets[deplacement.vers]
    lignes.append(changer(demande=demande, acte="router", guichet=guichet, donnees=donnees))
    return lignes


# ------------------------------------------------------------------ who is told


def _agents(guichets: Iterable[int]) -> dict[int, list[User]]:
    agents: dict[int, list[User]] = defaultdict(list)
    affectations = AgentGuichet.objects.filter(guichet__in=guichets, user__is_active=True)
    for affectation in affectations.select_related("user").order_by("user"):
        agents[affectation.guichet_id].append(affectation.user)
    return agents


def _prevenir_guichets(
    deplacements: Sequence[Deplacement],
    demandes: Sequence[Demande],
    guichets: Mapping[int, Guichet],
    agents: Mapping[int, Sequence[User]],
) -> None:
    """One message to each desk that loses some, one to each that receives some."""
    parties: dict[int, list[str]] = defaultdict(list)
    arrivees: dict[int, list[str]] = defaultdict(list)
    noms = {pk: guichet.nom for pk, guichet in guichets.items()}
    for deplacement, demande in zip(deplacements, demandes, strict=True):
        de, vers = deplacement.de, deplacement.vers
        if de is not None:
            parties[de].append(f"{demande.numero} → {noms[vers] if vers else FILE}")
        if vers is not None:
            arrivees[vers].append(f"{demande.numero} (de {noms[de] if de else FILE})")
    for cle, lignes in parties.items():
        sujet = f"{noms[cle]} : demandes confiées ailleurs ({len(lignes)})"
        debut = "Les compétences ont changé. Votre guichet n’a plus rien à faire pour :"
        _prevenir_guichet(agents.get(cle, ()), sujet, debut, lignes)
    for cle, lignes in arrivees.items():
        sujet = f"{noms[cle]} : demandes qui vous arrivent ({len(lignes)})"
        debut = (
            "Les compétences ont changé. Date de dépôt et délai restent ceux de chaque demande :"
        )
        _prevenir_guichet(agents.get(cle, ()), sujet, debut, lignes)


def _prevenir_guichet(users: Sequence[User], sujet: str, debut: str, lignes: Sequence[str]) -> None:
    reste = len(lignes) - NOMMEES
    suite = [f"et {reste} autre{'s' if reste > 1 else ''}."] if reste > 0 else []
    texte = "\n".join([debut, *lignes[:NOMMEES], *suite])
    prevenir(users=users, sujet=sujet[:200], texte=texte, chemin=reverse("instruction:corbeille"))


def _prevenir_entreprises(demandes: Iterable[Demande]) -> None:
    """One message a dossier, with those of its demandes that moved."""
    par_dossier: dict[int, list[Demande]] = defaultdict(list)
    for demande in demandes:
        par_dossier[demande.dossier_id].append(demande)
    users = membres_des({siennes[0].dossier.entreprise_id for siennes in par_dossier.values()})
    Notification.objects.bulk_create(
        une
        for siennes in par_dossier.values()
        for une in _avis(siennes, users[siennes[0].dossier.entreprise_id])
    )


def _avis(demandes: Sequence[Demande], users: Iterable[User]) -> list[Notification]:
    """Of demandes of one dossier."""
    debut = (
        "La répartition des compétences entre les guichets a changé. La date de dépôt et le délai "
        "de réponse ne changent pas ; vous n’avez rien à faire :"
    )
    lignes = []
    for demande in demandes:
        vers = demande.guichet.nom if demande.guichet else "l’équipe d’orientation du portail"
        lignes.append(f"{demande.numero} ({demande.version_aide.titre}) → {vers}")
    dossier = demandes[0].dossier
    return avis(
        users=users,
        sujet=f"Changement de guichet : {dossier.titre}"[:200],
        texte="\n".join([debut, *lignes]),
        chemin=reverse("depot:suivi", args=[dossier.identifiant]),
        demande=demandes[0],
    )
