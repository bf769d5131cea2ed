"""Handing over: every write, each safe to repeat and to interrupt anywhere.

Three commits: the attempt is counted and the lease taken before the call, so that a crash during
it is seen; the result is written only by who still holds the token.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers.acheminement.actes.accuse import acquerir, constater_remise, verrouiller
from dossiers.acheminement.actes.quarantaine import isoler
from dossiers.acheminement.canaux.registre import EchecDefinitif, EchecPassager, Remise, canal_de
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec
from dossiers.acheminement.models.disjoncteur import SEUIL, pause
from dossiers.circuit import ETATS_FINAUX

journal = logging.getLogger(__name__)

#: A worker that holds a row longer than this is taken for dead.
BAIL = timedelta(minutes=2)
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
#: After which what cannot be handed over is a person's to repair.
ABANDON = timedelta(days=14)
#: What kills its worker this often, or loses its lease that often, is set aside. Innocents lose
#: leases too, when whole hosts die.
MORTS_MAXIMUM, PERTES_MAXIMUM = 3, 10


def remettre(*, acheminement_id: int) -> bool:
    """Try once to hand over this row; False if not done (or not due)."""
    return bool(remettre_suivant(pk=acheminement_id))


def remettre_suivant(**ou: int) -> bool | None:
    """Try once to hand over the longest due of the rows that nobody holds; `ou` narrows them to
    those with this value of a column (`version_dossier=12`).

    None when none is due, False when the attempt failed or was not to be made.
    """
    acheminement = _prendre(timezone.now(), **ou)
    if acheminement is None:
        return None
    if acheminement.jeton is None:
        return False
    try:
        remise = canal_de(acheminement)(acheminement)
    except Exception as erreur:  # any failure of a channel is retried, never lost
        return _rendre(acheminement, erreur)
    return _inscrire_remise(acheminement, remise)


# ------------------------------------------------------------------ the lease


@transaction.atomic
def _prendre(instant: datetime, **ou: int) -> Acheminement | None:
    """Count the attempt and take the lease of the next row due; None if there is none.

    The row comes without a token when it is not to be handed over now: its demande is closed,
    it lost its leases too often, or another is the trial of its desk.
    """
    sql, parametres = _requete(*ou)
    valeurs: dict[object, object] = {_INSTANT: instant}
    valeurs |= {-rang: valeur for rang, valeur in enumerate(ou.values(), 1)}
    lignes = Acheminement.objects.raw(sql, [valeurs.get(p, p) for p in parametres])
    acheminement = next(iter(lignes), None)
    if acheminement is None:
        return None
    if _ecarter(acheminement, instant):
        return acheminement
    acheminement.jeton, acheminement.bail_par = uuid.uuid4(), moi()
    acheminement.bail_jusqu_a = instant + BAIL
    acheminement.tentatives += 1
    acheminement.essais += 1
    acheminement.save(
        update_fields=["jeton", "bail_par", "bail_jusqu_a", "tentatives", "essais", "pertes"]
    )
    return acheminement


#: What stands for the instant of a claim in the query that is written once.
_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)


@cache
def _requete(*colonnes: str) -> tuple[str, tuple[object, ...]]:
    """The SQL that locks the next row due, and its parameters, where -1, -2… stand for the values
    of these columns. Writing it again at each claim was most of what a claim cost this process.
    """
    disjoncteurs = Disjoncteur.objects.filter(guichet=OuterRef("guichet"), canal=OuterRef("canal"))
    # Its own columns only: what else a channel needs, it reads.
    dus = (
        Acheminement.objects.filter(**{nom: -rang for rang, nom in enumerate(colonnes, 1)})
        .dus(_INSTANT)
        .select_for_update(skip_locked=True, of=("self",))
        .annotate(
            etat_demande=F("demande__etat"),
            echecs_de_suite=Coalesce(Subquery(disjoncteurs.order_by().values("echecs")), 0),
        )
    )
    return dus[:1].query.sql_with_params()


def _ecarter(acheminement: Acheminement, instant: datetime) -> bool:
    """Leave aside a row that is due but must not be handed over now, without any attempt."""
    perdu, acheminement.jeton = acheminement.jeton is not None, None
    if perdu:
        acheminement.pertes += 1
        _noter(acheminement, Echec.Genre.PERTE, "Le bail a expiré : qui envoyait a disparu.")
    if acheminement.etat_demande in ETATS_FINAUX:  # type: ignore[attr-defined]
        acheminement.sans_objet_le, acheminement.prochaine_tentative = instant, None
        _liberer(acheminement, "sans_objet_le", "pertes")
        return True
    if acheminement.pertes >= PERTES_MAXIMUM:
        isoler(acheminement, f"Perdu {acheminement.pertes} fois pendant son envoi.")
        return True
    if acheminement.echecs_de_suite < SEUIL:  # type: ignore[attr-defined]
        return False
    essais = Disjoncteur.objects.declenches().filter(
        guichet=acheminement.guichet_id, canal=acheminement.canal, ouvert_jusqu_a__lte=instant
    )
    if essais.update(ouvert_jusqu_a=instant + BAIL):
        return False
    _liberer(acheminement, "pertes")  # another row is the trial
    return True


def moi() -> str:
    """Who holds a lease: this process, as its parent knows it too."""
    return detenteur(os.getpid())


def detenteur(pid: int) -> str:
    """The name under which a process of this machine holds leases."""
    return f"{socket.gethostname()}/{pid}"[:120]


def _liberer(acheminement: Acheminement, *colonnes: str) -> None:
    """End the lease of a row that is locked, with what else changed."""
    acheminement.jeton = acheminement.bail_jusqu_a = None
    acheminement.bail_par = ""
    acheminement.save(
        update_fields=["jeton", "bail_jusqu_a", "bail_par", "prochaine_tentative", *colonnes]
    )


# ------------------------------------------------------------------ success


@transaction.atomic
def _inscrire_remise(acheminement: Acheminement, remise: Remise) -> bool:
    """Write that it is handed over, unless the lease was lost meanwhile."""
    # Locked first, as every act does: two remises of one demande take their turn.
    demande, etapes = verrouiller(acheminement.demande_id)
    actuel = _detenu(acheminement, etapes)
    if actuel is None:
        return False
    # Before the journal, as whoever replays a desk does.
    Disjoncteur.objects.filter(
        guichet=actuel.guichet_id, canal=actuel.canal, echecs__gt=0
    ).refermer(timezone.now())
    if actuel.remise_le is None:
        constater_remise(actuel, demande)
    if remise.accusee:
        acquerir(actuel, demande, Acheminement.Voie.SYSTEME)
    return True


def _detenu(acheminement: Acheminement, verrouilles: Iterable[Acheminement]) -> Acheminement | None:
    """The row as it is now, among those that are locked, if this worker still holds its token."""
    tenu = (acheminement.pk, acheminement.jeton)
    return next((actuel for actuel in verrouilles if (actuel.pk, actuel.jeton) == tenu), None)


# ------------------------------------------------------------------ failure


@transaction.atomic
def _rendre(acheminement: Acheminement, erreur: Exception) -> bool:
    """Give the row back for a later attempt, or set it aside, unless the lease was lost."""
    verrouilles = Acheminement.objects.select_for_update(of=("self",))
    actuel = _detenu(acheminement, verrouilles.filter(pk=acheminement.pk))
    if actuel is None:
        return False
    if isinstance(erreur, EchecPassager | EchecDefinitif):
        motif = str(erreur)
    else:
        motif = f"{type(erreur).__name__} : {erreur}"
        journal.error("Acheminement %s : tentative en échec", actuel.pk, exc_info=erreur)
    if isinstance(erreur, EchecDefinitif):
        _noter(actuel, Echec.Genre.DEFINITIF, motif)
        isoler(actuel, motif)
        return False
    _noter(actuel, Echec.Genre.PASSAGER, motif)
    _couper(actuel, motif)
    if timezone.now() - actuel.essais_depuis > ABANDON:
        isoler(actuel, f"Quatorze jours d’essais sans succès. Dernière erreur : {motif}")
        return False
    actuel.derniere_erreur = motif[:500]
    attendre = erreur.attendre if isinstance(erreur, EchecPassager) else timedelta(0)
    actuel.prochaine_tentative = timezone.now() + max(delai(actuel.essais), attendre)
    _liberer(actuel, "derniere_erreur")
    return False


def _noter(acheminement: Acheminement, genre: Echec.Genre, motif: str) -> None:
    Echec.objects.create(acheminement=acheminement, genre=genre, motif=motif[:500])


def _couper(acheminement: Acheminement, motif: str) -> None:
    """Count one more failure in a row of the desk's channel; open its breaker at `SEUIL`."""
    maintenant = timezone.now()
    disjoncteur, _ = Disjoncteur.objects.select_for_update().get_or_create(
        guichet_id=acheminement.guichet_id, canal=acheminement.canal
    )
    disjoncteur.echecs += 1
    disjoncteur.dernier_echec_le, disjoncteur.derniere_erreur = maintenant, motif[:500]
    if disjoncteur.echecs >= SEUIL:
        disjoncteur.ouvert_jusqu_a = maintenant + pause(disjoncteur.echecs)
    disjoncteur.save()


def delai(essais: int) -> timedelta:
    """How long to wait after the `essais`-th failed attempt, with a tenth of jitter."""
    base = REPRISES[min(essais, len(REPRISES)) - 1]
    return base * random.uniform(1, 1.1)  # noqa: S311 - spreads retries, guards no secret


@transaction.atomic
def signaler_mort(*, pid: int) -> int:
    """A process of this machine died: give back what it held; how many rows.

    Told by its parent, which survived: the row, not the machine, is to blame. The third time it
    is set aside, so that what kills its worker does not kill every worker.
    """
    tenus = Acheminement.objects.a_remettre().filter(bail_par=detenteur(pid), jeton__isnull=False)
    nombre = 0
    for acheminement in tenus.select_for_update(of=("self",)).order_by("pk"):
        acheminement.morts += 1
        motif = "Le processus qui l’envoyait est mort pendant l’envoi."
        _noter(acheminement, Echec.Genre.MORT, motif)
        acheminement.derniere_erreur = motif
        if acheminement.morts >= MORTS_MAXIMUM:
            isoler(acheminement, f"A tué {acheminement.morts} fois le processus qui l’envoyait.")
        else:
            acheminement.prochaine_tentative = timezone.now() + delai(acheminement.morts)
            _liberer(acheminement, "morts", "derniere_erreur")
        nombre += 1
    return nombre
