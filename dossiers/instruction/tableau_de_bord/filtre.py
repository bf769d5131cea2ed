"""The filters of a dashboard; all are in the address of the page."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict

from dossiers.instruction.tableau_de_bord.periodes import Periode, choix, periode
from dossiers.querysets import DemandeQuerySet
from territoires.normalisation import normaliser


class FiltreTableau(forms.Form):
    """Period, aide and desk; a value it does not know is said, and ignored."""

    periode = forms.ChoiceField(label="Demandes déposées", required=False)
    aide = forms.ChoiceField(label="Aide", required=False)
    guichet = forms.ChoiceField(label="Guichet", required=False)

    def __init__(self, donnees: QueryDict, *, demandes: DemandeQuerySet, le: date) -> None:
        """`demandes`: all that may be counted."""
        super().__init__(donnees, auto_id="filtre-%s")
        self.demandes, self.le = demandes, le
        base = demandes.order_by()
        aides = base.values_list("aide__code", "version_aide__titre").distinct()
        guichets = base.filter(guichet__isnull=False)
        self._choisir("periode", choix(le))
        self._choisir("aide", [("", "Toutes"), *_ranger(dict(aides))])
        noms = guichets.values_list("guichet__code", "guichet__nom").distinct()
        self._choisir("guichet", [("", "Tous"), *_ranger(dict(noms))])

    def _choisir(self, nom: str, options: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        champ.choices = options  # type: ignore[attr-defined]
        champ.widget.attrs["class"] = "form-select"

    def lire(self) -> tuple[DemandeQuerySet, Periode]:
        """The demandes that are wanted, whenever they were filed, and the period."""
        self.is_valid()
        demandes = self.demandes
        for nom in ("aide", "guichet"):
            if valeur := self.cleaned_data.get(nom):
                demandes = demandes.filter(**{f"{nom}__code": valeur})
        return demandes, periode(self.cleaned_data.get("periode") or "", self.le)


def _ranger(options: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(options.items(), key=lambda option: (normaliser(option[1]), option[0]))
