import pytest
from django.db import connection

from territoires.models import Commune
from territoires.recherche import chercher_communes

pytestmark = pytest.mark.usefixtures("reference")


def codes(texte, **options):
    return [trouvee.commune.code for trouvee in chercher_communes(texte, **options)]


@pytest.mark.parametrize(
    "tape",
    ["Saint-Lys", "saint lys", "ST LYS", "St-Lys", "st. lys", "31470 saint lys", "sàint-lys"],
)
def test_every_way_of_typing_a_name_finds_it_first(tape):
    assert codes(tape)[0] == "31499"


@pytest.mark.parametrize("tape", ["L'Isle-Jourdain", "l’isle jourdain", "l isle jourdain 32"])
def test_apostrophes_and_hyphens_do_not_matter(tape):
    assert codes(tape)[0] == "32160"


def test_namesakes_are_told_apart_by_the_postcode():
    assert set(codes("l'isle-jourdain")) == {"32160", "86112"}
    assert codes("l'isle-jourdain 86") == ["86112"]


def test_names_that_start_come_first_then_the_most_populated():
    trouvees = [trouvee.commune for trouvee in chercher_communes("tou")]
    assert len(trouvees) == 20
    assert [commune.nom for commune in trouvees[:3]] == ["Toulouse", "Toulon", "Tours"]
    assert all(commune.nom_recherche.startswith("tou") for commune in trouvees)
    populations = [commune.population for commune in trouvees]
    assert populations == sorted(populations, reverse=True)


def test_the_exact_name_comes_before_larger_communes():
    assert codes("y")[0] == "80829"
    assert codes("isle")[0] == "87075"


def test_words_inside_a_name_are_found_after_its_start():
    noms = [trouvee.commune.nom for trouvee in chercher_communes("rochelle", limite=100)]
    assert "La Rochelle" in noms
    debuts = [nom.startswith("Rochelle") for nom in noms]
    assert debuts == sorted(debuts, reverse=True)
    assert len(noms) == len(set(chercher_communes("rochelle", limite=100)))


def test_a_former_name_leads_to_the_commune_of_today():
    (trouvee,) = chercher_communes("Arbignieu")
    assert (trouvee.commune.nom, trouvee.ancien_nom) == ("Arboys en Bugey", "Arbignieu")
    (trouvee,) = chercher_communes("marseille 13e arrondissement")
    assert trouvee.commune.nom == "Marseille"


@pytest.mark.parametrize("tape", ["31400", "31 400", "31\u202f400", "314", "31"])
def test_a_postcode_or_its_start(tape):
    trouvees = [trouvee.commune for trouvee in chercher_communes(tape)]
    assert trouvees[0].nom == "Toulouse"
    debut = "".join(tape.split())
    assert all(any(c.startswith(debut) for c in commune.codes_postaux) for commune in trouvees)


def test_the_start_of_a_postcode_is_not_its_middle():
    attendues = {
        commune.code
        for commune in Commune.objects.order_by("code")
        if any(code.startswith("0911") for code in commune.codes_postaux)
    }
    assert attendues
    assert set(codes("0911", limite=500)) == attendues


@pytest.mark.parametrize(("tape", "code"), [("31555", "31555"), ("2a004", "2A004")])
def test_an_insee_code_is_understood(tape, code):
    assert codes(tape) == [code]


@pytest.mark.parametrize("tape", ["", "  ", "-'", "1", "99999", "zzzz", "%", "_", "x" * 5000])
def test_what_means_nothing_finds_nothing(tape):
    assert codes(tape) == []


def test_the_limit_is_kept():
    assert len(codes("saint", limite=7)) == 7


def test_a_merged_commune_is_no_longer_proposed():
    Commune.objects.filter(code="31499").update(actuelle=False)
    assert "31499" not in codes("saint-lys")
    assert "31499" not in codes("31470")


@pytest.mark.parametrize(
    ("requete", "index"),
    [
        (Commune.objects.filter(nom_recherche__startswith="toul"), "commune_nom_recherche"),
        (Commune.objects.all().de_code_postal("31400"), "commune_codes_postaux"),
    ],
)
def test_indexes_serve_the_search(requete, index):
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL enable_seqscan = off")
    assert index in requete.order_by("code").explain()


def test_queries_are_few_whatever_is_found(django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        chercher_communes("saint")
    with django_assert_max_num_queries(3):
        assert all(t.commune.departement.nom for t in chercher_communes("rochelle"))
