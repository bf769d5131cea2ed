"""Reducing published packages to the small CSV files of `fixtures/`.

Nothing here reads or writes the database: it runs once a year, on a developer's machine, and
what it writes is committed. See `fixtures/territoires/SOURCE.md`.
"""

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

Ligne = tuple[str, ...]
Tables = dict[str, list[Ligne]]
Objet = dict[str, Any]

COLONNES: Mapping[str, Ligne] = {
    "regions.csv": ("code", "nom", "zone"),
    "departements.csv": ("code", "nom", "region"),
    "epci.csv": ("siren", "nom", "nature"),
    "communes.csv": (
        "code",
        "nom",
        "departement",
        "epci",
        "siren",
        "population",
        "codes_postaux",
    ),
    "anciennes.csv": ("code", "nom", "nature", "commune"),
    "naf.csv": ("code", "libelle", "niveau", "section"),
}
NATURES_ANCIENNES = {
    "commune-deleguee": "deleguee",
    "commune-associee": "associee",
    "arrondissement-municipal": "arrondissement",
}
NIVEAUX_NAF = {1: 1, 2: 2, 4: 3, 5: 4, 6: 5}


class SourceInattendue(Exception):
    """The package does not hold what its edition promises; the message says what and where."""


def reduire_decoupage(paquet: Path) -> Tables:
    """Return the five tables of the npm package `@etalab/decoupage-administratif`.

    `paquet` is the unpacked package (it holds `data/`). Raises SourceInattendue when a code
    points to nothing or a commune belongs to two EPCI.
    """
    donnees = {
        nom: _lire_json(paquet / "data" / f"{nom}.json")
        for nom in ("regions", "departements", "epci", "communes")
    }
    actuelles = [c for c in donnees["communes"] if c["type"] == "commune-actuelle"]
    epci_de = _epci_par_commune(donnees["epci"])
    tables: Tables = {
        "regions.csv": [(r["code"], r["nom"], r["zone"]) for r in donnees["regions"]],
        "departements.csv": [(d["code"], d["nom"], d["region"]) for d in donnees["departements"]],
        "epci.csv": [(e["code"], e["nom"], e["type"]) for e in donnees["epci"]],
        "communes.csv": [_commune(commune, epci_de) for commune in actuelles],
        "anciennes.csv": _anciennes(donnees["communes"], actuelles),
    }
    _verifier_renvois(tables, donnees, epci_de)
    return {nom: sorted(lignes) for nom, lignes in tables.items()}


def _commune(commune: Objet, epci_de: Mapping[str, str]) -> Ligne:
    return (
        commune["code"],
        commune["nom"],
        commune["departement"],
        epci_de.get(commune["code"], ""),
        commune.get("siren", ""),
        str(commune.get("population", "")),
        " ".join(sorted(commune.get("codesPostaux", []))),
    )


def _epci_par_commune(epci: Iterable[Objet]) -> dict[str, str]:
    epci_de: dict[str, str] = {}
    for groupement in epci:
        for membre in groupement["membres"]:
            if membre["code"] in epci_de:
                raise SourceInattendue(f"La commune {membre['code']} est dans deux EPCI.")
            epci_de[membre["code"]] = groupement["code"]
    return epci_de


def _anciennes(communes: Iterable[Objet], actuelles: Iterable[Objet]) -> list[Ligne]:
    """Old codes, then parts of a commune: a part's present attachment wins over its history
    (two communes were handed from one merger to another).
    """
    lignes = {
        code: (code, "", "ancienne", commune["code"])
        for commune in actuelles
        for code in commune.get("anciensCodes", [])
    }
    for partie in communes:
        nature = NATURES_ANCIENNES.get(partie["type"])
        if nature is not None:
            rattachement = partie.get("chefLieu") or partie["commune"]
            lignes[partie["code"]] = (partie["code"], partie["nom"], nature, rattachement)
    return list(lignes.values())


def _verifier_renvois(
    tables: Tables, donnees: Mapping[str, list[Objet]], epci_de: Mapping[str, str]
) -> None:
    """Every code named by a table must exist, and a commune's région be its département's."""
    codes = {nom: {ligne[0] for ligne in lignes} for nom, lignes in tables.items()}
    for nom, lignes in tables.items():
        if len(codes[nom]) != len(lignes):
            raise SourceInattendue(f"{nom} : un code y est deux fois.")
    renvois = (
        ("departements.csv", "regions.csv", {d[2] for d in tables["departements.csv"]}),
        ("communes.csv", "departements.csv", {c[2] for c in tables["communes.csv"]}),
        ("epci.csv", "communes.csv", set(epci_de)),
        ("anciennes.csv", "communes.csv", {a[3] for a in tables["anciennes.csv"]}),
    )
    for origine, cible, nommes in renvois:
        if absents := nommes - codes[cible]:
            raise SourceInattendue(f"{origine} : {sorted(absents)} absents de {cible}.")
    region_de = {code: region for code, _, region in tables["departements.csv"]}
    for commune in donnees["communes"]:
        if commune["region"] != region_de[commune["departement"]]:
            raise SourceInattendue(f"{commune['code']} : région autre que son département.")


def reduire_naf(paquet: Path) -> Tables:
    """Return NAF rév. 2 at its five levels, from the PyPI package `pynsee` (wheel or folder).

    Raises SourceInattendue when a sub-class has no class above it.
    """
    libelles, niveaux = _naf_de_pynsee(paquet)
    section_de: dict[str, str] = {}
    for ligne in csv.DictReader(StringIO(niveaux), delimiter=";"):
        for niveau in ("NIV5", "NIV4", "NIV3", "NIV2", "NIV1"):
            section_de[ligne[niveau]] = ligne["NIV1"]
    lignes: list[Ligne] = []
    for colonnes in csv.reader(StringIO(libelles), delimiter=";"):
        code = colonnes[1].removeprefix("SECTION ").strip()
        if code not in section_de:
            continue
        libelle = " ".join(colonnes[2].split())
        # Sections come in capitals; none of their titles holds a proper noun.
        libelle = libelle.capitalize() if len(code) == 1 else libelle
        lignes.append((code, libelle, str(NIVEAUX_NAF[len(code)]), section_de[code]))
    if absents := set(section_de) - {ligne[0] for ligne in lignes}:
        raise SourceInattendue(f"NAF : pas d'intitulé pour {sorted(absents)}.")
    return {"naf.csv": sorted(lignes)}


def _naf_de_pynsee(paquet: Path) -> tuple[str, str]:
    """Return the texts (titles, five levels). The files are Windows-1252, not quite Latin-1."""
    interne = "pynsee/metadata/data/naf.zip"
    if paquet.is_dir():
        contenu = (paquet / interne).read_bytes()
    else:
        with zipfile.ZipFile(paquet) as roue:
            contenu = roue.read(interne)
    with zipfile.ZipFile(BytesIO(contenu)) as archive:
        return (
            archive.read("naf2008/int_courts_naf_rev_2.csv").decode("cp1252"),
            archive.read("naf2008/naf2008_5_niveaux.csv").decode("cp1252"),
        )


def ecrire(tables: Tables, dossier: Path, provenance: Mapping[str, object]) -> dict[str, int]:
    """Write the tables and `source.json` (provenance, counts, SHA-256); return the counts.

    The same input gives the same bytes.
    """
    dossier.mkdir(parents=True, exist_ok=True)
    fichiers: dict[str, Objet] = {}
    for nom, lignes in tables.items():
        contenu = en_csv(COLONNES[nom], lignes)
        (dossier / nom).write_bytes(contenu)
        fichiers[nom] = {"lignes": len(lignes), "sha256": hashlib.sha256(contenu).hexdigest()}
    source = {**provenance, "fichiers": fichiers}
    texte = json.dumps(source, ensure_ascii=False, indent=2) + "\n"
    (dossier / "source.json").write_text(texte, encoding="utf-8")
    return {nom: len(lignes) for nom, lignes in tables.items()}


def en_csv(colonnes: Sequence[str], lignes: Iterable[Sequence[str]]) -> bytes:
    """Return UTF-8 CSV with a header and Unix line ends."""
    sortie = StringIO()
    ecrivain = csv.writer(sortie, lineterminator="\n")
    ecrivain.writerow(colonnes)
    ecrivain.writerows(lignes)
    return sortie.getvalue().encode()


def _lire_json(chemin: Path) -> list[Objet]:
    if not chemin.is_file():
        raise SourceInattendue(f"{chemin.name} manque dans le paquet.")
    contenu: list[Objet] = json.loads(chemin.read_text(encoding="utf-8"))
    return contenu
