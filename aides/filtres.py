"""The filters of the catalogue's addresses: what each accepts, and what it answers otherwise."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from aides.emprise import FRANCE
from aides.models import Aide, VersionAide
from aides.querysets import AideQuerySet
from territoires.models import ActiviteNaf, Commune, Departement, Epci, Region
from territoires.organismes.models import NatureAide, Organisme
from territoires.perimetre import CodeInconnu, commune_actuelle
from territoires.recherche import chercher_lieux

ETATS = {"ouverte": "Ouverte", "a_venir": "À venir", "close": "Close"}
CHOIX_ETATS = list(ETATS.items())
LONGUEUR_MAXIMUM = 200
#: Places named when several may be meant.
LIEUX_PROPOSES = 6
_CODE_DE_LIEU = re.compile(r"(?:REG|DEP|EPCI|COM|PAYS)-[0-9AB]{2,9}")
_COMMUNE_NUE = re.compile(r"[0-9][0-9AB][0-9]{3}")


def etat_de(version: VersionAide, le: date) -> str:
    """Whether a version can be asked for on the day `le`: a key of ETATS.

    The same three cases as `AideQuerySet.ouvertes`, `a_venir` and `closes`. The status is what
    the source says today: "close" wins over the dates, on past days too.
    """
    if version.statut == VersionAide.Statut.CLOSE:
        return "close"
    if version.ouverture is not None and version.ouverture > le:
        return "a_venir"
    return "close" if version.cloture is not None and version.cloture < le else "ouverte"


# ------------------------------------------------------------------ fields


class ChampTexte(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGUEUR_MAXIMUM, **options)


class ChampTerritoire(ChampTexte):
    """A place of any level -> the communes it holds, in the loaded edition."""

    def clean(self, value: Any) -> QuerySet[Commune] | None:
        code = super().clean(value).strip().upper()
        return communes_de(code) if code else None


def communes_de(code: str) -> QuerySet[Commune]:
    """The present communes of a place: `REG-76`, `31555`… Raises ValidationError."""
    niveau, _, numero = f"COM-{code}".partition("-") if _nue(code) else code.partition("-")
    communes = Commune.objects.actuelles()
    match niveau:
        case "COM":
            try:
                return communes.filter(code=commune_actuelle(numero).code)
            except CodeInconnu:
                pass
        case "EPCI" if Epci.objects.filter(siren=numero).exists():
            return communes.filter(epci=numero)
        case "DEP" if Departement.objects.filter(code=numero).exists():
            return communes.filter(departement=numero)
        case "REG" if Region.objects.filter(code=numero).exists():
            return communes.filter(departement__region=numero)
        case "PAYS" if code == FRANCE:
            return communes
        case _:
            pass
    raise ValidationError(
        f"Territoire inconnu : « {code} ». Écrivez un code officiel existant : COM-31555 (ou "
        f"31555), EPCI-243100518, DEP-31, REG-76 ou {FRANCE}."
    )


def _nue(code: str) -> bool:
    return _COMMUNE_NUE.fullmatch(code) is not None


class ChampLieu(ChampTerritoire):
    """What people type for a place, or its code -> the communes it holds."""

    def clean(self, value: Any) -> QuerySet[Commune] | None:
        texte = ChampTexte.clean(self, value).strip()
        if not texte or _CODE_DE_LIEU.fullmatch(texte.upper()):
            return super().clean(texte)
        trouves = chercher_lieux(texte)
        if not trouves:
            raise ValidationError(
                f"Aucun lieu ne s’appelle « {texte} ». Écrivez une commune, une intercommunalité, "
                "un département ou une région."
            )
        exacts = [lieu for lieu in trouves if lieu.libelle.partition(" (")[0] == texte]
        retenus = trouves if len(trouves) == 1 else exacts
        if len(retenus) != 1:
            noms = " ; ".join(lieu.libelle for lieu in trouves[:LIEUX_PROPOSES])
            raise ValidationError(f"« {texte} » désigne plusieurs lieux : {noms}. Précisez lequel.")
        return communes_de(retenus[0].code)


class ChampNaf(ChampTexte):
    """A code of NAF rév. 2 at any level -> the sub-classes under it."""

    def clean(self, value: Any) -> QuerySet[ActiviteNaf] | None:
        code = super().clean(value).strip().upper()
        if not code:
            return None
        sous_classes = ActiviteNaf.objects.filter(niveau=ActiviteNaf.Niveau.SOUS_CLASSE)
        activite = ActiviteNaf.objects.filter(code=code).first()
        if activite is None:
            raise ValidationError(
                f"Code NAF inconnu : « {code} ». Écrivez une section (C), une division (10), un "
                "groupe (10.1), une classe (10.11) ou une sous-classe (10.11Z) de la NAF rév. 2."
            )
        if activite.niveau == ActiviteNaf.Niveau.SECTION:
            return sous_classes.filter(section=code)
        return sous_classes.filter(code__startswith=code)


class ChampFinanceur(ChampTexte):
    """The code or the SIREN of an organisme -> those that have it."""

    def clean(self, value: Any) -> QuerySet[Organisme] | None:
        code = super().clean(value).strip()
        if not code:
            return None
        organismes = Organisme.objects.filter(Q(code=code) | Q(siren=code.replace(" ", "")))
        if not organismes.exists():
            financeurs = Organisme.objects.filter(porte__roles__contains=["financeur"])
            codes = sorted(set(financeurs.values_list("code", flat=True)))
            raise ValidationError(
                f"Financeur inconnu : « {code} ». Codes acceptés, ou leur SIREN : "
                f"{', '.join(codes)}."
            )
        return organismes


# ------------------------------------------------------------------ filters


def _choix(choix: list[tuple[str, str]], quoi: str, **options: Any) -> Any:
    """A filter on one of several codes, given once or several times."""
    acceptees = ", ".join(code for code, _ in choix)
    message = f"{quoi} : « %(value)s » est inconnu. Valeurs acceptées : {acceptees}."
    return django_filters.MultipleChoiceFilter(
        choices=choix, error_messages={"invalid_choice": message}, **options
    )


@extend_schema_field(str)
class FiltreTerritoire(django_filters.Filter):
    field_class: type[ChampTerritoire] = ChampTerritoire

    def filter(self, qs: AideQuerySet, value: QuerySet[Commune] | None) -> AideQuerySet:
        return qs if value is None else qs.pour_communes(value)


@extend_schema_field(str)
class FiltreNaf(django_filters.Filter):
    field_class = ChampNaf

    def filter(self, qs: AideQuerySet, value: QuerySet[ActiviteNaf] | None) -> AideQuerySet:
        return qs if value is None else qs.pour_activites(value)


@extend_schema_field(str)
class FiltreFinanceur(django_filters.Filter):
    field_class = ChampFinanceur

    def filter(self, qs: AideQuerySet, value: QuerySet[Organisme] | None) -> AideQuerySet:
        return qs if value is None else qs.financees_par(value)


@extend_schema_field(str)
class FiltreTexte(django_filters.Filter):
    field_class = ChampTexte

    def filter(self, qs: AideQuerySet, value: str) -> AideQuerySet:
        return qs.qui_disent(value) if value else qs


class FiltresAides(django_filters.FilterSet):
    """The filters of `/api/v1/aides/`, all of which must hold."""

    nature = _choix(NatureAide.choices, "nature", method="filtrer_nature",
                    label="Nature d’aide, première ou secondaire ; peut être répété")  # fmt: skip
    financeur = FiltreFinanceur(label="Code ou SIREN d’un organisme qui finance l’aide")
    territoire = FiltreTerritoire(
        label="Aides qu’un projet situé dans ce territoire peut demander, dans une commune au "
        "moins : COM-31555 (ou 31555), EPCI-243100518, DEP-31, REG-76, PAYS-99100"
    )
    naf = FiltreNaf(label="Code NAF rév. 2 à tout niveau : C, 10, 10.1, 10.11, 10.11Z")
    statut = _choix(VersionAide.Statut.choices, "statut", field_name="version__statut",
                    label="Ce que la source dit de l’aide ; peut être répété")  # fmt: skip
    etat = _choix(CHOIX_ETATS, "etat", method="filtrer_etat",
                  label="Ce que l’aide est au jour « le » d’après ses dates ; une aide dont le "
                  "statut est « close » l’est tous les jours ; peut être répété")  # fmt: skip
    le = django_filters.DateFilter(
        method="garder", label="Jour de référence, AAAA-MM-JJ ; aujourd’hui sinon",
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "« le » : une date AAAA-MM-JJ est attendue."},
    )  # fmt: skip
    q = FiltreTexte(
        label="Mots cherchés, sans égard aux accents, dans le titre, la promesse, la "
        "description et le nom des financeurs ; le dernier peut être inachevé"
    )

    class Meta:
        model = Aide
        fields: list[str] = []

    @cached_property
    def jour(self) -> date:
        """The day the answer speaks of; the form must be valid."""
        donne: date | None = self.form.cleaned_data.get("le")
        return donne or timezone.localdate()

    def filtrer_nature(self, qs: AideQuerySet, nom: str, valeurs: list[str]) -> AideQuerySet:
        return qs.de_nature(valeurs) if valeurs else qs

    def filtrer_etat(self, qs: AideQuerySet, nom: str, valeurs: list[str]) -> AideQuerySet:
        voulus = {
            "ouverte": Aide.objects.ouvertes, "a_venir": Aide.objects.a_venir,
            "close": Aide.objects.closes,
        }  # fmt: skip
        retenues = Q()
        for valeur in valeurs:
            retenues |= Q(pk__in=voulus[valeur](self.jour).order_by().values("pk"))
        return qs.filter(retenues)

    def garder(self, qs: AideQuerySet, nom: str, valeur: date) -> AideQuerySet:
        """`le` does not filter by itself: it is the day `etat` speaks of."""
        return qs


class FiltreLieu(FiltreTerritoire):
    field_class = ChampLieu


class FiltresCatalogue(FiltresAides):
    """The same filters for people: a place by its name, and how an aide is asked for."""

    territoire = FiltreLieu(label="Lieu du projet")
    voie = _choix(VersionAide.Voie.choices, "voie", field_name="version__voie")
