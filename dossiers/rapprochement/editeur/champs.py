"""Form fields of the editor: numbers as people type them, days, codes picked from a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import MONTHS

from aides.criteres.arbre import JourMois
from aides.criteres.faits import Type
from aides.criteres.valeurs import (
    ValeurInvalide,
    ecrire_quantite,
    lire_date,
    lire_quantite,
)
from dossiers.nombres import ecrire_nombre, lire_nombre
from dossiers.rapprochement.editeur.selecteurs import SELECTEURS, Choix

CODES_MAXIMUM = 500
_CONTROLE = {"class": "form-control", "autocomplete": "off"}
_DECIMALES = {Type.MONTANT: 2, Type.DIXIEMES: 1}
_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([1-9][0-9]{0,8})")


class TexteField(forms.CharField):
    """One line of text."""

    def __init__(self, *, aire: int = 0, **options: Any) -> None:
        lignes = {**_CONTROLE, "rows": aire}
        widget = forms.Textarea(lignes) if aire else forms.TextInput(dict(_CONTROLE))
        super().__init__(widget=options.pop("widget", widget), **options)


class AdresseField(forms.URLField):
    """A web address, in http or https."""

    def __init__(self, **options: Any) -> None:
        widget = forms.URLInput({**_CONTROLE, "inputmode": "url", "placeholder": "https://"})
        super().__init__(max_length=500, assume_scheme="https", widget=widget, **options)

    def clean(self, value: Any) -> str:
        adresse = str(super().clean(value) or "")
        if adresse and not re.match(r"https?://", adresse):
            raise forms.ValidationError("Écrivez une adresse qui commence par https://.")
        return adresse


class QuantiteField(forms.CharField):
    """An amount in euros, jobs or a count -> the scaled integer of the language."""

    def __init__(self, type_: Type, **options: Any) -> None:
        self.type = type_
        mode = "decimal" if type_ in _DECIMALES else "numeric"
        widget = forms.TextInput({**_CONTROLE, "inputmode": mode})
        super().__init__(max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        try:
            nombre = lire_nombre(texte, _DECIMALES.get(self.type, 0))
            return lire_quantite(self.type, int(nombre) if self.type is Type.ENTIER else nombre)
        except ValeurInvalide as invalide:
            raise forms.ValidationError(phrase(str(invalide))) from invalide

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return ecrire_nombre(ecrire_quantite(self.type, value))
        return value


class PartField(forms.CharField):
    """ "10", "12,5 %" or "1/3" -> numerator and denominator."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({**_CONTROLE, "inputmode": "decimal"})
        super().__init__(max_length=24, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value).strip()
        if lu := _FRACTION.fullmatch(texte):
            return int(lu[1]), int(lu[2])
        try:
            entier, _, fraction = lire_nombre(texte.removesuffix("%"), 2).partition(".")
        except ValeurInvalide as invalide:
            message = "Écrivez une part comme 10, 12,5 ou 1/3."
            raise forms.ValidationError(message) from invalide
        if len(entier) > 6:
            raise forms.ValidationError("Cette part est démesurée : vérifiez les zéros.")
        return int(entier + fraction), 100 * 10 ** len(fraction)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        numerateur, denominateur = value
        centiemes, reste = divmod(numerateur * 10_000, denominateur)
        if reste:
            return f"{numerateur}/{denominateur}"
        return ecrire_nombre(f"{centiemes // 100}.{centiemes % 100:02d}")


class JourField(forms.CharField):
    """A day: the browser's own picker, or typed 21/11/2026 -> a date, None when left blank."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({**_CONTROLE, "type": "date"})
        super().__init__(max_length=10, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        if lu := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", texte):
            texte = f"{lu[3]}-{int(lu[2]):02d}-{int(lu[1]):02d}"
        try:
            return lire_date(texte)
        except ValeurInvalide as invalide:
            message = "Écrivez une date qui existe, par exemple 21/11/2026."
            raise forms.ValidationError(message) from invalide

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class JourMoisField(forms.MultiValueField):
    """A day of every year: its number and its month."""

    def __init__(self, **options: Any) -> None:
        jours = [("", "Jour"), *((str(jour), str(jour)) for jour in range(1, 32))]
        mois = [("", "Mois"), *((str(rang), nom) for rang, nom in MONTHS.items())]
        champs = (forms.ChoiceField(choices=jours), forms.ChoiceField(choices=mois))
        super().__init__(fields=champs, widget=JourMoisInput(jours, mois), **options)

    def compress(self, data_list: Any) -> Any:
        if not data_list:
            return None
        jour, mois = (int(valeur) for valeur in data_list)
        try:
            # 2024 had a 29 February: every day of any year exists in it.
            date(2024, mois, jour)
        except ValueError as impossible:
            raise forms.ValidationError(f"Il n’y a pas de {jour} {MONTHS[mois]}.") from impossible
        return JourMois(mois, jour)


class JourMoisInput(forms.MultiWidget):
    def __init__(self, jours: Iterable[Any], mois: Iterable[Any]) -> None:
        classes = {"class": "form-select"}
        widgets = (
            forms.Select({**classes, "aria-label": "Jour"}, jours),
            forms.Select({**classes, "aria-label": "Mois"}, mois),
        )
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[str | None]:
        return [str(value.jour), str(value.mois)] if isinstance(value, JourMois) else [None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class CodesField(forms.MultipleChoiceField):
    """Codes picked from a long list: a search, its results to tick, what is ticked already.

    The search itself is the field `<name>_q` of the form: without script, a button of the form
    shows its results, and what is typed is kept.
    """

    def __init__(self, genre: str, **options: Any) -> None:
        self.genre = genre
        super().__init__(widget=forms.MultipleHiddenInput, **options)

    def valid_value(self, value: Any) -> bool:
        return SELECTEURS[self.genre].accepte(str(value))

    def clean(self, value: Any) -> Any:
        codes = frozenset(super().clean(value))
        if len(codes) > CODES_MAXIMUM:
            raise forms.ValidationError(f"{CODES_MAXIMUM} choix au plus.")
        return codes


class Recherche:
    """What a template needs to draw a `CodesField`: its search, its results, what is ticked."""

    def __init__(self, champ: BoundField) -> None:
        assert isinstance(champ.field, CodesField)  # noqa: S101 - said to the type checker
        self.champ = champ
        self.genre = champ.field.genre
        self.selecteur = SELECTEURS[self.genre]
        self.q = str(champ.form.data.get(f"{champ.html_name}_q", "")) if champ.form.is_bound else ""

    @property
    def nom(self) -> str:
        return self.champ.html_name

    @property
    def codes(self) -> list[str]:
        valeurs = self.champ.value() or ()
        return sorted(str(valeur) for valeur in valeurs if self.selecteur.accepte(str(valeur)))

    @property
    def choisis(self) -> list[Choix]:
        return self.selecteur.choisis(self.codes)

    @property
    def resultats(self) -> list[Choix]:
        return self.selecteur.trouver(self.q, self.codes)


def phrase(message: str) -> str:
    """A message of the language as a sentence: "Nombre démesuré."."""
    return f"{message[0].upper()}{message[1:]}{'' if message.endswith('.') else '.'}"
