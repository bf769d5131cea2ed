"""Two officers who decide at the very same moment: one decision, one line in the journal."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from dossiers.circuit import Etat
from dossiers.instruction import actes
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.fabriques import DemandeFabrique, agent_de


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_simultaneous_decisions_is_written():
    demande = DemandeFabrique(en_instruction=True)
    premier, second = agent_de(demande.guichet), agent_de(demande.guichet)
    depart, issues = threading.Barrier(2), []

    def decider(acte, **champs):
        try:
            depart.wait(timeout=10)
            issues.append(acte(demande=demande, etat_vu="en_instruction", **champs).etat)
        except TransitionRefusee as refus:
            issues.append(str(refus))
        finally:
            connection.close()

    agents = [
        threading.Thread(
            target=decider,
            args=(actes.accepter,),
            kwargs={"user": premier, "montant_accorde": Decimal(5000)},
        ),
        threading.Thread(
            target=decider,
            args=(actes.refuser,),
            kwargs={"user": second, "motif": "Le projet est déjà engagé."},
        ),
    ]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join(timeout=20)
    demande = Demande.objects.get()
    refus = [issue for issue in issues if issue not in set(Etat)]
    assert [issue for issue in issues if issue in set(Etat)] == [demande.etat]
    assert len(refus) == 1
    assert "n’est pas possible dans cet état" in refus[0]
    assert Evenement.objects.count() == 1
    assert (demande.montant_accorde is None) == (demande.etat == Etat.REFUSEE)
