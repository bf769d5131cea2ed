"""The forms of conditions against the language: what one opens and saves says the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import assume, given

from aides.criteres.arbre import (
    AVerifier,
    Commence,
    Comparaison,
    Fenetre,
    FenetreAnnuelle,
    JourMois,
    Operateur,
    Proportion,
    Situe,
    Source,
)
from aides.criteres.faits import VOCABULAIRE
from dossiers.rapprochement.editeur.feuilles import (
    FORMULAIRES,
    SANS_FAIT,
    fait_de,
    genres,
    lisible,
    type_de,
)
from dossiers.rapprochement.editeur.formulaires_feuilles import FormulaireFeuille
from dossiers.rapprochement.editeur.vocabulaire import propositions
from tests.aides.criteres.strategies import feuilles

pytestmark = pytest.mark.django_db
SOURCE = Source("Règlement fictif, article 1")


def poster(form: FormulaireFeuille) -> QueryDict:
    """What a browser would send of a form as it is shown."""
    donnees = QueryDict(mutable=True)
    for champ in form:
        valeur: Any = champ.value()
        if hasattr(champ.field.widget, "decompress"):
            for rang, partie in enumerate(champ.field.widget.decompress(valeur)):
                donnees[f"{champ.html_name}_{rang}"] = partie or ""
        elif isinstance(valeur, list | tuple | set):
            donnees.setlist(champ.html_name, [str(v) for v in valeur])
        elif isinstance(valeur, bool):
            if valeur:
                donnees[champ.html_name] = "on"
        else:
            donnees[champ.html_name] = "" if valeur is None else str(valeur)
    return donnees


@given(feuilles)
def test_a_condition_opened_and_saved_says_the_same(feuille):
    genre = type_de(feuille)
    classe = FORMULAIRES[genre][0]
    ouvert = classe(fait_de(feuille), feuille=feuille)
    envoye = classe(fait_de(feuille), poster(ouvert), feuille=feuille)
    # A window out of order is refused here: the verification would too.
    assume(not (isinstance(feuille, Fenetre) and not envoye.is_valid()))
    assert envoye.is_valid(), envoye.errors
    assert envoye.feuille(feuille.source) == feuille
    assert envoye.denie is False


@pytest.mark.parametrize("denie", [True, False])
@given(feuilles)
def test_its_contrary_too(denie, feuille):
    classe = FORMULAIRES[type_de(feuille)][0]
    ouvert = classe(fait_de(feuille), feuille=feuille, contraire=denie)
    envoye = classe(fait_de(feuille), poster(ouvert), feuille=feuille)
    assume(envoye.is_valid())
    assert envoye.denie is denie


def test_every_fact_has_a_form_and_every_kind_a_fact():
    offerts = {genre for code in VOCABULAIRE for genre, _ in genres(code)}
    assert offerts | set(SANS_FAIT) == set(FORMULAIRES)
    dits = [p for groupe in propositions() for p in groupe.propositions]
    assert {p.fait for p in dits} >= set(VOCABULAIRE)
    assert all(lisible(p.genre or genres(p.fait)[0][0], p.fait) for p in dits)
    assert not lisible("comparaison", "naf")
    assert not lisible("vrai", "inconnu")


def envoyer(genre: str, fait: str, **champs: Any) -> FormulaireFeuille:
    donnees = QueryDict(mutable=True)
    for nom, valeur in champs.items():
        donnees.setlist(nom, valeur if isinstance(valeur, list) else [valeur])
    return FORMULAIRES[genre][0](fait, donnees)


@pytest.mark.parametrize(
    ("genre", "fait", "champs", "attendue"),
    [
        (
            "comparaison", "effectif", {"operateur": "<", "valeur": "12,5"},
            Comparaison("effectif", Operateur.INFERIEUR, 125, SOURCE),
        ),
        (
            "comparaison", "depense_batiment",
            {"operateur": ">=", "valeur": "1 500 000 €", "avec": ["depense_terrain"]},
            Comparaison(
                "depense_terrain+depense_batiment", Operateur.SUPERIEUR_OU_EGAL, 150_000_000,
                SOURCE,
            ),
        ),
        (
            "proportion", "aide_souhaitee",
            {"operateur": "<=", "part": "12,5 %", "droite": "apport"},
            Proportion(
                "aide_souhaitee", Operateur.INFERIEUR_OU_EGAL, 125, 1000, "apport", SOURCE
            ),
        ),
        (
            "commence", "naf", {"codes": ["C"], "sauf": ["25.40Z"]},
            Commence("naf", frozenset({"C"}), SOURCE, frozenset({"25.40Z"})),
        ),
        (
            "situe", "commune_projet", {"perimetre": ["REG-76", "DEP-31"]},
            Situe("commune_projet", frozenset({"REG-76", "DEP-31"}), SOURCE),
        ),
        (
            "fenetre_annuelle", "date_demande",
            {"debut_0": "15", "debut_1": "11", "fin_0": "29", "fin_1": "2"},
            FenetreAnnuelle("date_demande", JourMois(11, 15), JourMois(2, 29), SOURCE),
        ),
        (
            "a_verifier", "", {"libelle": " Le projet  est structurant. "},
            AVerifier("le-projet-est-structurant", "Le projet est structurant", SOURCE),
        ),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_leaf(genre, fait, champs, attendue):
    form = envoyer(genre, fait, **champs)
    assert form.is_valid(), form.errors
    assert form.feuille(SOURCE) == attendue


@pytest.mark.parametrize(
    ("genre", "fait", "champs", "faux"),
    [
        ("comparaison", "effectif", {"operateur": "<", "valeur": "douze"}, "valeur"),
        ("comparaison", "effectif", {"operateur": "<", "valeur": "12,55"}, "valeur"),
        ("comparaison", "effectif", {"operateur": "≠", "valeur": "12"}, "operateur"),
        ("comparaison", "depense_terrain",
         {"operateur": "<", "valeur": "1", "avec": ["effectif"]}, "avec"),
        ("proportion", "apport",
         {"operateur": "<", "part": "1/0", "droite": "emprunt"}, "part"),
        ("proportion", "apport", {"operateur": "<", "part": "10", "droite": "effectif"}, "droite"),
        ("commence", "naf", {"codes": ["Z"]}, "codes"),
        ("commence", "naf", {}, "codes"),
        ("situe", "commune_projet", {"perimetre": ["<script>"]}, "perimetre"),
        ("fenetre", "date_demande", {"debut": "31/02/2026"}, "debut"),
        ("fenetre", "date_demande", {"debut": "2026-03-01", "fin": "2026-02-01"}, "fin"),
        ("fenetre", "date_demande", {}, "debut"),
        ("fenetre_annuelle", "date_demande",
         {"debut_0": "31", "debut_1": "4", "fin_0": "1", "fin_1": "5"}, "debut"),
        ("delai_entre_aides", "aides_obtenues", {"aides": ["prime"], "mois": "-1"}, "mois"),
        ("en_zone", "commune_projet", {"zone": "ATLANTIDE"}, "zone"),
        ("a_verifier", "", {"libelle": "   "}, "libelle"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_beside_its_field(genre, fait, champs, faux):
    form = envoyer(genre, fait, **champs)
    assert not form.is_valid()
    assert faux in form.errors
