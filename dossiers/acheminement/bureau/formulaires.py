"""The filters of the delivery desk, kept in the address, and the forms of its acts."""

from __future__ import annotations

from datetime import timedelta

from django import forms

from dossiers.acheminement.bureau.etat import Ligne, Sante
from dossiers.acheminement.bureau.presentation import SANTES
from territoires.normalisation import normaliser
from territoires.organismes.models import Canal

ACTIFS, TOUS = "actifs", "tous"
#: For how long a desk may be cut off by hand, in hours.
DUREES = {1: "une heure", 4: "quatre heures", 24: "un jour", 72: "trois jours"}


class FiltreGuichets(forms.Form):
    """Which desks the list shows; a value it does not know is said, and ignored."""

    q = forms.CharField(
        label="Guichet ou organisme",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "class": "form-control"}),
    )
    etat = forms.ChoiceField(
        label="Santé",
        required=False,
        choices=[
            (ACTIFS, "Tous, sauf au repos"),
            *((sante.value, mot.libelle) for sante, mot in SANTES.items()),
            (TOUS, "Tous"),
        ],
        widget=forms.Select({"class": "form-select"}),
    )
    canal = forms.ChoiceField(
        label="Canal",
        required=False,
        choices=[("", "Tous"), *Canal.choices],
        widget=forms.Select({"class": "form-select"}),
    )

    def filtrees(self, lignes: list[Ligne]) -> list[Ligne]:
        """Those of these lines that are asked for, in their order."""
        self.full_clean()
        etat = self.cleaned_data.get("etat") or ACTIFS
        canal = self.cleaned_data.get("canal")
        mots = normaliser(self.cleaned_data.get("q") or "").split()
        return [
            ligne
            for ligne in lignes
            if _a_la_sante(ligne, etat)
            and (not canal or ligne.canal == canal)
            and _nomme(ligne, mots)
        ]

    @property
    def actif(self) -> bool:
        return any(self.cleaned_data.values())


def _a_la_sante(ligne: Ligne, etat: str) -> bool:
    if etat == ACTIFS:
        return ligne.sante != Sante.AU_REPOS
    return etat in {TOUS, ligne.sante.value}


def _nomme(ligne: Ligne, mots: list[str]) -> bool:
    nom = normaliser(f"{ligne.guichet.nom} {ligne.guichet.organisme.nom}")
    return all(mot in nom for mot in mots)


class FormulaireRejouer(forms.Form):
    """What to replay: some rows, or all of a desk."""

    choix = forms.TypedMultipleChoiceField(coerce=int, required=False)
    guichet = forms.SlugField(max_length=80, required=False)

    def __init__(self, *args: object, maximum: int, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.maximum = maximum
        # Any number: what the person may not touch is filtered by the query, not listed here.
        self.fields["choix"].valid_value = lambda valeur: valeur.isdecimal()  # type: ignore[attr-defined]

    def clean_choix(self) -> list[int]:
        choix: list[int] = self.cleaned_data["choix"]
        if len(choix) > self.maximum:
            raise forms.ValidationError(f"{self.maximum} lignes au plus à la fois.")
        return choix


class FormulaireDisjoncteur(forms.Form):
    """Cutting a desk's channel off by hand, or letting it through again."""

    canal = forms.ChoiceField(choices=Canal.choices)
    action = forms.ChoiceField(choices=[("couper", "Couper"), ("rouvrir", "Rouvrir")])
    heures = forms.TypedChoiceField(
        label="Pendant", coerce=int, choices=list(DUREES.items()), required=False
    )

    @property
    def duree(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["heures"] or min(DUREES))
