import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from portal.socle.journal import consigner
from portal.socle.models import Evenement

pytestmark = pytest.mark.django_db


def test_a_line_keeps_identifiers_of_who_and_what():
    user = get_user_model().objects.create_user("a@exemple.invalid")
    consigner(verbe="inscrire", objet=user, acteur=user, dossier_id=7, empreinte="ab12")
    ligne = Evenement.objects.get()
    assert (ligne.objet_type, ligne.objet_id) == ("comptes.user", str(user.pk))
    assert (ligne.acteur_type, ligne.acteur_id, ligne.dossier_id) == ("personne", user.pk, 7)
    assert ligne.donnees == {"empreinte": "ab12"}


def test_without_an_actor_the_system_acted():
    user = get_user_model().objects.create_user("a@exemple.invalid")
    ligne = consigner(verbe="purger", objet=user)
    assert (ligne.acteur_type, ligne.acteur_id) == ("systeme", None)


def test_an_unsaved_object_is_refused():
    with pytest.raises(ValueError, match="enregistré"):
        consigner(verbe="purger", objet=get_user_model()(email="a@exemple.invalid"))
    assert not Evenement.objects.exists()


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE socle_evenement SET verbe = 'autre'",
        "DELETE FROM socle_evenement",
        "TRUNCATE socle_evenement",
    ],
)
def test_the_database_refuses_to_change_the_past(ordre):
    user = get_user_model().objects.create_user("a@exemple.invalid")
    consigner(verbe="inscrire", objet=user)
    with (
        pytest.raises(IntegrityError, match="ajout seul"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(ordre)
    assert Evenement.objects.get().verbe == "inscrire"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("passage", [1, 2])
def test_transactional_tests_start_with_an_empty_journal(passage):
    assert not Evenement.objects.exists()
    consigner(verbe="inscrire", objet=get_user_model().objects.create_user("a@exemple.invalid"))
    assert Evenement.objects.count() == 1
