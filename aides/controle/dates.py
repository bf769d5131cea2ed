"""Is it still true: closing dates, windows of the criteria, age of the last reading."""

from __future__ import annotations

from collections.abc import Iterator

from aides.controle.constats import (
    CLOTURE_PASSEE,
    DATE_FUTURE,
    FENETRE_PASSEE,
    RELECTURE_ANCIENNE,
    RELECTURE_INCONNUE,
    Constat,
)
from aides.controle.contexte import Contexte, Fiche
from aides.criteres.arbre import Fenetre, Source
from aides.criteres.satisfaction import Indecis
from aides.criteres.valeurs import afficher_date


def constats_de_date(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    """What time has overtaken; nothing of that is asked of a closed aide."""
    relue = fiche.jour("verifie_le")
    if relue is not None and relue > contexte.le:
        yield Constat(DATE_FUTURE, fiche.code, f"relue le {afficher_date(relue)}")
    if fiche.close:
        return
    cloture = fiche.jour("cloture")
    if cloture is not None and cloture < contexte.le:
        yield Constat(CLOTURE_PASSEE, fiche.code, f"le {afficher_date(cloture)}")
    elif _finie(fiche, contexte):
        yield Constat(FENETRE_PASSEE, fiche.code)
    if relue is None:
        yield Constat(RELECTURE_INCONNUE, fiche.code)
    elif (contexte.le - relue).days > contexte.jours:
        jours = (contexte.le - relue).days
        yield Constat(
            RELECTURE_ANCIENNE, fiche.code, f"le {afficher_date(relue)}, il y a {jours} jours"
        )


def _finie(fiche: Fiche, contexte: Contexte) -> bool:
    """Whether somebody could meet the criteria, and nobody can from today on."""
    desormais = Fenetre("date_demande", contexte.le, None, Source("jour du contrôle"))
    recherche = contexte.recherche
    try:
        return recherche.possible(fiche.conditions) and not recherche.possible(
            fiche.conditions, desormais
        )
    except Indecis:
        return False
