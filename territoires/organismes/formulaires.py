"""Forms of an organisme's administrators."""

from __future__ import annotations

from typing import Any

from django import forms

from territoires.organismes.models import Guichet, Organisme

CHAMP = {"class": "form-control"}


class GuichetForm(forms.Form):
    """A desk's name and how it is reached. Blank contact data stay to be confirmed."""

    nom = forms.CharField(
        label="Nom du guichet", max_length=200, widget=forms.TextInput(attrs=CHAMP)
    )
    courriel = forms.EmailField(
        label="Adresse électronique", required=False, widget=forms.EmailInput(attrs=CHAMP)
    )
    telephone = forms.CharField(
        label="Téléphone",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=CHAMP | {"type": "tel"}),
    )
    adresse = forms.CharField(
        label="Adresse postale", required=False, max_length=300, widget=forms.TextInput(attrs=CHAMP)
    )


class InvitationForm(forms.Form):
    """Whom to invite, to which desk, to administer or to keep the catalogue."""

    ADMINISTRER, CATALOGUE = "administrer", "catalogue"
    AUTRES = (
        (ADMINISTRER, "Administrer l’organisme : guichets, agents"),
        (CATALOGUE, "Tenir le catalogue : écrire et publier ses aides"),
    )

    courriel = forms.EmailField(
        label="Adresse électronique de la personne",
        widget=forms.EmailInput(attrs=CHAMP | {"autocomplete": "off"}),
    )
    fonction = forms.ChoiceField(
        label="Pour faire quoi ?", widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, organisme: Organisme, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.guichets = {str(guichet.pk): guichet for guichet in organisme.guichets.ouverts()}
        agents = [
            (cle, f"Agent du guichet « {guichet.nom} »") for cle, guichet in self.guichets.items()
        ]
        champ = self.fields["fonction"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - said to the type checker
        champ.choices = [*agents, *self.AUTRES]

    def invitation(self) -> dict[str, Any]:
        """What the acte `inviter` takes, once the form is valid."""
        fonction = self.cleaned_data["fonction"]
        return {
            "courriel": self.cleaned_data["courriel"],
            "guichet": self.guichets.get(fonction),
            "catalogue": fonction == self.CATALOGUE,
        }


class DeplacementForm(forms.Form):
    """To which other desk an officer goes."""

    vers = forms.ModelChoiceField(
        label="Vers quel guichet ?",
        queryset=Guichet.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
        empty_label=None,
    )

    def __init__(self, guichet: Guichet, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        champ = self.fields["vers"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - said to the type checker
        champ.queryset = guichet.organisme.guichets.ouverts().exclude(pk=guichet.pk)
