"""The thread of a demande: who may write in it, what is read, and who is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.destinataires import prevenir_entreprise, prevenir_suivi
from dossiers.models import Demande, Message, Notification
from dossiers.transitions import TransitionRefusee
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.permissions import Permission

LONGUEUR_MAXIMUM = 5000
#: How long a thread stays open after the end: the two months of an appeal, and some margin.
JOURS_APRES_CLOTURE = 90
#: Messages that follow each other more closely make one e-mail.
REGROUPEMENT = timedelta(minutes=10)
#: How the page of the thread ends, for each side that reads it.
FIN_CHEMIN = {Message.Cote.ENTREPRISE: "/echanges/", Message.Cote.GUICHET: "#echanges"}
ENTREPRISE, GUICHET = Message.Cote.ENTREPRISE, Message.Cote.GUICHET
#: The mention of a message that this side has not read.
NOUVEAU = "nouveau"
#: Who reads what each side writes.
EN_FACE = {ENTREPRISE: GUICHET, GUICHET: ENTREPRISE}


def est_de(demande: Demande, user: User, cote: Message.Cote) -> bool:
    """Whether the person stands on this side: an accepted member, an officer of the desk."""
    if cote == ENTREPRISE:
        return user.adhesions.filter(etat="actif", entreprise__dossiers__demandes=demande).exists()
    return Demande.objects.de_mes_guichets(user).filter(pk=demande.pk).exists()


def peut_ecrire(demande: Demande, user: User, cote: Message.Cote) -> Permission:
    """Whether the person may write on this side now, with the reason."""
    reason = ""
    if not est_de(demande, user, cote):
        reason = "Seuls l’entreprise et le guichet de cette demande peuvent y écrire."
    elif demande.guichet_id is None:
        reason = (
            "Aucun guichet n’a cette demande pour l’instant : personne ne lirait votre message."
        )
    elif demande.dossier.efface_le is not None:
        reason = "Le contenu de ce dossier est effacé : l’échange est fermé."
    elif demande.decidee_le is not None and timezone.now() > demande.decidee_le + timedelta(
        days=JOURS_APRES_CLOTURE
    ):
        reason = (
            f"Cette demande est close depuis plus de {JOURS_APRES_CLOTURE} jours : "
            "l’échange est fermé, il reste lisible."
        )
    return Permission(not reason, reason)


@transaction.atomic
def ecrire(
    *, demande: Demande, user: User, cote: Message.Cote, texte: str, jeton: uuid.UUID
) -> Message:
    """Send a message to the other side, which is told; what it had written is now read.

    `jeton` comes with the form: sent twice, it is one message. Raises TransitionRefusee.
    """
    demande = Demande.objects.select_for_update().get(pk=demande.pk)
    permission = peut_ecrire(demande, user, cote)
    if not permission:
        raise TransitionRefusee(permission.reason)
    texte = texte.replace("\r\n", "\n").strip()
    if not texte:
        raise TransitionRefusee("Écrivez votre message.", champ="texte")
    if len(texte) > LONGUEUR_MAXIMUM:
        raise TransitionRefusee(
            f"Votre message dépasse {LONGUEUR_MAXIMUM} caractères : raccourcissez-le.",
            champ="texte",
        )
    message, nouveau = Message.objects.get_or_create(
        demande=demande,
        auteur=user,
        jeton=jeton,
        defaults={"cote": cote, "guichet": demande.guichet, "texte": texte},
    )
    if nouveau:
        _lire(demande, cote)
        consigner(
            verbe="ecrire",
            objet=demande,
            acteur=user,
            dossier_id=demande.dossier_id,
            message=message.pk,
            cote=cote.value,
        )
        _annoncer(message)
    return message


@transaction.atomic
def marquer_lus(*, demande: Demande, user: User, cote: Message.Cote) -> int:
    """Mark what the other side wrote as read; how many. Nothing for who stands on neither."""
    return _lire(demande, cote) if est_de(demande, user, cote) else 0


def _lire(demande: Demande, cote: Message.Cote) -> int:
    recus = Message.objects.filter(demande=demande, cote=EN_FACE[cote], lu_le__isnull=True)
    return recus.update(lu_le=timezone.now())


def _annoncer(message: Message) -> None:
    demande = message.demande
    aide, numero = demande.version_aide.titre, demande.numero
    deja = _deja_prevenus(message)
    if message.cote == GUICHET:
        guichet = demande.guichet.nom if demande.guichet else ""
        prevenir_entreprise(
            demande,
            sujet=f"Nouveau message du guichet : {aide}",
            texte=f"{guichet} vous a écrit au sujet de votre demande {numero} ({aide}).",
            chemin=reverse("depot:echanges", args=[demande.identifiant]),
            deja=deja,
        )
    else:
        nom = demande.dossier.entreprise.nom
        prevenir_suivi(
            demande,
            sujet=f"Nouveau message de {nom}",
            texte=f"{nom} vous a écrit au sujet de la demande {numero} ({aide}).",
            ancre="#echanges",
            deja=deja,
        )


def _deja_prevenus(message: Message) -> set[int]:
    """Who needs no other e-mail: the last one has not left yet, has just been written, or
    nobody has read what it announced. What they were told is to be read again.
    """
    fin = FIN_CHEMIN[EN_FACE[Message.Cote(message.cote)]]
    dites = Notification.objects.filter(demande=message.demande, chemin__endswith=fin)
    proches = Q(envoyee_le__isnull=True) | Q(creee_le__gt=timezone.now() - REGROUPEMENT)
    precedents = Message.objects.filter(
        demande=message.demande, cote=message.cote, lu_le__isnull=True
    ).exclude(pk=message.pk)
    if precedents.exists():
        proches |= Q(lue_le__isnull=True)
    suffisantes = list(dites.filter(proches).values_list("pk", "user"))
    Notification.objects.filter(pk__in=[pk for pk, _ in suffisantes]).update(lue_le=None)
    return {user for _, user in suffisantes}


# ------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Echange:
    """A message as one side reads it; `mention` says what is new, or what was read and when."""

    auteur: str
    quand: datetime
    texte: str
    de_moi: bool
    mention: str


def fil(demande: Demande, cote: Message.Cote | None) -> list[Echange]:
    """The thread, oldest first, as read from this side (None: from outside, nothing is new)."""
    recus = demande.messages.select_related("auteur", "guichet").order_by("envoye_le", "pk")
    entreprise = demande.dossier.entreprise.nom
    return [_echange(message, entreprise, cote) for message in recus]


def _echange(message: Message, entreprise: str, cote: Message.Cote | None) -> Echange:
    de_moi = message.cote == cote
    mention = ""
    if de_moi:
        lu = message.lu_le
        mention = f"lu le {afficher_date(timezone.localdate(lu))}" if lu else "pas encore lu"
    elif cote is not None and message.lu_le is None:
        mention = NOUVEAU
    if message.cote == ENTREPRISE:
        nom = entreprise
    else:
        nom = message.guichet.nom if message.guichet else "Le guichet"
    personne = message.auteur.get_full_name() if message.auteur else "un compte supprimé depuis"
    return Echange(f"{nom}, {personne}", message.envoye_le, message.texte, de_moi, mention)
