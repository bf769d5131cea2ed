"""The other forms of a draft: what it is, where and when, its sources, its amounts.

Each reads and writes the notation of the exchange format, one part of the document at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify

from aides.criteres.valeurs import ValeurInvalide, lire_date
from aides.models import Porteur, VersionAide
from aides.models.forme import Forme
from dossiers.rapprochement.editeur.champs import (
    AdresseField,
    CodesField,
    JourField,
    TexteField,
)
from territoires.organismes.models import NatureAide, Organisme

Document = Mapping[str, Any]
NOUVELLE = "nouvelle"
ROLES = {
    "financeurs": Porteur.Role.FINANCEUR,
    "diffuseurs": Porteur.Role.DIFFUSEUR,
    "instructeurs": Porteur.Role.INSTRUCTEUR,
}
SEPARATEUR = "|"
#: Bytes of an exchange file.
FICHIER_MAXIMUM = 5 * 1024 * 1024


class Formulaire(forms.Form):
    """`garde`: what was posted is shown as it was typed, not checked."""

    def __init__(self, data: Any = None, *, garde: bool = False, **options: Any) -> None:
        self.garde = garde
        super().__init__(data, use_required_attribute=False, **options)

    def full_clean(self) -> None:
        super().full_clean()
        if self.garde:
            self._errors = forms.utils.ErrorDict()


def liste_deroulante(nom: str = "form-select") -> forms.Select:
    return forms.Select({"class": nom})


def dans_l_ordre(voulus: Iterable[str], avant: Sequence[str]) -> list[str]:
    """What is wanted, first what was there before, where it was: order alone is no change."""
    restent = list(voulus)
    return [v for v in avant if v in restent] + [v for v in restent if v not in avant]


def jour_de(brut: object) -> date | str:
    """A stored day; what cannot be read is given back as it is."""
    try:
        return lire_date(brut)
    except ValeurInvalide:
        return str(brut or "")


# ------------------------------------------------------------------ a new aide, a file


class _PourOrganisme(Formulaire):
    """For which organisme one writes: asked for when there are several."""

    def __init__(self, organismes: Any, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        champ = forms.ModelChoiceField(
            label="Pour quel organisme ?",
            queryset=organismes,
            widget=liste_deroulante(),
            empty_label=None,
            error_messages={"invalid_choice": "Choisissez l’un de vos organismes."},
        )
        self.fields["organisme"] = champ
        premiers = list(organismes.values_list("pk", flat=True)[:2])
        self.initial.setdefault("organisme", premiers[0])
        if len(premiers) == 1:
            champ.widget = forms.HiddenInput()


class FormulaireNouvelle(_PourOrganisme):
    """What a new aide begins with."""

    titre = TexteField(
        label="Nom de l’aide",
        max_length=200,
        error_messages={"required": "Donnez un nom à cette aide."},
    )


class FormulaireImport(_PourOrganisme):
    """A file of the exchange format."""

    fichier = forms.FileField(
        label="Fichier au format d’échange",
        help_text="Un fichier JSON d’une ou plusieurs aides, exporté d’ici ou d’un autre portail.",
        widget=forms.FileInput({"class": "form-control", "accept": ".json,application/json"}),
        max_length=200,
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self) -> Any:
        fichier = self.cleaned_data["fichier"]
        if fichier.size > FICHIER_MAXIMUM:
            raise forms.ValidationError("Ce fichier dépasse 5 Mo.")
        return fichier


# ------------------------------------------------------------------ what it is


class FormulaireFiche(Formulaire):
    """What people read first, and who is behind it."""

    titre = TexteField(
        label="Nom de l’aide", max_length=200, error_messages={"required": "Donnez un nom."}
    )
    promesse = TexteField(
        label="En une phrase",
        help_text="Ce que l’aide apporte, sans point final : 180 caractères au plus.",
        max_length=180,
        required=False,
    )
    description = TexteField(
        aire=8, label="Description", max_length=5000, required=False,
        help_text="À qui elle s’adresse, ce qu’elle finance, ce qui est attendu.",
    )  # fmt: skip
    nature = forms.ChoiceField(
        label="Pour quoi ?",
        choices=[("", "Choisissez"), *NatureAide.choices],
        widget=liste_deroulante(),
        required=False,
        help_text="La loi partage les compétences selon cette nature : elle désigne le guichet.",
    )
    natures_secondaires = forms.MultipleChoiceField(
        label="Aussi pour",
        choices=NatureAide.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    formes = forms.MultipleChoiceField(
        label="Sous quelle forme ?",
        choices=Forme.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    financeurs = CodesField("organismes", label="Qui finance ?", required=False)
    diffuseurs = CodesField("organismes", label="Qui la fait connaître ?", required=False)
    instructeurs = CodesField("organismes", label="Qui étudie les demandes ?", required=False)

    def clean_promesse(self) -> str:
        return str(self.cleaned_data["promesse"]).rstrip(". ")

    @staticmethod
    def initiales(document: Document) -> dict[str, Any]:
        initiales = {cle: document.get(cle) for cle in ("titre", "promesse", "description",
                     "nature", "natures_secondaires", "formes")}  # fmt: skip
        for nom, role in ROLES.items():
            initiales[nom] = [
                porteur["organisme"]
                for porteur in document.get("porteurs", [])
                if role in porteur.get("roles", [])
            ]
        return initiales

    def valeurs(self, document: Document) -> dict[str, Any]:
        """The checked fields in exchange notation; a porteur keeps its place."""
        lus = self.cleaned_data
        deja = {p["organisme"]: p.get("roles", []) for p in document.get("porteurs", [])}
        porteurs = []
        for code in dict.fromkeys([*deja, *(c for nom in ROLES for c in sorted(lus[nom]))]):
            tenus = [str(role) for nom, role in ROLES.items() if code in lus[nom]]
            if tenus:
                roles = dans_l_ordre(tenus, deja.get(code, []))
                porteurs.append({"organisme": code, "roles": roles})
        valeurs = {cle: lus[cle] for cle in ("titre", "promesse", "description", "nature")}
        for cle in ("formes", "natures_secondaires"):
            valeurs[cle] = dans_l_ordre(lus[cle], document.get(cle, []))
        if lus["nature"] in valeurs["natures_secondaires"]:
            valeurs["natures_secondaires"].remove(lus["nature"])
        return {**valeurs, "porteurs": porteurs}

    def clean(self) -> dict[str, Any]:
        """Every organisme exists here: a request could not be routed to another."""
        for nom in ROLES:
            codes = set(self.cleaned_data.get(nom, ()))
            connus = Organisme.objects.filter(code__in=codes).values_list("code", flat=True)
            if inconnus := codes - set(connus):
                self.add_error(nom, f"Organisme inconnu : {', '.join(sorted(inconnus))}.")
        return self.cleaned_data


# ------------------------------------------------------------------ where, when, how


class FormulaireCadre(Formulaire):
    """Périmètre, dates, status, and where it is asked for."""

    perimetre = CodesField("lieux", label="Où le projet doit-il se situer ?", required=False)
    exclusions = CodesField("lieux", label="Sauf", required=False)
    ouverture = JourField(label="Ouverte à partir du", required=False)
    cloture = JourField(label="Jusqu’au, compris", required=False)
    statut = forms.ChoiceField(
        label="État de l’aide",
        choices=VersionAide.Statut.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un état."},
    )
    statut_precision = TexteField(
        aire=2, label="Précision sur cet état", max_length=2000, required=False
    )
    verifie_le = JourField(
        label="Source relue le",
        help_text="Le jour où quelqu’un a relu les textes cités et confirmé cette fiche.",
        required=False,
    )
    voie = forms.ChoiceField(
        label="Où se demande-t-elle ?",
        choices=VersionAide.Voie.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez où elle se demande."},
    )
    url_externe = AdresseField(
        label="Adresse de la page où la demander",
        help_text="Si elle se demande ailleurs.",
        required=False,
    )

    @staticmethod
    def initiales(document: Document) -> dict[str, Any]:
        voie = document.get("voie") or {}
        lieux = {
            cle: [code for code in document.get(cle, "").split(SEPARATEUR) if code]
            for cle in ("perimetre", "exclusions")
        }
        jours = {cle: jour_de(document.get(cle)) for cle in ("ouverture", "cloture", "verifie_le")}
        return {
            **lieux,
            **jours,
            "statut": document.get("statut", VersionAide.Statut.ACTIVE.value),
            "statut_precision": document.get("statut_precision", ""),
            "voie": voie.get("type", VersionAide.Voie.PORTAIL.value),
            "url_externe": voie.get("url", ""),
        }

    def clean(self) -> dict[str, Any]:
        lus = self.cleaned_data
        debut, fin = lus.get("ouverture"), lus.get("cloture")
        if debut and fin and fin < debut:
            self.add_error("cloture", "La clôture précède l’ouverture.")
        relue = lus.get("verifie_le")
        if relue and relue > timezone.localdate():
            self.add_error("verifie_le", "Cette date est à venir.")
        externe = lus.get("voie") == VersionAide.Voie.EXTERNE
        if externe and not lus.get("url_externe") and "url_externe" not in self.errors:
            self.add_error("url_externe", "Donnez l’adresse de la page où elle se demande.")
        return lus

    def valeurs(self, document: Document) -> dict[str, Any]:
        """The checked fields in exchange notation."""
        lus = self.cleaned_data
        voie = {"type": lus["voie"]}
        if lus["voie"] == VersionAide.Voie.EXTERNE:
            voie["url"] = lus["url_externe"]
        jours = {
            cle: lus[cle].isoformat() if lus[cle] else ""
            for cle in ("ouverture", "cloture", "verifie_le")
        }
        lieux = {
            cle: SEPARATEUR.join(
                dans_l_ordre(sorted(lus[cle]), document.get(cle, "").split(SEPARATEUR))
            )
            for cle in ("perimetre", "exclusions")
        }
        textes = {cle: lus[cle] for cle in ("statut", "statut_precision")}
        return {**lieux, **jours, **textes, "voie": voie}


# ------------------------------------------------------------------ sources


class FormulaireSource(Formulaire):
    """One source: a text or a page, with its date."""

    libelle = TexteField(
        label="Texte ou page",
        help_text="Comme on le citerait : « Règlement d’intervention, article 3 ».",
        max_length=1000,
        error_messages={"required": "Nommez le texte ou la page."},
    )
    url = AdresseField(label="Adresse", required=False)
    date = JourField(label="Date du texte, ou de la page", required=False)
    verifie = forms.BooleanField(
        label="J’ai relu ce texte (sinon, « à confirmer » s’affiche)", required=False
    )

    @staticmethod
    def initiales(source: Document) -> dict[str, Any]:
        return {
            "libelle": source.get("libelle", ""),
            "url": source.get("url", ""),
            "date": jour_de(source.get("date")),
            "verifie": source.get("verifie", True),
        }

    def clean_libelle(self) -> str:
        return " ".join(str(self.cleaned_data["libelle"]).split())

    def clean_date(self) -> Any:
        jour = self.cleaned_data["date"]
        if jour and jour > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir.")
        return jour

    def valeur(self) -> dict[str, Any]:
        """The source in exchange notation."""
        lus = self.cleaned_data
        source = {"libelle": lus["libelle"], "url": lus["url"]}
        if lus["date"]:
            source["date"] = lus["date"].isoformat()
        return source if lus["verifie"] else {**source, "verifie": False}


class FormulaireChoixSource(FormulaireSource):
    """One of the sources of the draft, or a new one."""

    def __init__(self, sources: Document, data: Any = None, **options: Any) -> None:
        options["initial"] = {"verifie": False, "date": "", **options.get("initial", {})}
        super().__init__(data, prefix="source", **options)
        choix = [(cle, source.get("libelle", cle)) for cle, source in sources.items()]
        self.fields["cle"] = forms.ChoiceField(
            label="D’où vient cette condition ?",
            choices=[*choix, (NOUVELLE, "Un autre texte")],
            widget=forms.RadioSelect,
            error_messages={"required": "Choisissez la source."},
        )
        self.fields["libelle"].required = False
        if not choix:
            self.initial.setdefault("cle", NOUVELLE)
        self.order_fields(["cle"])

    def clean(self) -> dict[str, Any]:
        lus = self.cleaned_data
        if lus.get("cle") == NOUVELLE and not lus.get("libelle") and not self.errors:
            self.add_error("libelle", "Nommez le texte ou la page.")
        return lus

    @property
    def nouvelle(self) -> bool:
        return bool(self.cleaned_data["cle"] == NOUVELLE)


def cle_de(libelle: str, sources: Document) -> str:
    """A key for a new source, from its words, that no other one has."""
    racine = slugify(libelle)[:40].strip("-_") or "source"
    rang, cle = 1, racine
    while cle in sources:
        rang += 1
        cle = f"{racine}-{rang}"
    return cle


# ------------------------------------------------------------------ closing


class FormulaireClore(Formulaire):
    """Why an aide closes."""

    motif = TexteField(
        aire=3,
        label="Pourquoi la clore ?",
        help_text="Les entreprises le liront : « Enveloppe consommée », « Appel à projets "
        "terminé ».",
        max_length=2000,
        error_messages={"required": "Dites pourquoi."},
    )
