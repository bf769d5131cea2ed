import io
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.services_embarques.chemins import PROJET
from portal.socle.models import Evenement
from territoires.actes import charger_reference
from territoires.chargement import TERRITOIRES
from territoires.models import (
    ActiviteNaf,
    Chargement,
    Commune,
    CommuneAncienne,
    Departement,
    Epci,
    FormeJuridique,
    Region,
)
from territoires.perimetre import codes_du_lieu, commune_actuelle
from tests.territoires.petit_jeu import JOUR, ecrire_petit_jeu


@pytest.fixture
def sans_reference(transactional_db):
    """Empty tables, whatever the session has loaded; flushed afterwards."""
    with connection.cursor() as curseur:
        curseur.execute(
            "TRUNCATE territoires_region, territoires_activitenaf, territoires_formejuridique,"
            " territoires_chargement CASCADE"
        )


def charger_petit(dossier, **fichiers):
    ecrire_petit_jeu(dossier, **fichiers)
    return charger_reference(jeu=TERRITOIRES, dossier=dossier, annoncer=lambda nom, n: None)


def test_the_whole_edition_is_there(reference):
    assert Commune.objects.actuelles().count() == 34_969
    assert Epci.objects.count() == 1_255
    assert (Region.objects.count(), Departement.objects.count()) == (26, 109)
    assert CommuneAncienne.objects.count() == 4_869
    assert (ActiviteNaf.objects.count(), FormeJuridique.objects.count()) == (1_728, 309)
    toulouse = Commune.objects.get(code="31555")
    assert toulouse.region.nom == "Occitanie"
    assert toulouse.epci.nom == "Toulouse Métropole"
    assert toulouse.siren == "213105554"
    assert "31400" in toulouse.codes_postaux
    assert Commune.objects.get(code="29155").epci is None
    assert Commune.objects.get(code="97302").region.nom == "Guyane"


@pytest.mark.usefixtures("sans_reference")
def test_the_command_loads_then_has_nothing_to_do():
    sortie = io.StringIO()
    call_command("charger_territoires", stdout=sortie)
    assert "communes.csv : 34969" in sortie.getvalue()
    evenements = Evenement.objects.count()
    assert evenements == 2
    sortie = io.StringIO()
    call_command("charger_territoires", stdout=sortie)
    assert sortie.getvalue().count("déjà à jour") == 2
    assert Evenement.objects.count() == evenements


@pytest.mark.usefixtures("sans_reference")
@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "message"),
    [
        (
            "territoires/communes.csv",
            "Toulouse,31,243100518,213105554,",
            "Toulouse,31,,,x",
            "ligne",
        ),
        ("territoires/communes.csv", "31555,Toulouse,31,", "31555,Toulouse,998,", "998"),
        ("nomenclatures/naf.csv", ",5,A\n", ",,A\n", r"naf\.csv, ligne"),
    ],
)
def test_a_broken_file_loads_nothing_at_all(tmp_path, fichier, avant, apres, message):
    shutil.copytree(PROJET / "fixtures" / "territoires", tmp_path / "territoires")
    shutil.copytree(PROJET / "fixtures" / "nomenclatures", tmp_path / "nomenclatures")
    texte = (tmp_path / fichier).read_text(encoding="utf-8")
    assert avant in texte
    (tmp_path / fichier).write_text(texte.replace(avant, apres, 1), encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        call_command("charger_territoires", depuis=tmp_path, stdout=io.StringIO())
    assert not Commune.objects.exists()
    assert not Region.objects.exists()
    assert not Chargement.objects.exists()


@pytest.mark.usefixtures("sans_reference")
def test_next_edition_keeps_what_a_merged_commune_is_referred_by(tmp_path):
    charger_petit(tmp_path)
    disparue = Commune.objects.get(code="31902")
    charger_petit(
        tmp_path,
        epci=["200000009,CC Suivante,CC"],
        communes=["31901,Villeneuve-Fictive,31,200000009,,150,31990"],
        anciennes=["31902,Villebis,deleguee,31901"],
    )
    assert list(Commune.objects.actuelles()) == [Commune.objects.get(code="31901")]
    disparue.refresh_from_db()
    assert not disparue.actuelle
    assert disparue.epci_id == "200000009"
    assert not Epci.objects.filter(siren="200000008").exists()
    assert commune_actuelle("31902").code == "31901"
    assert codes_du_lieu("31902", JOUR) == codes_du_lieu("31901", JOUR)


@pytest.mark.usefixtures("sans_reference")
def test_an_edition_that_drops_what_is_still_used_is_refused(tmp_path):
    charger_petit(tmp_path)
    ecrire_petit_jeu(tmp_path, departements=["32,Autre,76"])
    shutil.copytree(PROJET / "fixtures" / "nomenclatures", tmp_path / "nomenclatures")
    with pytest.raises(CommandError, match="Rien n’a été chargé"):
        call_command("charger_territoires", depuis=tmp_path, stdout=io.StringIO())
    assert [departement.code for departement in Departement.objects.all()] == ["31"]


@pytest.mark.usefixtures("sans_reference")
def test_a_reload_corrects_rows_in_place(tmp_path):
    charger_petit(tmp_path)
    assert charger_petit(tmp_path) is None
    charger_petit(
        tmp_path,
        communes=[
            "31901,Villeneuve-la-Fictive,31,200000008,,101,31990",
            "31902,Villebis,31,200000008,,50,31990 31991",
        ],
    )
    renommee = Commune.objects.get(code="31901")
    assert (renommee.nom_recherche, renommee.population) == ("villeneuve la fictive", 101)
