"""`python -m portal.demonstration.gardien NAME…`: lines of the Procfile under honcho.

They stop when our standard input closes, which also happens when the one who started us is
killed hard.
"""

import os
import signal
import sys
import threading
import time

from honcho.environ import parse_procfile
from honcho.manager import Manager

from portal.services_embarques.chemins import PROJET


def main(noms: list[str]) -> int:
    """Run the named processes until one of them ends; return its exit code."""
    lignes = parse_procfile((PROJET / "Procfile").read_text(encoding="utf-8")).processes
    gestionnaire = Manager()
    for nom in noms:
        gestionnaire.add_process(nom, lignes[nom], cwd=str(PROJET))
    threading.Thread(target=_veiller, args=[gestionnaire], daemon=True).start()
    gestionnaire.loop()
    return int(gestionnaire.returncode or 0)


def _veiller(gestionnaire: Manager) -> None:
    # Not through sys.stdin: honcho forks, and the copy would find its lock taken for ever.
    while os.read(0, 1024):
        pass
    # Before every process has a pid, honcho does not know how to stop.
    while not gestionnaire._all_started():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
