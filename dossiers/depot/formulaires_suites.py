"""The forms of a company once its demandes are filed."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.depot.actes.suites import REPONSE_MAXIMUM
from dossiers.models import Complement, ElementComplement
from dossiers.transitions import MOTIF_MAXIMUM


def champ_reponse(element: ElementComplement) -> str:
    return f"reponse-{element.pk}"


def champ_fichiers(element: ElementComplement) -> str:
    return f"fichiers-{element.pk}"


class FormulaireReponse(forms.Form):
    """The answers to one request for more: a text for each thing asked for. Files go beside."""

    incomplete = forms.BooleanField(
        label="J’envoie ma réponse incomplète : le guichet décidera avec ce qu’il a",
        required=False,
    )

    def __init__(
        self, complement: Complement, *args: Any, confirmer: bool = False, **options: Any
    ) -> None:
        """`confirmer`: whether the box that sends an incomplete answer is shown."""
        options["auto_id"] = f"id_{complement.pk}_%s"
        super().__init__(*args, **options)
        self.elements = list(complement.elements.all())
        for element in self.elements:
            question = element.genre == ElementComplement.Genre.QUESTION
            self.fields[champ_reponse(element)] = forms.CharField(
                label=element.libelle if question else "Pourquoi vous ne pouvez pas la fournir",
                required=False,
                max_length=REPONSE_MAXIMUM,
                initial=element.reponse,
                widget=forms.Textarea({"class": "form-control", "rows": 4 if question else 2}),
            )
        if not (confirmer or self.data.get("incomplete")):
            del self.fields["incomplete"]

    def reponses(self) -> dict[int, str]:
        """Primary key of each element -> what was typed for it."""
        return {element.pk: self.cleaned_data[champ_reponse(element)] for element in self.elements}


class FormulaireRetirer(forms.Form):
    motif = forms.CharField(
        label="Pourquoi la retirez-vous ? (facultatif)",
        help_text="Le guichet lira ce texte.",
        required=False,
        max_length=MOTIF_MAXIMUM,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
