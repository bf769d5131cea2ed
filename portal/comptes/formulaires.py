"""allauth's forms, in this portal's words: one name for the address, plain help for a password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.forms import ModelForm, TextInput

from portal.comptes.models import User

ADRESSE = "Adresse électronique"
MOT_DE_PASSE = (
    "Huit caractères au moins, pas seulement des chiffres, et rien de courant ni de proche de "
    "votre adresse."
)


class ConnexionForm(forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = ADRESSE


class InscriptionForm(forms.SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = ADRESSE
        self.fields["password1"].help_text = MOT_DE_PASSE


class MotDePasseOublieForm(forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = ADRESSE


class NouveauMotDePasseForm(forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].help_text = MOT_DE_PASSE


class ChangementMotDePasseForm(forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].help_text = MOT_DE_PASSE


class PremierMotDePasseForm(forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].help_text = MOT_DE_PASSE


class AjoutAdresseForm(forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = "Nouvelle adresse électronique"


class NomForm(ModelForm):  # type: ignore[type-arg]
    """How a person is named to colleagues and to the desks."""

    class Meta:
        model = User
        fields = ("nom_complet",)
        labels = {"nom_complet": "Nom et prénom"}
        widgets = {"nom_complet": TextInput(attrs={"autocomplete": "name"})}
