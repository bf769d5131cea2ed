"""`manage.py verifier_catalogue`: what is wrong in the published catalogue, and what to do."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aides.controle.chargement import contexte_du, documents_publies
from aides.controle.constats import Constat
from aides.controle.contexte import JOURS_DE_RELECTURE
from aides.controle.verification import controler
from aides.criteres.valeurs import ValeurInvalide, afficher_date, lire_date
from territoires.perimetre import libelles

#: Places named on one line of the table; `--json` has them all.
LIEUX_MONTRES = 6
#: Seconds of silence before progress is told, and between two lines of it.
SILENCE = 1.0


class Command(BaseCommand):
    help = (
        "Contrôle le catalogue publié : sans source, périmé, contradictoire, sans guichet, "
        "inatteignable. Rend 1 s’il y a un constat bloquant."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--le", type=_jour, help="jour du contrôle, AAAA-MM-JJ (aujourd’hui)")
        parser.add_argument(
            "--jours",
            type=_nombre,
            default=JOURS_DE_RELECTURE,
            help=f"âge d’une relecture ancienne ({JOURS_DE_RELECTURE})",
        )
        parser.add_argument("--json", action="store_true", help="pour les machines")

    def handle(self, *args: Any, **options: Any) -> None:
        le = options["le"] or timezone.localdate()
        documents = documents_publies()
        contexte = contexte_du(le, options["jours"], documents)
        if not contexte.monde.lieux:
            raise CommandError(
                "Aucune commune n’est chargée : lancez d’abord charger_territoires, sans quoi "
                "chaque aide passerait pour inatteignable."
            )
        constats = controler(documents, contexte, Progres(self).annoncer)
        constats.sort(key=lambda c: (not c.regle.bloquant, c.regle.genre, c.regle.code, c.aide))
        noms = libelles({code for constat in constats for code in constat.lieux})
        bloquants = sum(constat.regle.bloquant for constat in constats)
        if options["json"]:
            rapport = {
                "le": le.isoformat(),
                "aides": len(documents),
                "bloquants": bloquants,
                "avertissements": len(constats) - bloquants,
                "constats": [_json(constat, noms) for constat in constats],
            }
            self.stdout.write(json.dumps(rapport, ensure_ascii=False, indent=1))
        else:
            for ligne in _table(constats, noms):
                self.stdout.write(ligne)
            self.stdout.write(
                f"{len(documents)} aides contrôlées au {afficher_date(le)} : "
                f"{_compte(bloquants, 'constat bloquant', 'constats bloquants')}, "
                f"{_compte(len(constats) - bloquants, 'avertissement', 'avertissements')}."
            )
        if bloquants:
            raise SystemExit(1)


class Progres:
    """Says how far the check is once it has lasted, on the error output."""

    def __init__(self, commande: BaseCommand) -> None:
        self.commande = commande
        self.depuis = monotonic()

    def annoncer(self, faites: int, total: int) -> None:
        if monotonic() - self.depuis > SILENCE:
            self.depuis = monotonic()
            self.commande.stderr.write(f"… {faites} aides contrôlées sur {total}")


def _jour(brut: str) -> date:
    try:
        return lire_date(brut)
    except ValeurInvalide as invalide:
        raise ArgumentTypeError(f"{invalide} : {brut} (AAAA-MM-JJ attendu)") from invalide


def _nombre(brut: str) -> int:
    if not brut.isdecimal() or not 1 <= int(brut) <= 10_000:
        raise ArgumentTypeError(f"un nombre de jours de 1 à 10000 est attendu, et non {brut}")
    return int(brut)


def _table(constats: Iterable[Constat], noms: Mapping[str, str]) -> Iterator[str]:
    """One block per rule, blocking ones first: what it is, what to do, one line per aide."""
    for regle, groupe in groupby(constats, key=lambda constat: constat.regle):
        lignes = list(groupe)
        gravite = "bloquant" if regle.bloquant else "avertissement"
        yield f"{regle.genre.libelle.upper()} ({gravite}) – {regle.titre} : {len(lignes)}"
        yield f"  À faire : {regle.faire}"
        largeur = max(len(constat.aide) for constat in lignes)
        for constat in lignes:
            yield f"  {constat.aide:<{largeur}}  {_precision(constat, noms)}".rstrip()
        yield ""


def _compte(nombre: int, un: str, plusieurs: str) -> str:
    return f"{nombre} {plusieurs}" if nombre > 1 else f"{nombre or 'aucun'} {un}"


def _precision(constat: Constat, noms: Mapping[str, str]) -> str:
    montres = [noms.get(code, code) for code in constat.lieux[:LIEUX_MONTRES]]
    reste = len(constat.lieux) - len(montres)
    lieux = ", ".join(montres) + (f" et {reste} autres" if reste else "")
    return " : ".join(filter(None, (constat.precision, lieux)))


def _json(constat: Constat, noms: Mapping[str, str]) -> dict[str, Any]:
    return {
        "genre": constat.regle.genre.value,
        "regle": constat.regle.code,
        "bloquant": constat.regle.bloquant,
        "aide": constat.aide,
        "titre": constat.regle.titre,
        "precision": constat.precision,
        "lieux": [{"code": code, "nom": noms.get(code, code)} for code in constat.lieux],
        "faire": constat.regle.faire,
    }
