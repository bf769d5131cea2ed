"""Every write of the catalogue."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import models, transaction
from django.utils import timezone

from aides.annonces import annoncer as annoncer_publications
from aides.conditions import conditions
from aides.criteres.echange import EchangeInvalide
from aides.echange import (
    AideLue,
    codes_de,
    lire_catalogue,
    porteurs_de,
    version_de,
)
from aides.fenetres import bascules
from aides.models import Aide, Porteur, Publication, VersionAide
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.json_strict import DocumentInvalide
from territoires.chargement import FichierInvalide
from territoires.models import Chargement
from territoires.normalisation import droites, sans_accents
from territoires.organismes.actes import enregistrer_organismes
from territoires.organismes.echange import lire_organismes
from territoires.organismes.models import Organisme

journal = logging.getLogger(__name__)
#: How far back the days of opening and closing that nobody has read are looked for.
RATTRAPAGE = timedelta(days=31)
#: To be raised when what the load derives from the same files changes.
EDITION = 1


@dataclass(frozen=True, slots=True)
class Bilan:
    """What publishing documents did, by code of aide."""

    nouvelles: tuple[str, ...]
    modifiees: tuple[str, ...]
    inchangees: tuple[str, ...]


@transaction.atomic
def publier_aides(*, documents: Sequence[AideLue], par: User | None = None) -> Bilan:
    """Publish each document as the next version of its aide, or leave it if it says the same.

    Each new version leaves a `Publication`, by which the rooms above learn it. All or nothing.
    Aides that are not among `documents` are left alone. Raises DocumentInvalide when the
    identifiant of an aide is not the one it already has.
    """
    aides = _aides_de(documents)
    numeros = dict(
        VersionAide.objects.filter(aide__in=aides.values())
        .values_list("aide")
        .annotate(models.Max("numero"))
    )
    maintenant = timezone.now()
    versions: list[tuple[AideLue, VersionAide]] = []
    for lue in documents:
        aide = aides[lue.code]
        if aide.version is None or aide.version.empreinte != lue.empreinte:
            version = version_de(lue.document)
            version.aide = aide
            version.numero = numeros.get(aide.pk, 0) + 1
            version.publiee_le = maintenant
            versions.append((lue, version))
    _enregistrer(versions, par)
    publies = {lue.code: version.numero for lue, version in versions}
    return Bilan(
        nouvelles=tuple(code for code, numero in publies.items() if numero == 1),
        modifiees=tuple(code for code, numero in publies.items() if numero > 1),
        inchangees=tuple(lue.code for lue in documents if lue.code not in publies),
    )


def _aides_de(documents: Sequence[AideLue]) -> dict[str, Aide]:
    """The rows of these aides by code, created if need be, locked until the transaction ends."""
    Aide.objects.bulk_create(
        [Aide(code=lue.code, identifiant=lue.document["identifiant"]) for lue in documents],
        ignore_conflicts=True,
    )
    codes = [lue.code for lue in documents]
    lignes = Aide.objects.select_for_update(of=("self",)).select_related("version")
    aides = {aide.code: aide for aide in lignes.filter(code__in=codes).order_by("code")}
    for lue in documents:
        voulu = lue.document["identifiant"]
        if lue.code not in aides:
            raise lue.refus(f"l’identifiant {voulu} est celui d’une autre aide")
        if str(aides[lue.code].identifiant) != voulu:
            raise lue.refus(f"son identifiant est {aides[lue.code].identifiant}, pas {voulu}")
    return aides


def _enregistrer(versions: list[tuple[AideLue, VersionAide]], par: User | None) -> None:
    noms = dict(Organisme.objects.values_list("code", "nom"))
    for lue, version in versions:
        version.texte = _texte_cherche(lue, version, noms)
    VersionAide.objects.bulk_create([version for _, version in versions], batch_size=500)
    organismes = dict(Organisme.objects.values_list("code", "pk"))
    Porteur.objects.bulk_create(
        [
            porteur
            for lue, version in versions
            for porteur in porteurs_de(lue.document, version, organismes)
        ],
        batch_size=2000,
    )
    Publication.objects.bulk_create(
        [
            Publication(
                aide=version.aide,
                avant=version.aide.version,
                apres=version,
                jour=timezone.localdate(version.publiee_le),
                le=version.publiee_le,
                par=par,
            )
            for _, version in versions
        ],
        batch_size=500,
    )
    for _, version in versions:
        version.aide.version = version
    Aide.objects.bulk_update([version.aide for _, version in versions], ["version"], 500)
    for _, version in versions:
        consigner(
            verbe="aide_publiee",
            objet=version.aide,
            acteur=par,
            code=version.aide.code,
            numero=version.numero,
            empreinte=version.empreinte,
        )
    if versions:
        annoncer_publications()


@transaction.atomic
def relever_fenetres(*, le: date) -> int:
    """Leave a `Publication` for each aide that a window opened or closed by the day `le`; how
    many. Days missed (nothing ran) are caught up, over `RATTRAPAGE`; a day told is not told
    again, nor one that came before the version that says it.
    """
    relevees = []
    for aide in Aide.objects.publiees().select_related("version").order_by("code"):
        version = aide.version
        if version is None or version.statut == VersionAide.Statut.CLOSE:
            continue
        try:
            critere = conditions(version)
        except EchangeInvalide as erreur:
            journal.error("Aide %s, version %s : %s", aide.code, version.numero, erreur)
            continue
        depuis = max(le - RATTRAPAGE, timezone.localdate(version.publiee_le) + timedelta(days=1))
        relevees += [
            Publication(
                aide=aide, motif=Publication.Motif.FENETRE, avant=version, apres=version,
                jour=jour, le=timezone.now(),
            )
            for jour in bascules(critere, depuis, le)
        ]  # fmt: skip
    deja = set(
        Publication.objects.filter(motif=Publication.Motif.FENETRE, jour__gte=le - RATTRAPAGE)
        .order_by()
        .values_list("apres_id", "jour")
    )
    nouvelles = [p for p in relevees if (p.apres_id, p.jour) not in deja]
    for publication in nouvelles:
        publication.save()
        consigner(
            verbe="fenetre_relevee", objet=publication, code=publication.aide.code,
            jour=publication.jour.isoformat(),
        )  # fmt: skip
    if nouvelles:
        annoncer_publications()
    return len(nouvelles)


def _texte_cherche(lue: AideLue, version: VersionAide, noms: Mapping[str, str]) -> str:
    """What a search reads of a version; `noms` gives the name of an organisme by code. An
    organisme renamed later keeps here the name it had."""
    financeurs = [
        noms[porteur["organisme"]]
        for porteur in lue.document["porteurs"]
        if Porteur.Role.FINANCEUR in porteur["roles"]
    ]
    dits = (version.titre, version.promesse, version.description, *financeurs)
    return sans_accents(droites("\n".join(dits)))


@transaction.atomic
def charger_catalogue(
    *,
    dossier: Path,
    annoncer: Callable[[str], object] = lambda ligne: None,
) -> bool:
    """Load `organismes*.json` and `aides/*.json` of `dossier`; False if they already are.

    All or nothing. `annoncer` is given what was done. Raises FichierInvalide, which names the
    file and its faults, or OSError.
    """
    organismes = sorted(dossier.glob("organismes*.json"))
    aides = sorted((dossier / "aides").glob("*.json"))
    contenus = {fichier: fichier.read_bytes() for fichier in (*organismes, *aides)}
    empreinte = _empreinte_de(contenus)
    present = Chargement.objects.select_for_update().filter(jeu="catalogue").first()
    if present is not None and present.empreinte == empreinte:
        return False
    for fichier in organismes:
        _charger_organismes(fichier, contenus[fichier], annoncer)
    lues = _lire_ensemble({fichier: contenus[fichier] for fichier in aides}, annoncer)
    bilan = publier_aides(documents=lues)
    annoncer(f"  {len(lues)} aides : {len(lues) - len(bilan.inchangees)} publiées")
    chargement, _ = Chargement.objects.update_or_create(
        jeu="catalogue",
        defaults={
            "millesime": str(EDITION),
            "empreinte": empreinte,
            "lignes": len(lues),
        },
    )
    consigner(
        verbe="reference_chargee",
        objet=chargement,
        empreinte=chargement.empreinte,
        lignes=len(lues),
    )
    return True


def _empreinte_de(contenus: Mapping[Path, bytes]) -> str:
    """SHA-256 of the files and of the edition of the reader that reads them."""
    empreinte = hashlib.sha256(str(EDITION).encode())
    for fichier, octets in contenus.items():
        empreinte.update(f"{fichier.name} {len(octets)} ".encode() + octets)
    return empreinte.hexdigest()


def _charger_organismes(fichier: Path, octets: bytes, annoncer: Callable[[str], object]) -> None:
    try:
        contenu = lire_organismes(octets)
    except DocumentInvalide as invalide:
        raise FichierInvalide(f"{fichier.name} :\n{invalide}") from invalide
    fait = enregistrer_organismes(contenu=contenu)
    annoncer(
        f"  {fichier.name} : {fait.organismes} organismes, {fait.guichets} guichets, "
        f"{fait.competences} compétences"
    )


def _lire_ensemble(contenus: dict[Path, bytes], annoncer: Callable[[str], object]) -> list[AideLue]:
    """The aides of several files, which may complete each other but not give one aide twice."""
    ensemble: dict[str, AideLue] = {}
    codes = [code for octets in contenus.values() for code in codes_de(octets)]
    for fichier, octets in contenus.items():
        try:
            lues = lire_catalogue(octets, completables=codes)
        except DocumentInvalide as invalide:
            raise FichierInvalide(f"{fichier.name} :\n{invalide}") from invalide
        for lue in lues:
            if lue.code in ensemble:
                raise FichierInvalide(f"{fichier.name} : {lue.code} est déjà dans un autre fichier")
            ensemble[lue.code] = lue
        annoncer(f"  {fichier.name} : {len(lues)} aides")
    return list(ensemble.values())
