"""Forms of competences and conventions: places and organismes are looked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from aides.filtres import ChampLieu
from dossiers.rapprochement.editeur.champs import (
    AdresseField,
    CodesField,
    JourField,
    Recherche,
    TexteField,
)
from dossiers.rapprochement.editeur.formulaires import Formulaire, liste_deroulante
from portal.comptes.models import User
from territoires.models import Departement, Region
from territoires.organismes.actes import TexteConvention
from territoires.organismes.models import Competence, Convention, Guichet, NatureAide, Organisme
from territoires.organismes.operations import ajout, modification, valeurs_de
from territoires.perimetre import ordonner

RELU = "J’ai ce texte sous les yeux (sinon, il est montré « à confirmer »)"


def guichets_de(user: User) -> Any:
    """The desks whose competences this person sets."""
    guichets = Guichet.objects.select_related("organisme")
    if not user.is_staff:
        guichets = guichets.filter(organisme__in=user.gestions.values("organisme"))
    return guichets.order_by("organisme__nom", "nom", "pk")


class _ChoixGuichet(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        ferme = " (fermé)" if obj.ferme_le else ""
        return f"{obj.nom}, {obj.organisme.nom}{ferme}"


class _ChoixConvention(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference} ({obj.get_genre_display().lower()})"


def recherches(form: forms.Form) -> dict[str, Recherche]:
    """What the template needs of each field whose codes are picked from a list."""
    return {c.name: Recherche(c) for c in form if isinstance(c.field, CodesField)}


class FormulaireCompetence(Formulaire):
    """A new competence, or what changes of one (`actuelle`)."""

    guichet = _ChoixGuichet(
        label="Quel guichet ?",
        queryset=Guichet.objects.none(),
        widget=liste_deroulante(),
        empty_label="Choisissez",
        error_messages={"required": "Choisissez un guichet."},
    )
    nature = forms.ChoiceField(
        label="Pour quelle nature d’aide ?",
        choices=[("", "Choisissez"), *NatureAide.choices],
        widget=liste_deroulante(),
        error_messages={"required": "Choisissez une nature d’aide."},
    )
    perimetre = CodesField(
        "lieux", label="Où ?", error_messages={"required": "Choisissez au moins un lieu."}
    )
    exclusions = CodesField(
        "lieux", label="Sauf où ?", required=False, help_text="Les exclusions l’emportent."
    )
    debut = JourField(
        label="Premier jour",
        help_text="Une demande va au guichet compétent le jour de son dépôt.",
        error_messages={"required": "Donnez le premier jour."},
    )
    fin = JourField(label="Dernier jour, compris", required=False, help_text="Vide : sans fin.")
    convention = _ChoixConvention(
        label="En vertu d’une convention ?",
        queryset=Convention.objects.none(),
        widget=liste_deroulante(),
        required=False,
        empty_label="Non, c’est une compétence propre",
    )
    base_libelle = TexteField(
        label="Quel texte le dit ?",
        max_length=1000,
        help_text="Par exemple : CGCT, article L1511-2.",
        error_messages={"required": "Citez le texte : loi, délibération ou convention."},
    )
    base_url = AdresseField(label="Où le lire ?", required=False)
    base_verifie = forms.BooleanField(label=RELU, required=False)
    a_partir_du = JourField(
        label="Ce changement vaut à partir du",
        required=False,
        help_text="Vide : c’est une correction, qui vaut depuis le premier jour et déplace les "
        "demandes en cours. Une date : l’ancienne compétence finit la veille.",
    )

    def __init__(
        self, user: User, data: Any = None, *, actuelle: Competence | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.actuelle = actuelle
        for nom, choix in (
            ("guichet", guichets_de(user)),
            ("convention", Convention.objects.visibles_par(user).order_by("reference", "pk")),
        ):
            champ = self.fields[nom]
            assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
            champ.queryset = choix
        if actuelle is None:
            del self.fields["a_partir_du"]
        else:
            del self.fields["guichet"], self.fields["nature"]

    @staticmethod
    def initiales(competence: Competence) -> dict[str, Any]:
        base = competence.base_legale
        return {
            "perimetre": competence.perimetre,
            "exclusions": competence.exclusions,
            "debut": competence.debut,
            "fin": competence.fin,
            "convention": competence.convention_id,
            "base_libelle": base.get("libelle", ""),
            "base_url": base.get("url", ""),
            "base_verifie": base.get("verifie", False),
        }

    def clean(self) -> dict[str, Any]:
        lus: dict[str, Any] = super().clean() or {}
        debut, fin, des = lus.get("debut"), lus.get("fin"), lus.get("a_partir_du")
        if debut and fin and fin < debut:
            self.add_error("fin", "Le dernier jour précède le premier.")
        if des and debut and des <= debut:
            message = "Donnez un jour après le premier, ou laissez vide pour corriger."
            self.add_error("a_partir_du", message)
        elif des and fin and des > fin:
            self.add_error("a_partir_du", "Ce jour vient après le dernier.")
        return lus

    def operations(self) -> list[dict[str, Any]]:
        """What was asked for, as operations; of a competence that changes on a day, it ends the
        day before and another begins."""
        actuelle, lus = self.actuelle, self.cleaned_data
        if actuelle is None:
            return [ajout(self._valeurs(lus["guichet"].pk, lus["nature"]))]
        voulues = self._valeurs(actuelle.guichet_id, actuelle.nature)
        des = lus["a_partir_du"]
        if des is None:
            return [modification(actuelle, voulues)]
        veille = (des - timedelta(days=1)).isoformat()
        return [
            modification(actuelle, {**valeurs_de(actuelle), "fin": veille}),
            ajout({**voulues, "debut": des.isoformat()}),
        ]

    def _valeurs(self, guichet: int, nature: str) -> dict[str, Any]:
        lus = self.cleaned_data
        return {
            "guichet": guichet,
            "nature": nature,
            "perimetre": list(ordonner(lus["perimetre"])),
            "exclusions": list(ordonner(lus["exclusions"])),
            "debut": lus["debut"].isoformat(),
            "fin": lus["fin"].isoformat() if lus["fin"] else None,
            "base_legale": source_de(lus, "base"),
            "convention": lus["convention"].pk if lus["convention"] else None,
        }


def source_de(lus: Mapping[str, Any], prefixe: str) -> dict[str, Any]:
    """A source as exchange files write it, from the three fields that ask for it."""
    source = {"libelle": lus[f"{prefixe}_libelle"], "verifie": lus[f"{prefixe}_verifie"]}
    return {**source, "url": lus[f"{prefixe}_url"]} if lus[f"{prefixe}_url"] else source


class FormulaireTerminer(Formulaire):
    """The last day of a competence."""

    fin = JourField(
        label="Dernier jour, compris",
        help_text="Les demandes déposées jusqu’à ce jour restent à ce guichet.",
        error_messages={"required": "Donnez le dernier jour."},
    )


class FormulaireConvention(Formulaire):
    """All that a convention says."""

    reference = TexteField(
        label="Référence",
        max_length=200,
        help_text="Son titre et son numéro, tels qu’ils sont écrits.",
        error_messages={"required": "Donnez sa référence."},
    )
    genre = forms.ChoiceField(
        label="Que fait-elle ?",
        choices=Convention.Genre.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qu’elle fait."},
    )
    donneurs = CodesField(
        "organismes", label="Qui confie ?", error_messages={"required": "Dites qui confie."}
    )
    receveurs = CodesField(
        "organismes", label="À qui ?", error_messages={"required": "Dites à qui."}
    )
    natures = forms.MultipleChoiceField(
        label="Pour quelles natures d’aide ?",
        choices=NatureAide.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une nature."},
    )
    perimetre = CodesField(
        "lieux", label="Où ?", error_messages={"required": "Choisissez au moins un lieu."}
    )
    signee_le = JourField(label="Signée le", required=False)
    debut = JourField(label="Premier jour", error_messages={"required": "Donnez le premier jour."})
    fin = JourField(label="Dernier jour, compris", required=False, help_text="Vide : sans fin.")
    source_libelle = TexteField(
        label="Où l’a-t-on lue ?",
        max_length=1000,
        help_text="Délibération, recueil des actes, texte qui la permet.",
        error_messages={"required": "Citez la source."},
    )
    source_url = AdresseField(label="Son adresse", required=False)
    source_verifie = forms.BooleanField(label=RELU, required=False)

    @staticmethod
    def initiales(convention: Convention) -> dict[str, Any]:
        source = convention.source
        codes = {
            cle: list(getattr(convention, cle).order_by("code").values_list("code", flat=True))
            for cle in ("donneurs", "receveurs")
        }
        champs = ("reference", "genre", "natures", "perimetre", "signee_le", "debut", "fin")
        return {
            **{nom: getattr(convention, nom) for nom in champs},
            **codes,
            "source_libelle": source.get("libelle", ""),
            "source_url": source.get("url", ""),
            "source_verifie": source.get("verifie", False),
        }

    def clean(self) -> dict[str, Any]:
        lus: dict[str, Any] = super().clean() or {}
        for nom in ("donneurs", "receveurs"):
            codes = lus.get(nom, frozenset())
            lus[nom] = list(Organisme.objects.filter(code__in=codes).order_by("code"))
            if codes and len(lus[nom]) != len(codes):
                self.add_error(
                    nom, "L’un de ces organismes n’existe plus : choisissez-le à nouveau."
                )
        return lus

    def texte(self) -> TexteConvention:
        lus = self.cleaned_data
        return TexteConvention(
            genre=lus["genre"],
            reference=lus["reference"],
            donneurs=lus["donneurs"],
            receveurs=lus["receveurs"],
            natures=lus["natures"],
            perimetre=lus["perimetre"],
            signee_le=lus["signee_le"],
            debut=lus["debut"],
            fin=lus["fin"],
            source=source_de(lus, "source"),
        )


# ------------------------------------------------------------------ filters, in the address


class FiltreCompetences(forms.Form):
    """Which competences to list. Without a day, all of them, past and to come."""

    nature = forms.ChoiceField(
        label="Nature d’aide",
        choices=[("", "Toutes"), *NatureAide.choices],
        required=False,
        widget=liste_deroulante(),
    )
    guichet = _ChoixGuichet(
        label="Guichet",
        queryset=Guichet.objects.none(),
        required=False,
        empty_label="Tous",
        widget=liste_deroulante(),
    )
    lieu = ChampLieu(
        label="Lieu",
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    le = JourField(label="En vigueur le", required=False)

    def __init__(self, user: User, data: Any) -> None:
        donnees = {"le": timezone.localdate().isoformat(), **data.dict()}
        super().__init__(donnees, use_required_attribute=False)
        champ = self.fields["guichet"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = guichets_de(user)


class FiltreTrous(forms.Form):
    """Of which région or département, on which day, which natures and which lines."""

    region = forms.ModelChoiceField(
        label="Région",
        queryset=Region.objects.order_by("nom"),
        required=False,
        empty_label=None,
        widget=liste_deroulante(),
    )
    departement = forms.ModelChoiceField(
        label="Département",
        queryset=Departement.objects.none(),
        required=False,
        empty_label="Tous",
        widget=liste_deroulante(),
    )
    nature = forms.ChoiceField(
        label="Nature d’aide",
        choices=[("", "Celles des aides ouvertes"), ("toutes", "Toutes"), *NatureAide.choices],
        required=False,
        widget=liste_deroulante(),
    )
    le = JourField(label="Le", required=False)
    montrer = forms.ChoiceField(
        label="Intercommunalités",
        choices=[("", "À revoir"), ("tout", "Toutes")],
        required=False,
        widget=liste_deroulante(),
    )

    def __init__(self, region: Region | None, data: Any) -> None:
        donnees = {"le": timezone.localdate().isoformat(), **data.dict()}
        if region is not None:
            donnees.setdefault("region", region.pk)
        super().__init__(donnees, use_required_attribute=False)
        lue = Region.objects.filter(code=str(donnees.get("region", ""))).first()
        champ = self.fields["departement"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = Departement.objects.filter(region=lue).order_by("code")
        if donnees.get("departement") and not self._est_de(champ.queryset):
            # The région was changed: the département of the former one means nothing here.
            self.data = {**donnees, "departement": ""}
        self.is_valid()

    def _est_de(self, departements: Any) -> bool:
        return bool(departements.filter(code=str(self.data["departement"])).exists())

    @property
    def region_choisie(self) -> Region | None:
        choisie: Region | None = self.cleaned_data.get("region")
        return choisie

    @property
    def departement_choisi(self) -> Departement | None:
        choisi: Departement | None = self.cleaned_data.get("departement")
        return choisi

    @property
    def jour(self) -> date:
        """The day asked for; today when it cannot be read."""
        return self.cleaned_data.get("le") or timezone.localdate()

    @property
    def natures(self) -> list[str]:
        choisie = self.cleaned_data.get("nature")
        return list(NatureAide.values) if choisie in {None, "", "toutes"} else [str(choisie)]

    @property
    def sans_aide_aussi(self) -> bool:
        return bool(self.cleaned_data.get("nature"))
