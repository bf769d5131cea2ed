"""The facts of a dossier: as stored with their provenance, and as the language reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from aides.criteres.faits import VOCABULAIRE, Faits, Type
from aides.criteres.valeurs import ErreurFait, FaitsInvalides, depuis_json, vers_json
from dossiers.coherence import incoherences
from dossiers.models import Dossier
from territoires.models import ActiviteNaf, FormeJuridique
from territoires.perimetre import CodeInconnu, codes_des_lieux, codes_du_lieu


def resolveur(le: date) -> Callable[[str], frozenset[str]]:
    """What the language asks to turn an INSEE code into a place, on the day `le`."""

    def resoudre(code: str) -> frozenset[str]:
        try:
            return codes_du_lieu(code, le)
        except CodeInconnu as inconnu:
            raise LookupError(str(inconnu)) from inconnu

    return resoudre


def lire_faits(objet: Mapping[str, object], le: date) -> Faits:
    """Facts that come from outside, read for the day `le`: codes of the nomenclatures exist,
    and the answers do not contradict each other.

    Raises FaitsInvalides with every fault found, in the order of the object.
    """
    erreurs: list[ErreurFait] = []
    try:
        faits = depuis_json(objet, resolveur(le))
    except FaitsInvalides as invalides:
        erreurs += invalides.erreurs
        fautifs = {erreur.fait for erreur in erreurs}
        sains = {code: brut for code, brut in objet.items() if code not in fautifs}
        faits = depuis_json(sains, resolveur(le))
    erreurs += _codes_inexistants(faits)
    erreurs += [
        ErreurFait(code, message, "des réponses qui s’accordent")
        for code, message in incoherences(vers_json(faits), le).items()
    ]
    if erreurs:
        rangs = {code: rang for rang, code in enumerate(objet)}
        raise FaitsInvalides(sorted(erreurs, key=lambda e: rangs[e.fait]))
    return faits


def _codes_inexistants(faits: Faits) -> Iterator[ErreurFait]:
    """Codes well formed that no nomenclature has; one that is not loaded refuses nothing."""
    for fait, modele, nom in (
        ("naf", ActiviteNaf, "sous-classe de la NAF rév. 2"),
        ("forme_juridique", FormeJuridique, "catégorie juridique de l’Insee"),
    ):
        code = faits.get(fait)
        if (
            isinstance(code, str)
            and not modele.objects.filter(code=code).exists()
            and modele.objects.exists()
        ):
            yield ErreurFait(fait, f"code inconnu : {code}", f"une {nom} qui existe")


def faits_json(faits: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The exchanged JSON of stored facts: code -> value, without provenance."""
    return {code: fait["valeur"] for code, fait in faits.items()}


def faits_du_dossier(dossier: Dossier, le: date) -> Faits:
    """The facts a dossier declares, read for the day `le`; places are resolved on that day, all
    together.
    """
    declares = faits_json(dossier.faits)
    communes = {
        valeur
        for code, valeur in declares.items()
        if code in VOCABULAIRE and VOCABULAIRE[code].type is Type.LIEU and isinstance(valeur, str)
    }
    lieux = codes_des_lieux(communes, le) if communes else {}
    return depuis_json(declares, lieux.__getitem__)
