"""What the loaded layers of zones say of a commune on a day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from territoires.models import AppartenanceZone, CommuneAncienne, CoucheZone, Zone

Statut = AppartenanceZone.Statut

#: Zonings that aids may speak of before any layer of them is loaded, and what makes them.
ZONES_CONNUES: dict[str, str] = {
    "AFR": "Aide à finalité régionale (décret n° 2022-968 du 30 juin 2022)",
    "BER": "Bassin d’emploi à redynamiser (CGI, article 44 duodecies)",
    "FRR": "France ruralités revitalisation (CGI, article 44 quindecies A)",
    "ORT": "Opération de revitalisation de territoire (CCH, article L303-2)",
    "QPV": "Quartier prioritaire de la politique de la ville (loi n° 2014-173, article 5)",
    "TI": "Territoire d’industrie (programme national)",
    "ZFU-TE": "Zone franche urbaine – territoire entrepreneur (CGI, article 44 octies A)",
    "ZRD": "Zone de restructuration de la défense (CGI, article 44 terdecies)",
    "ZRR": "Zone de revitalisation rurale (CGI, article 1465 A)",
}


@dataclass(frozen=True)
class ReferentielZones:
    """Which zones are known: the answer the eligibility language asks of geography.

    A zone without a layer on the day is not known, which is not the same as not there.
    """

    chargees: frozenset[str]

    @classmethod
    def au(cls, jour: date) -> "ReferentielZones":
        return cls(zones_chargees(jour))

    def zone_chargee(self, zone: str) -> bool:
        return zone in self.chargees


def zones_existantes() -> frozenset[str]:
    """Codes of every zone that exists, whether a layer of it is loaded or not."""
    return frozenset(Zone.objects.values_list("code", flat=True)).union(ZONES_CONNUES)


def zones_chargees(le: date) -> frozenset[str]:
    """Codes of the zones that have a layer in force on the day `le`."""
    return frozenset(CoucheZone.objects.en_vigueur(le).values_list("zone_id", flat=True))


def codes_de_zone(code_commune: str, le: date) -> frozenset[str]:
    """Return `ZONE-<code>` for each zone that holds this present commune on the day `le`, and
    `ZONE-PARTIELLE-<code>` when it holds part of it: an officer has then to look closer.
    """
    return codes_des_zones([code_commune], le).get(code_commune, frozenset())


def codes_des_zones(communes: Collection[str], le: date) -> dict[str, frozenset[str]]:
    """The same for each of these present communes that lies in a zone, in one query."""
    anciens = CommuneAncienne.objects.filter(commune__in=communes)
    lignes = (
        AppartenanceZone.objects.filter(
            Q(code_commune__in=communes) | Q(code_commune__in=anciens.values("code")),
            couche__in=CoucheZone.objects.en_vigueur(le),
        )
        .select_related("couche")
        .annotate(
            devenues=ArraySubquery(
                anciens.filter(code=OuterRef("code_commune")).values("commune_id")
            )
        )
    )
    par_couche: dict[tuple[str, CoucheZone], dict[str, str]] = defaultdict(dict)
    for ligne in lignes:
        for commune in {ligne.code_commune, *ligne.devenues}.intersection(communes):
            par_couche[commune, ligne.couche][ligne.code_commune] = ligne.statut
    codes: dict[str, set[str]] = defaultdict(set)
    for (commune, couche), statuts in par_couche.items():
        match statut_de(commune, statuts, statuts_donnes=couche.statuts_donnes):
            case Statut.DEDANS:
                codes[commune].add(f"ZONE-{couche.zone_id}")
            case Statut.PARTIEL:
                codes[commune].add(f"ZONE-PARTIELLE-{couche.zone_id}")
    return {commune: frozenset(siens) for commune, siens in codes.items()}


def statut_de(code_commune: str, statuts: dict[str, str], *, statuts_donnes: bool) -> Statut:
    """Status of a present commune, from the lines of a layer on it or on its former parts.

    `statuts` (code in the file -> status) is not empty. Parts that disagree make it partial; so
    does a list of members that names some parts only, since the others may be outside.
    """
    distincts = set(statuts.values())
    if len(distincts) > 1 or Statut.PARTIEL in distincts:
        return Statut.PARTIEL
    if distincts == {Statut.DEHORS}:
        return Statut.DEHORS
    if code_commune in statuts or statuts_donnes:
        return Statut.DEDANS
    return Statut.PARTIEL
