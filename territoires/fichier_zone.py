"""Reading the CSV of a zone: which communes it names, with which status, on which line."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from territoires.models import AppartenanceZone, Commune, CommuneAncienne

Statut = AppartenanceZone.Statut
ERREURS_MONTREES = 20


class FichierZoneInvalide(Exception):
    """The file cannot be loaded; `erreurs` are sentences (French) that name their lines."""

    def __init__(self, erreurs: list[str]) -> None:
        self.erreurs = erreurs
        montrees = erreurs[:ERREURS_MONTREES]
        if reste := len(erreurs) - len(montrees):
            montrees = [*montrees, f"… et {reste} autres."]
        super().__init__("\n".join(montrees))


@dataclass(frozen=True)
class FormatZone:
    """How a file says which communes are in the zone.

    Without `colonne_statut` the file lists members only, all of status `statut`. With it,
    `statuts` maps each of its values to a status, and a value not mapped is an error.
    """

    colonne: str = "code_commune"
    statut: Statut = Statut.DEDANS
    colonne_statut: str = ""
    statuts: Mapping[str, Statut] = field(default_factory=dict)


@dataclass(frozen=True)
class FichierZone:
    """The status of each commune's code, as the file gives it, and the file's SHA-256 (taken
    with the format, since another reading of the same file is another layer).
    """

    statuts: Mapping[str, Statut]
    empreinte: str


def lire_fichier_zone(chemin: Path, forme: FormatZone) -> FichierZone:
    """Read and check the whole file, UTF-8, comma or semicolon. Raises FichierZoneInvalide.

    A commune named twice with one status counts once (a commune holds several QPV).
    """
    contenu = chemin.read_bytes()
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        ligne = contenu[: erreur.start].count(b"\n") + 1
        raise FichierZoneInvalide([f"Ligne {ligne} : le fichier n’est pas en UTF-8."]) from erreur
    lignes = list(_lignes(texte, forme))
    connus = set(Commune.objects.values_list("code", flat=True))
    connus.update(CommuneAncienne.objects.values_list("code", flat=True))
    statuts: dict[str, Statut] = {}
    erreurs: list[str] = []
    for numero, code, valeur in lignes:
        statut = forme.statuts.get(valeur) if forme.colonne_statut else forme.statut
        if code not in connus:
            erreurs.append(f"Ligne {numero} : commune inconnue « {code} ».")
        elif statut is None:
            erreurs.append(f"Ligne {numero} : statut inattendu « {valeur} ».")
        elif statuts.setdefault(code, statut) != statut:
            erreurs.append(f"Ligne {numero} : la commune {code} a déjà un autre statut.")
    if not lignes:
        erreurs.append("Le fichier ne contient aucune commune.")
    if erreurs:
        raise FichierZoneInvalide(erreurs)
    empreinte = hashlib.sha256(repr(forme).encode() + contenu).hexdigest()
    return FichierZone(statuts, empreinte)


def _lignes(texte: str, forme: FormatZone) -> Iterator[tuple[int, str, str]]:
    """Yield (number of the line, commune's code, value of the status column)."""
    entete = texte.partition("\n")[0]
    lecteur = csv.DictReader(StringIO(texte), delimiter=";" if ";" in entete else ",")
    for colonne in filter(None, (forme.colonne, forme.colonne_statut)):
        if colonne not in (lecteur.fieldnames or ()):
            presentes = ", ".join(lecteur.fieldnames or ()) or "aucune"
            raise FichierZoneInvalide(
                [f"Ligne 1 : pas de colonne « {colonne} » (colonnes : {presentes})."]
            )
    for ligne in lecteur:
        code = (ligne[forme.colonne] or "").strip()
        valeur = (ligne[forme.colonne_statut] or "").strip() if forme.colonne_statut else ""
        yield lecteur.line_num, code, valeur
