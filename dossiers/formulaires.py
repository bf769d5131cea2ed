"""The form that both sides of a thread write in."""

from __future__ import annotations

import uuid

from django import forms

from dossiers.messagerie import LONGUEUR_MAXIMUM


class FormulaireMessage(forms.Form):
    """A message; `jeton` makes one of the same form sent twice."""

    texte = forms.CharField(
        label="Votre message",
        max_length=LONGUEUR_MAXIMUM,
        widget=forms.Textarea({"class": "form-control", "rows": 5}),
        error_messages={
            "required": "Écrivez votre message.",
            "max_length": "Votre message dépasse %(limit_value)d caractères : raccourcissez-le.",
        },
    )
    jeton = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
