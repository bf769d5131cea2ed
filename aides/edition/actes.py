"""Every write of a draft, and what publishes or closes an aide for its catalogue manager."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from aides.actes import publier_aides
from aides.echange import AideLue, document_de, empreinte_de, lire_aide, lire_catalogue
from aides.edition.arbre import OperationRefusee, arbre_vide
from aides.edition.examen import Remarque, remarques_du_controle
from aides.edition.operations import LIBELLES, Operation, appliquer, sans_vide
from aides.models import Aide, BrouillonAide, EtapeBrouillon, Porteur, VersionAide
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.json_strict import Defaut, DocumentInvalide
from territoires.organismes.models import Organisme

#: Steps kept behind the present one.
ETAPES_GARDEES = 50
#: Characters of a draft, far above any real aide.
TAILLE_MAXIMUM = 1_000_000
#: Aides that one file may turn into drafts.
IMPORT_MAXIMUM = 20
#: Base of the identifiers of aides that no national register named (docs/echange.md).
PREFIXE_IDENTIFIANT = "dossier-unique:"


class RevisionDepassee(Exception):
    """The draft changed since the page was shown; nothing was written. `actuelle` is its
    revision now."""

    def __init__(self, actuelle: int) -> None:
        super().__init__("Ce brouillon a changé depuis que cette page est ouverte.")
        self.actuelle = actuelle


class VersionDepassee(Exception):
    """The aide was published by somebody else meanwhile; nothing was written. `numero` is that
    of the version in force."""

    def __init__(self, numero: int) -> None:
        super().__init__(f"La version {numero} de cette aide a été publiée entre-temps.")
        self.numero = numero


class PublicationRefusee(Exception):
    """What is written may not be published; `remarques` says why, each with its path."""

    def __init__(self, remarques: Sequence[Remarque]) -> None:
        super().__init__(" ; ".join(f"{r.chemin} : {r.message}" for r in remarques))
        self.remarques = tuple(remarques)


# ------------------------------------------------------------------ beginning


@transaction.atomic
def creer_brouillon(*, aide: Aide, par: User) -> BrouillonAide:
    """The draft of the next version of an aide: the one that waits already, else a new one that
    says what the version in force says. Raises PermissionDenied."""
    _exiger(aide.permissions(par)["modifier"])
    organisme = _organisme_pour(aide, par)
    verrouillee = Aide.objects.select_for_update(of=("self",)).with_version().get(pk=aide.pk)
    version = verrouillee.version
    assert version is not None  # noqa: S101 - modifiables_par asks for one
    deja: BrouillonAide | None = BrouillonAide.objects.filter(
        aide=verrouillee, organisme=organisme
    ).first()
    if deja is not None:
        return deja
    return _commencer(organisme, document_de(version), par, aide=verrouillee)


@transaction.atomic
def creer_brouillon_vierge(*, organisme: Organisme, titre: str, par: User) -> BrouillonAide:
    """The draft of an aide that does not exist yet, carried by `organisme`.

    Its code is made from its title and never changes. Raises PermissionDenied.
    """
    _exiger_gestion(organisme, par)
    code = _code_libre(titre)
    document = {
        "code": code,
        "identifiant": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PREFIXE_IDENTIFIANT}{code}")),
        "titre": titre.strip()[:200],
        "porteurs": [{"organisme": organisme.code, "roles": ["diffuseur", "financeur"]}],
        "perimetre": organisme.territoire,
        "statut": VersionAide.Statut.ACTIVE.value,
        "voie": {"type": VersionAide.Voie.PORTAIL.value},
    }
    return _commencer(organisme, {**sans_vide(document), "criteres": arbre_vide()}, par)


@transaction.atomic
def importer_brouillons(*, octets: bytes, organisme: Organisme, par: User) -> list[BrouillonAide]:
    """A draft of each aide of an exchange file, in its order; nothing is published.

    The draft of an aide that waits already takes what the file says, as a step that can be
    undone. Raises DocumentInvalide with the place of every fault, then nothing is stored, or
    PermissionDenied.
    """
    _exiger_gestion(organisme, par)
    lues = lire_catalogue(octets)
    if len(lues) > IMPORT_MAXIMUM:
        refus = f"{len(lues)} aides : {IMPORT_MAXIMUM} au plus par fichier"
        raise DocumentInvalide([Defaut(("aides",), refus)])
    existantes = {
        aide.code: aide
        for aide in Aide.objects.select_for_update(of=("self",))
        .with_version()
        .filter(code__in=[lue.code for lue in lues])
        .order_by("code")
    }
    return [_importer(lue, existantes.get(lue.code), organisme, par) for lue in lues]


def _importer(lue: AideLue, aide: Aide | None, organisme: Organisme, par: User) -> BrouillonAide:
    if aide is None:
        return _commencer(organisme, lue.document, par)
    if not aide.permissions(par)["modifier"]:
        raise lue.refus(aide.permissions(par)["modifier"].reason)
    if str(aide.identifiant) != lue.document["identifiant"]:
        raise lue.refus(f"son identifiant est {aide.identifiant}")
    tenu = _organisme_pour(aide, par)
    deja = BrouillonAide.objects.select_for_update().filter(aide=aide, organisme=tenu).first()
    if deja is None:
        deja = creer_brouillon(aide=aide, par=par)
    _avancer(deja, lue.document, "import d’un fichier", par)
    consigner(verbe="brouillon_importe", objet=deja, acteur=par, revision=deja.revision)
    return deja


# ------------------------------------------------------------------ changing


@transaction.atomic
def modifier_brouillon(
    *, brouillon: BrouillonAide, operation: Operation, revision: int, par: User
) -> tuple[BrouillonAide, str]:
    """The draft once `operation` is done, and the path of what it touched.

    `revision` is the one that the page showed. Raises RevisionDepassee, OperationRefusee or
    PermissionDenied: then nothing is written.
    """
    actuel = _ouvrir(brouillon, revision, par)
    document, chemin = appliquer(actuel.document, operation)
    if len(json.dumps(document, ensure_ascii=False)) > TAILLE_MAXIMUM:
        raise OperationRefusee(chemin, "cette aide deviendrait trop longue")
    if document != actuel.document:
        _avancer(actuel, document, LIBELLES[type(operation)], par)
        consigner(
            verbe="brouillon_modifie",
            objet=actuel,
            acteur=par,
            operation=type(operation).__name__,
            revision=actuel.revision,
        )
    return actuel, chemin


@transaction.atomic
def annuler(*, brouillon: BrouillonAide, revision: int, par: User) -> BrouillonAide:
    """The draft as it was one step before; unchanged at the first one kept."""
    return _revenir(brouillon, revision, par, -1)


@transaction.atomic
def retablir(*, brouillon: BrouillonAide, revision: int, par: User) -> BrouillonAide:
    """The draft with the step that was undone last; unchanged when there is none."""
    return _revenir(brouillon, revision, par, 1)


@transaction.atomic
def supprimer_brouillon(*, brouillon: BrouillonAide, revision: int, par: User) -> None:
    """Throw a draft away with its steps. What is published stays as it is."""
    actuel = _ouvrir(brouillon, revision, par)
    consigner(verbe="brouillon_supprime", objet=actuel, acteur=par, aide=actuel.aide_id)
    actuel.delete()


# ------------------------------------------------------------------ publishing


@transaction.atomic
def publier_brouillon(
    *, brouillon: BrouillonAide, revision: int, version_vue: int, par: User
) -> VersionAide:
    """Publish what the draft says as the next version of its aide; the draft is then gone.

    `version_vue` is the number of the version in force that the page compared with, 0 for a new
    aide. Raises RevisionDepassee, VersionDepassee, PublicationRefusee or PermissionDenied: then
    nothing is written.
    """
    actuel = _ouvrir(brouillon, revision, par)
    _exiger(actuel.permissions(par)["publier"])
    _exiger_version_vue(actuel.aide, version_vue)
    try:
        lue = lire_aide(actuel.document)
    except DocumentInvalide as invalide:
        raise PublicationRefusee(Remarque.de_defauts(invalide.defauts)) from invalide
    if refus := [*_refus_d_identite(actuel, lue, par), *_bloquantes(lue)]:
        raise PublicationRefusee(refus)
    consigner(verbe="brouillon_publie", objet=actuel, acteur=par, empreinte=lue.empreinte)
    version = _publier(lue, par)
    actuel.delete()
    return version


@transaction.atomic
def clore_aide(*, aide: Aide, version_vue: int, motif: str, par: User) -> VersionAide:
    """Publish the version in force again, with the status "close" and why (`motif`, French).

    Nothing else is checked: what was published must always be able to close. Raises
    VersionDepassee or PermissionDenied.
    """
    _exiger(aide.permissions(par)["clore"])
    _exiger_version_vue(aide, version_vue)
    version = Aide.objects.with_version().get(pk=aide.pk).version
    assert version is not None  # noqa: S101 - modifiables_par asks for one
    change = {"statut": VersionAide.Statut.CLOSE.value, "statut_precision": motif.strip()[:2000]}
    document = sans_vide({**document_de(version), **change})
    return _publier(AideLue(0, document, empreinte_de(document)), par)


def _publier(lue: AideLue, par: User) -> VersionAide:
    try:
        publier_aides(documents=[lue], par=par)
    except DocumentInvalide as invalide:
        raise PublicationRefusee(Remarque.de_defauts(invalide.defauts)) from invalide
    version = Aide.objects.select_related("version").get(code=lue.code).version
    assert version is not None  # noqa: S101 - just published
    return version


def _refus_d_identite(brouillon: BrouillonAide, lue: AideLue, par: User) -> list[Remarque]:
    """What only the draft's own aide and organisme can say."""
    refus = []
    if brouillon.aide is None and Aide.objects.filter(code=lue.code).exists():
        message = f"le code « {lue.code} » est déjà celui d’une autre aide"
        faire = "Exportez ce brouillon, donnez-lui un autre code et importez-le."
        refus.append(Remarque("code", message, faire=faire))
    if not par.is_staff and brouillon.organisme.code not in _qui_ecrivent(lue.document):
        nom = brouillon.organisme.nom
        message = f"{nom} doit rester parmi les porteurs, comme financeur ou diffuseur"
        refus.append(Remarque("porteurs", message))
    return refus


def _bloquantes(lue: AideLue) -> list[Remarque]:
    return [r for r in remarques_du_controle(lue.document) if r.bloquante]


def _qui_ecrivent(document: Mapping[str, Any]) -> set[str]:
    """The organismes whose catalogue managers may write this aide."""
    return {
        porteur["organisme"]
        for porteur in document["porteurs"]
        if {Porteur.Role.FINANCEUR, Porteur.Role.DIFFUSEUR} & set(porteur["roles"])
    }


def _exiger_version_vue(aide: Aide | None, version_vue: int) -> None:
    """Raise VersionDepassee unless that number is in force, locking the aide meanwhile."""
    if aide is None:
        return
    verrouillee = Aide.objects.select_for_update(of=("self",)).get(pk=aide.pk)
    numero = verrouillee.version.numero if verrouillee.version else 0
    if numero != version_vue:
        raise VersionDepassee(numero)


# ------------------------------------------------------------------ below


def _exiger(permission: Any) -> None:
    if not permission:
        raise PermissionDenied(permission.reason)


def _exiger_gestion(organisme: Organisme, par: User) -> None:
    if not Organisme.objects.avec_catalogue_de(par).filter(pk=organisme.pk).exists():
        raise PermissionDenied("Seuls les gestionnaires de son catalogue peuvent le faire.")


def _organisme_pour(aide: Aide, par: User) -> Organisme:
    """For which organisme this person writes the aide: who finances it, else who publishes it."""
    tenus = Organisme.objects.avec_catalogue_de(par)
    porteurs = [
        porteur
        for porteur in Porteur.objects.filter(version=aide.version_id, organisme__in=tenus)
        .select_related("organisme")
        .order_by("rang")
        if {Porteur.Role.FINANCEUR, Porteur.Role.DIFFUSEUR} & set(porteur.roles)
    ]
    financeurs = [p for p in porteurs if Porteur.Role.FINANCEUR in p.roles]
    return (financeurs or porteurs)[0].organisme


def _code_libre(titre: str) -> str:
    """A code made from a title, that no aide and no draft has."""
    racine = slugify(titre)[:70].strip("-") or "aide"
    pris = {*Aide.objects.filter(code__startswith=racine).values_list("code", flat=True)}
    pris |= {*BrouillonAide.objects.filter(aide=None).values_list("document__code", flat=True)}
    rang = 1
    while (code := racine if rang == 1 else f"{racine}-{rang}") in pris:
        rang += 1
    return code


def _commencer(
    organisme: Organisme, document: dict[str, Any], par: User, *, aide: Aide | None = None
) -> BrouillonAide:
    brouillon = BrouillonAide.objects.create(
        aide=aide,
        base=aide.version if aide else None,
        organisme=organisme,
        auteur=par,
        modifie_par=par,
        document=document,
    )
    EtapeBrouillon.objects.create(brouillon=brouillon, rang=0, document=document, libelle="début")
    consigner(
        verbe="brouillon_cree",
        objet=brouillon,
        acteur=par,
        organisme=organisme.pk,
        aide=aide.pk if aide else None,
    )
    return brouillon


def _ouvrir(brouillon: BrouillonAide, revision: int, par: User) -> BrouillonAide:
    """The draft, locked, as the page showed it."""
    actuel: BrouillonAide = BrouillonAide.objects.select_for_update(of=("self",)).get(
        pk=brouillon.pk
    )
    _exiger(actuel.permissions(par)["modifier"])
    if actuel.revision != revision:
        raise RevisionDepassee(actuel.revision)
    return actuel


def _avancer(brouillon: BrouillonAide, document: dict[str, Any], libelle: str, par: User) -> None:
    """One more step after the present one; those that were undone are forgotten."""
    rang = brouillon.position + 1
    brouillon.etapes.filter(rang__gte=rang).delete()
    brouillon.etapes.filter(rang__lt=rang - ETAPES_GARDEES).delete()
    EtapeBrouillon.objects.create(
        brouillon=brouillon, rang=rang, document=document, libelle=libelle
    )
    _poser(brouillon, document, rang, par)


def _poser(brouillon: BrouillonAide, document: dict[str, Any], rang: int, par: User) -> None:
    brouillon.document, brouillon.position = document, rang
    brouillon.revision += 1
    brouillon.modifie_par, brouillon.modifie_le = par, timezone.now()
    brouillon.save(update_fields=["document", "position", "revision", "modifie_par", "modifie_le"])


def _revenir(brouillon: BrouillonAide, revision: int, par: User, sens: int) -> BrouillonAide:
    actuel = _ouvrir(brouillon, revision, par)
    etape = actuel.etapes.filter(rang=actuel.position + sens).first()
    if etape is not None:
        _poser(actuel, etape.document, etape.rang, par)
        verbe = "brouillon_annule" if sens < 0 else "brouillon_retabli"
        consigner(verbe=verbe, objet=actuel, acteur=par, revision=actuel.revision)
    return actuel
