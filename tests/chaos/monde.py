"""One test's world: its database, its Valkey, its desk's system, and the processes it kills."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import redis
from django.db import connection
from django.db.models import Sum

from dossiers.acheminement.invariant import bilan
from dossiers.acheminement.models import Acheminement, Connexion
from dossiers.models import Demande, Dossier
from portal.socle.models import Evenement
from tests.chaos.coups import POINTS, Journal, Plan
from tests.chaos.destinataire import Destinataire
from tests.chaos.naissance import Processus
from tests.chaos.personne import port_libre
from tests.processus import tuer

#: Seconds after which something that must happen has not: generous, the machine may be slow.
LIMITE = 600.0


@dataclass
class Verdict:
    """What a test left: `perdus` and `doublons` must be 0."""

    perdus: int
    doublons: int
    deposees: int
    accusees: int
    chiffres: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.accusees}/{self.deposees} accusées"


class Monde:
    """`dossier` is a short path of this test's own; the database is the one Django uses here."""

    def __init__(self, dossier: Path, pile: ExitStack, *, dedoublonne: bool = True) -> None:
        self.dossier, self.pile = dossier, pile
        self.plan = Plan(dossier=str(dossier))
        self.faits = Journal(str(dossier))
        self.valkey_dossier = dossier / "v"
        self.recepteur = pile.enter_context(Destinataire(dossier, dedoublonne=dedoublonne))
        Connexion.objects.update(url=self.recepteur.adresse)
        self.depart = time.monotonic()

    # -------------------------------------------------------------- processes

    def subir(self, **plan: object) -> None:
        """What the processes started from now on suffer."""
        self.plan = replace(self.plan, **plan)  # type: ignore[arg-type]

    def env(self, **autres: str) -> dict[str, str]:
        base = connection.settings_dict
        hote = quote(str(base["HOST"]), safe="")
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.reglages",
            "DATABASE_URL": f"postgres://{base['USER']}@{hote}/{base['NAME']}",
            "REDIS_URL": f"unix://{self.socket_valkey}",
            "NIVEAU_JOURNAUX": "ERROR",
            "PYTHONWARNINGS": "ignore",
            **self.plan.env(),
            **autres,
        }

    def lancer(self, *arguments: str, **autres: str) -> Processus:
        """`python` with these arguments, in a group of its own, killed with its children at the
        end.
        """
        lance = Processus(arguments, self.env(**autres), self.dossier / "processus.log")
        self.pile.callback(tuer, lance)
        return lance

    def ouvrier(self, enfants: int = 2, **autres: str) -> Processus:
        """A Celery worker with that many children."""
        return self.lancer(
            *("-m", "celery", "-A", "tests.chaos.ouvrier", "worker"),
            *("--concurrency", str(enfants), "--without-gossip", "--without-mingle"),
            *("--loglevel", "error"),
            **autres,
        )

    def pret(self, ouvrier: Processus) -> bool:
        """Whether this worker takes tasks: until then SIGTERM finds it without manners."""
        return any(ligne["pid"] == ouvrier.pid for ligne in self.faits.lire("pret"))

    def battement(self) -> Processus:
        """A beat: one order of sweep every PERIODE."""
        return self.lancer(
            *("-m", "celery", "-A", "tests.chaos.ouvrier", "beat", "--pidfile="),
            *("--scheduler", "celery.beat:Scheduler", "--loglevel", "error"),
        )

    def balayeur(self) -> Processus:
        """`manage.py acheminer`, as cron runs it."""
        return self.lancer("-m", "tests.chaos.gerer", "acheminer")

    def web(self, ouvriers: int = 2) -> str:
        """Gunicorn, as the Procfile runs it; where it answers."""
        port = port_libre()
        self.lancer(
            *("-m", "gunicorn", "tests.chaos.web", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(ouvriers), "--threads", "4", "--no-control-socket", "--preload"),
            *("--log-level", "error"),
        )
        adresse = f"http://127.0.0.1:{port}"
        self.attendre(lambda: repond(f"{adresse}/comptes/login/"), "le serveur web répond")
        return adresse

    def brouillons(self, nombre: int) -> list[Dossier]:
        """That many drafts, none of which is deposited."""
        lus = Dossier.objects.brouillons().select_related("cree_par").order_by("pk")[:nombre]
        assert len(lus) == nombre, "pas assez de brouillons dans le gabarit"
        return list(lus)

    def deposants(self, nombre: int, processus: int = 2) -> list[Processus]:
        """Processes that file that many drafts."""
        retenus = [str(dossier.pk) for dossier in self.brouillons(nombre)]
        parts = [retenus[rang::processus] for rang in range(processus)]
        return [self.lancer("-m", "tests.chaos.deposants", *part) for part in parts if part]

    def deposer(self, nombre: int, processus: int = 2) -> None:
        """File that many drafts and wait until it is done."""
        self.finir(self.deposants(nombre, processus))

    def inactif(self) -> bool:
        """Whether the broker holds no task, waiting or running, for half a second.

        For a moment neither the queue nor the worker that takes it has a task.
        """
        with self.redis() as client:
            for _ in range(5):
                if client.llen("celery") or client.hlen("unacked"):
                    return False
                time.sleep(0.1)
        return True

    def balayages(self) -> list[dict[str, float]]:
        """The sweeps that ran to their end: when each began (`debut`) and ended (`t`)."""
        return self.faits.lire("balayage")

    def taches(self, nom: str) -> int:
        """How many tasks of this name began."""
        return sum(ligne["nom"] == nom for ligne in self.faits.lire("tache"))

    def finir(self, processus: list[Processus]) -> None:
        codes = [p.wait(LIMITE) for p in processus]
        assert codes == [0] * len(codes), f"{codes}\n{self.fin_du_journal()}"

    # -------------------------------------------------------------- the broker

    @property
    def socket_valkey(self) -> Path:
        return self.valkey_dossier / "sockets" / "valkey.sock"

    def valkey(self) -> Processus:
        """A Valkey that keeps what it had if it was killed."""
        lance = self.lancer(
            *("-m", "portal.services_embarques", "valkey"),
            PORTAIL_DONNEES=str(self.valkey_dossier),
        )
        self.attendre(self.valkey_repond, "Valkey répond")
        return lance

    def valkey_repond(self) -> bool:
        try:
            with self.redis() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket_valkey))

    # -------------------------------------------------------------- waiting and judging

    def attendre(
        self,
        condition: Callable[[], bool],
        quoi: str,
        limite: float = LIMITE,
        pause: float = 0.1,
    ) -> None:
        """Until it holds; what the processes said, if it never does."""
        fin = time.monotonic() + limite
        while not condition():
            assert time.monotonic() < fin, f"{quoi} : jamais. {bilan()}\n{self.fin_du_journal()}"
            time.sleep(pause)

    def attendre_accusees(self, nombre: int, limite: float = LIMITE) -> None:
        # Counting them takes some of the processors' time from those that hand them over.
        quoi = f"{nombre} demandes accusées"
        self.attendre(lambda: accusees() >= nombre, quoi, limite, pause=0.4)

    def fin_du_journal(self) -> str:
        chemin = self.dossier / "processus.log"
        return chemin.read_text(errors="replace")[-3000:] if chemin.exists() else ""

    def morts(self) -> Counter[str]:
        """How many were killed, by marked point."""
        return Counter(ligne["point"] for ligne in self.faits.lire("mort"))

    def redelivrees(self) -> int:
        """Tasks that began again: the broker delivered them twice."""
        debuts = Counter(ligne["id"] for ligne in self.faits.lire("tache"))
        return sum(fois - 1 for fois in debuts.values())

    def verdict(self, attendues: int) -> Verdict:
        """Compare what was filed, what the rows say, what the journal says, and what the other
        side holds.
        """
        etat = bilan()
        remises = Acheminement.objects.filter(remise_le__isnull=False, canal="webhook")
        cles = {str(cle) for cle in remises.values_list("cle", flat=True)}
        recues = self.recepteur.cles()
        journal = Counter(
            Evenement.objects.filter(verbe="remettre").values_list(
                "donnees__acheminement", flat=True
            )
        )
        perdus = max(attendues - etat.deposees, 0) + max(etat.perdues, 0) + len(cles - recues)
        doublons = (
            max(etat.deposees - attendues, 0)
            + etat.doublons
            + (len(self.recepteur.registre.tous()) - len(recues))
            + sum(fois - 1 for fois in journal.values())
            + len(recues - {str(c) for c in Acheminement.objects.values_list("cle", flat=True)})
        )
        essais = Acheminement.objects.aggregate(n=Sum("tentatives"))["n"] or 0
        chiffres: dict[str, object] = {"attempts": essais}
        if morts := self.morts():
            chiffres = {"kills": sum(morts.values()), **chiffres}
        if redelivrees := self.redelivrees():
            chiffres["requeued"] = redelivrees
        return Verdict(perdus, doublons, etat.deposees, etat.accusees, chiffres)


def accusees() -> int:
    """Demandes acknowledged by the desk that has them."""
    return (
        Demande.objects.filter(
            acheminements__de_reference=True,
            acheminements__rendue_le__isnull=True,
            acheminements__accusee_le__isnull=False,
        )
        .distinct()
        .count()
    )


def repond(adresse: str) -> bool:
    try:
        with urlopen(adresse, timeout=5) as reponse:  # noqa: S310 - our own server
            return bool(reponse.status == 200)
    except OSError:
        return False


@contextmanager
def monde_dans(dossier: Path, *, dedoublonne: bool = True) -> Iterator[Monde]:
    """A world in `dossier`, whose processes are all dead when it ends."""
    dossier.mkdir(mode=0o755, parents=True)
    with ExitStack() as pile:
        pile.callback(shutil.rmtree, dossier, ignore_errors=True)
        yield Monde(dossier, pile, dedoublonne=dedoublonne)


__all__ = ["LIMITE", "POINTS", "Monde", "Verdict", "accusees", "monde_dans", "tuer"]
