"""What the processes of the chaos tests suffer: patched here, from the environment.

`installer()` is called by the modules that workers, beats, web servers and commands start from;
nothing in the code that ships knows of it. CHAOS holds a JSON object, see `Plan`.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any

from celery import signals
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from dossiers.acheminement import actes, taches
from dossiers.acheminement.actes import balayage, remise
from dossiers.acheminement.canaux import registre, webhook
from dossiers.acheminement.models import Acheminement, disjoncteur
from dossiers.depot import actes as depot_actes
from dossiers.depot.actes import depot
from dossiers.models import Dossier, VersionDossier
from tests.chaos.sabotages import SABOTAGES

#: Where a child is killed, in the order in which it passes there.
POINTS = (
    "avant_prise",
    "apres_prise",
    "avant_appel",
    "apres_appel",
    "avant_resultat",
    "apres_resultat",
)
#: When PostgreSQL is stopped.
POINTS_COMMIT = ("avant_commit", "apres_commit")


@dataclass(frozen=True)
class Plan:
    """What to suffer. Times in seconds."""

    #: Where marks and the account of what happened are written.
    dossier: str
    #: One row out of as many kills its child at each point, once: 0 for none.
    tous_les: int = 0
    #: Points at which a row kills its child, once.
    cibles: list[tuple[str, int]] = field(default_factory=list)
    #: Rows that kill whoever calls for them, each time.
    poisons: list[int] = field(default_factory=list)
    #: Whether the web process dies between COMMIT and the publication of the hint.
    tuer_avant_annonce: bool = False
    #: The file in which PostgreSQL says its process: it is stopped at once around the COMMIT of
    #: each deposit, before for one, after for the next.
    postmaster: str = ""
    bail: float = 6.0
    reprise: float = 1.0
    #: A whole call of a desk's system; less than a lease, as in production.
    appel: float = 3.0
    #: Safeguards removed, by name.
    sabotages: list[str] = field(default_factory=list)

    def env(self) -> dict[str, str]:
        return {"CHAOS": json.dumps(asdict(self))}


def plan() -> Plan:
    return Plan(**json.loads(os.environ["CHAOS"]))


class Journal:
    """One line of JSON per thing that happened, from every process: small appends are whole."""

    def __init__(self, dossier: str) -> None:
        self.chemin = Path(dossier) / "faits.jsonl"
        self.marques = Path(dossier)

    def noter(self, quoi: str, **details: Any) -> None:
        ligne = json.dumps({"quoi": quoi, "t": time.time(), "pid": os.getpid(), **details})
        with self.chemin.open("ab", buffering=0) as fichier:
            fichier.write(f"{ligne}\n".encode())

    def lire(self, quoi: str) -> list[dict[str, Any]]:
        if not self.chemin.exists():
            return []
        lignes = map(json.loads, self.chemin.read_text(encoding="utf-8").splitlines())
        return [ligne for ligne in lignes if ligne["quoi"] == quoi]

    def premiere_fois(self, marque: str) -> bool:
        """Whether this mark, shared by every process, was not set before; it is now."""
        try:
            (self.marques / marque).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def mourir() -> None:
    """SIGKILL to oneself: nothing is flushed, nothing says goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


def installer() -> None:
    """Patch this process as the plan says."""
    a_subir = plan()
    faits = Journal(a_subir.dossier)
    _raccourcir(a_subir)
    _noter_les_taches(faits)
    if a_subir.tous_les or a_subir.cibles or a_subir.poisons:
        _tuer_aux_points(a_subir, faits)
    if a_subir.tuer_avant_annonce:
        _tuer_avant_annonce(faits)
    if a_subir.postmaster:
        _arreter_postgres_au_commit(a_subir, faits)
    for nom in a_subir.sabotages:
        SABOTAGES[nom]()


def _raccourcir(a_subir: Plan) -> None:
    """Nothing is waited for longer than a test lasts."""
    remise.BAIL = timedelta(seconds=a_subir.bail)
    remise.REPRISES = (timedelta(seconds=a_subir.reprise),) * len(remise.REPRISES)
    balayage.REPRISES = remise.REPRISES
    webhook.poster = partial(webhook.poster, delai=a_subir.appel)
    webhook.demander = partial(webhook.demander, delai=a_subir.appel)
    disjoncteur.PAUSE = timedelta(seconds=a_subir.reprise)
    disjoncteur.PAUSE_MAXIMUM = timedelta(seconds=2 * a_subir.reprise)


def _noter_les_taches(faits: Journal) -> None:
    """Each worker that is ready, each start of a task, each sweep with its beginning and end."""

    def commencee(task_id: str, task: Any, **_: Any) -> None:
        reprise = bool((task.request.delivery_info or {}).get("redelivered"))
        faits.noter("tache", id=task_id, nom=task.name.rpartition(".")[2], redelivree=reprise)

    def prete(**_: Any) -> None:
        faits.noter("pret")

    signals.task_prerun.connect(commencee, weak=False)
    signals.worker_ready.connect(prete, weak=False)
    balayer = balayage.balayer

    @wraps(balayer)
    def balayer_note() -> int:
        debut = time.time()
        pris = balayer()
        faits.noter("balayage", debut=debut, pris=pris)
        return pris

    actes.balayer = balayage.balayer = balayer_note


# ------------------------------------------------------------------ the six points


class Tueur:
    """Kills this process where the plan says, once for each row and point."""

    def __init__(self, a_subir: Plan, faits: Journal) -> None:
        self.plan, self.faits = a_subir, faits
        #: The point to pass at the next COMMIT, and for which row.
        self.au_commit: tuple[str, int] | None = None

    def passer(self, point: str, pk: int) -> None:
        if pk in self.plan.poisons and point == "avant_appel":
            self.faits.noter("mort", point="poison", pk=pk)
            mourir()
        rang = pk % self.plan.tous_les if self.plan.tous_les else len(POINTS)
        vise = point in POINTS[rang : rang + 1] or [point, pk] in self.plan.cibles
        if vise and self.faits.premiere_fois(f"{point}-{pk}"):
            self.faits.noter("mort", point=point, pk=pk)
            mourir()

    @contextmanager
    def au_prochain_commit(self, point: str, pk: int) -> Any:
        self.au_commit = (point, pk)
        try:
            yield
        finally:
            self.au_commit = None

    def sur_commit(self) -> None:
        if self.au_commit is not None:
            self.passer(*self.au_commit)


def _tuer_aux_points(a_subir: Plan, faits: Journal) -> None:
    tueur = Tueur(a_subir, faits)
    commit, canal_de = BaseDatabaseWrapper.commit, remise.canal_de
    # Without their own `atomic`: it is opened here, so as to know the row before COMMIT.
    prendre = remise._prendre.__wrapped__  # type: ignore[attr-defined]
    inscrire = remise._inscrire_remise.__wrapped__  # type: ignore[attr-defined]

    def commettre(base: BaseDatabaseWrapper) -> None:
        tueur.sur_commit()
        commit(base)

    def prendre_vise(*arguments: Any, **colonnes: Any) -> Acheminement | None:
        with transaction.atomic():
            pris: Acheminement | None = prendre(*arguments, **colonnes)
            if pris is not None and pris.jeton is not None:
                tueur.au_commit = ("avant_prise", pris.pk)
        tueur.au_commit = None
        if pris is not None and pris.jeton is not None:
            tueur.passer("apres_prise", pris.pk)
        return pris

    def canal_vise(acheminement: Acheminement) -> Callable[[Acheminement], registre.Remise]:
        remettre = canal_de(acheminement)

        def appeler(en_cours: Acheminement) -> registre.Remise:
            tueur.passer("avant_appel", en_cours.pk)
            rendu = remettre(en_cours)
            tueur.passer("apres_appel", en_cours.pk)
            return rendu

        return appeler

    def inscrire_vise(acheminement: Acheminement, rendu: registre.Remise) -> bool:
        with tueur.au_prochain_commit("avant_resultat", acheminement.pk), transaction.atomic():
            ecrit: bool = inscrire(acheminement, rendu)
        tueur.passer("apres_resultat", acheminement.pk)
        return ecrit

    BaseDatabaseWrapper.commit = commettre  # type: ignore[method-assign]
    remise._prendre, remise.canal_de = prendre_vise, canal_vise
    remise._inscrire_remise = inscrire_vise


def _tuer_avant_annonce(faits: Journal) -> None:
    def delay(version: int) -> None:
        faits.noter("mort", point="avant_annonce", pk=version)
        mourir()

    taches.acheminer_version.delay = delay


def _arreter_postgres_au_commit(a_subir: Plan, faits: Journal) -> None:
    """An immediate shutdown, as a power cut, around the COMMIT of each deposit, once."""
    deposer = depot.deposer.__wrapped__  # type: ignore[attr-defined]
    commit = BaseDatabaseWrapper.commit
    au_commit: list[int] = []

    def couper(point: str, pk: int) -> None:
        if POINTS_COMMIT[pk % 2] == point and faits.premiere_fois(f"commit-{pk}"):
            faits.noter("mort", point=point, pk=pk)
            pid = int(Path(a_subir.postmaster).read_text(encoding="utf-8").split()[0])
            os.kill(pid, signal.SIGQUIT)

    def commettre(base: BaseDatabaseWrapper) -> None:
        pk = au_commit.pop() if au_commit else 0
        if pk:
            couper("avant_commit", pk)
        commit(base)
        if pk:
            couper("apres_commit", pk)

    def deposer_vise(*, dossier: Dossier, **options: Any) -> VersionDossier:
        with transaction.atomic():
            version: VersionDossier = deposer(dossier=dossier, **options)
            au_commit.append(dossier.pk)
        return version

    BaseDatabaseWrapper.commit = commettre  # type: ignore[method-assign]
    depot_actes.deposer = deposer_vise
