"""Acknowledging: somebody, or some system, at the desk has the demande.

Late, double and out-of-order acknowledgements change nothing more than they prove.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande, Document
from dossiers.transitions import appliquer
from portal.comptes.models import User
from portal.socle.journal import consigner

#: Days after the handing over on which a desk that does not react is chased.
RELANCES = (timedelta(days=1), timedelta(days=3), timedelta(days=9))


#: What the handing over of a row writes.
_REMISE = (
    "remise_le", "prochaine_tentative", "quarantaine_le", "quarantaine_motif", "jeton",
    "bail_jusqu_a", "bail_par", "derniere_erreur", "prochaine_relance",
)  # fmt: skip


class AccuseInconnu(Exception):
    """No handing over has this key."""


@transaction.atomic
def accuser(*, demande: Demande, user: User) -> None:
    """Record that an officer of the desk has the request.

    Raises TransitionRefusee when the user is no officer of the desk, or it is open already.
    """
    verrouiller(demande.pk)
    appliquee = appliquer(demande=demande, acte="accuser", user=user)
    Acheminement.objects.filter(
        demande=appliquee, guichet=appliquee.guichet, rendue_le__isnull=True
    ).accuser(Acheminement.Voie.PORTAIL, user)


@transaction.atomic
def accuser_reception(*, cle: UUID, voie: str) -> bool:
    """Record that the recipient of the handing over of this key has it, without an account.

    `voie` is one of `Acheminement.Voie`. False when it was acknowledged before. An
    acknowledgement that comes before the result of our own call proves the handing over too.
    Raises AccuseInconnu.
    """
    connu = Acheminement.objects.filter(cle=cle).values_list("demande", flat=True).first()
    if connu is None:
        raise AccuseInconnu(str(cle))
    demande, etapes = verrouiller(connu)
    (acheminement,) = (etape for etape in etapes if etape.cle == cle)
    if acheminement.accusee_le is not None:
        return False
    if acheminement.remise_le is None:
        constater_remise(acheminement, demande)
    acquerir(acheminement, demande, voie)
    return True


def verrouiller(demande_id: int) -> tuple[Demande, list[Acheminement]]:
    """The demande, locked, and then all its handings over, before the journal is.

    Who acknowledges one of them writes the others too; who sets another aside holds it and waits
    for the journal.
    """
    demande = Demande.objects.select_for_update().only("dossier", "etat").get(pk=demande_id)
    etapes = Acheminement.objects.filter(demande=demande_id).order_by("pk")
    return demande, list(etapes.select_for_update(of=("self",)))


def acquerir(acheminement: Acheminement, demande: Demande, voie: str) -> None:
    """Write the acknowledgement of a handing over; its demande and itself are locked.

    What the desk gave back meanwhile is acknowledged alone: the demande is no longer its own.
    """
    etapes = Acheminement.objects.filter(pk=acheminement.pk)
    if acheminement.rendue_le is None:
        etapes = Acheminement.objects.filter(
            demande=demande, guichet=acheminement.guichet_id, rendue_le__isnull=True
        )
        ouverte = etapes.filter(accusee_le__isnull=False).exists()
        if demande.etat == Etat.A_ETUDIER and not ouverte:
            appliquer(demande=demande, acte="accuser_a_distance", donnees={"voie": voie})
    etapes.accuser(voie)


def constater_remise(acheminement: Acheminement, demande: Demande) -> None:
    """Write that a locked row is handed over, whatever it was before; its demande is locked."""
    maintenant = timezone.now()
    acheminement.remise_le, acheminement.prochaine_tentative = maintenant, None
    acheminement.quarantaine_le, acheminement.quarantaine_motif = None, ""
    acheminement.jeton = acheminement.bail_jusqu_a = None
    acheminement.bail_par = acheminement.derniere_erreur = ""
    if acheminement.de_reference:
        acheminement.prochaine_relance = maintenant + RELANCES[0]
    acheminement.save(update_fields=_REMISE)
    consigner(
        verbe="remettre",
        objet=demande,
        dossier_id=demande.dossier_id,
        acheminement=acheminement.pk,
        guichet=acheminement.guichet_id,
        canal=acheminement.canal,
        de_reference=acheminement.de_reference,
    )
    if acheminement.de_reference:
        _demander_accuse(demande, acheminement)
        # What announces it was waiting for it.
        Acheminement.objects.a_remettre().filter(
            demande=demande, guichet=acheminement.guichet_id, de_reference=False, tentatives=0
        ).update(prochaine_tentative=maintenant)


def _demander_accuse(demande: Demande, acheminement: Acheminement) -> None:
    """A desk that has the demande acknowledges its receipt (CRPA, article L112-11).

    A row only: the room of documents composes it and writes it. Another desk that takes over
    issues one of its own; one that is handed it again, after its e-mail came back, has issued it.
    """
    accuses = Document.objects.filter(demande=demande, genre=Document.Genre.ACCUSE)
    emis = list(accuses.order_by().values_list("guichet", "demande_le"))
    guichet_id = acheminement.guichet_id
    if any(par == guichet_id and le >= acheminement.cree_le for par, le in emis):
        return
    Document.objects.create(
        demande=demande,
        guichet_id=guichet_id,
        genre=Document.Genre.ACCUSE,
        numero=len(emis) + 1,
    )
