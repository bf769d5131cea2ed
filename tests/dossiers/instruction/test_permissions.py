"""For random people and demandes, list, page, export and acts never disagree."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.circuit import CIRCUIT, Qui
from dossiers.instruction import actes
from dossiers.instruction.views.demande import AVEC_PAGE
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.fabriques import (
    AgentGuichetFabrique,
    CommuneFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
TRAITS = (
    "", "sans_guichet", "avec_guichet", "remise", "ouverte", "en_instruction", "acceptee",
    "refusee",
)  # fmt: skip
ACTES = {
    "prendre_en_charge": actes.prendre_en_charge,
    "accepter": lambda **k: actes.accepter(montant_accorde=Decimal(100), **k),
    "refuser": lambda **k: actes.refuser(motif="Motif fictif.", **k),
    "classer_sans_suite": lambda **k: actes.classer_sans_suite(motif="Motif fictif.", **k),
}


@pytest.fixture
def monde():
    """Two EPCI, each with its desk and a commune, the desk of a région, and their people."""
    epci = [EpciFabrique(), EpciFabrique()]
    guichets = [*(guichet_epci(e) for e in epci), GuichetFabrique()]
    communes = [*(CommuneFabrique(epci=e) for e in epci), CommuneFabrique(epci=None)]
    demandes = []
    for rang, trait in enumerate(TRAITS * 3):
        guichet = guichets[rang % 3]
        champs = {trait: True} if trait else {}
        if trait not in {"", "sans_guichet"}:
            champs["guichet"] = guichet
        if trait == "avec_guichet":
            champs["etat"] = "a_etudier"
        demandes.append(DemandeFabrique(commune=communes[(rang // 3) % 3], **champs))
    return guichets, demandes


def quelqu_un(guichets, demandes, affectations, adhesions, administration):
    user = UserFabrique(is_staff=administration)
    for rang in affectations:
        AgentGuichetFabrique(user=user, guichet=guichets[rang])
    for rang in adhesions:
        etat = "actif" if rang % 2 else "en_attente"
        MembreFabrique(user=user, entreprise=demandes[rang].dossier.entreprise, etat=etat)
    return user


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    affectations=st.sets(st.integers(0, 2)),
    adhesions=st.sets(st.integers(0, len(TRAITS) * 3 - 1), max_size=4),
    administration=st.booleans(),
)
def test_list_page_export_and_acts_agree(monde, affectations, adhesions, administration):
    guichets, demandes = monde
    user = quelqu_un(guichets, demandes, affectations, adhesions, administration)
    client = Client()
    client.force_login(user)
    visibles = set(Demande.objects.visibles_au_guichet(user))
    corbeille = lues(client, "/instruction/corbeille.csv")
    territoire = lues(client, "/territoire/territoire.csv")
    if not administration:
        assert corbeille | territoire == {demande.numero for demande in visibles}
        assert visibles <= set(Demande.objects.visibles_par(user))
    for demande in demandes:
        reponse = client.get(f"/instruction/demandes/{demande.identifiant}/")
        assert (reponse.status_code == 200) == (demande in visibles)
        permissions = demande.permissions(user)
        possibles = {
            acte
            for acte, permission in permissions.items()
            if permission and CIRCUIT[acte].qui is not Qui.ENTREPRISE
        }
        if demande.numero not in corbeille:
            assert possibles <= {"orienter"}, "an act of somebody who does not have it"
        if reponse.status_code == 200 and "accuser" not in possibles:
            proposes = {t.acte for t in reponse.context["suites"]["possibles"]}
            assert proposes == possibles & AVEC_PAGE
        assert all(
            bool(permission) != bool(permission.reason) for permission in permissions.values()
        )


def lues(client: Client, url: str) -> set[str]:
    reponse = client.get(url, {"etat": "toutes"})
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    return {ligne["numéro"] for ligne in csv.DictReader(io.StringIO(texte), delimiter=";")}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    rang=st.integers(0, len(TRAITS) * 3 - 1),
    affectations=st.sets(st.integers(0, 2)),
    administration=st.booleans(),
    acte=st.sampled_from(sorted(ACTES)),
)
def test_an_act_does_what_its_permission_says(monde, rang, affectations, administration, acte):
    guichets, demandes = monde
    user = quelqu_un(guichets, demandes, affectations, (), administration)
    demande = Demande.objects.get(pk=demandes[rang].pk)
    permission, avant, lignes = demande.permissions(user)[acte], demande.etat, count()
    if permission:
        assert ACTES[acte](demande=demande, user=user).etat == CIRCUIT[acte].vers
        assert count() == lignes + 1
    else:
        with pytest.raises(TransitionRefusee) as refus:
            ACTES[acte](demande=demande, user=user)
        assert str(refus.value) == permission.reason
        assert (Demande.objects.get(pk=demande.pk).etat, count()) == (avant, lignes)


def count() -> int:
    return Evenement.objects.count()


def test_every_act_of_a_person_has_a_permission():
    demande = DemandeFabrique()
    attendus = {t.acte for t in CIRCUIT.values() if t.qui is not Qui.SYSTEME}
    assert set(demande.permissions(UserFabrique())) == attendus
