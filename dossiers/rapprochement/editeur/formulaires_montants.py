"""The form of a rule of amount; its condition is a tree of its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from aides.criteres.faits import VOCABULAIRE, Section, Type
from aides.criteres.valeurs import ValeurInvalide, ecrire_quantite
from aides.models.forme import Forme
from dossiers.nombres import ecrire_nombre, lire_nombre
from dossiers.rapprochement.editeur.champs import QuantiteField, TexteField
from dossiers.rapprochement.editeur.formulaires import Formulaire, dans_l_ordre, liste_deroulante

Document = Mapping[str, Any]


class TauxField(forms.CharField):
    """A percentage as typed ("20", "12,5 %") -> the fraction of the format ("0.125")."""

    def __init__(self, **options: Any) -> None:
        attributs = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            max_length=12, required=False, widget=forms.TextInput(attributs), **options
        )

    def clean(self, value: Any) -> str:
        texte = str(super().clean(value)).strip().removesuffix("%")
        if not texte:
            return ""
        try:
            taux = Decimal(lire_nombre(texte, 2)) / 100
        except ValeurInvalide as invalide:
            raise forms.ValidationError(str(invalide)) from invalide
        if taux > 1:
            raise forms.ValidationError("Un taux ne dépasse pas 100 %.")
        return f"{taux:.2f}" if taux * 100 == int(taux * 100) else f"{taux:.4f}"


def _pourcent(brut: object) -> str:
    """A stored fraction as people type it: "0.125" -> "12,5"."""
    return ecrire_nombre(f"{Decimal(str(brut)) * 100:.2f}") if brut else ""


def _euros(libelle: str) -> QuantiteField:
    return QuantiteField(Type.MONTANT, label=libelle, required=False)


EUROS = [fait for fait in VOCABULAIRE.values() if fait.type is Type.MONTANT]
_SOMMES = ("plafond", "minimum", "par_emploi", "forfait")
_TAUX = ("taux", "taux_minimum")


class FormulaireMontant(Formulaire):
    """One rule of amount; its condition is a tree of its own."""

    forme = forms.ChoiceField(
        label="Forme",
        choices=[("", "Choisissez"), *Forme.choices],
        widget=liste_deroulante(),
        error_messages={"required": "Choisissez une forme."},
    )
    libelle = TexteField(
        label="Nom de cette règle", max_length=1000, required=False,
        help_text="S’il y en a plusieurs : « Bonification pour les petites entreprises ».",
    )  # fmt: skip
    taux = TauxField(label="Taux, en pour cent (le plus haut s’il varie)")
    taux_minimum = TauxField(label="Taux le plus bas, s’il varie")
    assiette = forms.MultipleChoiceField(
        label="De quelles dépenses ?",
        help_text="Aucune case : de toutes les dépenses.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    plafond = _euros("Plafond (euros)")
    minimum = _euros("Rien en dessous de (euros)")
    par_emploi = _euros("Par emploi créé (euros)")
    forfait = _euros("Somme forfaitaire (euros)")

    def __init__(self, data: Any = None, **options: Any) -> None:
        """With every amount that the rule already counts, expense or not."""
        super().__init__(data, **options)
        champ = self.fields["assiette"]
        assert isinstance(champ, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        deja = self.initial.get("assiette", ())
        champ.choices = [
            (fait.code, fait.libelle)
            for fait in EUROS
            if fait.section is Section.DEPENSES or fait.code in deja
        ]

    @staticmethod
    def initiales(montant: Document) -> dict[str, Any]:
        sommes = {cle: _centimes(montant.get(cle)) for cle in _SOMMES}
        autres = {cle: montant.get(cle, "") for cle in ("forme", "libelle")}
        taux = {cle: _pourcent(montant.get(cle)) for cle in _TAUX}
        return {**autres, **taux, **sommes, "assiette": montant.get("assiette", [])}

    def clean(self) -> dict[str, Any]:
        lus = self.cleaned_data
        bas, haut = lus.get("taux_minimum"), lus.get("taux")
        if bas and not haut and "taux" not in self.errors:
            self.add_error("taux", "Donnez le taux le plus haut.")
        if bas and haut and Decimal(bas) > Decimal(haut):
            self.add_error("taux_minimum", "Ce taux dépasse le plus haut.")
        plancher, plafond = lus.get("minimum"), lus.get("plafond")
        if plancher and plafond and plancher > plafond:
            self.add_error("minimum", "Cette somme dépasse le plafond.")
        return lus

    def valeurs(self, montant: Document) -> dict[str, Any]:
        """The rule in exchange notation, without its source."""
        lus = self.cleaned_data
        valeurs = {cle: lus[cle] for cle in ("forme", "libelle", *_TAUX)}
        valeurs["assiette"] = dans_l_ordre(lus["assiette"], montant.get("assiette", []))
        for cle in _SOMMES:
            valeurs[cle] = "" if lus[cle] is None else ecrire_quantite(Type.MONTANT, lus[cle])
        return valeurs


def _centimes(brut: object) -> int | None:
    return None if not brut else int(Decimal(str(brut)) * 100)
