import pytest
from hypothesis import given
from hypothesis import strategies as st

from territoires.models import Commune
from territoires.perimetre import (
    CodeInconnu,
    PerimetreInvalide,
    analyser,
    codes_du_lieu,
    commune_actuelle,
    contient,
    ecrire,
    libelle,
    libelles,
    lieu,
    verifier,
)
from tests.territoires.petit_jeu import JOUR

TOULOUSE = frozenset({"COM-31555", "EPCI-243100518", "DEP-31", "REG-76", "PAYS-99100"})


def chiffres(n):
    return st.text("0123456789", min_size=n, max_size=n)


codes = st.one_of(
    chiffres(2).map("REG-{}".format),
    chiffres(2).map("DEP-{}".format),
    st.sampled_from(["DEP-2A", "DEP-2B", "DEP-971", "REG-988", "PAYS-99100"]),
    chiffres(9).map("EPCI-{}".format),
    chiffres(5).map("COM-{}".format),
    chiffres(3).map("COM-2A{}".format),
)


@given(st.lists(codes, max_size=12))
def test_reading_what_was_written_gives_the_same_codes_once_in_one_order(voulus):
    ecrit = ecrire(voulus)
    assert set(analyser(ecrit)) == set(voulus)
    assert ecrire(analyser(ecrit)) == ecrit
    assert ecrire(reversed(voulus)) == ecrit


def test_canonical_order_goes_from_regions_to_countries():
    texte = " pays-99100 |COM-31555| com-2a004|EPCI-243100518|DEP-31|DEP-09|REG-76|DEP-31"
    assert "|".join(analyser(texte)) == (
        "REG-76|DEP-09|DEP-31|EPCI-243100518|COM-2A004|COM-31555|PAYS-99100"
    )


def test_an_empty_text_is_an_empty_perimetre():
    assert analyser("  ") == ()


@pytest.mark.parametrize(
    "texte",
    ["76", "REG-", "REG76", "REGION-76", "REG-760", "COM-3155", "EPCI-24310051", "DEP-2C",
     "REG-76||DEP-31", "REG-76;DEP-31", "REG-76|COM-3155A", "ZONE-ZRR", "REG-٧٦"],
)  # fmt: skip
def test_a_code_badly_written_is_named(texte):
    with pytest.raises(PerimetreInvalide, match="«"):
        analyser(texte)


@pytest.mark.usefixtures("reference")
def test_codes_the_edition_does_not_know_are_all_named():
    with pytest.raises(CodeInconnu) as erreur:
        verifier(["REG-76", "COM-31999", "EPCI-999999999", "PAYS-99109"])
    assert erreur.value.codes == ("EPCI-999999999", "COM-31999", "PAYS-99109")
    assert str(erreur.value) == (
        "Codes géographiques inconnus : EPCI-999999999, COM-31999, PAYS-99109"
    )


@pytest.mark.usefixtures("reference")
def test_former_communes_are_replaced_by_their_successor():
    # Arbignieu kept its code as Arboys en Bugey; Saint-Bois (01340) lost its own.
    assert verifier(["COM-01340", "REG-84"]) == ("REG-84", "COM-01015")
    assert verifier(["COM-01015", "COM-01340"]) == ("COM-01015",)


@pytest.mark.parametrize(
    ("perimetre", "exclusions", "attendu"),
    [
        (["REG-76"], [], True),
        (["DEP-09", "DEP-31"], [], True),
        (["REG-84"], [], False),
        (["PAYS-99100"], [], True),
        (["REG-76"], ["EPCI-243100518"], False),
        (["COM-31555"], ["REG-76"], False),
        (["REG-76"], ["COM-31557"], True),
        ([], [], False),
    ],
)
def test_exclusions_win(perimetre, exclusions, attendu):
    assert contient(perimetre, exclusions, TOULOUSE) is attendu


@given(st.sets(codes), st.sets(codes), st.frozensets(codes))
def test_a_larger_exclusion_never_adds_a_place(perimetre, exclusions, place):
    assert contient(perimetre, perimetre, place) is False
    if contient(perimetre, exclusions, place):
        assert contient(perimetre, set(), place)


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    ("code", "attendu"),
    [
        ("31555", TOULOUSE),
        ("01340", codes := {"COM-01015", "EPCI-200040350", "DEP-01", "REG-84", "PAYS-99100"}),
        ("01015", codes),
        ("75101", {"COM-75056", "EPCI-200054781", "DEP-75", "REG-11", "PAYS-99100"}),
        ("13216", {"COM-13055", "EPCI-200054807", "DEP-13", "REG-93", "PAYS-99100"}),
        ("69389", {"COM-69123", "EPCI-200046977", "DEP-69", "REG-84", "PAYS-99100"}),
        ("2A004", {"COM-2A004", "EPCI-242010056", "DEP-2A", "REG-94", "PAYS-99100"}),
        ("29155", {"COM-29155", "DEP-29", "REG-53", "PAYS-99100"}),
        ("97302", {"COM-97302", "EPCI-249730045", "DEP-973", "REG-03", "PAYS-99100"}),
        ("98818", {"COM-98818", "DEP-988", "REG-988", "PAYS-99100"}),
        # Attached elsewhere since the merger its code comes from.
        ("60455", {"COM-60694", "EPCI-246000582", "DEP-60", "REG-32", "PAYS-99100"}),
    ],
)
def test_a_place_is_every_code_that_holds_the_commune(code, attendu):
    assert codes_du_lieu(code, JOUR) == attendu


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("code", ["31999", "", "Toulouse", "3155"])
def test_an_unknown_commune_is_named(code):
    with pytest.raises(CodeInconnu, match=f"COM-{code}"):
        codes_du_lieu(code, JOUR)


@pytest.mark.usefixtures("reference")
def test_names_for_people():
    assert libelle("EPCI-200072643") == "CC Coeur et Coteaux du Comminges"
    assert libelles(["REG-76", "DEP-31", "COM-31555", "PAYS-99100", "COM-99999"]) == {
        "REG-76": "Occitanie (région)",
        "DEP-31": "Haute-Garonne (département)",
        "COM-31555": "Toulouse (31)",
        "PAYS-99100": "France",
    }
    with pytest.raises(CodeInconnu, match="EPCI-000000000"):
        libelle("EPCI-000000000")


@pytest.mark.usefixtures("reference")
def test_queries_do_not_grow_with_the_codes(django_assert_num_queries):
    communes = [f"COM-{code}" for code in Commune.objects.values_list("pk", flat=True)[:300]]
    with django_assert_num_queries(1):
        assert len(libelles([*communes, "REG-76", "DEP-31"])) == 302
    toulouse = commune_actuelle("31555")
    with django_assert_num_queries(1):
        lieu(toulouse, JOUR)
    with django_assert_num_queries(3):
        codes_du_lieu("01340", JOUR)
