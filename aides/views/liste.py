"""The catalogue as a list: filters that stay in the address, each choice with its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from aides.filtres import ETATS, LIEUX_PROPOSES, LONGUEUR_MAXIMUM, FiltresCatalogue, etat_de
from aides.models import Aide, Porteur, VersionAide
from territoires.normalisation import normaliser
from territoires.organismes.models import NatureAide
from territoires.recherche import chercher_lieux

PAR_PAGE = 20
#: Letters below which the beginning of a word says nothing any more.
LETTRES_GARDEES = 5
TRIS = {"titre": "Par nom", "cloture": "Par date limite", "recentes": "Dernières mises à jour"}
#: What each filter is called when it is the one to take away.
NOMS = {
    "q": "les mots cherchés", "territoire": "le lieu", "nature": "la nature d’aide",
    "financeur": "le financeur", "voie": "la façon de demander", "etat": "l’état",
    "naf": "l’activité", "statut": "le statut",
}  # fmt: skip
RANG_ETAT = {etat: rang for rang, etat in enumerate(ETATS)}


@dataclass(frozen=True, slots=True)
class Ligne:
    """What facets and sorting need of one aide."""

    pk: int
    titre: str
    natures: frozenset[str]
    financeurs: frozenset[str]
    voie: str
    etat: str
    cloture: date | None
    publiee_le: float
    #: Whether the record completes another aide: it is shown, and not counted apart.
    complement: bool


@dataclass(frozen=True, slots=True)
class Choix:
    code: str
    libelle: str
    nombre: int
    coche: bool


@dataclass(frozen=True, slots=True)
class Retrait:
    """A filter that leaves nothing: how many aides there would be without it, and where."""

    libelle: str
    nombre: int
    requete: str


def compter(lignes: Iterable[Ligne]) -> int:
    """How many aides: a record that completes another is no aide of its own."""
    return sum(not ligne.complement for ligne in lignes)


class Recherche:
    """The aides that pass every filter, and the counts of each choice that is left."""

    def __init__(self, request: HttpRequest) -> None:
        self.adresse = request.GET
        self.filtres = FiltresCatalogue(request.GET, queryset=Aide.objects.publiees())
        self.formulaire = self.filtres.form
        self.formulaire.is_valid()
        self.le = self.filtres.jour
        self.q = self.adresse.get("q", "")[:LONGUEUR_MAXIMUM]
        self.territoire = self.adresse.get("territoire", "")[:LONGUEUR_MAXIMUM]
        self.tri = self.adresse.get("tri", "titre")
        if self.tri not in TRIS:
            self.tri = "titre"

    @cached_property
    def lignes(self) -> dict[int, Ligne]:
        """Every published aide, in two queries that leave the documents where they are."""
        financeurs: dict[int, set[str]] = {}
        for aide, code in self._financeurs().values_list("version__aide", "organisme__code"):
            financeurs.setdefault(aide, set()).add(code)
        versions = VersionAide.objects.filter(pk=F("aide__version")).only(
            "titre", "nature", "natures_secondaires", "voie", "statut", "ouverture", "cloture",
            "publiee_le", "aide_id", "complete",
        )  # fmt: skip
        return {
            v.aide_id: Ligne(
                v.aide_id,
                normaliser(v.titre),
                frozenset({v.nature, *v.natures_secondaires}),
                frozenset(financeurs.get(v.aide_id, ())),
                v.voie,
                etat_de(v, self.le),
                v.cloture,
                v.publiee_le.timestamp(),
                bool(v.complete),
            )
            for v in versions.order_by("pk")
        }

    def _financeurs(self) -> Any:
        return Porteur.objects.filter(
            version=F("version__aide__version"), roles__contains=[Porteur.Role.FINANCEUR]
        ).order_by("pk")

    @cached_property
    def ensembles(self) -> dict[str, set[int]]:
        """Name of each filter in use -> the aides that pass it."""
        return {
            nom: set(
                self.filtres.filters[nom]
                .filter(Aide.objects.publiees().order_by(), valeur)
                .values_list("pk", flat=True)
            )
            for nom, valeur in self.formulaire.cleaned_data.items()
            if nom != "le" and self.adresse.get(nom) and valeur is not None
        }

    def retenues(self, sans: str = "") -> list[Ligne]:
        """The aides that pass every filter but `sans`."""
        gardes = set(self.lignes)
        for nom, ensemble in self.ensembles.items():
            if nom != sans:
                gardes &= ensemble
        return [self.lignes[pk] for pk in gardes]

    @cached_property
    def triees(self) -> list[int]:
        """Keys of the aides found: those that can be asked for first, then as one sorts."""

        def cle(ligne: Ligne) -> tuple[Any, ...]:
            match self.tri:
                case "cloture":
                    suite: Any = ligne.cloture or date.max
                case "recentes":
                    suite = -ligne.publiee_le
                case _:
                    suite = ""
            return RANG_ETAT[ligne.etat], suite, ligne.titre

        return [ligne.pk for ligne in sorted(self.retenues(), key=cle)]

    def _choix(self, nom: str, libelles: Iterable[tuple[str, str]]) -> list[Choix]:
        """The choices of a filter, with what each would leave of the others' aides."""
        nombres: Counter[str] = Counter()
        for ligne in self.retenues(sans=nom):
            if ligne.complement:
                continue
            match nom:
                case "nature":
                    nombres.update(ligne.natures)
                case "financeur":
                    nombres.update(ligne.financeurs)
                case "voie":
                    nombres[ligne.voie] += 1
                case _:
                    nombres[ligne.etat] += 1
        coches = self.adresse.getlist(nom)
        tous = [Choix(code, lib, nombres[code], code in coches) for code, lib in libelles]
        return [choix for choix in tous if choix.nombre or choix.coche]

    def natures(self) -> list[Choix]:
        return self._choix("nature", NatureAide.choices)

    def voies(self) -> list[Choix]:
        return self._choix("voie", VersionAide.Voie.choices)

    def etats(self) -> list[Choix]:
        return self._choix("etat", ETATS.items())

    def financeurs(self) -> list[Choix]:
        noms = dict(self._financeurs().values_list("organisme__code", "organisme__nom"))
        return self._choix("financeur", sorted(noms.items(), key=lambda n: normaliser(n[1])))

    @property
    def affinee(self) -> bool:
        """Whether one of the filters that a phone folds is in use."""
        return bool(self.ensembles.keys() - {"q", "territoire"}) or self.tri != "titre"

    def erreurs(self) -> list[str]:
        """What of the address cannot be read, and is left aside."""
        return [
            str(texte)
            for nom, textes in self.formulaire.errors.items()
            for texte in textes
            if nom != "territoire" or not self.lieux_possibles
        ]

    @cached_property
    def lieux_possibles(self) -> list[tuple[str, str]]:
        """The places that an ambiguous one may be: (label, address with that place)."""
        if "territoire" not in self.formulaire.errors:
            return []
        trouves = chercher_lieux(self.territoire.strip())[:LIEUX_PROPOSES]
        return [(lieu.libelle, self._avec(territoire=lieu.code)) for lieu in trouves]

    def _avec(self, **valeurs: str) -> str:
        """This address with these values, an empty one taken away, on its first page."""
        reste = self.adresse.copy()
        reste.pop("page", None)
        for nom, valeur in valeurs.items():
            reste.pop(nom, None)
            if valeur:
                reste[nom] = valeur
        return reste.urlencode()

    @cached_property
    def plus_court(self) -> Retrait | None:
        """The longest beginning of the words searched in vain that finds something."""
        if "q" not in self.ensembles:
            return None
        autres = {ligne.pk: ligne for ligne in self.retenues(sans="q")}
        mots = self.q.strip()
        for longueur in range(len(mots) - 1, max(LETTRES_GARDEES, len(mots) // 2) - 1, -1):
            debut = mots[:longueur]
            trouvees = Aide.objects.publiees().order_by().qui_disent(debut)
            nombre = compter(
                autres[pk] for pk in trouvees.values_list("pk", flat=True) if pk in autres
            )
            if nombre:
                return Retrait(debut, nombre, self._avec(q=debut))
        return None

    @cached_property
    def natures_proches(self) -> list[Retrait]:
        """The natures of aid whose name begins as a word that was searched does."""
        if "q" not in self.ensembles:
            return []
        debuts = {m[:LETTRES_GARDEES] for m in normaliser(self.q).split() if len(m) > 3}
        proches = []
        for code, libelle in NatureAide.choices:
            mots = normaliser(str(libelle)).split()
            nombre = compter(li for li in self.lignes.values() if code in li.natures)
            if nombre and any(mot[:LETTRES_GARDEES] in debuts for mot in mots):
                proches.append(Retrait(str(libelle), nombre, urlencode({"nature": code})))
        return proches

    def retraits(self) -> list[Retrait]:
        """Each filter whose removal alone would show something."""
        retraits = []
        for nom in self.ensembles:
            nombre, reste = compter(self.retenues(sans=nom)), self.adresse.copy()
            for a_oter in (nom, "page"):
                reste.pop(a_oter, None)
            if nombre:
                retraits.append(Retrait(NOMS[nom], nombre, reste.urlencode()))
        return retraits


@require_safe
@cache_control(no_cache=True)
def liste(request: HttpRequest) -> HttpResponse:
    """The aides found, page by page; a filter that means nothing is said and left aside."""
    recherche = Recherche(request)
    page = Paginator(recherche.triees, PAR_PAGE).get_page(request.GET.get("page"))
    lues = Aide.objects.filter(pk__in=list(page.object_list)).order_by("pk").with_version()
    par_pk = {aide.pk: aide for aide in lues}
    nombre = compter(recherche.lignes[pk] for pk in recherche.triees)
    contexte = {
        "recherche": recherche,
        "page": page,
        "lignes": [
            (par_pk[pk].version, recherche.lignes[pk].etat, ETATS[recherche.lignes[pk].etat])
            for pk in page.object_list
        ],
        "nombre": nombre,
        "fiches": len(recherche.triees) - nombre,
        "total": compter(recherche.lignes.values()),
        "tris": TRIS.items(),
        "filtree": bool(recherche.ensembles),
    }
    return render(request, "aides/liste.html", contexte)


@require_safe
@cache_control(public=True, max_age=3600)
def lieux(request: HttpRequest) -> HttpResponse:
    """Options for the field of a place."""
    texte = request.GET.get("territoire", "").strip()
    trouves = chercher_lieux(texte) if len(texte) > 1 else []
    return render(request, "aides/lieux.html", {"lieux": trouves})
