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


class ChoixDuGuichet(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One desk, as what an officer of it would do."""

    def label_from_instance(self, guichet: Guichet) -> str:
        return f"Agent du guichet « {guichet.nom} »"


class InvitationForm(forms.Form):
    """Whom to invite, to which desk or to administer."""

    courriel = forms.EmailField(
        label="Adresse électronique de la personne",
        widget=forms.EmailInput(attrs=CHAMP | {"autocomplete": "off"}),
    )
    guichet = ChoixDuGuichet(
        label="Pour faire quoi ?",
        queryset=Guichet.objects.none(),
        required=False,
        empty_label="Administrer l’organisme : guichets, agents",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, organisme: Organisme, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        champ = self.fields["guichet"]
        assert isinstance(champ, ChoixDuGuichet)  # noqa: S101 - said to the type checker
        champ.queryset = organisme.guichets.ouverts()
        if premier := champ.queryset.first():
            self.initial.setdefault("guichet", premier.pk)


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
