"""Form fields that read what people type and give exchanged JSON, None when left blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from aides.criteres.codes import SECTIONS_NAF_2025
from aides.criteres.faits import Fait, Type
from aides.criteres.valeurs import ANNEES, ValeurInvalide, lire_date, lire_naf, lire_quantite
from dossiers.nombres import ecrire_nombre, lire_nombre

OUI_NON = (("oui", "Oui"), ("non", "Non"), ("", "Je ne sais pas encore"))


class NombreField(forms.CharField):
    """An amount, a headcount or a count."""

    def __init__(self, fait: Fait, **options: Any) -> None:
        self.type = fait.type
        self.decimales = {Type.MONTANT: 2, Type.DIXIEMES: 1}.get(fait.type, 0)
        mode = "decimal" if self.decimales else "numeric"
        attributs = {"class": "form-control", "inputmode": mode, "autocomplete": "off"}
        super().__init__(max_length=40, widget=forms.TextInput(attributs), **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        try:
            nombre = lire_nombre(texte, self.decimales)
            brut: object = int(nombre) if self.type is Type.ENTIER else nombre
            lire_quantite(self.type, brut)
        except ValeurInvalide as invalide:
            message = str(invalide)
            if message == "nombre démesuré":
                message = "Ce nombre est démesuré : vérifiez les zéros."
            raise forms.ValidationError(message[0].upper() + message[1:]) from invalide
        return brut

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else ecrire_nombre(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class OuiNonField(forms.ChoiceField):
    """Yes, no, or not known yet, which is no answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=OUI_NON, widget=forms.RadioSelect, **options)

    def clean(self, value: Any) -> Any:
        return {"oui": True, "non": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "oui", False: "non", None: ""}.get(value, value)


class JourField(forms.CharField):
    """A day: the browser's own picker, or typed 21/11/2026."""

    def __init__(self, **options: Any) -> None:
        attributs = {"class": "form-control", "type": "date", "autocomplete": "off"}
        super().__init__(max_length=10, widget=forms.TextInput(attributs), **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        if lu := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", texte):
            texte = f"{lu[3]}-{int(lu[2]):02d}-{int(lu[1]):02d}"
        try:
            return lire_date(texte).isoformat()
        except ValeurInvalide as invalide:
            raise forms.ValidationError(_message_date(texte)) from invalide


def _message_date(texte: str) -> str:
    annee = re.fullmatch(r"(\d{4})-\d{2}-\d{2}", texte)
    if annee and int(annee[1]) not in ANNEES:
        return f"Donnez une année entre {ANNEES[0]} et {ANNEES[-1]}."
    return "Écrivez une date qui existe, par exemple 21/11/2026."


class CasesField(forms.MultipleChoiceField):
    """Several choices; none ticked is no answer."""

    def __init__(self, fait: Fait, **options: Any) -> None:
        choix = list((fait.choix or {}).items())
        super().__init__(choices=choix, widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> Any:
        return sorted(super().clean(value)) or None


class CodeNafField(forms.CharField):
    """A code of NAF 2025, of which no table can be looked up yet."""

    def __init__(self, **options: Any) -> None:
        attributs = {"class": "form-control", "autocomplete": "off"}
        super().__init__(max_length=7, widget=forms.TextInput(attributs), **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        try:
            return lire_naf(texte, SECTIONS_NAF_2025)
        except ValeurInvalide as invalide:
            raise forms.ValidationError(
                "Un code NAF 2025 a quatre chiffres et une lettre, par exemple 25.53Y."
            ) from invalide


class OctroisWidget(forms.Widget):
    """A day for each aide, or a box that says none (templates/depot/octrois.html)."""

    def __init__(self, aides: Mapping[str, str]) -> None:
        super().__init__()
        self.aides = aides

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        jours = {code: data.get(f"{name}__{code}", "").strip() for code in self.aides}
        return jours, f"{name}__aucune" in data

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(cle.startswith(f"{name}__") for cle in data)


class OctroisField(forms.Field):
    """The aides of a list that the company obtained, each with its day; an empty list when it
    says that it obtained none of them."""

    def __init__(self, aides: Mapping[str, str], **options: Any) -> None:
        self.aides = aides
        super().__init__(widget=OctroisWidget(aides), **options)

    def clean(self, value: Any) -> Any:
        jours, aucune = value
        octrois = []
        for code, texte in jours.items():
            if texte:
                octrois.append({"aide": code, "le": self._jour(code, texte)})
        if octrois and aucune:
            raise forms.ValidationError(
                "Vous avez coché « aucune de ces aides » et donné une date : gardez l’un des deux."
            )
        return octrois or ([] if aucune else None)

    def _jour(self, code: str, texte: str) -> str:
        try:
            jour = str(JourField().clean(texte))
        except forms.ValidationError as erreur:
            raise forms.ValidationError(f"{self.aides[code]} : {erreur.messages[0]}") from erreur
        if jour > timezone.localdate().isoformat():
            raise forms.ValidationError(f"{self.aides[code]} : cette date n’est pas encore passée.")
        return jour

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return {octroi["aide"]: octroi["le"] for octroi in value}, not value
        return value or ({}, False)

    def lignes(self, champ: BoundField) -> list[tuple[str, str, str]]:
        """For each aide the name of its control, its title and its day."""
        jours, _ = champ.value()
        return [
            (f"{champ.html_name}__{code}", titre, jours.get(code, ""))
            for code, titre in self.aides.items()
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class RechercheField(forms.CharField):
    """A text that is looked up: the form resolves it (see `recherches`)."""

    def __init__(self, fait: Fait, adresse: str, **options: Any) -> None:
        attributs = {
            "class": "form-control",
            "autocomplete": "off",
            "list": f"liste-{fait.code}",
            "hx-get": adresse,
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#liste-{fait.code}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
            "hx-push-url": "false",
        }
        super().__init__(max_length=200, widget=forms.TextInput(attributs), **options)
