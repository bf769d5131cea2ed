import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from portal.socle.models import Evenement
from territoires.fichier_zone import Statut
from territoires.models import AppartenanceZone, CoucheZone, Zone
from territoires.perimetre import codes_du_lieu, libelle
from territoires.zones import ReferentielZones, statut_de, zones_chargees

pytestmark = pytest.mark.usefixtures("reference")
EN_2026 = date(2026, 6, 1)


@pytest.fixture
def importer(tmp_path):
    def importer(contenu, *options, code="ZFICTIVE", du="2026-01-01"):
        fichier = tmp_path / "zone.csv"
        fichier.write_bytes(contenu if isinstance(contenu, bytes) else contenu.encode())
        sortie = io.StringIO()
        call_command(
            "importer_zone",
            code,
            str(fichier),
            "--source=Arrêté fictif du 1er janvier",
            f"--du={du}",
            *options,
            stdout=sortie,
        )
        return sortie.getvalue()

    return importer


def zones(code_commune, le=EN_2026):
    return {code for code in codes_du_lieu(code_commune, le) if code.startswith("ZONE-")}


AVEC_STATUTS = (
    "--colonne=insee",
    "--colonne-statut=classement",
    "--dedans=C",
    "--partiel=PC",
    "--dehors=NC",
)


def test_a_zone_is_known_only_on_the_days_of_its_layers(importer):
    importer("code_commune\n31555\n", "--au=2026-12-31", "--nom=Zone fictive")
    assert zones("31555") == {"ZONE-ZFICTIVE"}
    assert zones("31499") == set()
    assert zones("31555", date(2026, 12, 31)) == {"ZONE-ZFICTIVE"}
    assert zones("31555", date(2027, 1, 1)) == set()
    assert zones_chargees(EN_2026) == {"ZFICTIVE"}
    assert ReferentielZones.au(date(2026, 1, 1)).zone_chargee("ZFICTIVE")
    assert not ReferentielZones.au(date(2025, 12, 31)).zone_chargee("ZFICTIVE")
    assert not ReferentielZones.au(date(2027, 1, 1)).zone_chargee("ZFICTIVE")
    assert not ReferentielZones.au(EN_2026).zone_chargee("AUTRE")
    assert libelle("ZONE-ZFICTIVE") == "Zone fictive"


def test_statuses_are_read_from_their_column(importer):
    importer("insee;nom;classement\n31555;x;C\n31499;x;PC\n31149;x;NC\n", *AVEC_STATUTS)
    assert zones("31555") == {"ZONE-ZFICTIVE"}
    assert zones("31499") == {"ZONE-PARTIELLE-ZFICTIVE"}
    assert zones("31149") == set()
    assert AppartenanceZone.objects.count() == 3


@pytest.mark.parametrize(
    ("lignes", "attendu"),
    [
        # Arboys en Bugey = Arbignieu (whose code it kept, 01015) + Saint-Bois (01340).
        (["01015,C", "01340,C"], {"ZONE-ZFICTIVE"}),
        (["01015,C", "01340,NC"], {"ZONE-PARTIELLE-ZFICTIVE"}),
        (["01015,NC", "01340,C"], {"ZONE-PARTIELLE-ZFICTIVE"}),
        (["01015,NC", "01340,NC"], set()),
        (["01015,C"], {"ZONE-ZFICTIVE"}),
    ],
)
def test_merged_communes_that_disagree_make_a_partial_one(importer, lignes, attendu):
    importer("\n".join(["insee,classement", *lignes, "31555,C"]), *AVEC_STATUTS)
    assert zones("01015") == attendu
    assert zones("01340") == attendu


def test_a_list_of_members_that_names_one_part_only_is_partial(importer):
    importer("code_commune\n01340\n75101\n")
    assert zones("01015") == {"ZONE-PARTIELLE-ZFICTIVE"}
    assert zones("75056") == {"ZONE-PARTIELLE-ZFICTIVE"}


@pytest.mark.parametrize(
    ("statuts", "statuts_donnes", "attendu"),
    [
        ({"A": Statut.DEDANS}, False, Statut.DEDANS),
        ({"A": Statut.DEDANS, "B": Statut.PARTIEL}, True, Statut.PARTIEL),
        ({"B": Statut.DEDANS}, True, Statut.DEDANS),
        ({"B": Statut.DEDANS}, False, Statut.PARTIEL),
        ({"B": Statut.DEHORS}, True, Statut.DEHORS),
    ],
)
def test_status_of_a_commune_from_those_of_its_parts(statuts, statuts_donnes, attendu):
    assert statut_de("A", statuts, statuts_donnes=statuts_donnes) == attendu


def test_a_commune_listed_once_for_each_district(importer):
    importer("quartier,code_commune\nQ1,31555\nQ2,31555\n", "--statut=partiel")
    assert zones("31555") == {"ZONE-PARTIELLE-ZFICTIVE"}


def test_the_same_file_again_changes_nothing_but_its_end(importer):
    assert "1 communes importées" in importer("code_commune\n31555\n")
    identifiants = list(AppartenanceZone.objects.values_list("pk", flat=True))
    assert "déjà importées" in importer("code_commune\n31555\n", "--au=2026-06-30")
    assert list(AppartenanceZone.objects.values_list("pk", flat=True)) == identifiants
    assert CoucheZone.objects.get().au == date(2026, 6, 30)


def test_another_file_for_the_same_day_replaces_the_layer(importer):
    importer("code_commune\n31555\n", "--nom=Zone fictive")
    importer("code_commune\n31499\n")
    assert (zones("31555"), zones("31499")) == (set(), {"ZONE-ZFICTIVE"})
    assert Zone.objects.get().nom == "Zone fictive"
    assert Evenement.objects.filter(verbe="zone_importee").count() == 2


def test_two_periods_of_a_zone_follow_each_other(importer):
    importer("code_commune\n31555\n", "--au=2025-12-31", du="2020-01-01")
    importer("code_commune\n31499\n", du="2026-01-01")
    assert zones("31555", date(2025, 12, 31)) == {"ZONE-ZFICTIVE"}
    assert (zones("31555"), zones("31499")) == (set(), {"ZONE-ZFICTIVE"})


@pytest.mark.parametrize(
    ("du", "options"),
    [("2020-01-01", ()), ("2027-01-01", ()), ("2025-01-01", ("--au=2026-01-01",))],
)
def test_two_layers_in_force_on_one_day_are_refused(importer, du, options):
    importer("code_commune\n31555\n")
    with pytest.raises(CommandError, match=r"déjà une couche du 01/01/2026 sans fin"):
        importer("code_commune\n31499\n", *options, du=du)
    assert CoucheZone.objects.count() == 1
    assert not AppartenanceZone.objects.filter(code_commune="31499").exists()


@pytest.mark.parametrize(
    ("contenu", "options", "messages"),
    [
        (
            "code_commune\n31555\n99999\n1001\n",
            (),
            ["Ligne 3 : commune inconnue « 99999 »", "Ligne 4 : commune inconnue « 1001 »"],
        ),
        ("insee\n31555\n", (), ["Ligne 1 : pas de colonne « code_commune » (colonnes : insee)"]),
        (
            "insee,classement\n31555,C\n31499,X\n",
            AVEC_STATUTS,
            ["Ligne 3 : statut inattendu « X »"],
        ),
        (
            "insee,classement\n31555,C\n31555,NC\n",
            AVEC_STATUTS,
            ["Ligne 3 : la commune 31555 a déjà un autre statut"],
        ),
        ("code_commune\n", (), ["Le fichier ne contient aucune commune"]),
        ("", (), ["Ligne 1 : pas de colonne « code_commune » (colonnes : aucune)"]),
        (b"code_commune\n31555\n\xe9\n", (), ["Ligne 3 : le fichier n’est pas en UTF-8"]),
        ("code_commune\n31555\n", ("--au=2025-12-31",), ["finirait avant de commencer"]),
        ("code_commune\n31555\n", ("--dedans=C",), ["--colonne-statut va avec"]),
        ("code_commune\n" + "99999\n" * 30, (), ["… et 10 autres."]),
    ],
)
def test_a_bad_file_says_where_and_loads_nothing(importer, contenu, options, messages):
    with pytest.raises(CommandError) as erreur:
        importer(contenu, *options)
    for message in messages:
        assert message in str(erreur.value)
    assert not CoucheZone.objects.exists()
    assert not Zone.objects.exists()
    assert not Evenement.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"code": "zrr"}, "majuscules"),
        ({"code": "PARTIELLE-X"}, "majuscules"),
        ({"du": "1/1/2026"}, "AAAA"),
    ],
)
def test_a_bad_argument_is_explained(importer, options, message):
    with pytest.raises(CommandError, match=message):
        importer("code_commune\n31555\n", **options)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(CommandError, match="Rien n’a été importé"):
        call_command(
            "importer_zone", "Z1", str(tmp_path / "absent.csv"), "--source=x", "--du=2026-01-01"
        )
