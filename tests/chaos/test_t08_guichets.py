"""T8: the systems of desks misbehave, each in its way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from dossiers.acheminement.actes import rejouer_guichet
from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.recepteur import accuses
from dossiers.acheminement.recepteur.serveur import JAMAIS
from tests.chaos.conftest import LONG, Constater
from tests.chaos.destinataire import SECRET
from tests.chaos.monde import Monde, accusees
from tests.fabriques import UserFabrique

DOSSIERS = 20 if LONG else 2


def guichet_mort(monde: Monde) -> None:
    """A desk that always fails is called as often as its breaker allows, the others at once."""
    monde.recepteur.pannes["guichet-conseil"] = ("500:1000000",)
    monde.subir(reprise=3600)
    monde.deposer(8)
    monde.finir([monde.balayeur()])
    assert monde.recepteur.posts("guichet-conseil") == 5
    assert accusees() == 16


def en_panne_muet_et_refus(monde: Monde) -> None:
    """500 three times, a hang after the case was made, and a refusal."""
    monde.recepteur.pannes.update(
        {
            "guichet-investissement": ("500:3",),
            "guichet-innovation": ("muet:1",),
            "guichet-conseil": ("400",),
        }
    )
    monde.deposer(DOSSIERS)
    monde.attendre_accusees(2 * DOSSIERS)
    refusees = Acheminement.objects.filter(quarantaine_le__isnull=False)
    monde.attendre(lambda: refusees.count() == DOSSIERS, "les refus sont en quarantaine")
    assert all("400" in motif for motif in refusees.values_list("quarantaine_motif", flat=True))
    recus = monde.recepteur
    assert recus.posts("guichet-investissement") == 4 * DOSSIERS
    # On doubt it is asked for, not sent again; what is refused is not tried again.
    assert recus.posts("guichet-innovation") == DOSSIERS
    assert recus.posts("guichet-conseil") == DOSSIERS
    # The desk repairs, an operator replays.
    recus.pannes.clear()
    un_refus = refusees.select_related("guichet")[0]
    operatrice = UserFabrique(administration=True, email="operatrice@exemple.invalid")
    assert rejouer_guichet(guichet=un_refus.guichet, par=operatrice) == DOSSIERS
    monde.attendre_accusees(3 * DOSSIERS)


def coupure_et_silence(monde: Monde) -> None:
    """One answer is broken off in its middle, two say nothing of what they received."""
    monde.recepteur.pannes["guichet-investissement"] = ("coupure:1",)
    monde.recepteur.reglages = replace(monde.recepteur.reglages, accuse=JAMAIS)
    monde.deposer(1)
    monde.attendre_accusees(3 * DOSSIERS + 1)
    attendues = Acheminement.objects.filter(remise_le__isnull=False, accusee_le__isnull=True)
    monde.attendre(lambda: attendues.count() == 2, "deux remises sans accusé")


def accuses_tardifs(monde: Monde) -> list[int]:
    """Acknowledged an hour later, twice, by two messages, and for a key that nobody knows: what
    the portal answered.
    """
    adresse = monde.web()
    Acheminement.objects.filter(accusee_le__isnull=True).update(
        remise_le=F("remise_le") - timedelta(hours=1)
    )
    statuts = []
    for ligne in Acheminement.objects.filter(accusee_le__isnull=True).select_related("guichet"):
        cas = monde.recepteur.registre.trouver(str(ligne.cle))
        assert cas is not None
        ou = f"{adresse}{reverse('api-accuses', args=[ligne.guichet.code])}"
        texte, inconnue = accuses.corps(cas), str(uuid.uuid4())
        for message, corps in (
            ("premier", texte),
            ("premier", texte),
            ("second", texte),
            ("faux", texte.replace(cas.cle, inconnue)),
        ):
            statut, _ = accuses.envoyer(ou, f"{message}-{cas.cle}", corps, SECRET)
            statuts.append(statut)
    return statuts


@pytest.mark.chaos("T8", "desk: 500 ×3, hang, 400, reset mid-body; late, double, unknown receipts")
def test_desks_that_misbehave(monde: Monde, constater: Constater) -> None:
    monde.valkey()
    monde.ouvrier()
    monde.battement()
    en_panne_muet_et_refus(monde)
    coupure_et_silence(monde)
    assert accuses_tardifs(monde) == [200, 200, 200, 404] * 2
    assert accusees() == 3 * (DOSSIERS + 1)
    constater(
        monde.verdict(3 * (DOSSIERS + 1)),
        "right state each time, one case per key",
        calls=monde.recepteur.posts(),
    )


@pytest.mark.chaos("T8", "desk: 500 ×3, hang, 400, reset mid-body; late, double, unknown receipts")
def test_a_dead_desk_starves_nobody(monde: Monde) -> None:
    guichet_mort(monde)
