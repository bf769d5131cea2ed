import pytest
from django.contrib.auth import authenticate, get_user_model
from django.db import IntegrityError, transaction

pytestmark = pytest.mark.django_db


def test_the_address_is_the_identifier_whatever_its_case():
    user = get_user_model().objects.create_user("Jeanne@Exemple.Invalid", "secret-long")
    assert authenticate(None, username="JEANNE@exemple.invalid", password="secret-long") == user
    assert authenticate(None, username="jeanne@exemple.invalid", password="autre") is None


def test_one_account_per_address():
    users = get_user_model().objects
    users.create_user("a@exemple.invalid")
    with pytest.raises(IntegrityError), transaction.atomic():
        users.model(email="A@exemple.invalid").save()
    assert users.count() == 1


def test_a_superuser_enters_the_administration():
    user = get_user_model().objects.create_superuser("a@exemple.invalid")
    assert user.is_staff
    assert user.is_superuser
