"""The questions that are asked only where an aide reads them."""

import pytest

from tests.dossiers.depot.conftest import SOURCE, adresse, publier

pytestmark = pytest.mark.django_db

DELAI = {"type": "delai_entre_aides", "aides": ["une-fois"], "mois": 24, "source": SOURCE}
NAF_2025 = {"type": "commence", "fait": "naf_2025", "codes": ["C"], "source": SOURCE}
IMPOSSIBLE = {
    "type": "comparaison", "fait": "effectif", "operateur": ">=", "valeur": "9000",
    "source": SOURCE,
}  # fmt: skip


def tous(*criteres):
    return {"type": "tous", "criteres": list(criteres)}


def page(client, dossier, section):
    return client.get(adresse(dossier, f"{section}/")).content.decode()


def enregistrer(client, dossier, **champs):
    donnees = {"revision": dossier.revision, "action": "enregistrer", **champs}
    return client.post(adresse(dossier, "financement/"), donnees, follow=True)


def obtenues(dossier):
    dossier.refresh_from_db()
    return dossier.faits.get("aides_obtenues", {}).get("valeur")


def test_nothing_is_asked_that_no_aide_reads(navigatrice, rempli):
    assert "aides_obtenues" not in page(navigatrice, rempli, "financement")
    assert "naf_2025" not in page(navigatrice, rempli, "entreprise")


def test_the_new_nomenclature_is_asked_once_an_aide_cites_it(navigatrice, rempli):
    publier("nouvelle-naf", NAF_2025)
    assert 'name="naf_2025"' in page(navigatrice, rempli, "entreprise")


def test_only_aides_that_could_be_its_own_are_asked_about(navigatrice, rempli):
    publier("une-fois", tous(IMPOSSIBLE, DELAI))
    assert "aides_obtenues" not in page(navigatrice, rempli, "financement")
    publier("autre", tous(DELAI))
    assert 'name="aides_obtenues__une-fois"' in page(navigatrice, rempli, "financement")


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({}, None),
        ({"aides_obtenues__aucune": "on"}, []),
        (
            {"aides_obtenues__une-fois": "2025-03-01"},
            [{"aide": "une-fois", "le": "2025-03-01"}],
        ),
        (
            {"aides_obtenues__une-fois": "1/3/2025"},
            [{"aide": "une-fois", "le": "2025-03-01"}],
        ),
    ],
)
def test_what_is_answered_is_kept_and_shown_again(navigatrice, rempli, champs, attendu):
    publier("une-fois", DELAI)
    enregistrer(navigatrice, rempli, **champs)
    assert obtenues(rempli) == attendu
    texte = page(navigatrice, rempli, "financement")
    assert ('value="2025-03-01"' in texte) == bool(attendu)
    assert ("checked" in texte.split("aides_obtenues__aucune")[3].split(">")[0]) == (attendu == [])


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        (
            {"aides_obtenues__une-fois": "2025-03-01", "aides_obtenues__aucune": "on"},
            "gardez l’un des deux",
        ),
        ({"aides_obtenues__une-fois": "hier"}, "Écrivez une date qui existe"),
        ({"aides_obtenues__une-fois": "2090-01-01"}, "cette date n’est pas encore passée"),
    ],
)
def test_a_refused_answer_says_why_and_keeps_nothing(navigatrice, rempli, champs, message):
    publier("une-fois", DELAI)
    texte = enregistrer(navigatrice, rempli, **champs).content.decode()
    assert message in texte
    assert obtenues(rempli) is None


def test_the_delay_decides_the_outcome(navigatrice, rempli):
    publier("une-fois", DELAI)
    resultats = adresse(rempli, "aides/")
    assert "Aides déjà obtenues" in navigatrice.get(resultats).content.decode()
    enregistrer(navigatrice, rempli, aides_obtenues__aucune="on")
    groupes = navigatrice.get(resultats).content.decode()
    assert "Aide une-fois" in groupes
