"""Where the embedded services keep their data and sockets, and the addresses they answer at.

`DATABASE_URL` and `REDIS_URL` in the environment replace the embedded services altogether;
`PORTAIL_DONNEES` moves the data folder.
"""

import fcntl
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

PROJET = Path(__file__).resolve().parents[2]
BASE = "dossier"
"""Name of the database, and of the PostgreSQL role that owns it."""

# 107 bytes on Linux, 103 on macOS; the longest name we put in the folder is ".s.PGSQL.5432".
LONGUEUR_MAX_DOSSIER_SOCKETS = 103 - len("/.s.PGSQL.5432")


class ServiceIndisponible(Exception):
    """An embedded service cannot run here; the message (French) says what to do."""


def en_root() -> bool:
    return os.geteuid() == 0


def empreinte(chemin: Path = PROJET) -> str:
    """Return 12 hexadecimal digits that name a folder on this machine."""
    return hashlib.sha256(os.fsencode(chemin)).hexdigest()[:12]


def donnees_de_root() -> Path:
    return Path("/var/lib/portail-aides") / empreinte()


def dossier_donnees() -> Path:
    """Return the folder of all local data.

    The project's own `.donnees`, except as root: PostgreSQL then runs as another user, who
    may not be able to enter the project's folder (a clone in root's home).
    """
    if choisi := os.environ.get("PORTAIL_DONNEES"):
        return Path(choisi).absolute()
    if en_root():
        return donnees_de_root()
    return PROJET / ".donnees"


def verrou_demonstration() -> Path:
    """Return the file that a running demonstration locks; it says the address served."""
    return dossier_donnees() / "demonstration.verrou"


def adresse_servie() -> str:
    """Return the address that a demonstration of this data folder serves now, "" if none does."""
    with suppress(OSError), verrou_demonstration().open(encoding="utf-8") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return verrou.read()
    # Nobody holds the lock: an address in it is that of one killed hard.
    return ""


def dossier_sockets() -> Path:
    """Return the folder of the sockets: in the data, or elsewhere when that path is too long."""
    sockets = dossier_donnees() / "sockets"
    if len(os.fsencode(sockets)) <= LONGUEUR_MAX_DOSSIER_SOCKETS:
        return sockets
    return Path("/tmp") / f"portail-{os.geteuid()}-{empreinte(dossier_donnees())}"  # noqa: S108


def creer_dossier_prive(dossier: Path, uid: int, gid: int) -> None:
    """Create `dossier` with mode 0700 for this user, refusing one that somebody else made."""
    dossier.mkdir(parents=True, exist_ok=True)
    etat = dossier.lstat()
    if not stat.S_ISDIR(etat.st_mode) or etat.st_uid not in {uid, os.geteuid()}:
        raise ServiceIndisponible(f"{dossier} appartient à un autre utilisateur : supprimez-le.")
    os.chown(dossier, uid, gid)
    dossier.chmod(0o700)


def socket_valkey() -> Path:
    return dossier_sockets() / "valkey.sock"


def database_url() -> str:
    """Return the address of PostgreSQL: `DATABASE_URL`, else the embedded server's socket."""
    embarque = f"postgres://{BASE}@{quote(str(dossier_sockets()), safe='')}/{BASE}"
    return os.environ.get("DATABASE_URL") or embarque


def redis_url() -> str:
    """Return the address of the broker: `REDIS_URL`, else the embedded server's socket."""
    return os.environ.get("REDIS_URL") or f"unix://{socket_valkey()}"


def broker_url() -> str:
    """Return `redis_url()` in the form that Celery expects."""
    url = redis_url()
    return f"redis+socket://{url.removeprefix('unix://')}" if url.startswith("unix://") else url
