"""Who is competent: routing a demande to a desk, by the rules or by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.utils import timezone

from aides.models import Porteur
from dossiers.acheminement.actes.accuse import verrouiller
from dossiers.acheminement.models import Acheminement, cle_idempotence
from dossiers.acheminement.routage import guichets_attendus
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User
from portal.socle.journal import evenement, inscrire
from portal.socle.models import Evenement
from territoires.organismes.competences import Egalite, Trou
from territoires.organismes.models import Canal, Guichet
from territoires.organismes.verrou import lire_a_plusieurs

#: A request that no desk can take is tried again every day: a competence may have come.
REPRISE_FILE_HUMAINE = timedelta(days=1)
#: How long an announcement waits for the handing over that it announces.
ANNONCE = timedelta(days=1)

#: A row to prepare: whose, for which desk, by which channel, and whether it is that of record.
Voulu = tuple[Demande, Guichet, Canal, bool]


def router(*, demande_id: int) -> bool:
    """`router_ensemble` for one demande: whether it has its desk now."""
    return bool(router_ensemble(demande_ids=[demande_id]))


@transaction.atomic
def router_ensemble(*, demande_ids: Collection[int]) -> int:
    """Resolve the competent desks and prepare the handings over; how many have a desk now.

    The demandes are of one dossier: their lines of the journal are of one chain. A hole or a tie
    leaves a request where it is, in the human queue, with its reason. A request that another
    worker holds, or that is routed already, is left alone; all of them are while somebody
    changes who is competent: they are due again at the next sweep.
    """
    if not lire_a_plusieurs():
        return 0
    porteurs = Prefetch("version_aide__porteurs", Porteur.objects.select_related("organisme"))
    demandes = list(
        Demande.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("version_aide", "version_dossier", "aide", "commune__departement")
        .prefetch_related(porteurs)
        .defer("version_aide__criteres", "version_dossier__contenu")
        .a_router_d_office()
        .filter(pk__in=demande_ids)
        .order_by("pk")
    )
    routees = []
    for demande, resolution in zip(demandes, guichets_attendus(demandes), strict=True):
        match resolution:
            case Guichet() as guichet:
                appliquer(demande=demande, acte="router", guichet=guichet, verrouillee=True)
                routees.append((demande, guichet))
            case Trou(motif):
                mettre_en_file(demande, Demande.File.SANS_GUICHET, motif)
            case Egalite() as egalite:
                mettre_en_file(demande, Demande.File.PLUSIEURS_GUICHETS, egalite.motif)
    preparer_ensemble(routees)
    return len(routees)


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
    lignes = mise_en_file(demande, file, motif)
    demande.save(update_fields=["file", "file_motif", "prochaine_tentative"])
    inscrire(lignes)


def mise_en_file(demande: Demande, file: str, motif: str) -> list[Evenement]:
    """The same in memory, with the line of the journal to write, if it was not there already."""
    nouvelle = (demande.file, demande.file_motif) != (file, motif)
    demande.file, demande.file_motif = file, motif
    demande.prochaine_tentative = timezone.now() + REPRISE_FILE_HUMAINE
    dit = evenement(verbe="mettre_en_file", objet=demande, dossier_id=demande.dossier_id, file=file)
    return [dit] if nouvelle else []


def preparer(demande: Demande, guichet: Guichet, *, annoncer: bool = True) -> None:
    """One row per channel: the desk's channel of record, and an e-mail that announces it, unless
    whoever calls announces many at once.

    The e-mail waits for the handing over (`accuse.constater_remise`), a day at most: a desk whose
    system does not answer can then take the demande up in the portal.
    """
    preparer_ensemble([(demande, guichet)], annoncer=annoncer)


def preparer_ensemble(
    remises: Collection[tuple[Demande, Guichet]], *, annoncer: bool = True
) -> None:
    """`preparer` for many, in as many queries as for one."""
    voulus: list[Voulu] = []
    for demande, guichet in remises:
        voulus.append((demande, guichet, Canal(guichet.canal), True))
        if annoncer and guichet.courriel and guichet.canal != Canal.COURRIEL:
            voulus.append((demande, guichet, Canal.COURRIEL, False))
    _creer(voulus)


def preparer_canal(
    demande: Demande, guichet: Guichet, canal: Canal, *, de_reference: bool
) -> Acheminement:
    """The row of one channel, which waits to be handed over unless it was already."""
    _creer([(demande, guichet, canal, de_reference)])
    return Acheminement.objects.get(
        demande=demande,
        version_dossier=demande.version_dossier,
        guichet=guichet,
        canal=canal,
        rendue_le=None,
    )


def _creer(voulus: Collection[Voulu]) -> None:
    try:
        with transaction.atomic():
            Acheminement.objects.bulk_create(_a_creer(voulus))
    except IntegrityError:  # one of them was prepared meanwhile: now it is seen
        Acheminement.objects.bulk_create(_a_creer(voulus))


def _a_creer(voulus: Collection[Voulu]) -> list[Acheminement]:
    """The rows that are not there yet; a desk that gave a demande back may get it again."""
    presentes: set[tuple[object, ...]] = set()
    retours: Counter[tuple[object, ...]] = Counter()
    cles: set[UUID] = set()
    etapes = Acheminement.objects.filter(demande__in={demande.pk for demande, *_ in voulus})
    colonnes = ("demande", "version_dossier", "guichet", "canal", "cle", "rendue_le")
    for *place, cle, rendue_le in etapes.values_list(*colonnes):
        cles.add(cle)
        if rendue_le is None:
            presentes.add(tuple(place))
        else:
            retours[tuple(place)] += 1
    lignes = []
    for demande, guichet, canal, de_reference in voulus:
        ou = (demande.pk, demande.version_dossier_id, guichet.pk, canal)
        if ou in presentes:
            continue
        annonce = canal == Canal.COURRIEL and not de_reference
        version, code, retour = demande.version_dossier, demande.aide.code, retours[ou]
        # A row that was diverted to another channel keeps the key of the first.
        while (cle := cle_idempotence(version, code, guichet, canal, retour)) in cles:
            retour += 1
        lignes.append(
            Acheminement(
                demande=demande,
                version_dossier=version,
                guichet=guichet,
                canal=canal,
                de_reference=de_reference,
                prochaine_tentative=timezone.now() + (ANNONCE if annonce else timedelta(0)),
                cle=cle,
            )
        )
    return lignes
