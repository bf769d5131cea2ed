"""`manage.py verifier_cas`: what it says of cases that hold, that do not, and of bad files."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.aides.exemples import EXEMPLES

AIDES = f"--aides={EXEMPLES / 'aides.json'}"
TETE = 'aide = "fictive-diagnostic"\nle = 2026-11-21\n\n'


def verifier(tmp_path: Path, texte: str, *options: str) -> tuple[int, str]:
    """The exit status, and all that was written."""
    fichier = tmp_path / "cas.toml"
    fichier.write_text(texte, encoding="utf-8")
    sortie, erreurs, statut = StringIO(), StringIO(), 0
    try:
        call_command("verifier_cas", str(fichier), *options, stdout=sortie, stderr=erreurs)
    except CommandError as refus:
        statut = refus.returncode
        erreurs.write(str(refus))
    return statut, sortie.getvalue() + erreurs.getvalue()


def cas(attendu: str, *lignes: str, nom: str = "Un essai") -> str:
    return "\n".join(["[[cas]]", f'nom = "{nom}"', f'attendu = "{attendu}"', *lignes, ""])


PETITE, GRANDE = "[cas.faits]\neffectif = 9.5", "[cas.faits]\neffectif = 12"


def test_cases_that_hold(reference: None, tmp_path: Path) -> None:
    texte = TETE + cas("Éligible", "montant = 1500", PETITE) + cas("non eligible", GRANDE)
    assert verifier(tmp_path, texte, AIDES) == (0, "2 cas vérifiés, aucun en échec.\n")


def test_a_case_that_does_not_hold_says_what_came_and_why(reference: None, tmp_path: Path) -> None:
    texte = TETE + cas("éligible", PETITE) + cas("à compléter", GRANDE, nom="Douze salariés")
    statut, ecrit = verifier(tmp_path, texte, AIDES)
    assert statut == 1
    assert "cas.toml, ligne 9\n  « Douze salariés » (fictive-diagnostic, le 21/11/2026)" in ecrit
    assert "attendu : à compléter ; obtenu : non éligible" in ecrit
    assert "ce qui refuse :\n      - L’effectif" in ecrit
    assert "2 cas vérifiés, 1 en échec." in ecrit


@pytest.mark.parametrize(
    ("lignes", "ecart"),
    [
        (('raisons = ["naf"]', GRANDE), "raison attendue, absente : « naf »"),
        (('raisons = ["naf", "effectif"]', GRANDE), "raison attendue, absente : « naf »"),
    ],
)
def test_the_reasons_count(
    reference: None, tmp_path: Path, lignes: tuple[str, ...], ecart: str
) -> None:
    statut, ecrit = verifier(tmp_path, TETE + cas("non éligible", *lignes), AIDES)
    assert statut == 1
    assert ecart in ecrit


def test_a_refusal_that_nobody_expected_is_told(reference: None, tmp_path: Path) -> None:
    tete = TETE.replace("fictive-diagnostic", "fictive-ateliers")
    faits = '[cas.faits]\nprojet_commence = "oui"\ncommune_projet = "75056"'
    texte = tete + cas("non éligible", 'raisons = ["commune_projet"]', faits)
    statut, ecrit = verifier(tmp_path, texte, AIDES)
    assert statut == 1
    assert "refus inattendu : Le projet n’est pas encore engagé" in ecrit
    assert "refus inattendu : La commune" not in ecrit


def test_the_amount_counts(reference: None, tmp_path: Path) -> None:
    for montant, statut in (("1500", 0), ("1500.00", 0), ("1501", 1), ('"à calculer"', 1)):
        texte = TETE + cas("éligible", f"montant = {montant}", PETITE)
        obtenu, ecrit = verifier(tmp_path, texte, AIDES)
        assert obtenu == statut, ecrit
        assert ("montant attendu" in ecrit) is bool(statut)


@pytest.mark.parametrize(
    ("texte", "attendus"),
    [
        (TETE + "[[cas]]\nnom = essai\n", ["ligne 5 : valeur mal écrite"]),
        (TETE + '[[cas]]\nnom = "a"\nnom = "b"\n', ["ligne 6 : cette clé est déjà donnée"]),
        (TETE + '[[cas]]\nattendu "éligible"\n', ["ligne 5 : un signe = est attendu"]),
        (TETE, ["ligne 1 : il faut au moins un cas"]),
        (
            TETE + cas("éligible", "raison = []", PETITE),
            ["ligne 7 : clé inconnue : raison (vouliez-vous dire « raisons » ?)"],
        ),
        (
            TETE + cas("peut-être", PETITE),
            ["ligne 6 : issue inconnue : peut-être ; attendu : éligible, éligible sous réserve"],
        ),
        (
            TETE + cas("éligible", '[cas.faits]\neffectifs = 12\nnaf = "25"'),
            [
                "ligne 8 : fait inconnu : effectifs (vouliez-vous dire « effectif » ?)",
                "ligne 9 : naf : code NAF mal formé ; attendu : un code NAF",
            ],
        ),
        (
            TETE + cas("éligible", "[cas.faits]\nage_mois = 12"),
            ["ligne 8 : age_mois : ce fait se calcule, il ne se donne pas ; attendu : date_crea"],
        ),
        (
            TETE + cas("éligible", '[cas.faits]\ncommune_projet = "99999"'),
            ["ligne 8 : commune_projet : commune inconnue : 99999"],
        ),
        (
            TETE + cas("éligible", '[cas.faits]\nprojet_commence = "peut-être"'),
            ["ligne 8 : projet_commence : ", "attendu : oui ou non"],
        ),
        (
            TETE + cas("éligible", '[cas.agent]\navis = "bof"'),
            ["ligne 8 : avis : oui ou non est attendu"],
        ),
        (
            TETE.replace("fictive-diagnostic", "fictive-diagnostique") + cas("éligible", PETITE),
            ["ligne 1 : aide inconnue", "(vouliez-vous dire « fictive-diagnostic » ?)"],
        ),
        ('aide = "x"\n' + cas("éligible", PETITE), ["« le » manque"]),
    ],
)
def test_a_bad_file_is_told_by_its_lines(
    reference: None, tmp_path: Path, texte: str, attendus: list[str]
) -> None:
    statut, ecrit = verifier(tmp_path, texte, AIDES)
    assert statut == 2
    for attendu in attendus:
        assert attendu in ecrit


def test_what_all_cases_share_can_be_changed_or_withdrawn(reference: None, tmp_path: Path) -> None:
    texte = (
        TETE
        + "[faits]\neffectif = 12\n"
        + cas("non éligible")
        + cas("éligible", PETITE)
        + cas("à compléter", '[cas.faits]\neffectif = "sans réponse"')
    )
    assert verifier(tmp_path, texte, AIDES)[0] == 0


def test_without_a_file_of_aides_it_is_the_published_catalogue(
    organismes: None, tmp_path: Path
) -> None:
    call_command("importer_aides", str(EXEMPLES / "aides.json"), stdout=StringIO())
    assert verifier(tmp_path, TETE + cas("éligible", PETITE))[0] == 0


def test_a_missing_file_is_said(tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match="introuvable") as refus:
        call_command("verifier_cas", str(tmp_path / "absent.toml"))
    assert refus.value.returncode == 2
