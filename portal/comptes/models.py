"""The person who signs in. What a person belongs to lives with the thing joined, not here."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **champs: Any) -> "User":
        """Create a user; the address is kept in lower case, since it is the identifier."""
        if not email:
            raise ValueError("L'adresse électronique est obligatoire.")
        user = self.model(email=email.strip().lower(), **champs)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **champs: Any) -> "User":
        return self.create_user(
            email, password, **{**champs, "is_staff": True, "is_superuser": True}
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("adresse électronique", unique=True)
    nom_complet = models.CharField("nom complet", max_length=150, blank=True)
    is_staff = models.BooleanField("accès à l'administration", default=False)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField("inscription", default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="comptes_user_email_unique"),
        ]

    def __str__(self) -> str:
        return self.nom_complet or self.email

    def get_full_name(self) -> str:
        return self.nom_complet or self.email

    def get_short_name(self) -> str:
        return self.nom_complet.split(" ")[0] or self.email
