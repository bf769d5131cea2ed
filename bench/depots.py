"""Deposits under load: the whole portal running, three desks each, on a machine that does it all.

Web processes, workers, documents, beat, PostgreSQL (what is committed is on the disk), Valkey and
the load generator share the processors. The rate climbs until a deposit takes too long.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from aides.criteres.choix import NATURES_PROJET
from aides.criteres.evaluation import Issue
from aides.models import VersionAide
from bench.processus import (
    CELERY,
    VOLE,
    WEB,
    Guetteur,
    attendre,
    environnement,
    processeur,
    processus,
)
from bench.rapport import Chiffre
from dossiers.acheminement.invariant import bilan
from dossiers.acheminement.routage import competences_au, guichet_attendu
from dossiers.faits import faits_du_dossier
from dossiers.models import Dossier, Entreprise, Membre
from dossiers.rapprochement.appariement import apparier
from portal.comptes.models import User
from portal.demonstration.processus import choisir_port
from portal.services_embarques.chemins import PROJET
from territoires.organismes.models import Competence, Guichet
from territoires.perimetre import commune_actuelle, lieu

#: Deposits a second, each kept up for so many seconds; the climb ends at the first that fails.
DEBITS = (2, 5, 8, 10, 15, 20, 25, 30, 40)
DUREE = 10
#: Deposits before the clock runs.
CHAUFFE = 40
#: Seconds in which, after the last deposit, a desk that keeps up has everything.
SUIVI = 2
#: Seconds after which what is not handed over is taken for lost.
ATTENTE = 180
#: What a person waits for, at worst one time in twenty.
LIMITE = 0.5
VISE = 20
GUICHETS = 3
COMMUNE = "31555"


class Palier(NamedTuple):
    """One rate: seconds at the 95th percentile, failures, hundredths of a second of processor, and
    seconds from the last deposit until every desk has its demandes (documents aside)."""

    debit: int
    p95: float
    echecs: int
    processeur: Counter[str]
    remises: float

    @property
    def tenu(self) -> bool:
        return not self.echecs and self.p95 < LIMITE

    @property
    def coeurs(self) -> str:
        """Which kinds of process took the processors, the greediest first."""
        parts = [(temps / 100 / DUREE, nom) for nom, temps in self.processeur.items()]
        return ", ".join(f"{nom} {part:.2f}" for part, nom in sorted(parts, reverse=True)[:6])


class Perdu(Exception):
    """The load lost or doubled something."""


def mesurer(dire: Callable[[str], None]) -> list[Chiffre]:
    """The figures; needs an empty base, PostgreSQL and Valkey, and leaves the deposits there."""
    dire("dépôts : aides et lieux réels, entreprises fictives")
    call_command("charger_territoires", verbosity=0)
    call_command("charger_referentiel", verbosity=0)
    depots = _preparer(sum(DEBITS) * DUREE + CHAUFFE)
    port = choisir_port("")
    paliers: list[Palier] = []
    with ExitStack() as pile:
        env = environnement()
        # The priorities of the Procfile: deposits first, documents last.
        for priorite, arguments in (
            (0, (*WEB, "--bind", f"127.0.0.1:{port}")),
            (10, (*CELERY, "--concurrency", "2")),
            (19, (*CELERY, "--concurrency", "1", "--queues", "documents",
                  "--hostname", "documents@%h")),
            (0, ("-m", "celery", "-A", "portal", "beat", "--scheduler", "celery.beat:Scheduler",
                 "--pidfile=", "--loglevel", "critical")),
        ):  # fmt: skip
            pile.enter_context(processus(*arguments, env=env, priorite=priorite))
        _chauffer(port, [depots.pop() for _ in range(CHAUFFE)])
        guetteur = pile.enter_context(Guetteur())
        for debit in DEBITS:
            lot = [depots.pop() for _ in range(debit * DUREE)]
            paliers.append(_palier(port, debit, lot))
            dire(f"dépôts : {debit} par seconde, p95 {paliers[-1].p95 * 1000:.0f} ms, tout remis "
                 f"{paliers[-1].remises:.1f} s après (cœurs : {paliers[-1].coeurs})")  # fmt: skip
            if not paliers[-1].tenu:
                break
    if not bilan().tient:
        raise Perdu(f"Après la charge, l’invariant ne tient pas : {bilan()}")
    return _chiffres(paliers, guetteur.attente)


def _chiffres(paliers: list[Palier], attente: float) -> list[Chiffre]:
    tenus = [palier for palier in paliers if palier.tenu]
    meilleur = tenus[-1] if tenus else paliers[0]
    des_notres = Counter({n: t for n, t in paliers[-1].processeur.items() if n != VOLE})
    premier = des_notres.most_common(1)[0][0]
    return [
        Chiffre(
            "depots_par_seconde", f"Dépôts à {GUICHETS} guichets, débit tenu (p95 < 500 ms)",
            f"Deposits with {GUICHETS} desks each, sustained (p95 < 500 ms)",
            meilleur.debit, "/s", cible=f"≥ {VISE}", tenue=meilleur.debit >= VISE,
        ),
        Chiffre(
            "depots_p95", "  p95 à ce débit", "p95 at that rate", meilleur.p95 * 1000, "ms",
            f"5 par seconde ; au-delà sature d’abord : {premier}",
            meilleur.p95 / paliers[0].p95, "< 500 ms", meilleur.tenu,
        ),
        Chiffre(
            "depots_suivis", f"  débit que les guichets suivent (tout remis en {SUIVI} s)",
            f"rate that desks keep up with (all handed over within {SUIVI} s)",
            max((p.debit for p in paliers if p.remises <= SUIVI), default=0), "/s",
        ),
        Chiffre(
            "depots_remises", f"  toutes les demandes remises, après {DUREE} s au débit tenu",
            f"every demande handed over, after {DUREE} s at the sustained rate",
            meilleur.remises, "s",
        ),
        Chiffre(
            "depots_verrou", "  plus longue attente d’un verrou", "longest wait for a lock",
            attente * 1000, "ms", cible="< 1 000 ms", tenue=attente < 1,
        ),
    ]  # fmt: skip


def _chauffer(port: int, depots: list[dict[str, Any]]) -> None:
    """Each web process compiles the catalogue before the clock runs."""
    fin = time.monotonic() + 60
    while _envoyer(port, 5, depots[:1])[0][1] != 302 and time.monotonic() < fin:
        time.sleep(0.5)
    # Distinct ones: a second click on the same returns before it matches anything.
    _envoyer(port, 5, depots[1:])
    _tout_remettre()


def _palier(port: int, debit: int, lot: list[dict[str, Any]]) -> Palier:
    avant = processeur()
    attentes = _envoyer(port, debit, lot)
    utilise = processeur() - avant
    durees = sorted(duree for duree, _ in attentes)
    echecs = sum(statut != 302 for _, statut in attentes)
    debut = time.monotonic()
    _tout_remettre()
    remises = time.monotonic() - debut
    return Palier(debit, durees[int(len(durees) * 0.95)], echecs, utilise, remises)


def _tout_remettre() -> None:
    """Wait until nothing is left to route or to hand over."""
    for reste in (
        "dossiers_demande WHERE etat = 'a_router'",
        "acheminement_acheminement WHERE remise_le IS NULL",
    ):
        if not attendre(f"count(*) = 0 FROM {reste}", (), ATTENTE):
            raise Perdu(f"Après la charge, tout n’est pas remis : {bilan()}")


def _envoyer(port: int, debit: float, depots: list[dict[str, Any]]) -> list[tuple[float, int]]:
    plan = {"port": port, "rate": debit, "depots": depots}
    generateur = subprocess.run(
        [sys.executable, "-m", "bench.charge"],
        cwd=PROJET, env=environnement(), input=json.dumps(plan), stdout=subprocess.PIPE,
        check=True, text=True, timeout=300,
    )  # fmt: skip
    return [(duree, statut) for duree, statut in json.loads(generateur.stdout)]


# ------------------------------------------------------------------ who files


def _preparer(nombre: int) -> list[dict[str, Any]]:
    """So many companies with a complete draft, signed in, each asking three desks."""
    users = User.objects.bulk_create(
        User(email=f"bench-{n}@exemple.invalid", nom_complet="Personne fictive")
        for n in range(nombre)
    )
    entreprises = Entreprise.objects.bulk_create(
        Entreprise(siren=f"{n:09}", siret=f"{n:09}00000", nom=f"Entreprise fictive {n}")
        for n in range(nombre)
    )
    Membre.objects.bulk_create(
        Membre(entreprise=e, user=u, etat=Membre.Etat.ACTIF, role=Membre.Role.RESPONSABLE)
        for e, u in zip(entreprises, users, strict=True)
    )
    faits = _faits()
    choix = _choix(Dossier(entreprise=entreprises[0], faits=faits))
    dossiers = Dossier.objects.bulk_create(
        Dossier(entreprise=e, titre="Projet fictif", faits=faits, choix=choix, cree_par=u)
        for e, u in zip(entreprises, users, strict=True)
    )
    return [
        {
            "chemin": reverse("depot:verifier", args=[dossier.identifiant]),
            "session": _session(user),
            "revision": dossier.revision,
        }
        for dossier, user in zip(dossiers, users, strict=True)
    ]


def _session(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    cle: str = session.session_key
    return cle


def _faits() -> dict[str, Any]:
    valeurs: dict[str, Any] = {
        "commune_projet": COMMUNE, "commune_siege": COMMUNE, "naf": "25.62B", "effectif": 200,
        "forme_juridique": "5710", "chiffre_affaires": 200_000_000, "total_bilan": 150_000_000,
        "date_creation": "2010-01-04", "nature_projet": sorted(NATURES_PROJET),
        "entreprise_en_difficulte": False, "a_jour_obligations": True, "projet_commence": False,
    }  # fmt: skip
    le = timezone.now().isoformat()
    return {c: {"valeur": v, "provenance": "declaration", "le": le} for c, v in valeurs.items()}


def _choix(dossier: Dossier) -> list[str]:
    """Aides that can be filed and go to three different desks.

    Real desks as far as they go; then fictitious ones of the same organismes, competent for the
    nature of one aide at the commune.
    """
    le = timezone.localdate()
    codes, competences = lieu(commune_actuelle(COMMUNE), le), competences_au(le)
    par_guichet: dict[Guichet, VersionAide] = {}
    autres: dict[str, tuple[Guichet, VersionAide]] = {}
    aides = apparier(faits_du_dossier(dossier, le), le).aides
    deposables = [
        aide.version.pk
        for aide in aides
        if not aide.version.externe and aide.issue is not Issue.NON_ELIGIBLE
    ]
    for version in VersionAide.objects.filter(pk__in=deposables).order_by("aide__code"):
        guichet = guichet_attendu(version, codes, le, competences)
        if isinstance(guichet, Guichet) and par_guichet.setdefault(guichet, version) != version:
            autres[version.nature] = guichet, version
    for version in par_guichet.values():
        autres.pop(version.nature, None)
    for rang, (guichet, version) in enumerate(autres.values()):
        fictif = Guichet.objects.create(
            code=f"bench-{rang}", nom="Guichet fictif", organisme=guichet.organisme
        )
        Competence.objects.create(
            guichet=fictif, nature=version.nature, perimetre=[f"COM-{COMMUNE}"], debut=le
        )
        par_guichet[fictif] = version
    if len(par_guichet) < GUICHETS:
        raise Perdu(f"Le dossier ne trouve que {len(par_guichet)} guichets.")
    return sorted(version.aide.code for version in list(par_guichet.values())[:GUICHETS])
