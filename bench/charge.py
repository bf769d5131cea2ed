"""A process that presses « Déposer » at a given rate: `python -m bench.charge < PLAN`.

The plan is a JSON object: `port`, `rate` (deposits a second), `depots`: a list of paths, sessions
and revisions. Deposits leave on time whether those before have been answered or not. Prints a
JSON list of [seconds waited, status], the wait counted from when the deposit was due to leave.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

JETON = "j" * 32
FILES = 64


def deposer(port: int, depot: dict[str, Any], depart: float) -> tuple[float, int]:
    time.sleep(max(0.0, depart - time.monotonic()))
    corps = urlencode(
        {"csrfmiddlewaretoken": JETON, "en_l_etat": "1", "revision": depot["revision"]}
    )
    liaison = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        liaison.request(
            "POST",
            depot["chemin"],
            corps,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"csrftoken={JETON}; sessionid={depot['session']}",
            },
        )
        reponse = liaison.getresponse()
        reponse.read()
        suivi = (reponse.getheader("Location") or "").endswith("/suivi/")
        return time.monotonic() - depart, reponse.status if suivi or reponse.status != 302 else 0
    except (OSError, HTTPException):
        return time.monotonic() - depart, -1
    finally:
        liaison.close()


def main() -> None:
    plan = json.load(sys.stdin)
    debut = time.monotonic() + 0.5
    with ThreadPoolExecutor(FILES) as fils:
        attentes = fils.map(
            lambda rang_et_depot: deposer(
                plan["port"], rang_et_depot[1], debut + rang_et_depot[0] / plan["rate"]
            ),
            enumerate(plan["depots"]),
        )
        json.dump(list(attentes), sys.stdout)


if __name__ == "__main__":
    main()
