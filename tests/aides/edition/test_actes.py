"""Drafts: changed one act at a time, undone, published or thrown away, never by somebody else."""

from __future__ import annotations

import pytest

from aides.edition import actes
from aides.edition.examen import examiner
from aides.edition.operations import Champs, Retirer

pytestmark = pytest.mark.django_db


def test_a_draft_begins_with_what_is_published(brouillon, publiee):
    assert brouillon.base == publiee.version
    examen = examiner(brouillon.document)
    zone = "criteres/criteres/10/criteres/0/zone"
    assert [(r.chemin, r.bloquante) for r in examen.remarques] == [(zone, False)]
    assert examen.version.empreinte == publiee.version.empreinte


def test_publishing_makes_the_next_version(brouillon, publiee, gestionnaire):
    brouillon, chemin = actes.modifier_brouillon(
        brouillon=brouillon,
        operation=Champs({"titre": "Autre titre"}),
        revision=1,
        par=gestionnaire,
    )
    assert (chemin, brouillon.revision) == ("titre", 2)
    brouillon, _ = actes.modifier_brouillon(
        brouillon=brouillon,
        operation=Retirer("criteres/criteres/0"),
        revision=2,
        par=gestionnaire,
    )
    assert brouillon.annulable == "retrait d’un critère"
    brouillon = actes.annuler(brouillon=brouillon, revision=3, par=gestionnaire)
    assert brouillon.retablissable == "retrait d’un critère"
    version = actes.publier_brouillon(
        brouillon=brouillon, revision=4, version_vue=1, par=gestionnaire
    )
    assert (version.numero, version.titre) == (2, "Autre titre")
