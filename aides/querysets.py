"""Named filters of the catalogue, which read as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Cast, Left

from aides.emprise import Emprise
from portal.comptes.models import User
from territoires.models import ActiviteNaf, Commune
from territoires.normalisation import droites, sans_accents

if TYPE_CHECKING:
    from aides.models import Aide, BrouillonAide  # noqa: F401


#: Fewer letters than that begin too many words.
DEBUT_DE_MOT = 3
_MOT = re.compile(r"[^\W_]+")
_OPERATEUR = re.compile(r'"|(^|\s)-|\bor\b')


class AideQuerySet(QuerySet["Aide"]):
    """Aides of the catalogue; every filter looks at the published version."""

    def publiees(self) -> Self:
        """Those that have a published version, whatever its status."""
        return self.filter(version__isnull=False)

    def ouvertes(self, le: date) -> Self:
        """Those a company can ask for on that day, as far as their source says."""
        return (
            self.publiees()
            .exclude(version__statut="close")
            .filter(Q(version__ouverture__isnull=True) | Q(version__ouverture__lte=le))
            .filter(Q(version__cloture__isnull=True) | Q(version__cloture__gte=le))
        )

    def a_venir(self, le: date) -> Self:
        """Those that open after that day."""
        return self.exclude(version__statut="close").filter(version__ouverture__gt=le)

    def closes(self, le: date) -> Self:
        """Those that nobody can ask for any more on that day."""
        return self.filter(
            Q(version__statut="close")
            | Q(version__cloture__lt=le)
            & (Q(version__ouverture__isnull=True) | Q(version__ouverture__lte=le))
        )

    def de_nature(self, natures: Iterable[str]) -> Self:
        """Those of one of these natures, first or secondary."""
        voulues = list(natures)
        return self.filter(
            Q(version__nature__in=voulues) | Q(version__natures_secondaires__overlap=voulues)
        )

    def financees_par(self, organismes: QuerySet[Any]) -> Self:
        """Those that one of these organismes finances."""
        return self.filter(
            Exists(
                organismes.filter(
                    porte__version=OuterRef("version"), porte__roles__contains=["financeur"]
                )
            )
        )

    def qui_disent(self, texte: str) -> Self:
        """Those whose title, promise, description or funders say it, accents and the shape of
        apostrophes aside: French stems, the last word maybe unfinished; "quotes", OR and -word as
        search engines do."""
        texte = droites(texte)
        plie = sans_accents(texte)
        voulue: Any = SearchQuery(texte, config="french", search_type="websearch")
        if plie != texte.lower():
            voulue |= SearchQuery(plie, config="french", search_type="websearch")
        mots = _MOT.findall(plie)
        if mots and len(mots[-1]) >= DEBUT_DE_MOT and not _OPERATEUR.search(plie):
            debut = SearchQuery(" ".join(mots[:-1]), config="french", search_type="plain")
            voulue |= debut & SearchQuery(f"{mots[-1]}:*", config="simple", search_type="raw")
        return self.filter(version__recherche=voulue)

    def pour_communes(self, communes: QuerySet[Commune]) -> Self:
        """Those that a project in at least one of these communes can claim: in the périmètre,
        out of the exclusions. The commune decides, never the EPCI or the région around it.

        Four queries at once, whatever the number of aides: the périmètres with exclusions are
        few and are looked at here, the others are left to their index.
        """
        lieux = self.publiees().order_by().annotate(
            lieu=Func(F("version__perimetre"), function="unnest", output_field=CharField())
        )  # fmt: skip
        nommees = set(lieux.values_list("lieu", flat=True).distinct())
        restreintes = list(
            self.publiees()
            .exclude(version__exclusions=[])
            .order_by()
            .values_list("version_id", "version__perimetre", "version__exclusions")
        )
        nommees = nommees.union(*(exclusions for _, _, exclusions in restreintes))
        emprise = Emprise.de(communes, {code for code in nommees if code.startswith("COM-")})
        reste = cache(emprise.reste)
        retenues = [
            version
            for version, perimetre, exclusions in restreintes
            if reste(frozenset(perimetre), frozenset(exclusions))
        ]
        entieres = Q(
            version__exclusions=[], version__perimetre__overlap=sorted(emprise.codes & nommees)
        )
        return self.filter(entieres | Q(version__in=retenues))

    def pour_activites(self, activites: QuerySet[ActiviteNaf]) -> Self:
        """Those that target at least one of these sub-classes of NAF and do not exclude it; an
        aide without any NAF code targets them all."""
        codes: set[str] = set()
        for section, code in activites.values_list("section", "code"):
            codes |= {section, code[:2], code[:4], code[:5], code}
        retenues = _dont_un_reste(
            activites, "version__naf", "version__naf_exclusions", _CODES_ACTIVITE
        )
        restantes = _dont_un_reste(activites, None, "version__naf_exclusions", _CODES_ACTIVITE)
        return self.filter(
            (Q(version__naf=[]) & (Q(version__naf_exclusions=[]) | restantes))
            | (Q(version__naf__overlap=sorted(codes)) & (Q(version__naf_exclusions=[]) | retenues))
        )

    def modifiables_par(self, user: User) -> Self:
        """Those that an organisme whose catalogue this person keeps finances or publishes; all
        for the portal's own. Who only reviews an aide does not write it."""
        if user.is_staff:
            return self.publiees()
        porteurs = user.gestions.filter(
            organisme__porte__version=OuterRef("version"),
            organisme__porte__roles__overlap=["financeur", "diffuseur"],
        )
        return self.filter(Exists(porteurs))

    def with_version(self) -> Self:
        """With the published version and its porteurs, in a constant number of queries."""
        porteurs: Prefetch[Any] = Prefetch("version__porteurs__organisme")
        return self.select_related("version__aide").prefetch_related(porteurs)


class BrouillonQuerySet(QuerySet["BrouillonAide"]):
    """Drafts of aides."""

    def visibles_par(self, user: User) -> Self:
        """Those of the organismes whose catalogue this person keeps; all for the portal's own."""
        if user.is_staff:
            return self.all()
        return self.filter(organisme__in=user.gestions.values("organisme"))


def _tableau(*elements: Any) -> Cast:
    tableau = Func(*elements, template="ARRAY[%(expressions)s]", output_field=_CODES)
    return Cast(tableau, _CODES)


_CODES = ArrayField(CharField(max_length=16))
#: Every code that a sub-class of NAF lies under.
_CODES_ACTIVITE = _tableau(
    F("section"), Left("code", 2), Left("code", 4), Left("code", 5), F("code")
)


def _dont_un_reste(lignes: QuerySet[Any], dans: str | None, hors: str, codes: Cast) -> Exists:
    """Whether one of the rows lies under `dans` (a column of codes) and under none of `hors`."""
    restent = lignes.order_by().annotate(codes=codes).exclude(codes__overlap=OuterRef(hors))
    if dans is not None:
        restent = restent.filter(codes__overlap=OuterRef(dans))
    return Exists(restent)
