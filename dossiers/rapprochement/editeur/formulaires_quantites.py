"""The forms of conditions on quantities: a threshold, a share, sums of both."""

from __future__ import annotations

from typing import Any

from django import forms

from aides.criteres.arbre import Comparaison, Feuille, Operateur, Proportion, Source
from aides.criteres.faits import SOMME, Type
from dossiers.rapprochement.editeur.champs import PartField, QuantiteField
from dossiers.rapprochement.editeur.formulaires_feuilles import FormulaireFeuille
from dossiers.rapprochement.editeur.vocabulaire import additionnables, comparables, somme

OPERATEURS = (
    (Operateur.SUPERIEUR_OU_EGAL.value, "au moins"),
    (Operateur.SUPERIEUR.value, "plus de"),
    (Operateur.INFERIEUR_OU_EGAL.value, "au plus"),
    (Operateur.INFERIEUR.value, "moins de"),
    (Operateur.EGAL.value, "exactement"),
)


class _Quantite(FormulaireFeuille):
    """A quantity, or a sum of quantities of one section, compared."""

    def preparer(self) -> None:
        if choix := additionnables(self.code, self.initial.get("avec", ())):
            self.fields["avec"] = forms.MultipleChoiceField(
                label="Additionner avec",
                choices=choix,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        self.fields["operateur"] = forms.ChoiceField(
            label="La valeur doit être",
            choices=OPERATEURS,
            widget=forms.RadioSelect,
            error_messages={"required": "Choisissez une comparaison."},
        )

    def termes(self) -> str:
        """The code of the fact, or of the sum."""
        return somme(self.code, self.cleaned_data.get("avec", []))

    def _communes(self, codes: str, operateur: Operateur) -> dict[str, Any]:
        autres = [code for code in codes.split(SOMME) if code != self.code]
        return {"avec": autres, "operateur": operateur.value}


class FormulaireComparaison(_Quantite):
    def preparer(self) -> None:
        super().preparer()
        unites = {Type.MONTANT: "euros", Type.DIXIEMES: "emplois, en équivalent temps plein"}
        unite = unites.get(self.fait.type, self.fait.unite[1] if self.fait.unite else "nombre")
        self.fields["valeur"] = QuantiteField(
            self.fait.type,
            label=f"Seuil ({unite})",
            error_messages={"required": "Donnez un seuil."},
        )

    def initiales(self, feuille: Comparaison) -> dict[str, Any]:
        return {**self._communes(feuille.fait, feuille.operateur), "valeur": feuille.seuil}

    def feuille(self, source: Source) -> Feuille:
        lus = self.cleaned_data
        return Comparaison(self.termes(), Operateur(lus["operateur"]), lus["valeur"], source)


class FormulaireProportion(_Quantite):
    def preparer(self) -> None:
        super().preparer()
        self.fields["part"] = PartField(
            label="Part (en pour cent)",
            help_text="100 pour comparer les deux réponses telles quelles ; une fraction comme "
            "1/3 convient aussi.",
            error_messages={"required": "Donnez une part."},
        )
        self.fields["droite"] = forms.ChoiceField(
            label="De quelle autre réponse ?",
            choices=[("", "Choisissez"), *comparables(self.code, self.initial.get("droite", ""))],
            widget=forms.Select({"class": "form-select"}),
            error_messages={"required": "Choisissez à quoi comparer."},
        )

    def initiales(self, feuille: Proportion) -> dict[str, Any]:
        communes = self._communes(feuille.gauche, feuille.operateur)
        part = (feuille.numerateur, feuille.denominateur)
        return {**communes, "part": part, "droite": feuille.droite}

    def feuille(self, source: Source) -> Feuille:
        lus = self.cleaned_data
        operateur = Operateur(lus["operateur"])
        numerateur, denominateur = self._part()
        return Proportion(self.termes(), operateur, numerateur, denominateur, lus["droite"], source)

    def _part(self) -> tuple[int, int]:
        """The part as it was written before, when it is worth the same: 1/4, not 25/100."""
        part: tuple[int, int] = self.cleaned_data["part"]
        avant: tuple[int, int] = self.initial.get("part", part)
        return avant if part[0] * avant[1] == avant[0] * part[1] else part
