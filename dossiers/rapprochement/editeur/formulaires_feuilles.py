"""One form per kind of condition: what a person fills in <-> a leaf of the language.

The vocabulary decides what is offered: the kinds that can read the type of a fact, its choices,
the facts that it can be compared with or added to. A new fact needs nothing here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify

from aides.criteres.arbre import (
    AVerifier,
    Commence,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    Parmi,
    SansObjetFait,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Vrai,
)
from aides.criteres.echange import MOIS_MAXIMUM
from aides.criteres.faits import Fait, Type, fait
from dossiers.rapprochement.editeur.champs import (
    CodesField,
    JourField,
    JourMoisField,
    QuantiteField,
    TexteField,
)
from dossiers.rapprochement.editeur.selecteurs import PAR_FAIT
from dossiers.rapprochement.editeur.vocabulaire import (
    zones_en_mots,
)

TAILLES = (
    (Taille.MICRO.value, "Microentreprise (moins de 10 emplois, 2 M€ au plus)"),
    (Taille.PETITE.value, "Micro ou petite entreprise (moins de 50 emplois, 10 M€ au plus)"),
    (
        Taille.MOYENNE.value,
        "PME (moins de 250 emplois, 50 M€ de chiffre d’affaires ou 43 M€ de bilan au plus)",
    ),
)
REQUIS = {"required": "Répondez à cette question."}


class FormulaireFeuille(forms.Form):
    """A condition about the fact `code`; `feuille` is the one being changed.

    `contraire` asks for the opposite: the view denies the leaf, which stays as it is.
    """

    #: Whether its opposite can be asked for with a box to tick.
    INVERSABLE: ClassVar[bool] = True

    contraire = forms.BooleanField(
        label="Demander le contraire : l’aide est refusée si cette condition est remplie",
        required=False,
    )

    def __init__(
        self,
        code: str,
        data: Any = None,
        *,
        feuille: Feuille | None = None,
        contraire: bool = False,
        garde: bool = False,
    ) -> None:
        """`garde`: `data` is shown as it was typed, not checked."""
        self.code, self.garde = code, garde
        initiales = {} if feuille is None else self.initiales(feuille)
        super().__init__(
            data, initial={**initiales, "contraire": contraire}, use_required_attribute=False
        )
        self.preparer()
        if not self.INVERSABLE:
            del self.fields["contraire"]
        self.order_fields([*(nom for nom in self.fields if nom != "contraire"), "contraire"])

    @property
    def fait(self) -> Fait:
        return fait(self.code)

    def preparer(self) -> None:
        """Add the fields that depend on the fact."""

    def initiales(self, feuille: Any) -> dict[str, Any]:
        """What the fields show of a leaf."""
        raise NotImplementedError

    def feuille(self, source: Source) -> Feuille:
        """The leaf that the checked form describes."""
        raise NotImplementedError

    @property
    def denie(self) -> bool:
        """Whether the checked form asks for the opposite of its leaf."""
        return bool(self.cleaned_data.get("contraire"))

    def full_clean(self) -> None:
        super().full_clean()
        if self.garde:
            self._errors = forms.utils.ErrorDict()


# ------------------------------------------------------------------ yes or no, choices, codes


class FormulaireVrai(FormulaireFeuille):
    INVERSABLE = False

    def preparer(self) -> None:
        oui, non = self.fait.phrases or ("Oui", "Non")
        self.fields["reponse"] = forms.ChoiceField(
            label="Il faut que",
            choices=[("oui", oui), ("non", non)],
            widget=forms.RadioSelect,
            error_messages=REQUIS,
        )
        self.initial["reponse"] = "non" if self.initial["contraire"] else "oui"

    def initiales(self, feuille: Vrai) -> dict[str, Any]:
        return {}

    def feuille(self, source: Source) -> Feuille:
        return Vrai(self.code, source)

    @property
    def denie(self) -> bool:
        return bool(self.cleaned_data["reponse"] == "non")


class FormulaireParmi(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["codes"] = forms.MultipleChoiceField(
            label="L’une au moins de ces réponses",
            choices=list((self.fait.choix or {}).items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Cochez au moins une réponse."},
        )

    def initiales(self, feuille: Parmi) -> dict[str, Any]:
        return {"codes": sorted(feuille.codes)}

    def feuille(self, source: Source) -> Feuille:
        return Parmi(self.code, frozenset(self.cleaned_data["codes"]), source)


class FormulaireCommence(FormulaireFeuille):
    def preparer(self) -> None:
        genre = PAR_FAIT[self.code]
        self.fields["codes"] = CodesField(
            genre, label="L’un de ces codes", error_messages={"required": "Choisissez un code."}
        )
        self.fields["sauf"] = CodesField(genre, label="Sauf", required=False)

    def initiales(self, feuille: Commence) -> dict[str, Any]:
        return {"codes": sorted(feuille.codes), "sauf": sorted(feuille.sauf)}

    def feuille(self, source: Source) -> Feuille:
        lus = self.cleaned_data
        return Commence(self.code, lus["codes"], source, lus["sauf"])


# ------------------------------------------------------------------ places, days


class FormulaireSitue(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["perimetre"] = CodesField(
            "lieux",
            label="Dans l’un de ces territoires",
            error_messages={"required": "Choisissez un territoire."},
        )
        self.fields["sauf"] = CodesField("lieux", label="Sauf", required=False)

    def initiales(self, feuille: Situe) -> dict[str, Any]:
        return {"perimetre": sorted(feuille.perimetre), "sauf": sorted(feuille.sauf)}

    def feuille(self, source: Source) -> Feuille:
        lus = self.cleaned_data
        return Situe(self.code, lus["perimetre"], source, lus["sauf"])


class FormulaireZone(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["zone"] = forms.ChoiceField(
            label="Zone",
            choices=[("", "Choisissez"), *zones_en_mots(self.initial.get("zone", ""))],
            widget=forms.Select({"class": "form-select"}),
            error_messages={"required": "Choisissez une zone."},
        )

    def initiales(self, feuille: EnZone) -> dict[str, Any]:
        return {"zone": feuille.zone}

    def feuille(self, source: Source) -> Feuille:
        return EnZone(self.code, self.cleaned_data["zone"], source)


class FormulaireFenetre(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["debut"] = JourField(label="À partir du", required=False)
        self.fields["fin"] = JourField(label="Jusqu’au, compris", required=False)

    def clean(self) -> dict[str, Any]:
        debut, fin = self.cleaned_data.get("debut"), self.cleaned_data.get("fin")
        if not self.errors and debut is None and fin is None:
            self.add_error("debut", "Donnez au moins l’une des deux dates.")
        if debut and fin and fin < debut:
            self.add_error("fin", "Cette date précède la première.")
        return self.cleaned_data

    def initiales(self, feuille: Fenetre) -> dict[str, Any]:
        return {"debut": feuille.debut, "fin": feuille.fin}

    def feuille(self, source: Source) -> Feuille:
        return Fenetre(self.code, self.cleaned_data["debut"], self.cleaned_data["fin"], source)


class FormulaireFenetreAnnuelle(FormulaireFeuille):
    def preparer(self) -> None:
        requis = {"required": "Choisissez un jour et un mois."}
        self.fields["debut"] = JourMoisField(label="Chaque année, du", error_messages=requis)
        self.fields["fin"] = JourMoisField(
            label="Au, compris",
            help_text="Une fin avant le début passe par le Nouvel An.",
            error_messages=requis,
        )

    def initiales(self, feuille: FenetreAnnuelle) -> dict[str, Any]:
        return {"debut": feuille.debut, "fin": feuille.fin}

    def feuille(self, source: Source) -> Feuille:
        lus = self.cleaned_data
        return FenetreAnnuelle(self.code, lus["debut"], lus["fin"], source)


# ------------------------------------------------------------------ without a threshold


class FormulaireSansObjet(FormulaireFeuille):
    def initiales(self, feuille: SansObjetFait) -> dict[str, Any]:
        return {}

    def feuille(self, source: Source) -> Feuille:
        return SansObjetFait(self.code, source)


class FormulaireDelai(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["aides"] = CodesField(
            "aides",
            label="Aucune de ces aides",
            error_messages={"required": "Choisissez au moins une aide."},
        )
        self.fields["mois"] = QuantiteField(
            Type.ENTIER,
            label="Depuis moins de… mois",
            help_text="36 pour « pas plus d’une fois en trois ans » ; 0 pour « jamais deux fois ».",
            error_messages={"required": "Donnez un nombre de mois, ou 0."},
        )

    def clean_mois(self) -> int:
        mois = int(self.cleaned_data["mois"])
        if mois > MOIS_MAXIMUM:
            raise forms.ValidationError(f"{MOIS_MAXIMUM} mois au plus.")
        return mois

    def initiales(self, feuille: DelaiEntreAides) -> dict[str, Any]:
        return {"aides": sorted(feuille.aides), "mois": feuille.mois}

    def feuille(self, source: Source) -> Feuille:
        return DelaiEntreAides(self.cleaned_data["aides"], self.cleaned_data["mois"], source)


class FormulaireTaille(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["maximum"] = forms.ChoiceField(
            label="L’entreprise est au plus",
            choices=TAILLES,
            widget=forms.RadioSelect,
            error_messages={"required": "Choisissez une taille."},
        )

    def initiales(self, feuille: TailleEuropeenne) -> dict[str, Any]:
        return {"maximum": feuille.maximum.value}

    def feuille(self, source: Source) -> Feuille:
        return TailleEuropeenne(Taille(self.cleaned_data["maximum"]), source)


class FormulaireAVerifier(FormulaireFeuille):
    def preparer(self) -> None:
        self.fields["libelle"] = TexteField(
            aire=3,
            label="La condition, en une phrase",
            help_text="Telle que l’entreprise la lira, et telle que l’agent y répondra par oui ou "
            "par non. Sans point final.",
            max_length=1000,
            error_messages={"required": "Écrivez la condition."},
        )

    def initiales(self, feuille: AVerifier) -> dict[str, Any]:
        return {"libelle": feuille.libelle}

    def feuille(self, source: Source) -> Feuille:
        libelle = " ".join(self.cleaned_data["libelle"].split()).rstrip(".")
        return AVerifier(self.code or code_de(libelle), libelle, source)


def code_de(libelle: str) -> str:
    """The code of an officer's condition, from its first words: "projet-structurant"."""
    return slugify(libelle)[:60].strip("-_") or "condition"
