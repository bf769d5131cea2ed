"""Times taken side by side: what is compared runs in turns, so that a noisy minute hurts all."""

from __future__ import annotations

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

Cle = TypeVar("Cle", bound=Hashable)
Horloge = Callable[[], float]
#: What this process computes, whatever else the machine does; and what somebody waits for, where
#: PostgreSQL has a part in it.
CALCUL: Horloge = time.process_time
ATTENTE: Horloge = time.perf_counter


class Epreuve(NamedTuple):
    """What is timed, called with the number of the turn, and how many times in each turn."""

    fonction: Callable[[int], object]
    fois: int = 1


def chronometrer(fonction: Callable[[], object], horloge: Horloge) -> float:
    """Milliseconds that one call takes, the garbage collector held, as `timeit` does."""
    gc.disable()
    try:
        debut = horloge()
        fonction()
        return (horloge() - debut) * 1000
    finally:
        gc.enable()


def tours(
    epreuves: Mapping[Cle, Epreuve], nombre: int, horloge: Horloge = ATTENTE
) -> dict[Cle, float]:
    """The milliseconds of each over `nombre` turns: the median of what is computed, the least of
    what is waited for. Every other turn goes backwards: who comes second finds memory warm."""
    temps: dict[Cle, list[float]] = defaultdict(list)
    for tour in range(nombre):
        for cle, (fonction, fois) in list(epreuves.items())[:: -1 if tour % 2 else 1]:
            for _ in range(fois):
                temps[cle].append(chronometrer(partial(fonction, tour), horloge))
    resumer = statistics.median if horloge is CALCUL else min
    return {cle: resumer(valeurs) for cle, valeurs in temps.items()}


def droite(points: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Intercept and slope of the least-squares line through (x, y)."""
    xs, ys = zip(*points, strict=True)
    pente, origine = statistics.linear_regression(xs, ys)
    return origine, pente
