"""Forms of an organisme's administrators."""

from __future__ import annotations

from typing import Any

from django import forms

from territoires.organismes.models import Canal, Guichet, Organisme

CHAMP = {"class": "form-control"}
ARRIVEES = {
    Canal.PORTAIL: (
        "Dans la corbeille du portail. Un courriel les annonce, si le guichet a une adresse "
        "électronique."
    ),
    Canal.COURRIEL: (
        "Par courriel, à l’adresse ci-dessus. Une demande n’est dite remise qu’une fois le "
        "courriel parti ; s’il revient, elle attend que l’adresse soit corrigée."
    ),
}


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
    canal = forms.ChoiceField(
        label="Comment les demandes arrivent-elles ?",
        required=False,
        choices=tuple(ARRIVEES.items()),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("canal", Canal.PORTAIL)
        if self.initial["canal"] == Canal.WEBHOOK:
            # Chosen, and given up, on the page of the connection.
            del self.fields["canal"]

    def clean(self) -> dict[str, Any]:
        saisie = super().clean() or {}
        if "canal" in self.fields:
            saisie["canal"] = saisie.get("canal") or self.initial["canal"]
            if saisie["canal"] == Canal.COURRIEL and not saisie.get("courriel"):
                self.add_error(
                    "courriel",
                    "Pour recevoir les demandes par courriel, indiquez l’adresse électronique.",
                )
        return saisie


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
