"""The French that people read, node by node, and what holds for every tree."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Feuille,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import lus
from aides.criteres.faits import fait as fait_de
from aides.criteres.redaction import Phrase, rediger
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE

NOMS = {
    "REG-99": "Région Fictive",
    "DEP-991": "Haute-Fiction",
    "EPCI-999000001": "Fictive Métropole",
    "ZONE-AFR": "aides à finalité régionale",
}


def nommer(code: str) -> str:
    return NOMS.get(code, code)


def ordinaire(texte: str) -> str:
    """With ordinary spaces, to be compared with what one types."""
    return texte.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")


def texte(critere: Critere) -> str:
    return ordinaire(rediger(critere, nommer).texte)


def toutes(phrase: Phrase) -> Iterator[Phrase]:
    yield phrase
    for enfant in phrase.enfants:
        yield from toutes(enfant)


INF, INF_EGAL, EGAL, SUP_EGAL, SUP = Operateur


@pytest.mark.parametrize(
    ("critere", "oui", "non"),
    [
        (
            Comparaison("effectif", INF, 2500, SOURCE),
            "L’effectif reste en dessous de 250 emplois",
            "L’effectif atteint au moins 250 emplois",
        ),
        (
            Comparaison("aide_souhaitee", INF_EGAL, 4_000_000, SOURCE),
            "L’aide souhaitée ne dépasse pas 40 000 €",
            "L’aide souhaitée dépasse 40 000 €",
        ),
        (
            Comparaison("depenses_total", SUP_EGAL, 4_000_000, SOURCE),
            "Le total des dépenses atteint au moins 40 000 €",
            "Le total des dépenses reste en dessous de 40 000 €",
        ),
        (
            Comparaison("fonds_propres", SUP, 0, SOURCE),
            "Les fonds propres dépassent 0 €",
            "Les fonds propres ne dépassent pas 0 €, ou la question est sans objet",
        ),
        (
            Comparaison("exercices_clos", EGAL, 2, SOURCE),
            "Le nombre d’exercices clos est exactement de 2",
            "Le nombre d’exercices clos n’est pas exactement de 2",
        ),
        (
            Proportion("depense_terrain", INF_EGAL, 10, 100, "depenses_total", SOURCE),
            "Les dépenses « Terrain » ne dépassent pas 10 % du total des dépenses",
            "Les dépenses « Terrain » dépassent 10 % du total des dépenses",
        ),
        (
            Proportion("apport", SUP_EGAL, 125, 1000, "depenses_immobilieres", SOURCE),
            "L’apport de l’entreprise atteint au moins 12,5 % des dépenses immobilières",
            "L’apport de l’entreprise reste en dessous de 12,5 % des dépenses immobilières",
        ),
        (
            Proportion("aide_souhaitee", INF, 1, 1, "apport", SOURCE),
            "L’aide souhaitée reste en dessous de l’apport de l’entreprise",
            "L’aide souhaitée atteint au moins l’apport de l’entreprise",
        ),
        (
            Proportion("emprunt", SUP, 1, 3, "depenses_total", SOURCE),
            "L’emprunt dépasse 1/3 du total des dépenses",
            "L’emprunt ne dépasse pas 1/3 du total des dépenses",
        ),
        (
            Vrai("projet_commence", SOURCE),
            "Le projet est déjà engagé (devis signé, commande ou travaux)",
            "Le projet n’est pas encore engagé (ni devis signé, ni commande, ni travaux)",
        ),
        (
            Parmi("secteur", frozenset({"tourisme", "industrie"}), SOURCE),
            "Les secteurs d’activité comprennent « Industrie » ou « Tourisme et loisirs »",
            "Les secteurs d’activité ne comprennent ni « Industrie » ni « Tourisme et loisirs »",
        ),
        (
            Parmi("nature_projet", frozenset({"recrutement"}), SOURCE),
            "La nature du projet comprend « Recruter »",
            "La nature du projet ne comprend pas « Recruter »",
        ),
        (
            Commence("naf", frozenset({"C"}), SOURCE, frozenset({"10.11Z", "12"})),
            "L’activité principale (code NAF) relève de la section C, sauf 10.11Z et 12",
            "L’activité principale (code NAF) ne relève pas de la section C, hormis 10.11Z et 12",
        ),
        (
            Commence("forme_juridique", frozenset({"92", "5710"}), SOURCE),
            "La forme juridique relève de l’un de ces codes : 5710, 92",
            "La forme juridique ne relève d’aucun de ces codes : 5710, 92",
        ),
        (
            Situe("commune_projet", frozenset({"REG-99"}), SOURCE, frozenset({"EPCI-999000001"})),
            (
                "La commune du projet est dans le territoire « Région Fictive », "
                "sauf Fictive Métropole"
            ),
            (
                "La commune du projet n’est pas dans le territoire « Région Fictive », "
                "hormis Fictive Métropole"
            ),
        ),
        (
            Situe("commune_siege", frozenset({"REG-99", "DEP-991"}), SOURCE),
            "La commune du siège est dans l’un de ces territoires : Haute-Fiction, Région Fictive",
            (
                "La commune du siège n’est dans aucun de ces territoires : "
                "Haute-Fiction, Région Fictive"
            ),
        ),
        (
            EnZone("commune_projet", "AFR", SOURCE),
            "La commune du projet est dans la zone « aides à finalité régionale »",
            "La commune du projet n’est pas dans la zone « aides à finalité régionale »",
        ),
        (
            Fenetre("date_demande", date(2026, 1, 1), date(2026, 12, 31), SOURCE),
            (
                "La date de la demande se situe entre le 1er janvier 2026 et "
                "le 31 décembre 2026 inclus"
            ),
            "La date de la demande se situe avant le 1er janvier 2026 ou après le 31 décembre 2026",
        ),
        (
            Fenetre("date_debut_projet", date(2026, 1, 1), None, SOURCE),
            "La date de début du projet se situe au plus tôt le 1er janvier 2026",
            "La date de début du projet se situe avant le 1er janvier 2026",
        ),
        (
            Fenetre("date_fin_projet", None, date(2027, 6, 30), SOURCE),
            "La date de fin du projet se situe au plus tard le 30 juin 2027",
            "La date de fin du projet se situe après le 30 juin 2027",
        ),
        (
            SansObjetFait("fonds_propres", SOURCE),
            "Les fonds propres sont sans objet",
            "Les fonds propres ne sont pas sans objet",
        ),
        (
            SansObjetFait("date_creation", SOURCE),
            "L’entreprise n’est pas encore immatriculée",
            "L’entreprise est déjà immatriculée",
        ),
        (
            TailleEuropeenne(Taille.MOYENNE, SOURCE),
            "L’entreprise est une PME au sens européen",
            "L’entreprise est plus grande qu’une PME au sens européen",
        ),
        (
            AVerifier("impact", "L’autodiagnostic a été fait", SOURCE),
            "L’autodiagnostic a été fait",
            "Réponse attendue « non » : L’autodiagnostic a été fait",
        ),
    ],
)
def test_a_leaf_and_its_contrary(critere: Critere, oui: str, non: str) -> None:
    assert texte(critere) == texte(Non(Non(critere))) == oui
    assert texte(Non(critere)) == non
    assert rediger(Non(critere), nommer).source == SOURCE


A = Vrai("a_jour_obligations", SOURCE)
B = Vrai("projet_commence", SOURCE)
C = Vrai("micro_entrepreneur", SOURCE)
TOUTES = "Toutes les conditions suivantes"
UNE = "L’une au moins des conditions suivantes"


@pytest.mark.parametrize(
    ("groupe", "oui", "non"),
    [
        (Tous((A, B)), (TOUTES, "et"), (UNE, "ou")),
        (Un((A, B)), (UNE, "ou"), (TOUTES, "et")),
        (AuMoins(1, (A, B, C)), (UNE, "ou"), (TOUTES, "et")),
        (AuMoins(3, (A, B, C)), (TOUTES, "et"), (UNE, "ou")),
        (
            AuMoins(2, (A, B, C)),
            ("Au moins 2 des 3 conditions suivantes", ""),
            ("Au moins 2 des 3 conditions suivantes", ""),
        ),
        (
            AuMoins(3, (A, B, C, A)),
            ("Au moins 3 des 4 conditions suivantes", ""),
            ("Au moins 2 des 4 conditions suivantes", ""),
        ),
        (Un((A,)), ("La condition suivante", "et"), ("La condition suivante", "et")),
        (Tous(()), ("Sans condition", "et"), ("Condition impossible à remplir", "ou")),
    ],
)
def test_a_group_and_its_contrary(
    groupe: Critere, oui: tuple[str, str], non: tuple[str, str]
) -> None:
    directe, contraire = rediger(groupe, nommer), rediger(Non(groupe), nommer)
    assert (directe.texte, directe.liaison) == oui
    assert (contraire.texte, contraire.liaison) == non
    for phrase, denie in zip(directe.enfants, contraire.enfants, strict=True):
        assert phrase.texte != denie.texte
        assert " n’" in denie.texte or " ne " in denie.texte


def test_a_size_is_spelled_out() -> None:
    phrase = rediger(TailleEuropeenne(Taille.PETITE, SOURCE), nommer)
    assert (phrase.liaison, len(phrase.enfants)) == ("et", 2)
    lignes = [ordinaire(ligne.texte) for ligne in toutes(phrase)]
    assert lignes[1:5] == [
        "L’effectif reste en dessous de 50 emplois",
        UNE,
        "Le chiffre d’affaires annuel ne dépasse pas 10 000 000 €",
        "L’entreprise n’a pas encore de chiffre d’affaires annuel",
    ]


def test_codes_can_be_named_and_long_lists_are_counted() -> None:
    noms = {"C": "industrie manufacturière"}
    naf = Commence("naf", frozenset({"C", "55"}), SOURCE)
    phrase = rediger(naf, nommer, lambda fait, code: noms.get(code, ""))
    assert phrase.texte.endswith(": section C (industrie manufacturière), 55")
    communes = frozenset(f"COM-990{rang:02d}" for rang in range(20))
    assert texte(Situe("commune_projet", communes, SOURCE)).endswith("COM-99011, 8 autres")


def _nomme(phrase: Phrase, code: str) -> bool:
    """By its subject, its article aside ("du total des dépenses"), or its yes/no sentence."""
    fait = fait_de(code)
    if code == "aides_obtenues":
        return "obtenu" in phrase.texte
    noms = {re.sub("^(le |la |les |l’)", "", fait.sujet), *(fait.phrases or ())} - {""}
    return any(nom in phrase.texte for nom in noms)


@given(s.arbres)
def test_every_sentence_names_the_facts_it_reads(critere: Critere) -> None:
    for phrase in toutes(rediger(critere, nommer)):
        if not phrase.enfants:
            assert all(_nomme(phrase, code) for code in phrase.faits)


def _feuilles(critere: Critere) -> Iterator[Feuille]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from _feuilles(enfant)
        case Non(interieur):
            yield from _feuilles(interieur)
        case _:
            yield critere


@given(s.arbres)
def test_every_fact_that_the_tree_reads_is_named(critere: Critere) -> None:
    phrases = list(toutes(rediger(critere, nommer)))
    voulus = {code for feuille in _feuilles(critere) for code in lus(feuille)}
    assert {code for phrase in phrases for code in phrase.faits} == voulus
    for code in voulus:
        assert any(_nomme(phrase, code) for phrase in phrases)


@given(s.arbres)
def test_no_sentence_is_clumsy(critere: Critere) -> None:
    for phrase in (*toutes(rediger(critere, nommer)), *toutes(rediger(Non(critere), nommer))):
        assert phrase.texte[0].isupper()
        assert not phrase.texte.endswith(".")
        for laid in ("pas vrai", "None", "  ", "de le ", "de les ", "de des ", "{", "frozenset"):
            assert laid not in phrase.texte
        assert phrase.source is not None or not phrase.faits


@given(s.arbres)
def test_a_contrary_never_reads_like_its_condition(critere: Critere) -> None:
    directes = [p.texte for p in toutes(rediger(critere, nommer)) if not p.enfants]
    contraires = [p.texte for p in toutes(rediger(Non(critere), nommer)) if not p.enfants]
    assert all(a != b for a, b in zip(directes, contraires, strict=True))
