"""The forms of the officer's acts between the opening and the decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from dossiers.instruction.actes import (
    DELAI_MAXIMUM,
    DELAI_PROPOSE,
    ELEMENTS_MAXIMUM,
    LIBELLE_MAXIMUM,
    MESSAGE_MAXIMUM,
    Element,
    verifier_complement,
)
from dossiers.instruction.actes_complements import date_maximum, verifier_correction
from dossiers.instruction.formulaires import FormulaireActe, FormulaireMotive, FormulaireOrienter
from dossiers.models import Complement, Piece
from dossiers.transitions import TransitionRefusee
from portal.comptes.models import User
from territoires.organismes.models import Guichet

QUESTION = "question"
#: Lines of an empty request for more: enough for most without a script.
LIGNES = 3


@dataclass
class Ligne:
    """One line as typed: what is asked for, in words, and what is wrong with it."""

    rang: int
    nature: str = ""
    libelle: str = ""
    erreur: str = ""

    @property
    def vide(self) -> bool:
        return not self.nature and not self.libelle

    def element(self) -> Element:
        """What it asks for; a piece without words is called by its type."""
        piece = "" if self.nature == QUESTION else self.nature
        return Element(self.libelle or str(Piece.Type(piece).label), piece)

    def verifier(self) -> None:
        if self.nature not in {QUESTION, *Piece.Type.values}:
            self.erreur = "Choisissez le type de pièce, ou « Une question »."
        elif not self.libelle and self.nature == QUESTION:
            self.erreur = "Écrivez votre question."
        elif not self.libelle and self.nature == Piece.Type.AUTRE:
            self.erreur = "Précisez la pièce demandée."
        elif len(self.libelle) > LIBELLE_MAXIMUM:
            self.erreur = (
                f"Restez sous {LIBELLE_MAXIMUM} caractères : il y en a {len(self.libelle)}."
            )


class FormulaireComplement(FormulaireActe):
    """A request for more; its lines are read from `nature` and `libelle`, one of each a line."""

    message = forms.CharField(
        label="Message à l’entreprise (facultatif)",
        required=False,
        max_length=MESSAGE_MAXIMUM,
        help_text="3 000 caractères au plus.",
        widget=forms.Textarea({"class": "form-control", "rows": 4}),
        error_messages={
            "max_length": "Raccourcissez votre message : il compte %(show_value)d caractères, "
            "%(limit_value)d au plus.",
        },
    )
    attendue_le = forms.DateField(
        label="Réponse attendue au plus tard le",
        help_text="De demain à six mois. Un mois est d’usage. Le délai de réponse est suspendu "
        "jusqu’à cette date, ou jusqu’à la réponse si elle vient avant.",
        widget=forms.DateInput({"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Indiquez la date limite.",
            "invalid": "Écrivez une date, par exemple 31/12/2026.",
        },
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        courant: Complement | None = None,
        corrige: bool = False,
        **options: Any,
    ) -> None:
        """`initial` may be a posted form that was kept; `corrige`: the form adds to `courant`,
        the request that waits, if it still does.
        """
        super().__init__(data, **options)
        self.courant, self.corrige = courant, corrige
        jour = timezone.localdate()
        premier, propose, dernier = jour + timedelta(days=1), jour + DELAI_PROPOSE, jour
        dernier += DELAI_MAXIMUM
        champ = self.fields["attendue_le"]
        if corrige:
            del self.fields["message"]
            champ.help_text = "Vous pouvez la reculer, pas l’avancer."
        if courant is not None:
            premier = propose = courant.attendue_le
            dernier = date_maximum(courant)
        champ.initial = propose
        champ.widget.attrs |= {"min": premier.isoformat(), "max": dernier.isoformat()}
        self.lignes = lignes_de(data, 1 if corrige else LIGNES)

    def clean(self) -> dict[str, Any]:
        valeurs = {**(super().clean() or {})}
        remplies = [ligne for ligne in self.lignes if not ligne.vide]
        for ligne in remplies:
            ligne.verifier()
        if not remplies and self.lignes and not self.corrige:
            self.lignes[0].erreur = "Demandez au moins une pièce, ou posez une question."
        if any(ligne.erreur for ligne in self.lignes):
            self.add_error(None, "Des éléments demandés sont à corriger.")
        else:
            valeurs["elements"] = [ligne.element() for ligne in remplies]
            self._verifier(valeurs)
        return valeurs

    def _verifier(self, valeurs: dict[str, Any]) -> None:
        """Refuse at once what the act would, so that what is read again can be sent."""
        if "attendue_le" not in valeurs:
            return
        elements, limite = valeurs["elements"], valeurs["attendue_le"]
        try:
            if self.courant is not None:
                verifier_correction(self.courant, elements, limite)
            elif not self.corrige:
                verifier_complement(elements, limite, valeurs.get("message", ""))
        except TransitionRefusee as refus:
            self.add_error(refus.champ or None, str(refus))


def lignes_de(data: QueryDict | None, vides: int = LIGNES) -> list[Ligne]:
    """The lines of a posted form, or empty ones."""
    if data is None or "libelle" not in data:
        return [Ligne(rang) for rang in range(vides)]
    natures, libelles = data.getlist("nature"), data.getlist("libelle")
    natures += [""] * (len(libelles) - len(natures))
    saisies = list(zip(natures, libelles, strict=False))[: ELEMENTS_MAXIMUM + 1]
    return [Ligne(rang, n[:20], t.strip()) for rang, (n, t) in enumerate(saisies)]


class FormulaireReorienter(FormulaireOrienter):
    """Another desk, or the human queue when none is chosen."""

    etat_vu = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    motif = cast("forms.CharField", FormulaireMotive.base_fields["motif"])

    field_order = ("etat_vu", "guichet", "motif")

    def __init__(self, *args: Any, actuel: Guichet | None, **options: Any) -> None:
        """`actuel`: the desk that has the demande, which is not proposed."""
        super().__init__(*args, **options)
        champ = cast("forms.ModelChoiceField[Guichet]", self.fields["guichet"])
        champ.required, champ.label = False, "Nouveau guichet"
        champ.help_text = "Sans choix de votre part, l’équipe d’orientation du portail choisira."
        champ.choices = [
            ("", "Laisser l’équipe d’orientation choisir"),
            *(
                groupe
                for brut in list(cast("Iterable[Any]", champ.choices))[1:]
                if (groupe := _sans(actuel, brut))[1]
            ),
        ]


def _sans(guichet: Guichet | None, groupe: Any) -> tuple[str, list[tuple[int, str]]]:
    titre, options = groupe
    return titre, [option for option in options if guichet is None or option[0] != guichet.pk]


class _ChampAgent(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class FormulaireRelais(FormulaireActe):
    agent = _ChampAgent(
        User.objects.none(),
        label="À qui confier le suivi ?",
        empty_label="Choisissez une personne",
        widget=forms.Select({"class": "form-select"}),
        error_messages={
            "required": "Choisissez une personne.",
            "invalid_choice": "Choisissez une personne de ce guichet.",
        },
    )

    def __init__(self, *args: Any, collegues: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        cast("forms.ModelChoiceField[User]", self.fields["agent"]).queryset = collegues
