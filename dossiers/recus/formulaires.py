"""The form of the public page: a receipt, as a file or as a text."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.recus.lecture import RECU_MAXIMUM

VIDE = "Choisissez un fichier, ou collez le texte d’un reçu."
DEUX = "Vous avez donné un fichier et un texte : gardez celui que vous voulez vérifier."
TROP_LOURD = "Ce fichier dépasse 5 Mo : un reçu ou un accusé de réception pèse bien moins."


class RecuForm(forms.Form):
    """One of the two."""

    fichier = forms.FileField(
        label="Le fichier",
        required=False,
        allow_empty_file=True,
        help_text="Le PDF de l’accusé de réception, ou le reçu seul (recu-….jws). 5 Mo au plus.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".pdf,.jws,.txt"}),
    )
    texte = forms.CharField(
        label="Ou le texte du reçu",
        required=False,
        max_length=RECU_MAXIMUM,
        help_text="Il commence par « eyJ ».",
        widget=forms.Textarea(
            attrs={
                "class": "form-control",
                "rows": 4,
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
            }
        ),
    )

    def __init__(self, *args: Any, trop_lourd: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.trop_lourd = trop_lourd

    def clean(self) -> dict[str, Any]:
        lus = super().clean() or {}
        if self.trop_lourd:
            self.add_error("fichier", TROP_LOURD)
        elif not self.errors and lus.get("fichier") is None and not lus.get("texte"):
            self.add_error("fichier", VIDE)
        elif not self.errors and lus.get("fichier") is not None and lus.get("texte"):
            self.add_error("texte", DEUX)
        return lus

    def octets(self) -> bytes:
        """What was brought, once the form is valid."""
        fichier = self.cleaned_data["fichier"]
        if fichier is not None:
            lus: bytes = fichier.read()
            return lus
        return str(self.cleaned_data["texte"]).encode()
