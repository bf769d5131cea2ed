"""The forms of the decisions: what is decided, and what its letter says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from dossiers.documents.mentions import Mentions, criteres_de_refus, mentions_proposees
from dossiers.documents.projet import nom_de_forme
from dossiers.instruction.formulaires import FormulaireActe, FormulaireMotive, MontantField
from dossiers.instruction.limites import resultat_de, verifier_acceptation
from dossiers.models import Demande
from dossiers.transitions import MOTIF_MAXIMUM
from portal.comptes.models import User


def _ligne(label: str, **options: Any) -> forms.CharField:
    saisie = forms.TextInput({"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, widget=saisie, **options)


def _texte(label: str, longueur: int, lignes: int, **options: Any) -> forms.CharField:
    saisie = forms.Textarea({"class": "form-control", "rows": lignes})
    return forms.CharField(label=label, max_length=longueur, widget=saisie, **options)


class FormulaireDecision(FormulaireActe):
    """A decision names its author: first name, name and quality (CRPA, article L212-1)."""

    signataire = _ligne(
        "Signataire : prénom, nom et qualité",
        help_text="Par exemple « Ada Fictive, cheffe du service des aides ». "
        "L’entreprise lira ce nom sur la lettre.",
        error_messages={"required": "Indiquez qui signe : prénom, nom et qualité."},
    )
    delegation = _ligne(
        "Par délégation de (facultatif)",
        required=False,
        help_text="Qui a donné délégation de signature, par exemple « la présidente ».",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        demande: Demande,
        user: User,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`initial` is what was typed before, over what is proposed."""
        self.demande = demande
        self.proposees = mentions_proposees(demande, user)
        signataire = self.proposees.signataire
        propose = {
            "etat_vu": demande.etat,
            # The quality is left to be typed, once.
            "signataire": signataire if "," in signataire else f"{signataire}, ",
            "base_juridique": self.proposees.base,
        }
        super().__init__(data, initial=propose | dict(initial or {}))

    def clean_signataire(self) -> str:
        signataire: str = self.cleaned_data["signataire"]
        if not re.fullmatch(r"[^,]*\w[^,]*,.*\w.*", signataire):
            raise forms.ValidationError(
                "Ajoutez la qualité après le nom et une virgule, par exemple "
                "« Ada Fictive, cheffe du service des aides »."
            )
        return signataire

    def texte(self, nom: str) -> str:
        """A field as typed, or proposed: the letter shows it even when it is to be corrected."""
        return str(self[nom].value() or "").strip() if nom in self.fields else ""

    def lue(self, nom: str) -> Any:
        """A field as it was understood; None when it was not."""
        return getattr(self, "cleaned_data", {}).get(nom)

    def mentions(self) -> Mentions:
        """What the letter says, as far as it is typed."""
        return Mentions(signataire=self.texte("signataire"), delegation=self.texte("delegation"))

    def arguments(self) -> dict[str, Any]:
        """What the act takes from a valid form."""
        return {
            "etat_vu": self.cleaned_data["etat_vu"],
            "motif": self.cleaned_data["motif"],
            "mentions": self.mentions(),
        }

    def verifier(self) -> None:
        """What the act would refuse of a valid form. Raises TransitionRefusee."""


class FormulaireAccepter(FormulaireDecision):
    montant_accorde = MontantField(
        label="Montant accordé, en euros",
        error_messages={"required": "Indiquez le montant accordé."},
    )
    montant_confirme = forms.BooleanField(
        label="Je confirme ce montant, supérieur à la limite indiquée", required=False
    )
    forme = forms.ChoiceField(
        label="Forme de l’aide accordée",
        widget=forms.Select({"class": "form-select"}),
        error_messages={"required": "Choisissez la forme de l’aide accordée."},
    )
    assiette = MontantField(
        label="Dépenses retenues (assiette), en euros (facultatif)",
        help_text="La lettre donne alors le taux de l’aide.",
        required=False,
    )
    motif = _texte(
        "Conditions (facultatif)",
        MOTIF_MAXIMUM,
        4,
        required=False,
        help_text="Ce que l’entreprise doit respecter ou fournir. Elle lira ce texte tel quel. "
        "Un montant supérieur aux dépenses déclarées se justifie ici.",
    )
    versement = _texte(
        "Modalités de versement (facultatif)",
        1500,
        3,
        required=False,
        help_text="Par exemple une avance, puis le solde sur factures acquittées.",
    )
    base_juridique = _texte(
        "Régime d’aide ou base juridique",
        1500,
        3,
        help_text="Un texte par ligne. Relisez ce qui vient de la fiche de l’aide : la lettre "
        "l’affirme tel quel.",
        error_messages={"required": "Indiquez le régime d’aide ou la base juridique."},
    )
    field_order = (
        "montant_accorde", "montant_confirme", "forme", "assiette", "motif", "versement",
        "base_juridique", "signataire", "delegation",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        formes = self.demande.version_aide.formes
        if len(formes) > 1:
            choix = [("", "Choisissez la forme"), *((f, nom_de_forme(f)) for f in formes)]
            self.fields["forme"].choices = choix  # type: ignore[attr-defined]
        else:
            del self.fields["forme"]
        if not (self.data.get("montant_confirme") or self.initial.get("montant_confirme")):
            del self.fields["montant_confirme"]

    def demander_confirmation(self) -> None:
        """Show the tick that confirms an unusual amount, under the amount."""
        self.fields["montant_confirme"] = self.base_fields["montant_confirme"]
        self.order_fields(self.field_order)

    def mentions(self) -> Mentions:
        forme = self.texte("forme")
        assiette: Decimal | None = self.lue("assiette")
        return Mentions(
            signataire=self.texte("signataire"),
            delegation=self.texte("delegation"),
            base=self.texte("base_juridique"),
            forme=forme if forme in self.demande.version_aide.formes else self.proposees.forme,
            assiette=assiette,
            versement=self.texte("versement"),
        )

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {
            "montant_accorde": self.cleaned_data["montant_accorde"],
            "montant_confirme": self.cleaned_data.get("montant_confirme", False),
        }

    def verifier(self) -> None:
        arguments = self.arguments()
        verifier_acceptation(
            self.demande,
            arguments["montant_accorde"],
            motif=arguments["motif"],
            mentions=arguments["mentions"],
            montant_confirme=arguments["montant_confirme"],
        )


class FormulaireClasser(FormulaireMotive, FormulaireDecision):
    field_order: tuple[str, ...] = ("motif", "signataire", "delegation")


class FormulaireRefuser(FormulaireClasser):
    """A refusal states the law and the facts on which it stands (CRPA, article L211-5)."""

    criteres = forms.MultipleChoiceField(
        label="Critères qui fondent ce refus",
        help_text="Conditions non remplies, ou laissées à votre appréciation. Celles que vous "
        "cochez sont citées dans la lettre, avec le texte qui les fixe.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("motif", "criteres", "signataire", "delegation")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        resultat = resultat_de(self.demande)
        # The stored proof never changes: a criterion is known by its place in it.
        self.possibles = criteres_de_refus(resultat.preuve if resultat else {})
        if not self.possibles:
            del self.fields["criteres"]
            return
        self.fields["criteres"].choices = [  # type: ignore[attr-defined]
            (
                str(rang),
                f"{critere.phrase} ({critere.source})" if critere.source else critere.phrase,
            )
            for rang, critere in enumerate(self.possibles)
        ]

    def mentions(self) -> Mentions:
        return Mentions(
            signataire=self.texte("signataire"),
            delegation=self.texte("delegation"),
            criteres=tuple(self.possibles[int(rang)] for rang in self.lue("criteres") or ()),
        )
