"""Routing and handing over: every write, each safe to repeat and to interrupt anywhere."""

from __future__ import annotations

import logging
import random
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dossiers.acheminement.canaux import CANAUX
from dossiers.acheminement.models import Acheminement, cle_idempotence
from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.acheminement.routage import guichet_attendu
from dossiers.models import Demande, Document
from dossiers.querysets import DemandeQuerySet
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.competences import Egalite, Trou
from territoires.organismes.models import Guichet
from territoires.perimetre import lieu

journal = logging.getLogger(__name__)

#: A worker that holds a row longer than this is taken for dead.
BAIL = timedelta(minutes=2)
#: A request that no desk can take is tried again every day: a competence may have come.
REPRISE_FILE_HUMAINE = timedelta(days=1)
#: Delay before each new attempt at handing over, then daily, with a tenth of jitter.
REPRISES = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(days=1),
)
#: How many rows one sweep takes: the next one, seconds later, takes the rest.
LOT = 200


# ------------------------------------------------------------------ who is competent


@transaction.atomic
def router(*, demande_id: int) -> bool:
    """Resolve the competent desk and prepare the handing over; False if there is none yet.

    A hole or a tie leaves the request where it is, in the human queue, with its reason. A
    request that another worker holds, or that is routed already, is left alone.
    """
    demande = (
        Demande.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("version_aide", "version_dossier", "aide", "commune__departement")
        .a_router_d_office()
        .filter(pk=demande_id)
        .first()
    )
    if demande is None:
        return False
    le = timezone.localdate(demande.deposee_le)
    match guichet_attendu(demande.version_aide, lieu(demande.commune, le), le):
        case Guichet() as guichet:
            appliquer(demande=demande, acte="router", guichet=guichet)
            _preparer(demande, guichet)
            return True
        case Trou(motif):
            _mettre_en_file(demande, Demande.File.SANS_GUICHET, motif)
        case Egalite() as egalite:
            _mettre_en_file(demande, Demande.File.PLUSIEURS_GUICHETS, egalite.motif)
    return False


@transaction.atomic
def orienter(*, demande: Demande, guichet: Guichet, user: User, motif: str) -> Demande:
    """Give a request of the human queue to a desk chosen by a person, with the reason.

    Raises TransitionRefusee when it is not (or no longer) to be routed.
    """
    appliquee = appliquer(demande=demande, acte="orienter", user=user, motif=motif, guichet=guichet)
    _preparer(appliquee, guichet)
    return appliquee


@transaction.atomic
def reorienter(
    *,
    demande: Demande,
    user: User,
    motif: str,
    guichet: Guichet | None = None,
    etat_vu: str = "",
) -> Demande:
    """Hand the demande to another desk, or to the human queue when none is named.

    It keeps its date and its clock: the delay runs from receipt by the first administration
    (CRPA, article L114-3). Raises TransitionRefusee.
    """
    if guichet is not None and guichet.pk == demande.guichet_id:
        raise TransitionRefusee("Cette demande est déjà à ce guichet.", champ="guichet")
    rendue = appliquer(demande=demande, acte="reorienter", user=user, motif=motif, etat_vu=etat_vu)
    Acheminement.objects.filter(demande=rendue, rendue_le__isnull=True).update(
        rendue_le=timezone.now()
    )
    if guichet is None:
        _mettre_en_file(rendue, Demande.File.REORIENTEE, rendue.motif_orientation[:500])
        return rendue
    confiee = appliquer(demande=rendue, acte="router", guichet=guichet)
    _preparer(confiee, guichet)
    return confiee


def _mettre_en_file(demande: Demande, file: str, motif: str) -> None:
    nouvelle = (demande.file, demande.file_motif) != (file, motif)
    demande.file, demande.file_motif = file, motif
    demande.prochaine_tentative = timezone.now() + REPRISE_FILE_HUMAINE
    demande.save(update_fields=["file", "file_motif", "prochaine_tentative"])
    if nouvelle:
        consigner(verbe="mettre_en_file", objet=demande, dossier_id=demande.dossier_id, file=file)


def _preparer(demande: Demande, guichet: Guichet) -> None:
    """One row per channel: the desk's channel of record, and an e-mail that announces it."""
    canaux = [(guichet.canal, True)]
    if guichet.courriel:
        canaux.append((Acheminement.Canal.COURRIEL, False))
    version, code = demande.version_dossier, demande.aide.code
    for canal, de_reference in canaux:
        etapes = Acheminement.objects.filter(
            demande=demande, version_dossier=version, guichet=guichet, canal=canal
        )
        retour = etapes.filter(rendue_le__isnull=False).count()
        etapes.get_or_create(
            rendue_le=None,
            defaults={
                "demande": demande,
                "version_dossier": version,
                "guichet": guichet,
                "canal": canal,
                "de_reference": de_reference,
                "cle": cle_idempotence(version, code, guichet, canal, retour),
            },
        )


# ------------------------------------------------------------------ handing over


def remettre(*, acheminement_id: int) -> bool:
    """Try once to hand over by the channel of the row; False if not done (or not due).

    Three commits: the attempt is counted and the lease taken before the call, so that a crash
    during it is seen; the result is written only by who still holds the token.
    """
    jeton = _prendre(acheminement_id)
    if jeton is None:
        return False
    acheminement = Acheminement.objects.select_related(
        "guichet", "demande__dossier__entreprise", "demande__version_aide", "demande__commune"
    ).get(pk=acheminement_id)
    try:
        CANAUX[acheminement.canal](acheminement)
    except Exception as erreur:  # any failure of a channel is retried, never lost
        journal.exception("Acheminement %s : tentative en échec", acheminement_id)
        return _rendre(acheminement, jeton, erreur)
    return _inscrire_remise(acheminement, jeton)


def _prendre(acheminement_id: int) -> uuid.UUID | None:
    """Count the attempt and take the lease, in one UPDATE; None if another has the row."""
    jeton, maintenant = uuid.uuid4(), timezone.now()
    prises = (
        Acheminement.objects.dus(maintenant)
        .order_by()
        .filter(pk=acheminement_id)
        .update(jeton=jeton, bail_jusqu_a=maintenant + BAIL, tentatives=F("tentatives") + 1)
    )
    return jeton if prises else None


def _rendre(acheminement: Acheminement, jeton: uuid.UUID, erreur: Exception) -> bool:
    """Give the row back for a later attempt, with the error, unless the lease was lost."""
    Acheminement.objects.filter(pk=acheminement.pk, jeton=jeton).update(
        jeton=None,
        bail_jusqu_a=None,
        prochaine_tentative=timezone.now() + delai(acheminement.tentatives),
        derniere_erreur=f"{type(erreur).__name__} : {erreur}"[:500],
    )
    return False


@transaction.atomic
def _inscrire_remise(acheminement: Acheminement, jeton: uuid.UUID) -> bool:
    maintenant = timezone.now()
    # Locked first, as every act does: two remises of one demande take their turn.
    demande = Demande.objects.select_for_update().get(pk=acheminement.demande_id)
    inscrites = Acheminement.objects.filter(
        pk=acheminement.pk, jeton=jeton, remise_le__isnull=True
    ).update(
        remise_le=maintenant,
        prochaine_tentative=None,
        jeton=None,
        bail_jusqu_a=None,
        derniere_erreur="",
    )
    if not inscrites:
        return False
    consigner(
        verbe="remettre",
        objet=acheminement.demande,
        dossier_id=acheminement.demande.dossier_id,
        guichet=acheminement.guichet_id,
        canal=acheminement.canal,
    )
    if acheminement.de_reference:
        _demander_accuse(demande, acheminement.guichet)
    return True


def _demander_accuse(demande: Demande, guichet: Guichet) -> None:
    """A desk that has the demande acknowledges its receipt (CRPA, article L112-11).

    A row only: the room of documents composes it and writes it. Another desk that takes over
    issues one of its own.
    """
    accuses = Document.objects.filter(demande=demande, genre=Document.Genre.ACCUSE)
    Document.objects.create(
        demande=demande,
        guichet=guichet,
        genre=Document.Genre.ACCUSE,
        numero=accuses.count() + 1,
    )


def delai(tentatives: int) -> timedelta:
    """How long to wait after the `tentatives`-th failed attempt, with a tenth of jitter."""
    base = REPRISES[min(tentatives, len(REPRISES)) - 1]
    return base * random.uniform(1, 1.1)  # noqa: S311 - spreads retries, guards no secret


@transaction.atomic
def accuser(*, demande: Demande, user: User) -> None:
    """Record that an officer of the desk has the request.

    Raises TransitionRefusee when the user is no officer of the desk, or it is open already.
    """
    appliquee = appliquer(demande=demande, acte="accuser", user=user)
    Acheminement.objects.filter(
        demande=appliquee,
        guichet=appliquee.guichet,
        accusee_le__isnull=True,
        rendue_le__isnull=True,
    ).update(accusee_le=timezone.now(), accusee_par=user)


# ------------------------------------------------------------------ the sweep


def acheminer(*, version_dossier_id: int) -> None:
    """Route and hand over every request of a deposit, as the hint of the deposit asks."""
    _traiter(
        Demande.objects.a_router().filter(version_dossier=version_dossier_id, file=""),
        Acheminement.objects.filter(version_dossier=version_dossier_id),
    )


def balayer() -> int:
    """Take up whatever is due, hint or no hint; how many rows were taken.

    Two sweeps at once do no harm: each row is locked or leased before it is touched.
    """
    return _traiter(Demande.objects.a_router_avant(timezone.now()), Acheminement.objects.all())


def _traiter(demandes: DemandeQuerySet, acheminements: AcheminementQuerySet) -> int:
    """Each row on its own: what fails with one is logged and due again, the others go on."""
    pks = list(demandes.values_list("pk", flat=True)[:LOT])
    for pk in pks:
        try:
            router(demande_id=pk)
        except Exception:  # one poisoned request must not stop the others
            journal.exception("Demande %s : orientation en échec", pk)
            Demande.objects.a_router().filter(pk=pk).update(
                prochaine_tentative=timezone.now() + REPRISES[0]
            )
    # Asked after routing, so that what was just routed is handed over at once.
    dus = list(acheminements.dus(timezone.now()).values_list("pk", flat=True)[:LOT])
    for pk in dus:
        remettre(acheminement_id=pk)
    return len(pks) + len(dus)
