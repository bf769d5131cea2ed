"""An e-mail came back: what was handed over by it was not, and somebody must repair."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.actes.quarantaine import isoler
from dossiers.acheminement.courriels.avis import Avis
from dossiers.acheminement.models import Acheminement, Echec
from dossiers.models import Demande, Notification
from portal.socle.journal import consigner
from territoires.organismes.models import Canal

#: How far the clock of who writes a notification may be behind ours.
DERIVE = timedelta(minutes=10)
NOTIFICATION = "notification-"


class Effet(StrEnum):
    """What a notification changed."""

    ECARTEE = "ecartee"
    RETARDEE = "retardee"
    SANS_EFFET = "sans_effet"
    MESSAGE_REVENU = "message_revenu"
    INCONNU = "inconnu"


#: By the first two numbers of the status (RFC 3463): what it means, and what to do.
_CAUSES = {
    "5.1": ("cette adresse n’existe pas ou n’existe plus", "Corrigez l’adresse électronique"),
    "5.2": (
        "la boîte du guichet n’accepte plus de messages (pleine ou fermée)",
        "Faites-la rouvrir ou corrigez l’adresse électronique",
    ),
    "5.7": (
        "le serveur du guichet refuse nos messages",
        "Demandez-lui de les accepter ou corrigez l’adresse électronique",
    ),
}
_CAUSE = ("il n’a pas pu être distribué", "Vérifiez l’adresse électronique")


@transaction.atomic
def enregistrer_retour(*, avis: Avis) -> Effet:
    """Write what a delivery status notification proves, and nothing more.

    For good: the e-mail's handing over was none, it is set aside with what to do. Late: noted.
    Read twice, older than the last handing over, or after an acknowledgement: nothing.
    """
    if avis.identifiant.startswith(NOTIFICATION):
        return _message_revenu(avis)
    if not avis.identifiant:
        return Effet.INCONNU
    cle = UUID(avis.identifiant[-36:])
    connu = Acheminement.objects.filter(cle=cle).values_list("demande", flat=True).first()
    if connu is None:
        return Effet.INCONNU
    Demande.objects.select_for_update().get(pk=connu)  # first, as every act does
    verrouilles = Acheminement.objects.select_for_update(of=("self",)).select_related(
        "guichet", "demande"
    )
    acheminement = verrouilles.get(cle=cle)
    if acheminement.canal != Canal.COURRIEL:
        # A reminder of what was handed over otherwise: only its e-mail did not arrive.
        annonce = verrouilles.filter(
            demande=connu, guichet=acheminement.guichet, canal=Canal.COURRIEL, rendue_le=None
        ).first()
        if annonce is None:
            return _noter(acheminement, avis)
        acheminement = annonce
    if _depassee(acheminement, avis):
        return Effet.SANS_EFFET
    return _ecarter(acheminement, avis) if avis.definitif else _noter(acheminement, avis)


def _depassee(acheminement: Acheminement, avis: Avis) -> bool:
    """Whether what it says was known, or is true no more."""
    remise_le = acheminement.remise_le
    if remise_le is None or acheminement.accusee_le is not None:
        return True
    if acheminement.rendue_le is not None or acheminement.sans_objet_le is not None:
        return True
    return avis.le is not None and avis.le < remise_le - DERIVE


def _ecarter(acheminement: Acheminement, avis: Avis) -> Effet:
    cause, remede = _CAUSES.get(avis.statut[:3], _CAUSE)
    statut = f" (statut {avis.statut})" if avis.statut else ""
    motif = f"Courriel revenu{statut} : {cause}. {remede} du guichet, puis rejouez l’envoi."
    _echec(acheminement, motif)
    acheminement.remise_le = acheminement.prochaine_relance = acheminement.relancee_le = None
    acheminement.a_la_main_le = acheminement.a_la_main_par = None
    acheminement.relances, acheminement.prochaine_tentative = 0, timezone.now()
    acheminement.save()
    _consigner(acheminement, avis)
    isoler(acheminement, motif)
    return Effet.ECARTEE


def _noter(acheminement: Acheminement, avis: Avis) -> Effet:
    statut = f" (statut {avis.statut})" if avis.statut else ""
    constat = "n’est pas arrivé" if avis.definitif else "tarde à arriver"
    _echec(acheminement, f"Un courriel au guichet {constat}{statut}.")
    return Effet.RETARDEE


def _echec(acheminement: Acheminement, motif: str) -> None:
    Echec.objects.create(acheminement=acheminement, genre=Echec.Genre.RETOUR, motif=motif)


def _consigner(acheminement: Acheminement, avis: Avis) -> None:
    consigner(
        verbe="retour",
        objet=acheminement.demande,
        dossier_id=acheminement.demande.dossier_id,
        acheminement=acheminement.pk,
        guichet=acheminement.guichet_id,
        canal=acheminement.canal,
        de_reference=acheminement.de_reference,
        statut=avis.statut,
    )


def _message_revenu(avis: Avis) -> Effet:
    """A person's notification; its number proves little, the address that failed is theirs."""
    pk = int(avis.identifiant.removeprefix(NOTIFICATION))
    notification = (
        Notification.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=pk, user__email__iexact=avis.destinataire)
        .first()
    )
    if notification is None:
        return Effet.INCONNU
    if not avis.definitif or notification.revenue_le is not None:
        return Effet.SANS_EFFET
    notification.revenue_le = timezone.now()
    notification.save(update_fields=["revenue_le"])
    consigner(verbe="retour", objet=notification, statut=avis.statut)
    return Effet.MESSAGE_REVENU
