"""Setting aside what cannot be handed over, and replaying it once it is repaired."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.models import Acheminement, Disjoncteur
from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.models import Demande
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.models import Guichet


def isoler(acheminement: Acheminement, motif: str) -> None:
    """Set a locked row aside, with the reason for operators; it keeps all that it was."""
    acheminement.quarantaine_le, acheminement.quarantaine_motif = timezone.now(), motif[:500]
    acheminement.derniere_erreur = motif[:500]
    acheminement.jeton = acheminement.bail_jusqu_a = acheminement.prochaine_tentative = None
    acheminement.bail_par = ""
    acheminement.save()
    consigner(
        verbe="mettre_en_quarantaine",
        objet=acheminement.demande,
        dossier_id=acheminement.demande.dossier_id,
        acheminement=acheminement.pk,
        guichet=acheminement.guichet_id,
        canal=acheminement.canal,
        de_reference=acheminement.de_reference,
        tentatives=acheminement.tentatives,
    )


@transaction.atomic
def rejouer(*, acheminement: Acheminement, par: User) -> bool:
    """Hand over again, at the next sweep, what was set aside or waits after a failure.

    It is the trial of its desk if the breaker is open. False when there is nothing to replay.
    """
    rejoues = _verrouiller(Acheminement.objects.filter(pk=acheminement.pk))
    maintenant = timezone.now()
    Disjoncteur.objects.filter(
        guichet=acheminement.guichet_id, canal=acheminement.canal, ouvert_jusqu_a__gt=maintenant
    ).update(ouvert_jusqu_a=maintenant)
    return bool(_rejouer(rejoues, par))


@transaction.atomic
def rejouer_guichet(*, guichet: Guichet, par: User) -> int:
    """Replay all that was set aside or waits after a failure at a desk; how many.

    Its breakers are closed: somebody says that it is repaired.
    """
    rejoues = _verrouiller(Acheminement.objects.filter(guichet=guichet))
    Disjoncteur.objects.filter(guichet=guichet).refermer(timezone.now())
    return _rejouer(rejoues, par)


def _verrouiller(acheminements: AcheminementQuerySet) -> list[Acheminement]:
    """Those to replay that nobody holds, locked; their demandes first, as every act does."""
    demandes = acheminements.a_rejouer().order_by().values("demande")
    list(Demande.objects.select_for_update().filter(pk__in=demandes).order_by("pk").values("pk"))
    return list(
        acheminements.a_rejouer()
        .filter(jeton__isnull=True)
        .select_for_update(of=("self",))
        .select_related("demande")
        .order_by("pk")
    )


def _rejouer(rejoues: list[Acheminement], par: User) -> int:
    Acheminement.objects.filter(pk__in=[acheminement.pk for acheminement in rejoues]).update(
        quarantaine_le=None,
        quarantaine_motif="",
        morts=0,
        pertes=0,
        essais=0,
        essais_depuis=timezone.now(),
        prochaine_tentative=timezone.now(),
    )
    # Chains of the journal are locked in one order by all who write several.
    for acheminement in sorted(rejoues, key=lambda rejoue: rejoue.demande.dossier_id):
        consigner(
            verbe="rejouer",
            objet=acheminement.demande,
            acteur=par,
            dossier_id=acheminement.demande.dossier_id,
            acheminement=acheminement.pk,
            guichet=acheminement.guichet_id,
            canal=acheminement.canal,
        )
    return len(rejoues)
