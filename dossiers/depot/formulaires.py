"""The form of each section, made from the vocabulary: a new fact needs nothing here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siret as siret_fr

from aides.criteres.choix import NATURES_PROJET
from aides.criteres.faits import DECLARES, SANS_OBJET, Fait, Section, Type
from dossiers.coherence import incoherences, remarques
from dossiers.depot.champs import (
    CasesField,
    CodeNafField,
    JourField,
    NombreField,
    OctroisField,
    OuiNonField,
    RechercheField,
)
from dossiers.depot.models import ReponsesGardees
from dossiers.depot.occasionnels import aides_a_dater, occasionnels
from dossiers.depot.recherches import Candidat, Trouvaille, chercher, nommer
from dossiers.faits import faits_json
from dossiers.models import Dossier, Entreprise

SANS_OBJET_SUFFIXE = "__so"
CHOIX_SUFFIXE = "__choix"
VU_SUFFIXE = "__vu"
RECHERCHES = (Type.LIEU, Type.CODE_NAF, Type.CODE_FORME)
TITRES = {
    Section.ENTREPRISE: "L’entreprise",
    Section.PROJET: "Le projet",
    Section.LIEU: "Le lieu",
    Section.CALENDRIER: "Le calendrier",
    Section.DEPENSES: "Les dépenses",
    Section.FINANCEMENT: "Le financement",
    Section.EMPLOIS: "Les emplois",
    Section.FILIERE: "La filière",
}
RESUMES = {
    Section.ENTREPRISE: "Activité, taille, comptes",
    Section.PROJET: "Ce que vous voulez faire",
    Section.LIEU: "La commune où le projet a lieu",
    Section.CALENDRIER: "Début et fin",
    Section.DEPENSES: "Ce que le projet coûte, poste par poste",
    Section.FINANCEMENT: "Apport, emprunt, autres aides",
    Section.EMPLOIS: "Créés ou maintenus",
    Section.FILIERE: "Vos secteurs d’activité",
}


def faits_de(section: Section, occasionnels: Collection[str] = ()) -> tuple[Fait, ...]:
    """The questions of a section, in the order of the vocabulary; of those that are asked only
    where an aide reads them, `occasionnels`."""
    return tuple(
        fait
        for fait in DECLARES
        if fait.section is section and (not fait.occasionnel or fait.code in occasionnels)
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One fact as a template lays it out."""

    fait: Fait
    champ: BoundField
    genre: str
    sans_objet: BoundField | None
    candidats: tuple[Candidat, ...]
    #: How to find what a list that was cut does not show.
    suite: str
    resolu: bool
    note: str
    #: What to look at again, without being refused.
    remarque: str
    unite: str
    #: Of aides already obtained: name of the control, title, day.
    octrois: list[tuple[str, str, str]]


class FormulaireFaits(forms.Form):
    """Questions of the vocabulary, over answers already known (exchanged JSON by code).

    Cleaned values are exchanged JSON, None for a blank: never zero.
    """

    def __init__(
        self,
        faits: Iterable[Fait],
        connues: Mapping[str, Any],
        data: QueryDict | None = None,
        aides: Mapping[str, str] | None = None,
    ) -> None:
        """`aides`: code and title of those whose last grant is asked for."""
        self.faits = tuple(faits)
        self.connues = connues
        self.candidats: dict[str, tuple[Candidat, ...]] = {}
        #: Fields with more candidates than are shown.
        self.coupes: set[str] = set()
        #: What the person must be told of a place that was replaced, by code of fact.
        self.notes: dict[str, str] = {}
        #: Fields whose text was replaced by the full name of what it designates.
        self.resolus: set[str] = set()
        self.saisie: QueryDict | None = None if data is None else data.copy()
        super().__init__(self.saisie, initial=self._initiales(), use_required_attribute=False)
        for fait in self.faits:
            self.fields[fait.code] = _champ(fait, aides or {})
            if fait.sans_objet:
                self.fields[fait.code + SANS_OBJET_SUFFIXE] = forms.BooleanField(
                    label="Sans objet", required=False
                )

    def _initiales(self) -> dict[str, Any]:
        initiales: dict[str, Any] = {}
        for fait in self.faits:
            valeur = self.connues.get(fait.code)
            sans_objet = valeur == SANS_OBJET.value
            initiales[fait.code + SANS_OBJET_SUFFIXE] = sans_objet
            if valeur is not None and not sans_objet:
                initiales[fait.code] = nommer(fait, valeur) if fait.type in RECHERCHES else valeur
        return initiales

    def clean(self) -> dict[str, Any]:
        for fait in self.faits:
            if fait.code not in self.cleaned_data:
                continue
            if fait.type in RECHERCHES:
                self._resoudre(fait)
            if fait.sans_objet and self.cleaned_data.get(fait.code + SANS_OBJET_SUFFIXE):
                self._sans_objet(fait)
        self._verifier_coherence()
        return self.cleaned_data

    def _sans_objet(self, fait: Fait) -> None:
        if self.cleaned_data.get(fait.code) is not None:
            self.add_error(fait.code, "Donnez une réponse ou cochez « sans objet », pas les deux.")
        else:
            self.cleaned_data[fait.code] = SANS_OBJET.value

    def _resoudre(self, fait: Fait) -> None:
        """The typed text becomes a code; several meanings are offered as a choice."""
        texte = self.cleaned_data[fait.code]
        if not texte:
            self.cleaned_data[fait.code] = None
            return
        if texte == self.initial.get(fait.code):
            self.cleaned_data[fait.code] = self.connues[fait.code]
            return
        trouvaille = chercher(fait, texte)
        choisi = self.data.get(fait.code + CHOIX_SUFFIXE)
        if choisi in {candidat.code for candidat in trouvaille.candidats}:
            self._retenir(fait, choisi)
        elif trouvaille.code is not None:
            self._retenir(fait, trouvaille.code)
            if trouvaille.note:
                self.notes[fait.code] = trouvaille.note
        else:
            self.candidats[fait.code] = trouvaille.candidats
            if trouvaille.coupee:
                self.coupes.add(fait.code)
            self.add_error(fait.code, _message_recherche(texte, trouvaille))

    def _retenir(self, fait: Fait, code: str) -> None:
        """The code is the answer, and the field shows its name from now on."""
        self.cleaned_data[fait.code] = code
        if self.saisie is not None:
            self.saisie[fait.code] = nommer(fait, code)
        self.resolus.add(fait.code)

    def _verifier_coherence(self) -> None:
        """The answers together, with those already known that are not asked here."""
        faits = dict(self.connues) | self.reponses()
        for code, message in incoherences(faits, timezone.localdate()).items():
            if code in self.fields and code not in self.errors:
                self.add_error(code, message)

    def remarques(self) -> dict[str, str]:
        """Code -> what to look at again, with what was typed if anything was."""
        faits = dict(self.connues)
        if self.is_bound:
            faits |= self.reponses()
        return {
            code: message
            for code, message in remarques(faits, timezone.localdate()).items()
            if code in self.fields
        }

    def reponses(self) -> dict[str, Any]:
        """Code of fact -> exchanged JSON or None, for the answers that could be read."""
        return {
            fait.code: self.cleaned_data[fait.code]
            for fait in self.faits
            if fait.code in self.cleaned_data
        }

    def questions(self) -> Iterator[Question]:
        """The facts in order, with what each template needs."""
        a_revoir = self.remarques()
        for fait in self.faits:
            suffixe = fait.code + SANS_OBJET_SUFFIXE
            yield Question(
                fait=fait,
                champ=self[fait.code],
                genre=_genre(fait),
                sans_objet=self[suffixe] if suffixe in self.fields else None,
                candidats=self.candidats.get(fait.code, ()),
                suite=_suite(fait) if fait.code in self.coupes else "",
                resolu=fait.code in self.resolus,
                note=self.notes.get(fait.code, ""),
                remarque=a_revoir.get(fait.code, ""),
                unite="€" if fait.type is Type.MONTANT else "",
                octrois=_octrois(self[fait.code]),
            )


class FormulaireSection(FormulaireFaits):
    """The questions of one section of a draft."""

    def __init__(self, section: Section, dossier: Dossier, data: QueryDict | None = None) -> None:
        self.section = section
        self.dossier = dossier
        faits = faits_de(section, occasionnels(dossier))
        obtenues = any(fait.type is Type.OCTROIS for fait in faits)
        aides = aides_a_dater(dossier) if obtenues else {}
        super().__init__(faits, faits_json(dossier.faits), data, aides)
        if section is Section.PROJET:
            self._ajouter_textes()
            self.order_fields(["titre", "description"])

    def _initiales(self) -> dict[str, Any]:
        textes = {"titre": self.dossier.titre, "description": self.dossier.description}
        return textes | super()._initiales()

    def _ajouter_textes(self) -> None:
        self.fields["titre"] = forms.CharField(
            label="Titre du projet",
            max_length=120,
            widget=forms.TextInput({"class": "form-control"}),
            error_messages={"required": "Donnez un titre au projet."},
        )
        self.fields["description"] = forms.CharField(
            label="Description du projet",
            help_text="En quelques phrases, pour les personnes qui l’étudieront.",
            max_length=3000,
            required=False,
            widget=forms.Textarea({"class": "form-control", "rows": 4}),
        )

    def textes(self) -> dict[str, str]:
        """The free texts of the dossier that could be read."""
        return {
            nom: self.cleaned_data[nom]
            for nom in ("titre", "description")
            if nom in self.fields and nom in self.cleaned_data
        }


def _octrois(champ: BoundField) -> list[tuple[str, str, str]]:
    return champ.field.lignes(champ) if isinstance(champ.field, OctroisField) else []


def _champ(fait: Fait, aides: Mapping[str, str]) -> forms.Field:
    options: dict[str, Any] = {
        "label": fait.libelle,
        "help_text": fait.aide,
        "required": False,
    }
    match fait.type:
        case Type.MONTANT | Type.DIXIEMES | Type.ENTIER:
            return NombreField(fait, **options)
        case Type.BOOLEEN:
            return OuiNonField(**options)
        case Type.DATE:
            return JourField(**options)
        case Type.CHOIX | Type.CHOIX_MULTIPLE:
            return CasesField(fait, **options)
        case Type.CODE_NAF_2025:
            return CodeNafField(**options)
        case Type.OCTROIS:
            return OctroisField(aides, **options)
        case Type.CODE_NAF | Type.CODE_FORME | Type.LIEU:
            return RechercheField(fait, reverse("depot:suggestions", args=[fait.code]), **options)
        case _:
            assert_never(fait.type)


def _genre(fait: Fait) -> str:
    match fait.type:
        case Type.MONTANT | Type.DIXIEMES | Type.ENTIER:
            return "nombre"
        case Type.BOOLEEN:
            return "ouinon"
        case Type.DATE:
            return "date"
        case Type.CHOIX | Type.CHOIX_MULTIPLE:
            return "cases"
        case Type.CODE_NAF_2025:
            return "texte"
        case Type.OCTROIS:
            return "octrois"
        case Type.CODE_NAF | Type.CODE_FORME | Type.LIEU:
            return "recherche"
        case _:
            assert_never(fait.type)


def _message_recherche(texte: str, trouvaille: Trouvaille) -> str:
    if trouvaille.proche and trouvaille.candidats:
        noms = " ou ".join(candidat.libelle for candidat in trouvaille.candidats)
        return f"Aucune commune ne s’appelle « {texte} ». Vouliez-vous dire {noms} ?"
    if trouvaille.candidats:
        return f"« {texte} » a plusieurs réponses possibles : choisissez la vôtre ci-dessous."
    return f"Rien ne correspond à « {texte} ». Essayez avec moins de lettres, ou avec le code."


def _suite(fait: Fait) -> str:
    if fait.type is Type.LIEU:
        return "D’autres communes portent ce nom : précisez avec le code postal."
    return "Il y en a d’autres : précisez avec un mot de plus, ou avec le code."


class NouveauDossierForm(forms.Form):
    """The company, by one it already holds here or by a SIRET, and the name of the project."""

    AUTRE = "autre"

    siret = forms.CharField(
        label="SIRET de l’établissement",
        help_text="14 chiffres, sur vos factures ou votre avis de situation. "
        "Aucun autre papier n’est nécessaire pour commencer.",
        max_length=30,
        required=False,
        widget=forms.TextInput(
            {"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    nom = forms.CharField(
        label="Nom de l’entreprise",
        max_length=200,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "organization"}),
    )
    titre = forms.CharField(
        label="Titre du projet",
        help_text="Pour le reconnaître, par exemple « Nouvel atelier ».",
        max_length=120,
        widget=forms.TextInput({"class": "form-control"}),
        error_messages={"required": "Donnez un titre au projet."},
    )

    def __init__(
        self,
        entreprises: list[Entreprise],
        data: Any = None,
        gardees: ReponsesGardees | None = None,
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        self.entreprises = {str(entreprise.pk): entreprise for entreprise in entreprises}
        if entreprises:
            choix = [(cle, f"{e.nom} (SIRET {e.siret})") for cle, e in self.entreprises.items()]
            self.fields["entreprise"] = forms.ChoiceField(
                label="Pour quelle entreprise ?",
                choices=[*choix, (self.AUTRE, "Une autre entreprise")],
                initial=choix[0][0],
                widget=forms.RadioSelect,
            )
        if gardees is not None:
            self.fields["reprendre"] = forms.BooleanField(
                label="Commencer ce dossier avec ces réponses", required=False, initial=True
            )
            natures = gardees.reponses.get("nature_projet", ())
            self.initial["titre"] = "".join(NATURES_PROJET[nature] for nature in natures[:1])

    def clean_siret(self) -> str:
        brut = self.cleaned_data["siret"]
        if not brut:
            return ""
        try:
            return str(siret_fr.validate(brut))
        except StdnumError as invalide:
            raise forms.ValidationError(_message_siret(brut)) from invalide

    def clean(self) -> dict[str, Any]:
        if self.choisie() is not None:
            # What was typed for another company no longer matters.
            for nom in ("siret", "nom"):
                self.errors.pop(nom, None)
        elif not self.errors.get("entreprise"):
            for nom, message in (
                ("siret", "Donnez le SIRET de l’établissement."),
                ("nom", "Donnez le nom de l’entreprise."),
            ):
                if nom not in self.errors and not self.cleaned_data.get(nom):
                    self.add_error(nom, message)
        return self.cleaned_data

    def choisie(self) -> Entreprise | None:
        """The company already held that was chosen, None for another one."""
        return self.entreprises.get(self.cleaned_data.get("entreprise", ""))


def _message_siret(brut: str) -> str:
    chiffres = "".join(signe for signe in brut if signe.isdigit())
    if len(chiffres) == 9:
        return "C’est un SIREN (9 chiffres) : ajoutez les 5 chiffres de l’établissement."
    if len(chiffres) != 14:
        return f"Un SIRET compte 14 chiffres ; celui-ci en compte {len(chiffres)}."
    return "Ce SIRET n’existe pas : vérifiez les chiffres, l’un d’eux est sans doute faux."
