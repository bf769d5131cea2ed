"""Setting aside what cannot be handed over, and replaying it once it is repaired."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from dossiers.acheminement.canaux.webhook import AUTRE_CONTENU
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec
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

    It is the trial of its desk if the breaker is open. What was meant for a system that is no
    longer connected goes by the desk's present channel. False when there is nothing to replay.
    """
    rejoues, deviations = _reprendre(Acheminement.objects.filter(pk=acheminement.pk))
    maintenant = timezone.now()
    Disjoncteur.objects.filter(
        guichet=acheminement.guichet_id,
        canal__in={acheminement.canal, *(rejoue.canal for rejoue in rejoues)},
        ouvert_jusqu_a__gt=maintenant,
    ).update(ouvert_jusqu_a=maintenant)
    return bool(_rejouer(rejoues, deviations, par))


@transaction.atomic
def rejouer_guichet(*, guichet: Guichet, par: User) -> int:
    """Replay all that was set aside or waits after a failure at a desk, and all that is meant for
    its system if it is no longer connected (as `rejouer`); how many.

    Its breakers are closed: somebody says that it is repaired.
    """
    rejoues, deviations = _reprendre(Acheminement.objects.filter(guichet=guichet))
    Disjoncteur.objects.filter(guichet=guichet).refermer(timezone.now())
    return _rejouer(rejoues, deviations, par)


#: What the journal says of a row that changed its channel, by its primary key.
Deviations = dict[int, dict[str, object]]


def _reprendre(acheminements: AcheminementQuerySet) -> tuple[list[Acheminement], Deviations]:
    """Those to replay that nobody holds, locked, by their present channel; their demandes are
    locked first, as every act does.
    """
    demandes = acheminements.a_rejouer().order_by().values("demande")
    list(Demande.objects.select_for_update().filter(pk__in=demandes).order_by("pk").values("pk"))
    rejoues = list(
        acheminements.a_rejouer()
        .filter(jeton__isnull=True)
        .select_for_update(of=("self",))
        .select_related("demande")
        .order_by("pk")
    )
    return rejoues, _devier(rejoues)


def _devier(rejoues: list[Acheminement]) -> Deviations:
    """Give the locked rows of a system that is no longer connected the desk's present channel:
    the same row and the same key, so that a late acknowledgement still finds it.
    """
    pks = [rejoue.pk for rejoue in rejoues]
    actuels = Acheminement.objects.filter(pk__in=pks).a_devier()
    if not actuels:
        return {}
    # An attempt that was not refused may have reached the system.
    refuse = Q(echecs__genre=Echec.Genre.DEFINITIF) & ~Q(echecs__motif=AUTRE_CONTENU)
    refus = Count("echecs", filter=refuse)
    doutes = Acheminement.objects.annotate(refus=refus).filter(tentatives__gt=F("refus"))
    en_doute = set(doutes.filter(pk__in=actuels).order_by().values_list("pk", flat=True))
    deviations: Deviations = {}
    for rejoue in rejoues:
        if rejoue.pk in actuels:
            deviations[rejoue.pk] = {
                "canal_precedent": rejoue.canal,
                "doute": rejoue.pk in en_doute,
            }
            rejoue.canal = actuels[rejoue.pk]
    Acheminement.objects.bulk_update([r for r in rejoues if r.pk in actuels], ["canal"])
    return deviations


def _rejouer(rejoues: list[Acheminement], deviations: Deviations, par: User) -> int:
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
            **deviations.get(acheminement.pk, {}),
        )
    return len(rejoues)
