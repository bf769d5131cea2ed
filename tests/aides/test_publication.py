"""`publier_aides`: whole or not at all, one version a change, versions that never change."""

import pytest
from django.db import IntegrityError, connection, transaction

from aides.actes import publier_aides
from aides.annonces import PRENEUR
from aides.echange import document_de, lire_catalogue
from aides.models import Aide, Publication, VersionAide
from portal.socle.json_strict import DocumentInvalide
from portal.socle.models import Evenement
from tests.aides.exemples import aide, catalogue, exemple, identifiant
from tests.fabriques import UserFabrique


def publier(*aides, **options):
    return publier_aides(documents=lire_catalogue(catalogue(*aides)), **options)


def test_a_first_publication_makes_one_version_each_and_says_so(organismes):
    user = UserFabrique()
    fait = publier(*exemple()["aides"], par=user)
    assert fait.nouvelles == ("fictive-ateliers", "fictive-diagnostic")
    ateliers = Aide.objects.get(code="fictive-ateliers")
    assert (ateliers.version.numero, ateliers.version.aide_id) == (1, ateliers.pk)
    roles = [(p.organisme.code, p.roles) for p in ateliers.version.porteurs.all()]
    assert roles == [
        ("region-fictive", ["diffuseur", "financeur"]),
        ("agence-fictive", ["instructeur"]),
    ]
    lignes = Evenement.objects.filter(verbe="aide_publiee")
    assert {ligne.donnees["code"] for ligne in lignes} == set(fait.nouvelles)
    assert {ligne.acteur_id for ligne in lignes} == {user.pk}


def test_the_same_document_makes_no_new_version(organismes):
    publier(*exemple()["aides"])
    avant = Evenement.objects.count()
    fait = publier(*exemple()["aides"])
    assert (fait.nouvelles, fait.modifiees) == ((), ())
    assert len(fait.inchangees) == VersionAide.objects.count() == 2
    assert Evenement.objects.count() == avant


def test_a_change_makes_the_next_version_and_keeps_the_former(organismes):
    publier(aide())
    fait = publier(aide(titre="Prime fictive, deuxième"))
    assert fait.modifiees == ("fictive-ateliers",)
    une = Aide.objects.get()
    assert (une.version.numero, une.version.titre) == (2, "Prime fictive, deuxième")
    assert une.versions.get(numero=1).titre == "Prime fictive aux ateliers"
    publier(aide())
    assert Aide.objects.get().version.numero == 3


def test_each_new_version_leaves_one_row_with_both_versions(organismes):
    user = UserFabrique()
    publier(aide(), aide(code="autre"), par=user)
    publier(aide(titre="Prime fictive, deuxième"), aide(code="autre"), par=user)
    une = Aide.objects.get(code="fictive-ateliers")
    seconde, premiere = une.publications.all()
    assert (premiere.avant, premiere.apres.numero) == (None, 1)
    assert (seconde.avant, seconde.apres) == (premiere.apres, une.version)
    assert (seconde.le, seconde.par, seconde.motif) == (une.version.publiee_le, user, "version")
    assert Publication.objects.filter(aide__code="autre").count() == 1


def test_a_publication_is_announced_once_committed(
    organismes, monkeypatch, django_capture_on_commit_callbacks
):
    envoyes = []
    monkeypatch.setattr("aides.annonces.current_app.send_task", envoyes.append)
    with django_capture_on_commit_callbacks(execute=True):
        publier(aide(), aide(code="autre"))
        assert envoyes == []
    assert envoyes == [PRENEUR]
    with django_capture_on_commit_callbacks(execute=True):
        publier(aide())
    assert envoyes == [PRENEUR]


def test_an_aide_that_the_file_does_not_name_is_left_alone(organismes):
    publier(aide(), aide(code="autre"))
    publier(aide(titre="Nouveau"))
    assert Aide.objects.get(code="autre").version.numero == 1


@pytest.mark.parametrize(
    ("document", "attendu"),
    [
        (aide(identifiant=identifiant("x")), "aides/0 : « fictive-ateliers » : son identifiant"),
        ({**aide(code="autre"), "identifiant": aide()["identifiant"]}, "celui d’une autre aide"),
    ],
)
def test_an_identifier_does_not_change_hands(organismes, document, attendu):
    publier(aide())
    with pytest.raises(DocumentInvalide, match=attendu):
        publier(document)
    assert VersionAide.objects.get().empreinte == Aide.objects.get().version.empreinte


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE aides_versionaide SET titre = 'autre'",
        "DELETE FROM aides_versionaide",
        "UPDATE aides_porteur SET roles = '{financeur}'",
        "DELETE FROM aides_porteur",
    ],
)
def test_the_database_refuses_to_change_a_version(organismes, ordre):
    publier(aide())
    with (
        pytest.raises(IntegrityError, match="ne change pas"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(ordre)
    version = VersionAide.objects.get()
    assert document_de(version) == aide()
