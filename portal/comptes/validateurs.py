"""What a password may not be; each refusal says what to do instead."""

from __future__ import annotations

from django.contrib.auth import password_validation as django

CONSEIL = "Trois ou quatre mots sans rapport entre eux font un bon mot de passe."


class TropCourt(django.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return (
            f"Ce mot de passe est trop court : il en faut {self.min_length} caractères au moins. "
            f"{CONSEIL}"
        )


class TropCourant(django.CommonPasswordValidator):
    """Refuses those of the list that Django carries."""

    def get_error_message(self) -> str:
        return (
            "Ce mot de passe est dans les listes qu’essaient les pirates : choisissez-en un autre. "
            f"{CONSEIL}"
        )


class QueDesChiffres(django.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "Ce mot de passe n’a que des chiffres : ajoutez des lettres ou des mots."


class ProcheDuCompte(django.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(("email", "nom_complet"))

    def get_error_message(self) -> str:
        return (
            "Ce mot de passe ressemble trop à votre adresse ou à votre nom : choisissez-en un qui "
            "n’en reprenne rien."
        )
