"""A simulation: a few questions, answered in the address of the page and matched at once.

Nothing is stored and nobody is named: an address shares exactly what it shows.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse

from aides.criteres.choix import DEPENSES
from aides.criteres.faits import VOCABULAIRE, Fait, Faits, Section, Type
from aides.criteres.valeurs import afficher, depuis_json, lire_quantite
from dossiers.coherence import PLAFOND_PROJET
from dossiers.depot.formulaires import CHOIX_SUFFIXE, RECHERCHES, FormulaireFaits, Question
from dossiers.depot.presentation import AQuestion, Cadre
from dossiers.faits import resolveur
from dossiers.rapprochement.appariement import Appariement, apparier

#: The total of the project: a question of the simulation alone, the dossier asks line by line.
MONTANT = Fait(
    "montant", "Montant du projet", "Combien coûte le projet, hors taxes ?",
    Type.MONTANT, Section.DEPENSES, aide="Un ordre de grandeur suffit.",
)  # fmt: skip
POSTE, AIDE = "poste", "aide"
POSTES = {code: libelle for code, (libelle, _) in DEPENSES.items()}
ESSENTIELLES = ("commune_projet", "naf", "effectif", "nature_projet")
PRECISIONS = (
    "secteur", "forme_juridique", "commune_siege", "date_creation", "chiffre_affaires",
    "total_bilan", "projet_commence", "emplois_crees", "entreprise_en_difficulte",
    "a_jour_obligations",
)  # fmt: skip
#: What is read of an address, whatever it holds: one character more than any field takes.
LONGUEUR_LUE, VALEURS_LUES = 201, 30


class FormulaireSimulation(FormulaireFaits):
    """The questions of a simulation, filled in from an address; none is compulsory."""

    def __init__(self, adresse: QueryDict) -> None:
        codes = (*ESSENTIELLES, *PRECISIONS)
        faits = [VOCABULAIRE[code] for code in codes]
        faits.insert(len(ESSENTIELLES), MONTANT)
        super().__init__(faits, {}, _bornee(adresse))
        postes = [("", "Je ne sais pas encore"), *POSTES.items()]
        self.fields[POSTE] = forms.ChoiceField(
            label="À quoi sert surtout ce montant ?",
            choices=postes,
            help_text="Tout le montant est alors compté à ce poste, et les autres pour 0 €. Dans "
            "un dossier, vous le répartissez.",
            required=False,
            widget=forms.Select({"class": "form-select"}),
        )
        #: The answers as read, by day: reading places asks the database.
        self._lus: dict[date, Faits] = {}
        #: The aide that the person has in mind; one that does not exist is simply not shown.
        self.fields[AIDE] = forms.SlugField(max_length=80, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        montant = self.cleaned_data.get(MONTANT.code)
        if montant is not None and Decimal(montant) > PLAFOND_PROJET:
            self.add_error(
                MONTANT.code, "Ce montant dépasse dix milliards d’euros : vérifiez les zéros."
            )
        return self.cleaned_data

    @cached_property
    def connus(self) -> dict[str, Any]:
        """The answers that could be read, as a dossier stores them: code -> exchanged JSON.

        An amount with its line of expenses fills in that line, and nobody said anything of the
        others; without its line it is no fact of the dossier yet.
        """
        self.is_valid()
        lus = {code: v for code, v in self.reponses().items() if v is not None}
        montant, poste = lus.pop(MONTANT.code, None), self.cleaned_data.get(POSTE)
        if montant is not None and poste:
            lus[poste] = montant
        return lus

    @property
    def montant_sans_poste(self) -> bool:
        """Whether the amount given has no line of expenses yet."""
        self.is_valid()
        donnees = self.cleaned_data
        return donnees.get(MONTANT.code) is not None and not donnees.get(POSTE)

    def faits_lus(self, le: date) -> Faits:
        """The answers for the day `le`; a total without its line is known as a total only.

        With its line, it is the whole project as far as this page can tell: the other lines
        count for 0 € here, but they are no answers (`connus` leaves them out).
        """
        if le not in self._lus:
            self._lus[le] = self._lire(le)
        return self._lus[le]

    def _lire(self, le: date) -> Faits:
        lus = self.connus
        if DEPENSES.keys() & lus.keys():
            lus = dict.fromkeys(DEPENSES, "0.00") | lus
        faits = dict(depuis_json(lus, resolveur(le)))
        if self.montant_sans_poste:
            total = lire_quantite(Type.MONTANT, self.cleaned_data[MONTANT.code])
            faits["depenses_total"] = total
        return faits

    def lignes(self, le: date) -> list[tuple[str, str]]:
        """The answers in words: (label, value), in the order of the questions."""
        lus = self.faits_lus(le)
        lignes = []
        for fait in self.faits:
            if fait is MONTANT and self.cleaned_data.get(MONTANT.code) is not None:
                total = lire_quantite(Type.MONTANT, self.cleaned_data[MONTANT.code])
                poste = POSTES.get(self.cleaned_data.get(POSTE, ""))
                montant = afficher("depenses_total", total)
                lignes.append((fait.libelle, f"{montant} ({poste})" if poste else montant))
            elif fait.code in lus:
                cherche = fait.type in RECHERCHES
                valeur = self.data[fait.code] if cherche else afficher(fait.code, lus[fait.code])
                lignes.append((fait.libelle, valeur))
        return lignes

    def paires(self) -> list[tuple[str, str]]:
        """Names and values of the address that holds these answers, blanks left out."""
        noms = [nom for champ in self.fields for nom in (champ, champ + CHOIX_SUFFIXE)]
        lue = self.saisie or QueryDict()
        return [(nom, v) for nom in noms for v in lue.getlist(nom) if v]

    def adresse(self, nom: str = "depot:simulation", *args: str) -> str:
        """A page of the simulation with these answers."""
        page, requete = reverse(nom, args=args), urlencode(self.paires())
        return f"{page}?{requete}" if requete else page

    def essentielles(self) -> list[Question]:
        return [q for q in self.questions() if q.fait.code not in PRECISIONS]

    def precisions(self) -> list[Question]:
        return [q for q in self.questions() if q.fait.code in PRECISIONS]

    @property
    def precise(self) -> bool:
        """Whether one of the questions that are folded has an answer, or is to be corrected."""
        return any(code in self.connus or code in self.errors for code in PRECISIONS)


def _bornee(adresse: QueryDict) -> QueryDict:
    """What is read of an address: known names are few, and so are their values."""
    lue = QueryDict(mutable=True)
    for nom in adresse:
        valeurs = [valeur[:LONGUEUR_LUE] for valeur in adresse.getlist(nom)[:VALEURS_LUES]]
        lue.setlist(nom[:LONGUEUR_LUE], valeurs)
    return lue


def simuler(form: FormulaireSimulation, le: date) -> Appariement:
    """The answers against the open catalogue, on the day `le`."""
    return apparier(form.faits_lus(le), le)


def cadre_de(form: FormulaireSimulation) -> Cadre:
    """The pages of a simulation: what is not asked here has no address."""
    page, chiffre = form.adresse(), form.cleaned_data.get(MONTANT.code) is not None

    def question(fait: Fait) -> AQuestion:
        posee = MONTANT if fait.code in DEPENSES and not chiffre else fait
        if posee.code in form.fields:
            return AQuestion(posee.libelle, f"{page}#question-{posee.code}")
        return AQuestion(fait.libelle, "")

    return Cadre(
        question,
        lambda code: form.adresse("depot:aide_simulee", code),
        choix=[form.cleaned_data.get(AIDE, "")],
        selection=False,
    )
