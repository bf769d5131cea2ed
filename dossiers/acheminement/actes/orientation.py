"""Who is competent: routing a demande to a desk, by the rules or by a person."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.actes.accuse import verrouiller
from dossiers.acheminement.models import Acheminement, cle_idempotence
from dossiers.acheminement.routage import guichet_attendu
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.competences import Egalite, Trou
from territoires.organismes.models import Canal, Guichet
from territoires.organismes.verrou import lire_a_plusieurs
from territoires.perimetre import lieu

#: A request that no desk can take is tried again every day: a competence may have come.
REPRISE_FILE_HUMAINE = timedelta(days=1)
#: How long an announcement waits for the handing over that it announces.
ANNONCE = timedelta(days=1)


@transaction.atomic
def router(*, demande_id: int) -> bool:
    """Resolve the competent desk and prepare the handing over; False if there is none yet.

    A hole or a tie leaves the request where it is, in the human queue, with its reason. A
    request that another worker holds, or that is routed already, is left alone; all of them are
    while somebody changes who is competent: it is due again at the next sweep.
    """
    if not lire_a_plusieurs():
        return False
    demande = (
        Demande.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("version_aide", "version_dossier", "aide", "commune__departement")
        .prefetch_related("version_aide__porteurs__organisme")
        .defer("version_aide__criteres", "version_dossier__contenu")
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
            preparer(demande, guichet)
            return True
        case Trou(motif):
            mettre_en_file(demande, Demande.File.SANS_GUICHET, motif)
        case Egalite() as egalite:
            mettre_en_file(demande, Demande.File.PLUSIEURS_GUICHETS, egalite.motif)
    return False


@transaction.atomic
def orienter(*, demande: Demande, guichet: Guichet, user: User, motif: str) -> Demande:
    """Give a request of the human queue to a desk chosen by a person, with the reason.

    Raises TransitionRefusee when it is not (or no longer) to be routed.
    """
    appliquee = appliquer(demande=demande, acte="orienter", user=user, motif=motif, guichet=guichet)
    preparer(appliquee, guichet)
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
    verrouiller(demande.pk)
    rendue = appliquer(demande=demande, acte="reorienter", user=user, motif=motif, etat_vu=etat_vu)
    Acheminement.objects.filter(demande=rendue, rendue_le__isnull=True).update(
        rendue_le=timezone.now()
    )
    if guichet is None:
        mettre_en_file(rendue, Demande.File.REORIENTEE, rendue.motif_orientation[:500])
        return rendue
    confiee = appliquer(demande=rendue, acte="router", guichet=guichet)
    preparer(confiee, guichet)
    return confiee


def mettre_en_file(demande: Demande, file: str, motif: str) -> None:
    nouvelle = (demande.file, demande.file_motif) != (file, motif)
    demande.file, demande.file_motif = file, motif
    demande.prochaine_tentative = timezone.now() + REPRISE_FILE_HUMAINE
    demande.save(update_fields=["file", "file_motif", "prochaine_tentative"])
    if nouvelle:
        consigner(verbe="mettre_en_file", objet=demande, dossier_id=demande.dossier_id, file=file)


def preparer(demande: Demande, guichet: Guichet, *, annoncer: bool = True) -> None:
    """One row per channel: the desk's channel of record, and an e-mail that announces it, unless
    whoever calls announces many at once.

    The e-mail waits for the handing over (`accuse.constater_remise`), a day at most: a desk whose
    system does not answer can then take the demande up in the portal.
    """
    canaux = [(Canal(guichet.canal), True)]
    if annoncer and guichet.courriel and guichet.canal != Canal.COURRIEL:
        canaux.append((Canal.COURRIEL, False))
    for canal, de_reference in canaux:
        preparer_canal(demande, guichet, canal, de_reference=de_reference)


def preparer_canal(
    demande: Demande, guichet: Guichet, canal: Canal, *, de_reference: bool
) -> Acheminement:
    """The row of one channel, which waits to be handed over unless it was already."""
    version = demande.version_dossier
    annonce = canal == Canal.COURRIEL and not de_reference
    etapes = Acheminement.objects.filter(
        demande=demande, version_dossier=version, guichet=guichet, canal=canal
    )
    retour = etapes.filter(rendue_le__isnull=False).count()
    acheminement, _ = etapes.get_or_create(
        rendue_le=None,
        defaults={
            "demande": demande,
            "version_dossier": version,
            "guichet": guichet,
            "canal": canal,
            "de_reference": de_reference,
            "prochaine_tentative": timezone.now() + (ANNONCE if annonce else timedelta(0)),
            "cle": cle_idempotence(version, demande.aide.code, guichet, canal, retour),
        },
    )
    return acheminement
