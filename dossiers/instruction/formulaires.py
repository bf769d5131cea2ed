"""The forms of the officers' acts. What is possible is decided by the actes, not here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms

from dossiers.transitions import MOTIF_MAXIMUM
from territoires.organismes.models import Guichet


class MontantField(forms.CharField):
    """An amount in euros as people type it: "20 000", "20 000,50 €"."""

    def __init__(self, **options: Any) -> None:
        attributs = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=40, widget=forms.TextInput(attributs), **options)

    def clean(self, value: Any) -> Any:
        texte = re.sub(r"[\s€]", "", super().clean(value)).replace(",", ".")
        if not re.fullmatch(r"-?\d{1,20}(\.\d{1,10})?", texte):
            raise forms.ValidationError(
                "Écrivez un montant en chiffres, par exemple 20 000 ou 20 000,50."
            )
        return Decimal(texte)


def _texte(lignes: int) -> forms.Textarea:
    return forms.Textarea({"class": "form-control", "rows": lignes})


class FormulaireActe(forms.Form):
    """Every act says which state its author was looking at."""

    etat_vu = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class FormulaireAccepter(FormulaireActe):
    montant_accorde = MontantField(
        label="Montant accordé, en euros",
        error_messages={"required": "Indiquez le montant accordé."},
    )
    montant_confirme = forms.BooleanField(
        label="Je confirme ce montant, supérieur aux dépenses déclarées", required=False
    )
    motif = forms.CharField(
        label="Conditions (facultatif)",
        help_text="Ce que l’entreprise doit respecter ou fournir. Elle lira ce texte tel quel.",
        required=False,
        max_length=MOTIF_MAXIMUM,
        widget=_texte(4),
    )

    def __init__(self, *args: Any, demander_confirmation: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not (demander_confirmation or self.data.get("montant_confirme")):
            del self.fields["montant_confirme"]


class FormulaireMotive(FormulaireActe):
    motif = forms.CharField(
        label="Motif",
        help_text="L’entreprise lira ce texte tel quel.",
        max_length=MOTIF_MAXIMUM,
        widget=_texte(6),
        error_messages={"required": "Indiquez le motif : il est communiqué à l’entreprise."},
    )


class FormulaireOrienter(forms.Form):
    guichet = forms.ModelChoiceField(
        Guichet.objects.none(),
        label="Guichet",
        empty_label="Choisissez un guichet",
        widget=forms.Select({"class": "form-select"}),
        error_messages={"required": "Choisissez un guichet."},
    )
    motif = forms.CharField(
        label="Motif de ce choix",
        help_text="Pour qui relira cette orientation, par exemple l’accord entre les organismes.",
        max_length=500,
        widget=_texte(3),
        error_messages={"required": "Indiquez pourquoi ce guichet."},
    )

    def __init__(self, *args: Any, candidats: Iterable[Guichet] = (), **options: Any) -> None:
        """`candidats`: desks equally competent, proposed before all the others."""
        super().__init__(*args, **options)
        champ = cast("forms.ModelChoiceField[Guichet]", self.fields["guichet"])
        tous = Guichet.objects.select_related("organisme").order_by("organisme__nom", "nom", "pk")
        champ.queryset = tous
        premiers = {guichet.pk for guichet in candidats}
        groupes: dict[str, list[tuple[int | str, str]]] = {"": [("", "Choisissez un guichet")]}
        for guichet in tous:
            titre = "Également compétents" if guichet.pk in premiers else "Autres guichets"
            groupes.setdefault(titre, []).append((guichet.pk, guichet.nom))
        ordre = ("", "Également compétents", "Autres guichets")
        champ.choices = [
            option
            for titre in ordre
            if titre in groupes
            for option in ([(titre, groupes[titre])] if titre else groupes[titre])
        ]
