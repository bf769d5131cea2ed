"""The forms of the officers' acts. What is possible is decided by the actes, not here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms

from aides.criteres.valeurs import ValeurInvalide
from dossiers.nombres import lire_nombre
from dossiers.transitions import MOTIF_MAXIMUM, MOTIF_MINIMUM
from territoires.organismes.models import Guichet, Organisme

#: In what order the desks are proposed to who must choose one.
GROUPES_GUICHETS = (
    "Compétents ici",
    "Du même territoire",
    "Autres guichets",
)


class MontantField(forms.CharField):
    """An amount in euros as people type it: "20 000", "20 000,50 €"; None when left blank.

    It is read like the amounts of the companies: the ambiguous "10.000" is refused.
    """

    def __init__(self, **options: Any) -> None:
        attributs = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=40, widget=forms.TextInput(attributs), **options)

    def clean(self, value: Any) -> Any:
        texte = super().clean(value)
        if not texte:
            return None
        try:
            return Decimal(lire_nombre(texte, decimales=2))
        except ValeurInvalide as invalide:
            raise forms.ValidationError(str(invalide)) from invalide


def _texte(lignes: int) -> forms.Textarea:
    return forms.Textarea({"class": "form-control", "rows": lignes})


class FormulaireActe(forms.Form):
    """Every act says which state its author was looking at."""

    etat_vu = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class FormulaireMotive(FormulaireActe):
    motif = forms.CharField(
        label="Motif",
        help_text="L’entreprise lira ce texte tel quel.",
        min_length=MOTIF_MINIMUM,
        max_length=MOTIF_MAXIMUM,
        widget=_texte(6),
        error_messages={
            "required": "Indiquez le motif : il est communiqué à l’entreprise.",
            "min_length": "Expliquez le motif en %(limit_value)d caractères au moins :"
            " l’entreprise le lira.",
        },
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

    hors_territoire = forms.BooleanField(
        label="Je confirme ce guichet, dont le territoire ne contient pas la commune du projet",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        candidats: Iterable[Guichet] = (),
        codes: Collection[str] = (),
        **options: Any,
    ) -> None:
        """`candidats`: desks competent for the demande, proposed before all the others. `codes`:
        those of the territories that hold the commune, whose desks come next."""
        super().__init__(*args, **options)
        self.codes = codes
        champ = cast("forms.ModelChoiceField[Guichet]", self.fields["guichet"])
        tous = (
            Guichet.objects.ouverts()
            .select_related("organisme")
            .order_by("organisme__nom", "nom", "pk")
        )
        champ.queryset = tous
        premiers = {guichet.pk for guichet in candidats}
        groupes: dict[str, list[tuple[int, str]]] = {titre: [] for titre in GROUPES_GUICHETS}
        for guichet in tous:
            titre = GROUPES_GUICHETS[2]
            if guichet.pk in premiers:
                titre = GROUPES_GUICHETS[0]
            elif guichet.organisme.territoire in codes:
                titre = GROUPES_GUICHETS[1]
            groupes[titre].append((guichet.pk, _avec_organisme(guichet)))
        champ.choices = [
            ("", "Choisissez un guichet"),
            *((titre, options) for titre, options in groupes.items() if options),
        ]
        if not self.data.get("hors_territoire"):
            del self.fields["hors_territoire"]

    def clean(self) -> dict[str, Any]:
        """An intercommunalité acts in its communes: another one must be confirmed."""
        valeurs = {**(super().clean() or {})}
        confirme = valeurs.pop("hors_territoire", False)
        guichet = valeurs.get("guichet")
        if guichet is None or confirme:
            return valeurs
        organisme = guichet.organisme
        if organisme.type == Organisme.Type.EPCI and organisme.territoire not in self.codes:
            self.fields["hors_territoire"] = self.base_fields["hors_territoire"]
            self.add_error(
                "guichet",
                f"La commune du projet n’est pas dans le territoire de {organisme.nom}. "
                "Choisissez un autre guichet, ou cochez la case qui le confirme.",
            )
        return valeurs


def _avec_organisme(guichet: Guichet) -> str:
    """The desk and whose it is, unless its name says so already."""
    nom = guichet.organisme.nom
    return guichet.nom if nom.lower() in guichet.nom.lower() else f"{guichet.nom} ({nom})"
