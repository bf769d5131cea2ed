"""The form where an officer answers the conditions left to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from dossiers.instruction.verifications import Condition, Reponse
from dossiers.models import Verification

COMMENTAIRE_MAXIMUM = 500


@dataclass(frozen=True, slots=True)
class LigneVerification:
    """A condition and its two fields."""

    condition: Condition
    reponse: forms.BoundField
    commentaire: forms.BoundField


class FormulaireVerifications(forms.Form):
    """Two fields for each condition, named after its code."""

    def __init__(self, *args: Any, conditions: Sequence[Condition], **options: Any) -> None:
        super().__init__(*args, **options)
        self.conditions = conditions
        for condition in conditions:
            code, deja = condition.feuille.code, condition.verification
            self.fields[f"reponse-{code}"] = forms.ChoiceField(
                label=condition.feuille.libelle,
                choices=Verification.Reponse,
                initial=deja.reponse if deja else Verification.Reponse.PAS_ENCORE,
                widget=forms.RadioSelect,
                error_messages={"required": "Choisissez une réponse."},
            )
            self.fields[f"commentaire-{code}"] = forms.CharField(
                label="Commentaire (facultatif)",
                initial=deja.commentaire if deja else "",
                required=False,
                max_length=COMMENTAIRE_MAXIMUM,
                widget=forms.TextInput({"class": "form-control"}),
                error_messages={
                    "max_length": "Ce commentaire dépasse %(limit_value)d caractères :"
                    " raccourcissez-le."
                },
            )

    def lignes(self) -> Iterator[LigneVerification]:
        for condition in self.conditions:
            code = condition.feuille.code
            yield LigneVerification(condition, self[f"reponse-{code}"], self[f"commentaire-{code}"])

    def reponses(self) -> dict[str, Reponse]:
        """The valid answers, by code of condition."""
        return {
            condition.feuille.code: Reponse(
                self.cleaned_data[f"reponse-{condition.feuille.code}"],
                self.cleaned_data[f"commentaire-{condition.feuille.code}"],
            )
            for condition in self.conditions
        }
