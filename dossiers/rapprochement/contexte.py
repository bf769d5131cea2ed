"""What a match saw beside the facts and the versions: enough to see it again, bit for bit.

The facts name a place by one INSEE code, the proof by its name, and a zone counts once it is
loaded: all three change with the reference data, so a match keeps those it used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from aides import conditions, criteres, montants
from aides.criteres.echange import VERSION
from aides.criteres.evaluation import Preuve, Situation
from aides.criteres.faits import VOCABULAIRE, Faits, Repondant, Type, completer
from aides.criteres.redaction import NommerLieu
from aides.criteres.valeurs import depuis_json, insee
from dossiers.faits import resolveur
from dossiers.rapprochement.models import Rapprochement
from dossiers.rapprochement.noms import lieux_cites, nommeur, noms_des_lieux
from territoires.perimetre import libelles
from territoires.zones import ReferentielZones

#: What a match kept before it kept its context does not have, in French.
ABSENCES = {
    "langage": "la version du langage des critères",
    "zones": "les zonages chargés ce jour-là",
    "lieux": "les codes des lieux",
    "noms": "les noms des lieux",
}


def contexte_de(
    faits: Faits, preuves: Iterable[Preuve], referentiel: ReferentielZones
) -> dict[str, Any]:
    """What is kept with a match: `langage` {version, empreinte}, `zones` loaded (codes), `lieux`
    INSEE code -> every code of the commune, `noms` code -> name as the proofs write it.
    """
    lieux = [valeur for code, valeur in faits.items() if VOCABULAIRE[code].type is Type.LIEU]
    return {
        "langage": langage(),
        "zones": sorted(referentiel.chargees),
        "lieux": {insee(lieu): sorted(lieu) for lieu in lieux if isinstance(lieu, frozenset)},
        "noms": libelles(lieux_cites(preuves)),
    }


@cache
def langage() -> dict[str, Any]:
    """The version of the exchange format, and a SHA-256 of the source of every reading: the same
    one means that a proof could only be written the same way."""
    fichiers = [Path(conditions.__file__), Path(montants.__file__)]
    for dossier in criteres.__path__:
        fichiers += Path(dossier).glob("*.py")
    empreinte = hashlib.sha256()
    for fichier in sorted(fichiers, key=lambda fichier: fichier.name):
        octets = fichier.read_bytes()
        empreinte.update(f"{fichier.name} {len(octets)} ".encode() + octets)
    return {"version": VERSION, "empreinte": empreinte.hexdigest()}


@dataclass(frozen=True, slots=True)
class Memoire:
    """What a kept match saw. `absences` are the keys of its context that it was kept without:
    the reference data of today then stand for them.
    """

    situation: Situation
    nommer: Callable[[Iterable[Preuve]], NommerLieu]
    absences: tuple[str, ...]


def memoire_de(rapprochement: Rapprochement, reponses: Mapping[str, bool] | None = None) -> Memoire:
    """The situation that a match was made in, officers' answers added if any are given.

    Raises FaitsInvalides when its facts cannot be read any more.
    """
    le, contexte = rapprochement.le, rapprochement.contexte
    declares = {
        code: valeur
        for code, valeur in rapprochement.faits.items()
        if code in VOCABULAIRE and VOCABULAIRE[code].repondant is not Repondant.CALCUL
    }
    faits = completer(depuis_json(declares, _lieux(contexte, le)), le)
    zones = contexte.get("zones")
    referentiel = ReferentielZones.au(le) if zones is None else ReferentielZones(frozenset(zones))
    noms = contexte.get("noms")
    return Memoire(
        Situation(faits, referentiel, reponses or {}),
        noms_des_lieux if noms is None else lambda preuves: nommeur(noms),
        tuple(cle for cle in ABSENCES if cle not in contexte),
    )


def _lieux(contexte: Mapping[str, Any], le: date) -> Callable[[str], frozenset[str]]:
    lieux = contexte.get("lieux")
    if lieux is None:
        return resolveur(le)
    return lambda code: frozenset(lieux.get(code, ()))
