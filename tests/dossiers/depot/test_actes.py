"""Companies, drafts, choices: what is written, and what a refusal leaves untouched."""

import pytest
from django.core.exceptions import PermissionDenied
from stdnum.exceptions import ValidationError

from aides.criteres.faits import DEPENSES, Section
from dossiers.depot import actes
from dossiers.faits import faits_json
from dossiers.models import Dossier, Entreprise, Membre
from portal.socle.models import Evenement
from tests.fabriques import (
    DossierFabrique,
    MembreFabrique,
    UserFabrique,
    declare,
    siren,
    siret,
)

pytestmark = pytest.mark.django_db


def enregistrer(dossier, section, par, revision=None, complete=True, textes=None, **faits):
    return actes.enregistrer_section(
        dossier=dossier, section=section, faits=faits, par=par, complete=complete, textes=textes,
        page=None if revision is None else actes.PageVue(revision),
    )  # fmt: skip


def test_the_first_claim_of_a_siren_makes_a_member(gerante):
    membre = actes.rattacher(siret=siret(siren(7)), nom=" Atelier fictif ", par=gerante)
    assert (membre.etat, membre.entreprise.nom) == ("actif", "Atelier fictif")
    assert membre.entreprise.siren == siren(7)


def test_the_exception_of_la_poste_is_known(gerante):
    membre = actes.rattacher(siret="35600000049837", nom="Bureau fictif", par=gerante)
    assert membre.entreprise.siren == "356000000"


def test_a_siren_held_by_somebody_makes_a_pending_claim(entreprise):
    autre = UserFabrique()
    membre = actes.rattacher(siret=entreprise.siret, nom="Autre nom", par=autre)
    assert membre.etat == "en_attente"
    assert not Entreprise.objects.visibles_par(autre).exists()
    assert Entreprise.objects.get().nom == "Atelier fictif"
    encore = actes.rattacher(siret=entreprise.siret, nom="Autre nom", par=autre)
    assert encore.pk == membre.pk


@pytest.mark.parametrize("faux", ["00000001800003", "123", "", "0000000180000A"])
def test_an_invalid_siret_writes_nothing(gerante, faux):
    with pytest.raises(ValidationError):
        actes.rattacher(siret=faux, nom="Atelier fictif", par=gerante)
    assert not Entreprise.objects.exists()
    assert not Evenement.objects.exists()


def test_a_member_answers_a_claim_and_nobody_else(entreprise, gerante):
    attente = MembreFabrique(entreprise=entreprise, etat="en_attente")
    for etranger in (attente.user, UserFabrique()):
        with pytest.raises(PermissionDenied):
            actes.accepter_adhesion(membre=attente, par=etranger)
        with pytest.raises(PermissionDenied):
            actes.refuser_adhesion(membre=attente, par=etranger)
    assert Membre.objects.get(pk=attente.pk).etat == "en_attente"
    actes.accepter_adhesion(membre=attente, par=gerante)
    assert Entreprise.objects.visibles_par(attente.user).get() == entreprise
    actes.refuser_adhesion(membre=attente, par=gerante)
    assert Membre.objects.filter(pk=attente.pk, etat="actif").exists()


def test_an_administrator_may_turn_a_claim_down(entreprise):
    attente = MembreFabrique(entreprise=entreprise, etat="en_attente")
    actes.refuser_adhesion(membre=attente, par=UserFabrique(administration=True))
    assert not Membre.objects.filter(pk=attente.pk).exists()


def test_only_a_member_opens_a_dossier(entreprise, gerante):
    with pytest.raises(PermissionDenied):
        actes.creer_dossier(entreprise=entreprise, titre="Projet", par=UserFabrique())
    assert not Dossier.objects.exists()
    dossier = actes.creer_dossier(entreprise=entreprise, titre=" Projet ", par=gerante)
    assert (dossier.titre, dossier.revision, dossier.faits) == ("Projet", 0, {})


def test_a_second_dossier_starts_with_what_the_company_said_of_itself(rempli, gerante, entreprise):
    DossierFabrique(faits={"effectif": declare("99")})  # somebody else's company
    second = actes.creer_dossier(entreprise=entreprise, titre="Autre projet", par=gerante)
    assert set(second.faits) == {"naf", "effectif", "chiffre_affaires", "secteur"}
    fait = second.faits["effectif"]
    assert fait == rempli.faits["effectif"] | {"provenance": "dossier_precedent"}
    assert (second.sections, second.choix, second.revision) == ([], [], 0)
    corrige = enregistrer(second, Section.ENTREPRISE, gerante, effectif="14", naf="25.11Z")
    assert corrige.faits["effectif"]["provenance"] == "declaration"
    assert corrige.faits["naf"]["provenance"] == "dossier_precedent"


def test_answers_are_kept_in_canonical_form_with_their_provenance(vide, gerante):
    dossier = enregistrer(
        vide, Section.ENTREPRISE, gerante,
        effectif="12.50".rstrip("0"), chiffre_affaires="1500000.5", naf="2511z",
        total_bilan="sans_objet", capital_social=None,
    )  # fmt: skip
    assert faits_json(dossier.faits) == {
        "effectif": "12.5", "chiffre_affaires": "1500000.50", "naf": "25.11Z",
        "total_bilan": "sans_objet",
    }  # fmt: skip
    fait = dossier.faits["effectif"]
    assert (fait["provenance"], fait["par"]) == ("declaration", gerante.pk)
    assert fait["le"].startswith("20")
    assert (dossier.revision, dossier.sections) == (1, ["entreprise"])


def test_the_journal_says_which_answers_changed_but_not_what_they_say(vide, gerante):
    enregistrer(vide, Section.ENTREPRISE, gerante, effectif="12.5")
    ligne = Evenement.objects.get(verbe="enregistrer_section")
    assert ligne.donnees == {"section": "entreprise", "champs": ["effectif"], "revision": 1}


def test_saving_again_changes_nothing(vide, gerante):
    avant = enregistrer(vide, Section.ENTREPRISE, gerante, effectif="12.5")
    apres = enregistrer(vide, Section.ENTREPRISE, gerante, effectif="12.5")
    assert apres.revision == avant.revision == 1
    assert apres.faits == avant.faits


def test_an_answer_can_be_taken_back(vide, gerante):
    enregistrer(vide, Section.ENTREPRISE, gerante, effectif="12.5")
    dossier = enregistrer(vide, Section.ENTREPRISE, gerante, effectif=None)
    assert dossier.faits == {}


def test_a_merged_commune_becomes_its_successor(vide, gerante, commune):
    dossier = enregistrer(vide, Section.LIEU, gerante, commune_projet="20902")
    assert faits_json(dossier.faits) == {"commune_projet": commune.code}


def test_blank_lines_of_a_saved_table_of_expenses_count_for_zero(vide, gerante):
    blancs = dict.fromkeys(DEPENSES)
    assert enregistrer(vide, Section.DEPENSES, gerante, **blancs).faits == {}
    saisie = blancs | {"depense_equipement": "80000"}
    en_cours = enregistrer(vide, Section.DEPENSES, gerante, complete=False, **saisie)
    assert faits_json(en_cours.faits) == {"depense_equipement": "80000.00"}
    enregistre = enregistrer(vide, Section.DEPENSES, gerante, **saisie)
    attendu = dict.fromkeys(DEPENSES, "0.00") | {"depense_equipement": "80000.00"}
    assert faits_json(enregistre.faits) == attendu
    assert enregistrer(vide, Section.DEPENSES, gerante, **blancs | {"depense_conseil": "0"})


@pytest.mark.parametrize(
    ("section", "faits", "code"),
    [
        (Section.ENTREPRISE, {"effectif": "-1"}, "effectif"),
        (Section.ENTREPRISE, {"effectif": "2000000"}, "effectif"),
        (Section.ENTREPRISE, {"date_creation": "2199-01-01"}, "date_creation"),
        (Section.ENTREPRISE, {"effectif": "sans_objet"}, "effectif"),
        (Section.ENTREPRISE, {"apport": "1"}, "apport"),
        (Section.ENTREPRISE, {"age_mois": 3}, "age_mois"),
        (Section.LIEU, {"commune_projet": "99999"}, "commune_projet"),
        (Section.DEPENSES, {"depense_terrain": "20000000000"}, "depense_terrain"),
        (
            Section.CALENDRIER,
            {"date_debut_projet": "2027-03-01", "date_fin_projet": "2027-02-28"},
            "date_fin_projet",
        ),
        (Section.CALENDRIER, {"date_debut_projet": "1900-01-01"}, "date_debut_projet"),
    ],
)
def test_bad_answers_are_refused_and_nothing_is_written(vide, gerante, section, faits, code):
    with pytest.raises(actes.FaitsRefuses) as refus:
        enregistrer(vide, section, gerante, **faits)
    assert set(refus.value.erreurs) == {code}
    vide.refresh_from_db()
    assert (vide.faits, vide.revision, vide.sections) == ({}, 0, [])
    assert not Evenement.objects.exists()


def test_a_project_keeps_a_title(vide, gerante):
    with pytest.raises(actes.FaitsRefuses):
        enregistrer(vide, Section.PROJET, gerante, textes={"titre": "  "})
    dossier = enregistrer(vide, Section.PROJET, gerante, textes={"titre": "Autre titre"})
    assert dossier.titre == "Autre titre"


def test_a_stale_tab_is_told_and_nothing_is_overwritten(vide, gerante):
    autre = UserFabrique()
    enregistrer(vide, Section.ENTREPRISE, autre, revision=0, effectif="30")
    with pytest.raises(actes.ConflitDeRevision) as conflit:
        enregistrer(vide, Section.ENTREPRISE, gerante, revision=0, effectif="12.5")
    assert conflit.value.codes == {"effectif"}
    assert conflit.value.dernier.acteur_id == autre.pk
    vide.refresh_from_db()
    assert faits_json(vide.faits) == {"effectif": "30"}
    assert vide.revision == 1


def test_a_stale_tab_that_says_the_same_or_speaks_of_something_else_is_welcome(vide, gerante):
    enregistrer(vide, Section.ENTREPRISE, gerante, revision=0, effectif="30")
    enregistrer(vide, Section.ENTREPRISE, gerante, revision=0, effectif="30", exercices_clos=4)
    dossier = enregistrer(vide, Section.FINANCEMENT, gerante, revision=0, apport="5000")
    assert faits_json(dossier.faits) == {
        "effectif": "30", "exercices_clos": 4, "apport": "5000.00",
    }  # fmt: skip


def test_a_deposited_dossier_is_frozen(entreprise, gerante):
    depose = DossierFabrique(entreprise=entreprise, depose=True)
    with pytest.raises(actes.DossierDejaDepose):
        enregistrer(depose, Section.ENTREPRISE, gerante, effectif="3")
    with pytest.raises(actes.DossierDejaDepose):
        actes.choisir_aides(dossier=depose, codes=["x"], par=gerante)


def test_a_choice_keeps_published_aides_only(vide, gerante, catalogue):
    dossier = actes.choisir_aides(dossier=vide, codes=["eligible", "inconnue"], par=gerante)
    assert dossier.choix == ["eligible"]
    assert actes.choisir_aides(dossier=vide, codes=[], par=gerante).choix == []
