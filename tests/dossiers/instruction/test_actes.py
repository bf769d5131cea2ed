"""The officer's acts: what each writes, and that a refused one writes nothing."""

from decimal import Decimal

import pytest
from django.forms.models import model_to_dict

from dossiers.circuit import CIRCUIT, ETATS_FINAUX, Etat, Horloge, Qui
from dossiers.instruction import actes
from dossiers.instruction.presentation import total_declare
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee, appliquer
from portal.socle.models import Evenement
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    declare,
)

pytestmark = pytest.mark.django_db
MOTIF = "Le projet est déjà engagé : devis signé par Jeanne Fictive."
ACTES = {
    "prendre_en_charge": actes.prendre_en_charge,
    "accepter": lambda **k: actes.accepter(montant_accorde=Decimal(100), **k),
    "refuser": lambda **k: actes.refuser(motif=MOTIF, **k),
    "classer_sans_suite": lambda **k: actes.classer_sans_suite(motif=MOTIF, **k),
}


def photo() -> tuple[object, ...]:
    return ([model_to_dict(d) for d in Demande.objects.order_by("pk")], Evenement.objects.count())


def refuse(message: str, acte, **champs) -> None:
    avant = photo()
    with pytest.raises(TransitionRefusee, match=message):
        acte(**champs)
    assert photo() == avant


def test_taking_in_charge_names_the_officer():
    demande = DemandeFabrique(ouverte=True)
    agent = agent_de(demande.guichet)
    actes.prendre_en_charge(demande=demande, user=agent)
    demande.refresh_from_db()
    assert (demande.etat, demande.agent) == (Etat.EN_INSTRUCTION, agent)
    assert demande.decidee_le is None


def test_accepting_keeps_amount_conditions_and_date():
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet)
    actes.accepter(
        demande=demande, user=agent, montant_accorde=Decimal("15000.50"), motif=" Sur factures. "
    )
    demande.refresh_from_db()
    assert (demande.etat, demande.montant_accorde) == (Etat.ACCEPTEE, Decimal("15000.50"))
    assert demande.motif == "Sur factures."
    assert demande.decidee_le is not None


@pytest.mark.parametrize("acte", ["refuser", "classer_sans_suite"])
def test_the_reason_stays_on_the_demande_and_out_of_the_journal(acte):
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet)
    ACTES[acte](demande=demande, user=agent)
    demande.refresh_from_db()
    ligne = Evenement.objects.get()
    assert (demande.etat, demande.motif) == (CIRCUIT[acte].vers, MOTIF)
    assert (ligne.verbe, ligne.acteur_id, ligne.dossier_id) == (acte, agent.pk, demande.dossier_id)
    assert (ligne.objet_type, ligne.objet_id) == ("dossiers.demande", str(demande.pk))
    assert ligne.donnees == {"de": "en_instruction", "vers": CIRCUIT[acte].vers.value}


@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("etat", Etat)
def test_each_act_is_possible_from_its_states_and_no_other(acte, etat):
    demande = DemandeFabrique(ouverte=True)
    agent = agent_de(demande.guichet)
    montant = Decimal(1) if etat == Etat.ACCEPTEE else None
    Demande.objects.filter(pk=demande.pk).update(
        etat=etat,
        montant_accorde=montant,
        prochaine_tentative=demande.deposee_le if etat == Etat.A_ROUTER else None,
    )
    if etat in CIRCUIT[acte].de:
        assert ACTES[acte](demande=demande, user=agent).etat == CIRCUIT[acte].vers
    else:
        refuse("n’est pas possible dans cet état", ACTES[acte], demande=demande, user=agent)


@pytest.mark.parametrize("acte", ACTES)
def test_nothing_can_be_done_before_the_demande_is_opened(acte):
    demande = DemandeFabrique(remise=True)
    agent = agent_de(demande.guichet)
    message = "Ouvrez d’abord" if acte in {"prendre_en_charge", "classer_sans_suite"} else "état"
    refuse(message, ACTES[acte], demande=demande, user=agent)


@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("qui", ["autre guichet", "administration", "personne"])
def test_only_the_officers_of_the_desk_act(acte, qui):
    de = min(CIRCUIT[acte].de)
    demande = DemandeFabrique(ouverte=True, etat=de)
    users = {
        "autre guichet": lambda: agent_de(GuichetFabrique()),
        "administration": lambda: UserFabrique(administration=True),
        "personne": UserFabrique,
    }
    refuse("Seuls les agents", ACTES[acte], demande=demande, user=users[qui]())


def test_an_acknowledgement_by_a_former_desk_opens_nothing():
    demande = DemandeFabrique(remise=True)
    AcheminementFabrique(demande=demande, guichet=GuichetFabrique(), accuse=True)
    agent = agent_de(demande.guichet)
    refuse("Ouvrez d’abord", actes.prendre_en_charge, demande=demande, user=agent)


@pytest.mark.parametrize(
    ("montant", "message"),
    [
        ("0", "supérieur à zéro"),
        ("-5", "supérieur à zéro"),
        ("NaN", "supérieur à zéro"),
        ("Infinity", "supérieur à zéro"),
        ("10.005", "centimes"),
        ("1000000000.01", "démesuré"),
        ("100000.01", "dépasse le total des dépenses"),
    ],
)
def test_an_absurd_amount_is_refused(montant, message):
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet)
    refuse(message, actes.accepter, demande=demande, user=agent, montant_accorde=Decimal(montant))


def test_an_amount_above_the_costs_can_be_confirmed():
    demande = DemandeFabrique(en_instruction=True)
    acceptee = actes.accepter(
        demande=demande,
        user=agent_de(demande.guichet),
        montant_accorde=Decimal("100000.01"),
        motif="Coûts revus après devis.",
        montant_confirme=True,
    )
    assert acceptee.etat == Etat.ACCEPTEE


def test_without_declared_costs_no_amount_exceeds_them():
    demande = DemandeFabrique(
        en_instruction=True, version_dossier__dossier__faits={"effectif": declare("3")}
    )
    assert total_declare(demande.version_dossier.contenu["faits"]) is None
    agent = agent_de(demande.guichet)
    assert actes.accepter(demande=demande, user=agent, montant_accorde=Decimal(5)).est_close


@pytest.mark.parametrize("acte", [actes.refuser, actes.classer_sans_suite])
@pytest.mark.parametrize(("motif", "message"), [("  \n", "Indiquez"), ("x" * 3001, "dépasse")])
def test_a_missing_or_endless_reason_is_refused(acte, motif, message):
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet)
    refuse(message, acte, demande=demande, user=agent, motif=motif)


def test_a_second_officer_learns_that_a_colleague_acted():
    demande = DemandeFabrique(ouverte=True)
    premier, second = agent_de(demande.guichet), agent_de(demande.guichet)
    actes.prendre_en_charge(demande=demande, user=premier, etat_vu="a_etudier")
    refuse(
        "vient de changer",
        actes.classer_sans_suite,
        demande=demande,
        user=second,
        motif=MOTIF,
        etat_vu="a_etudier",
    )
    assert Demande.objects.get().agent == premier


def test_an_officer_cannot_do_what_the_system_does():
    demande = DemandeFabrique(ouverte=True)
    with pytest.raises(KeyError):
        appliquer(demande=demande, acte="router", user=agent_de(demande.guichet))


def test_the_table_holds_together():
    for acte, transition in CIRCUIT.items():
        assert acte == transition.acte
        assert transition.de
        assert not transition.de & ETATS_FINAUX, "a decision is not undone"
        assert (transition.vers in ETATS_FINAUX) == (transition.horloge is Horloge.ARRET)
        suspend = transition.horloge is Horloge.SUSPENSION
        if transition.vers is not None:
            assert suspend == (transition.vers == Etat.A_COMPLETER)
        assert transition.ouverte <= (transition.qui is Qui.AGENT)


def _suivants(etats):
    return {t.apres(etat) for t in CIRCUIT.values() for etat in t.de & etats}


def test_every_state_can_be_reached_and_every_live_one_left():
    atteints = {Etat.A_ROUTER}
    while nouveaux := _suivants(atteints) - atteints:
        atteints |= nouveaux
    assert atteints == set(Etat)
    assert {etat for t in CIRCUIT.values() for etat in t.de} == set(Etat) - ETATS_FINAUX
