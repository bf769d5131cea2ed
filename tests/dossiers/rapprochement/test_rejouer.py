"""The replay: a kept match gives the same proof again, bit for bit, whatever changed since."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from aides.models import VersionAide
from dossiers.depot.actes import deposer
from dossiers.models import Demande
from dossiers.rapprochement import contexte as module_contexte
from dossiers.rapprochement.models import Rapprochement, Resultat
from dossiers.rapprochement.rejeu import rejouer
from territoires.models import AppartenanceZone, Commune, CoucheZone, Epci, Zone
from tests.fabriques import (
    FAITS,
    AcheminementFabrique,
    CommuneFabrique,
    DossierFabrique,
    EpciFabrique,
    GuichetFabrique,
    MembreFabrique,
    VersionAideFabrique,
    agent_de,
    declare,
)

pytestmark = pytest.mark.django_db


def critere(type_, **cles):
    return {"type": type_, "source": "reglement", **cles}


@pytest.fixture
def commune():
    return CommuneFabrique(nom="Commune-Fictive-Rejouée")


@pytest.fixture
def rapprochement(commune):
    """Kept by a deposit: a place, a zone, a threshold, a condition left to the officer."""
    version = VersionAideFabrique(
        perimetre=[f"EPCI-{commune.epci_id}"],
        criteres={
            "type": "tous",
            "criteres": [
                critere("comparaison", fait="effectif", operateur="<=", valeur="249"),
                critere("en_zone", fait="commune_projet", zone="FRR"),
                critere("a_verifier", code="impact", libelle="L’impact est établi"),
            ],
        },
        montants=[
            {
                "forme": "subvention", "taux": "0.20", "assiette": ["depenses_total"],
                "plafond": "35000.00", "source": "reglement",
            }
        ],
    )  # fmt: skip
    VersionAideFabrique(perimetre=["REG-11"])
    membre = MembreFabrique()
    faits = {**FAITS, "commune_projet": commune.code}
    dossier = DossierFabrique(
        entreprise=membre.entreprise, faits={code: declare(v) for code, v in faits.items()}
    )
    deposer(dossier=dossier, codes=[version.aide.code], par=membre.user)
    return Rapprochement.objects.get()


def bousculer(commune):
    """The reference data change: another EPCI, other names, a zone loaded that was not."""
    Commune.objects.filter(pk=commune.pk).update(nom="Autre nom", epci=EpciFabrique())
    Epci.objects.update(nom="Communauté renommée")
    zone, _ = Zone.objects.get_or_create(code="FRR", defaults={"nom": "Zone fictive"})
    couche = CoucheZone.objects.create(
        zone=zone, du=timezone.localdate(), source="Liste fictive", empreinte="0"
    )
    AppartenanceZone.objects.create(
        couche=couche, code_commune=commune.code, statut=AppartenanceZone.Statut.DEDANS
    )


def test_a_match_is_kept_with_all_that_it_saw(rapprochement, commune):
    contexte = rapprochement.contexte
    assert contexte["zones"] == []
    assert f"EPCI-{commune.epci_id}" in contexte["lieux"][commune.code]
    assert "Commune-Fictive-Rejouée (31)" in contexte["noms"].values()
    assert set(contexte["langage"]) == {"version", "empreinte"}


def test_it_gives_the_same_proof_whatever_changed_since(rapprochement, commune):
    assert rejouer(rapprochement).identique
    bousculer(commune)
    rejeu = rejouer(rapprochement)
    assert rejeu.identique, rejeu.differences
    assert (rejeu.rejoues, rejeu.absences, rejeu.meme_langage) == (2, (), True)


def test_a_match_kept_without_its_context_says_what_it_lacks(rapprochement, commune):
    Rapprochement.objects.update(contexte={})
    rapprochement.refresh_from_db()
    bousculer(commune)
    rejeu = rejouer(rapprochement)
    assert not rejeu.identique
    assert rejeu.meme_langage is None
    assert "les zonages chargés ce jour-là" in rejeu.absences
    assert len(rejeu.absences) == 4


@pytest.mark.parametrize(
    ("champ", "valeur", "chemin"),
    [
        ("issue", "eligible", "issue"),
        ("montant", {"texte": "autre"}, "montant/lignes"),
        ("preuve", None, "preuve/enfants/0/verdict"),
    ],
)
def test_a_difference_is_named_by_its_path(rapprochement, champ, valeur, chemin):
    garde = Resultat.objects.get()
    if valeur is None:
        valeur = garde.preuve
        valeur["enfants"][0]["verdict"] = "non"
    Resultat.objects.filter(pk=garde.pk).update(**{champ: valeur})
    rejeu = rejouer(rapprochement)
    assert chemin in [difference.chemin for difference in rejeu.differences]
    assert {difference.code for difference in rejeu.differences} == {garde.version_aide.aide.code}


@pytest.mark.parametrize(
    ("garde", "chemin"), [(["eligible", "n"], "issue"), (["non_eligible", "o"], "conditions")]
)
def test_a_difference_is_seen_in_an_aide_that_was_not_asked_for(rapprochement, garde, chemin):
    ((cle, _),) = rapprochement.autres.items()
    rapprochement.autres = {cle: garde}
    rapprochement.save()
    differences = rejouer(rapprochement).differences
    assert chemin in [difference.chemin for difference in differences]
    assert {d.code for d in differences} == {VersionAide.objects.get(pk=cle).aide.code}


def test_facts_that_cannot_be_read_any_more_are_said(rapprochement):
    rapprochement.faits["effectif"] = "beaucoup"
    rapprochement.save()
    rejeu = rejouer(rapprochement)
    assert len(rejeu.differences) == 2
    assert "effectif" in (rejeu.differences[0].rejoue or "")


def test_another_language_is_said(rapprochement, monkeypatch):
    monkeypatch.setattr(module_contexte, "VERSION", 99)
    module_contexte.langage.cache_clear()
    try:
        assert rejouer(rapprochement).meme_langage is False
    finally:
        monkeypatch.undo()
        module_contexte.langage.cache_clear()


def test_a_replay_reads_the_results_and_nothing_else(rapprochement, django_assert_num_queries):
    rapprochement = Rapprochement.objects.get()
    with django_assert_num_queries(2):
        rejouer(rapprochement)


def test_the_command_replays_all_and_fails_on_a_difference(rapprochement, capsys):
    call_command("rejouer", tous=True)
    assert "1 rapprochements, 2 preuves : 1 identiques, 0 différents" in capsys.readouterr().out
    Rapprochement.objects.update(autres={c: ["eligible", "n"] for c in rapprochement.autres})
    with pytest.raises(CommandError) as echec:
        call_command("rejouer", rapprochement.pk)
    assert echec.value.returncode == 1
    assert 'issue : gardé "eligible", rejoué "non_eligible"' in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], [999]])
def test_the_command_says_what_it_needs(rapprochement, arguments):
    with pytest.raises(CommandError, match=r"Nommez|Inconnus : 999"):
        call_command("rejouer", *arguments)


# ------------------------------------------------------------------ the officer's page


@pytest.fixture
def demande(rapprochement):
    """The demande of the deposit, opened by its desk."""
    demande = Demande.objects.get()
    demande.guichet, demande.etat, demande.prochaine_tentative = (
        GuichetFabrique(),
        "a_etudier",
        None,
    )
    demande.save()
    AcheminementFabrique(demande=demande, accuse=True)
    return demande


def test_the_officer_sees_that_it_is_the_same(client, demande, commune):
    bousculer(commune)
    client.force_login(agent_de(demande.guichet))
    page = client.get(reverse("instruction:demande", args=[demande.identifiant]))
    adresse = reverse("instruction:rejouer", args=[demande.identifiant])
    assert adresse in page.content.decode()
    contenu = client.get(adresse).content.decode()
    assert "La même preuve, bit pour bit" in contenu
    assert client.post(adresse).status_code == 405


def test_the_officer_sees_what_differs(client, demande):
    Resultat.objects.update(issue="eligible")
    client.force_login(agent_de(demande.guichet))
    contenu = client.get(reverse("instruction:rejouer", args=[demande.identifiant])).content
    assert "La preuve n’est pas la même" in contenu.decode()
    assert "&quot;sous_reserve&quot;" in contenu.decode()


def test_it_is_for_the_desk_alone(client, demande):
    adresse = reverse("instruction:rejouer", args=[demande.identifiant])
    assert client.get(adresse).status_code == 302
    client.force_login(agent_de(GuichetFabrique()))
    assert client.get(adresse).status_code == 404
