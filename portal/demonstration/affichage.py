"""What a person sees while they wait: one line per step, a dot per second, the time taken."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def etape(titre: str, bavarde: bool = False) -> Iterator[Callable[[], None]]:
    """Print `titre`, then the time taken. Yields a function to call often: it adds the dots.

    The step of a command that speaks for itself (`bavarde`) has its title, if any, on a line of
    its own.
    """
    debut = time.monotonic()
    points = 0

    def patienter() -> None:
        nonlocal points
        if not bavarde and time.monotonic() - debut > points + 1:
            points += 1
            print(".", end="", flush=True)

    if titre:
        print(f"{titre} …", end="\n" if bavarde else "", flush=True)
    try:
        yield patienter
    except BaseException:
        print(flush=True)
        raise
    if not bavarde:
        print(f" {duree(time.monotonic() - debut)}", flush=True)


def duree(secondes: float) -> str:
    return f"{secondes:.1f} s".replace(".", ",")
