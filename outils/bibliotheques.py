"""What the PDF documents need of the system: Pango's libraries and a font. Exit code 0 or 1.

Looks without loading WeasyPrint, in a few hundredths of a second; prints what is missing.
"""

import ctypes
import sys
from ctypes.util import find_library
from pathlib import Path

# What Pango's own file is called by each system: Linux, macOS.
BIBLIOTHEQUES = {
    "gobject-2.0": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "pango-1.0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "pangoft2-1.0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "harfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}
POLICES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)


def absentes() -> list[str]:
    """The libraries that cannot be loaded."""
    return [nom for nom, fichiers in BIBLIOTHEQUES.items() if not _se_charge(nom, fichiers)]


def _se_charge(nom: str, fichiers: tuple[str, ...]) -> bool:
    for fichier in (*fichiers, find_library(nom)):
        try:
            if fichier and ctypes.CDLL(fichier):
                return True
        except OSError:
            continue
    return False


def sans_police() -> bool:
    """Whether no scalable font is installed."""
    suffixes = {".ttf", ".otf", ".ttc"}
    return not any(
        fichier.suffix.lower() in suffixes
        for dossier in POLICES
        for fichier in Path(dossier).rglob("*")
    )


manquent = [*absentes(), *(["une police de caractères"] if sans_police() else [])]
print(", ".join(manquent))
sys.exit(bool(manquent))
