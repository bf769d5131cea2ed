"""allauth's forms, in this portal's words: one name for the address, plain help for a password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms

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


class AjoutAdresseForm(forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = ADRESSE
