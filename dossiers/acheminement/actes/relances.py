"""Chasing: a desk that does not react is reminded, its company told, then a person takes over.

Days are counted from the handing over, at the same hour in Europe/Paris. After an outage only
the latest step that is due is done: no burst.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.courriels.liens import adresse_accuse
from dossiers.acheminement.etapes import depot_compte, en_cours
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.destinataires import prevenir_entreprise, prevenir_guichet
from dossiers.models import SILENCE_DIT, Demande
from dossiers.notifications import composer, prevenir
from portal.comptes.models import User
from portal.socle.journal import consigner

journal = logging.getLogger(__name__)

#: After which a desk that no reminder moved is a person's to see to.
A_LA_MAIN = timedelta(days=14)
#: When an e-mail that was counted and not seen to leave is sent again, with the same Message-ID.
REPRISE = timedelta(minutes=15)
#: How many rows of each kind one sweep takes.
LOT = 200


def relancer_dus() -> int:
    """Remind the desks, tell the companies and name the tasks that are due; how many rows.

    Two sweeps at once share the work: what another holds is passed over.
    """
    instant = timezone.now()
    traitees = 0
    for suivant in (_relancer_suivant, _prevenir_suivante):
        faites = 0
        while faites < LOT and suivant(instant):
            faites += 1
        traitees += faites
    return traitees


# ------------------------------------------------------------------ the desk


def _relancer_suivant(instant: datetime) -> bool:
    """Do the latest step due of one handing over; False when none is due."""
    acheminement = _compter(instant)
    if acheminement is None:
        return False
    if not _est_a_ecrire(acheminement):
        return True
    try:
        _ecrire(acheminement)
    except Exception:  # whatever the failure of the mail server, try again later
        journal.exception("Acheminement %s : relance en échec", acheminement.pk)
        return True
    Acheminement.objects.non_accuses().filter(
        pk=acheminement.pk, relances=acheminement.relances, relancee_le__isnull=True
    ).update(relancee_le=timezone.now(), prochaine_relance=_prochaine(acheminement))
    return True


@transaction.atomic
def _compter(instant: datetime) -> Acheminement | None:
    """Count the step of the next row due before anything is sent; None if there is none.

    `relancee_le` is null in the row that comes back when its e-mail is still to leave.
    """
    acheminement = (
        Acheminement.objects.a_relancer(instant)
        # The demande too, without waiting: acts lock it first.
        .select_for_update(skip_locked=True, of=("self", "demande"))
        .select_related("guichet__organisme", "demande__dossier", "demande__version_aide")
        .first()
    )
    if acheminement is None or acheminement.remise_le is None:
        return None
    remise_le = timezone.localtime(acheminement.remise_le)
    if acheminement.demande.est_close:
        acheminement.sans_objet_le, acheminement.prochaine_relance = instant, None
    elif remise_le + A_LA_MAIN <= instant:
        _confier(acheminement, instant)
    else:
        rang = sum(remise_le + delai <= instant for delai in RELANCES)
        if rang > acheminement.relances:
            _entamer(acheminement, rang)
        _planifier(acheminement, instant)
    acheminement.save(
        update_fields=[
            "relances", "relancee_le", "prochaine_relance", "a_la_main_le", "sans_objet_le"
        ]
    )  # fmt: skip
    return acheminement


def _planifier(acheminement: Acheminement, instant: datetime) -> None:
    """The date of what follows: the e-mail again if it does not leave, else the next step."""
    if _est_a_ecrire(acheminement) and not acheminement.guichet.courriel:
        acheminement.relancee_le = instant  # the officers are told, nobody else is to be
    if _est_a_ecrire(acheminement):
        acheminement.prochaine_relance = instant + REPRISE
    else:
        acheminement.prochaine_relance = _prochaine(acheminement)


def _est_a_ecrire(acheminement: Acheminement) -> bool:
    """Whether the e-mail of the reminder that is counted is still to leave."""
    return (
        acheminement.prochaine_relance is not None
        and acheminement.relances > 0
        and acheminement.relancee_le is None
    )


def _prochaine(acheminement: Acheminement) -> datetime:
    """When the step after those that are counted is due."""
    assert acheminement.remise_le is not None  # noqa: S101 - said to the type checker
    delai = (*RELANCES, A_LA_MAIN)[acheminement.relances]
    # Wall time: the arithmetic of an aware datetime in its zone.
    return timezone.localtime(acheminement.remise_le) + delai


def _entamer(acheminement: Acheminement, rang: int) -> None:
    """Count a reminder, and tell the officers: once, in the transaction that counts it."""
    demande = acheminement.demande
    acheminement.relances, acheminement.relancee_le = rang, None
    prevenir_guichet(
        demande,
        sujet=f"Demande {demande.numero} : personne ne l’a encore ouverte",
        texte=f"Elle est dans la corbeille de « {acheminement.guichet.nom} » depuis le "
        f"{_jour(acheminement.remise_le)}. Ouvrez-la pour en prendre connaissance : son "
        f"délai de réponse court depuis son dépôt, le {_jour(demande.deposee_le)}.",
    )
    _consigner("relancer", acheminement, rang=rang)


def _confier(acheminement: Acheminement, instant: datetime) -> None:
    """No reminder moved the desk: somebody of the portal sees to it."""
    demande = acheminement.demande
    acheminement.a_la_main_le, acheminement.prochaine_relance = instant, None
    prevenir(
        users=User.objects.filter(is_staff=True, is_active=True),
        sujet=f"Guichet sans réaction : demande {demande.numero}",
        texte=f"« {acheminement.guichet.nom} » n’a pas ouvert cette demande, remise le "
        f"{_jour(acheminement.remise_le)}, malgré nos relances. Prenez la tâche, appelez le "
        "guichet, et réorientez la demande s’il ne peut pas l’instruire.",
        chemin=reverse("bureau:taches"),
        demande=demande,
    )
    _consigner("confier_a_la_main", acheminement)


def _ecrire(acheminement: Acheminement) -> None:
    """The reminder by e-mail, to the address of the desk."""
    demande = acheminement.demande
    chemin = reverse("instruction:demande", kwargs={"identifiant": demande.identifiant})
    contexte = {
        "demande": demande,
        "acheminement": acheminement,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, chemin),
        "accuse": adresse_accuse(acheminement),
        "suite": _prochaine(acheminement),
        "derniere": acheminement.relances == len(RELANCES),
    }
    composer(
        sujet=f"Rappel : la demande {demande.numero} attend d’être ouverte",
        texte=render_to_string("acheminement/courriel_relance.txt", contexte),
        a=acheminement.guichet.courriel,
        identifiant=f"relance-{acheminement.relances}-{acheminement.cle}",
    ).send()


def _consigner(verbe: str, acheminement: Acheminement, **donnees: Any) -> None:
    consigner(
        verbe=verbe,
        objet=acheminement.demande,
        dossier_id=acheminement.demande.dossier_id,
        acheminement=acheminement.pk,
        guichet=acheminement.guichet_id,
        **donnees,
    )


# ------------------------------------------------------------------ the company


@transaction.atomic
def _prevenir_suivante(instant: datetime) -> bool:
    """Tell the company of one demande that no desk has opened it; False when none is due.

    Once, three days after the handing over; after the deposit when nobody could be handed it.
    """
    demande = (
        Demande.objects.a_prevenir(instant)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("dossier", "version_aide")
        .first()
    )
    if demande is None:
        return False
    remise = en_cours(demande.acheminements.select_related("guichet"))
    demande.a_prevenir_le = None
    if demande.etat in {Etat.A_ROUTER, Etat.A_ETUDIER} and not (remise and remise.accusee_le):
        dite_le = instant
        if remise is not None and remise.remise_le is not None:
            dite_le = timezone.localtime(remise.remise_le) + SILENCE_DIT
        if dite_le > instant:
            demande.a_prevenir_le = dite_le
        else:
            _dire_l_attente(demande, remise)
    demande.save(update_fields=["a_prevenir_le"])
    return True


def _dire_l_attente(demande: Demande, remise: Acheminement | None) -> None:
    if demande.etat == Etat.A_ROUTER or remise is None:
        cause = "sans_guichet"
        constat = "Nous n’avons pas encore trouvé à quel guichet la confier : notre équipe cherche."
    elif remise.remise_le is None:
        cause = "non_remise"
        constat = (
            f"« {remise.guichet.nom} » n’a pas encore pu la recevoir : notre équipe s’en occupe."
        )
    else:
        cause = "non_ouverte"
        constat = (
            f"« {remise.guichet.nom} » l’a depuis le {_jour(remise.remise_le)} et ne l’a pas "
            "encore ouverte : nous le relançons."
        )
    prevenir_entreprise(
        demande,
        sujet=f"Votre demande {demande.numero} est en attente",
        texte=f"{demande.version_aide.titre}\n{constat}\n{depot_compte(demande)} "
        "Vous n’avez rien à faire.",
    )
    consigner(verbe="dire_l_attente", objet=demande, dossier_id=demande.dossier_id, cause=cause)


def _jour(quand: datetime | None) -> str:
    return afficher_date(timezone.localdate(quand))
