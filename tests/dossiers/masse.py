"""A large fictitious catalogue, published at once, to see what lists cost."""

from __future__ import annotations

import hashlib
import uuid
from random import Random
from typing import Any

from django.db.models import F
from django.utils import timezone

from aides.models import Aide, Porteur, VersionAide
from tests.fabriques import SOURCE_FICTIVE, OrganismeFabrique

GRAINE = 20_261_122
Json = dict[str, Any]
NATURES = ("investissement", "export", "innovation", "creation_reprise")


def publier_en_masse(nombre: int) -> None:
    """So many more aides, always the same for a number: half of them of other territories, five
    to nine conditions each, one in four left to an officer in part, one in five asked elsewhere.
    """
    alea = Random(GRAINE)
    debut = Aide.objects.count()
    aides = Aide.objects.bulk_create(
        Aide(code=f"masse-{debut + rang}", identifiant=uuid.uuid5(uuid.NAMESPACE_OID, f"{rang}"))
        for rang in range(debut, debut + nombre)
    )
    versions = VersionAide.objects.bulk_create([_version(alea, aide) for aide in aides])
    organismes = [OrganismeFabrique() for _ in range(12)]
    Porteur.objects.bulk_create(
        Porteur(version=version, organisme=organismes[rang % 12], roles=["financeur"])
        for rang, version in enumerate(versions)
    )
    for version in versions:
        version.aide.version = version
    Aide.objects.bulk_update([version.aide for version in versions], ["version"], 500)
    assert Aide.objects.filter(version__aide=F("pk")).count() >= nombre


def _version(alea: Random, aide: Aide) -> VersionAide:
    externe = alea.random() < 0.2
    taux = alea.choice(("0.10", "0.20", "0.30", "0.40"))
    regle = {"forme": "subvention", "taux": taux, "plafond": "50000", "source": "reglement"}
    return VersionAide(
        aide=aide,
        numero=1,
        publiee_le=timezone.now(),
        empreinte=hashlib.sha256(aide.code.encode()).hexdigest(),
        titre=f"Aide fictive {aide.code}, pour {alea.choice(('investir', 'innover', 'recruter'))}",
        promesse="Une part des dépenses du projet",
        nature=alea.choice(NATURES),
        perimetre=[alea.choice(("PAYS-99100", "REG-76", "REG-53", "DEP-29"))],
        statut="active",
        voie="externe" if externe else "portail",
        url_externe="https://organisme.invalid/aide" if externe else "",
        sources={"reglement": dict(SOURCE_FICTIVE)},
        criteres={"type": "tous", "criteres": _criteres(alea)},
        montants=[regle],
    )


def _criteres(alea: Random) -> list[Json]:
    criteres = [_comparaison("effectif", "<=", alea.choice(("9", "49", "249", "499")))]
    possibles: list[Json] = [
        _comparaison("effectif", ">=", alea.choice(("1", "5", "10", "20"))),
        _comparaison("depense_equipement", ">=", f"{alea.choice((1, 5, 20, 60)) * 1000}.00"),
        _comparaison("emplois_crees", ">=", alea.choice(("1", "2", "5"))),
        {"type": "non", "critere": _vrai("entreprise_en_difficulte")},
        {"type": "non", "critere": _vrai("projet_commence")},
        _vrai("a_jour_obligations"),
        {
            "type": "commence", "fait": "naf", "codes": alea.sample(["C", "F", "G", "I", "J"], 3),
            "source": "reglement",
        },
        {
            "type": "un",
            "criteres": [_vrai("activite_recherche"), _comparaison("effectif", ">=", "3")],
        },
    ]  # fmt: skip
    criteres += alea.sample(possibles, alea.randint(4, 7))
    if alea.random() < 0.25:
        verifier = {"type": "a_verifier", "code": "utile", "libelle": "Le projet est utile"}
        criteres.append(verifier | {"source": "reglement"})
    return criteres


def _vrai(fait: str) -> Json:
    return {"type": "vrai", "fait": fait, "source": "reglement"}


def _comparaison(fait: str, operateur: str, valeur: str) -> Json:
    return {
        "type": "comparaison", "fait": fait, "operateur": operateur, "valeur": valeur,
        "source": "reglement",
    }  # fmt: skip
