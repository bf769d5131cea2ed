"""A draft: created, filled section by section, aides chosen. Nothing once deposited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from aides.criteres.choix import DEPENSES
from aides.criteres.faits import DECLARES, VOCABULAIRE, Section
from aides.criteres.valeurs import ValeurInvalide, lire_valeur, valeur_json
from aides.models import Aide
from dossiers.coherence import incoherences
from dossiers.faits import faits_json, resolveur
from dossiers.models import Dossier, Entreprise
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.models import Evenement

#: Free texts of the dossier itself, saved with the section Projet beside its facts.
TEXTES = ("titre", "description")
SAUVEGARDE = "enregistrer_section"
#: What the company says of itself rather than of one project: asked once, then carried over.
SECTIONS_REPRISES = (Section.ENTREPRISE, Section.FILIERE)
REPRIS = "dossier_precedent"


class DossierDejaDepose(Exception):
    """A deposited dossier is frozen."""


class FaitsRefuses(ValueError):
    """Answers that cannot be kept: `erreurs` maps each code to a French message."""

    def __init__(self, erreurs: dict[str, str]) -> None:
        super().__init__(" ; ".join(f"{code} : {texte}" for code, texte in erreurs.items()))
        self.erreurs = erreurs


class ConflitDeRevision(Exception):
    """Somebody, or another tab, changed these answers since this page was opened."""

    def __init__(self, dossier: Dossier, codes: Collection[str], dernier: Evenement | None) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.dossier = dossier
        self.codes = frozenset(codes)
        #: The last save that touched them.
        self.dernier = dernier


@dataclass(frozen=True, slots=True)
class PageVue:
    """What a page of the form was built from: the revision of the draft and, when the page says
    so, the answers that it showed (exchanged JSON, by code). One given back as it was shown is
    nobody's wish: it stays as it is now, and only an answer changed on both sides is a conflict.
    """

    revision: int
    vues: Mapping[str, object] | None = None

    def changee(self, code: str, valeur: object) -> bool:
        """Whether the person may have typed this value; True when the page does not tell."""
        if self.vues is None:
            return True
        # What the page did not show was blank.
        return valeur != self.vues.get(code, "" if code in TEXTES else None)


@transaction.atomic
def creer_dossier(
    *, entreprise: Entreprise, titre: str, par: User, description: str = "", reprendre: bool = True
) -> Dossier:
    """Open a draft that starts with what the company last said of itself, each answer keeping
    its date and its author, or with nothing unless `reprendre`. Raises PermissionDenied unless
    `par` is an active member.
    """
    if not Entreprise.objects.visibles_par(par).filter(pk=entreprise.pk).exists():
        raise PermissionDenied("Seul un membre de l’entreprise peut ouvrir un dossier.")
    dossier = Dossier.objects.create(
        entreprise=entreprise,
        titre=titre.strip(),
        description=description.strip(),
        faits=_repris(entreprise) if reprendre else {},
        cree_par=par,
    )
    consigner(
        verbe="creer_dossier", objet=dossier, acteur=par, dossier_id=dossier.pk,
        repris=sorted(dossier.faits),
    )  # fmt: skip
    return dossier


def _repris(entreprise: Entreprise) -> dict[str, Any]:
    precedent = entreprise.dossiers.order_by("-modifie_le", "-pk").first()
    if precedent is None:
        return {}
    return {
        code: fait | {"provenance": REPRIS}
        for code, fait in precedent.faits.items()
        if code in VOCABULAIRE and VOCABULAIRE[code].section in SECTIONS_REPRISES
    }


@transaction.atomic
def enregistrer_section(
    *,
    dossier: Dossier,
    section: Section,
    faits: Mapping[str, object],
    par: User,
    textes: Mapping[str, str] | None = None,
    page: PageVue | None = None,
    complete: bool = True,
) -> Dossier:
    """Save answers of one section: code -> exchanged JSON, None to take an answer back; codes
    that are absent stay as they are. Returns the dossier as it is now.

    `page` is what the form was built from: answers changed elsewhere since, and different here,
    raise ConflitDeRevision. `complete` marks the section as saved by its author, and then blank
    lines of a table of expenses that is not empty count for 0 €. Raises FaitsRefuses,
    DossierDejaDepose.
    """
    actuel = verrouiller(dossier)
    valeurs = canoniques(section, faits, textes or {})
    if page is not None:
        valeurs = {code: v for code, v in valeurs.items() if page.changee(code, v)}
        _refuser_conflits(actuel, valeurs, page)
    if section is Section.DEPENSES and complete:
        valeurs |= _lignes_vides(actuel, valeurs)
    changes = {code for code, valeur in valeurs.items() if _actuelle(actuel, code) != valeur}
    _refuser_incoherences(actuel, section, valeurs)
    premiere = complete and section.value not in actuel.sections
    if not changes and not premiere:
        return actuel
    _ecrire(actuel, {code: valeurs[code] for code in changes}, par)
    if premiere:
        actuel.sections = [*actuel.sections, section.value]
    actuel.revision += 1
    actuel.save()
    consigner(
        verbe=SAUVEGARDE, objet=actuel, acteur=par, dossier_id=actuel.pk,
        section=section.value, champs=sorted(changes), revision=actuel.revision,
    )  # fmt: skip
    return actuel


@transaction.atomic
def declarer(
    *, dossier: Dossier, reponses: Mapping[str, object], aides: Collection[str], par: User
) -> Dossier:
    """Write answers given outside the form, of any section (code -> exchanged JSON), and the
    aides their author had in mind. Sections stay to be looked at. Raises FaitsRefuses,
    DossierDejaDepose.
    """
    actuel = verrouiller(dossier)
    valeurs: dict[str, object] = {}
    for section in Section:
        siennes = {c: v for c, v in reponses.items() if VOCABULAIRE[c].section is section}
        valeurs |= canoniques(section, siennes, {})
    _ecrire(actuel, valeurs, par)
    actuel.choix = sorted(aides)
    actuel.revision += 1
    actuel.save()
    consigner(
        verbe="declarer", objet=actuel, acteur=par, dossier_id=actuel.pk,
        champs=sorted(valeurs), aides=actuel.choix, revision=actuel.revision,
    )  # fmt: skip
    return actuel


@transaction.atomic
def choisir_aides(*, dossier: Dossier, codes: Collection[str], par: User) -> Dossier:
    """Keep which aides the company wants to ask for; unknown codes are dropped."""
    actuel = verrouiller(dossier)
    connus = Aide.objects.publiees().filter(code__in=codes).order_by("code")
    choix = list(connus.values_list("code", flat=True))
    if choix != actuel.choix:
        actuel.choix = choix
        actuel.save(update_fields=["choix", "modifie_le"])
        consigner(
            verbe="choisir_aides", objet=actuel, acteur=par, dossier_id=actuel.pk, aides=choix
        )
    return actuel


def verrouiller(dossier: Dossier) -> Dossier:
    """The draft, locked until the end of the transaction. Raises DossierDejaDepose."""
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if not actuel.est_brouillon:
        raise DossierDejaDepose(actuel.numero)
    return actuel


def canoniques(
    section: Section, faits: Mapping[str, object], textes: Mapping[str, str]
) -> dict[str, object]:
    """Answers as a dossier stores them. Raises FaitsRefuses."""
    return {**_lire(section, faits), **_lire_textes(section, textes)}


def _lire(section: Section, faits: Mapping[str, object]) -> dict[str, object]:
    """The answers in canonical JSON; a former commune becomes its successor."""
    resoudre = resolveur(timezone.localdate())
    lus: dict[str, object] = {}
    erreurs: dict[str, str] = {}
    for code, brut in faits.items():
        fait = VOCABULAIRE.get(code)
        if fait is None or fait not in DECLARES or fait.section is not section:
            erreurs[code] = "cette question n’est pas de cette section"
            continue
        try:
            lus[code] = (
                None if brut is None else valeur_json(fait, lire_valeur(fait, brut, resoudre))
            )
        except ValeurInvalide as invalide:
            erreurs[code] = str(invalide)
    if erreurs:
        raise FaitsRefuses(erreurs)
    return lus


def _lire_textes(section: Section, textes: Mapping[str, str]) -> dict[str, str]:
    if textes and (section is not Section.PROJET or set(textes) - set(TEXTES)):
        raise FaitsRefuses(dict.fromkeys(textes, "ce texte n’est pas de cette section"))
    if "titre" in textes and not textes["titre"].strip():
        raise FaitsRefuses({"titre": "donnez un titre au projet"})
    return {nom: texte.strip() for nom, texte in textes.items()}


def _actuelle(dossier: Dossier, code: str) -> object:
    if code in TEXTES:
        return getattr(dossier, code)
    return dossier.faits.get(code, {}).get("valeur")


def _refuser_conflits(dossier: Dossier, valeurs: Mapping[str, object], page: PageVue) -> None:
    """Compare with what the page showed or, when it does not tell, with what the journal says
    was changed since its revision.
    """
    if page.vues is None and page.revision == dossier.revision:
        return
    depuis = Evenement.objects.filter(
        objet_type=dossier._meta.label_lower,
        objet_id=str(dossier.pk),
        verbe=SAUVEGARDE,
        donnees__revision__gt=page.revision,
    )
    evenements = [e for e in depuis if set(e.donnees["champs"]) & set(valeurs)]
    touches = {code for e in evenements for code in e.donnees["champs"]} & set(valeurs)
    if page.vues is not None:
        touches = {code for code in valeurs if page.changee(code, _actuelle(dossier, code))}
    codes = {code for code in touches if _actuelle(dossier, code) != valeurs[code]}
    if codes:
        raise ConflitDeRevision(dossier, codes, evenements[-1] if evenements else None)


def _lignes_vides(dossier: Dossier, valeurs: Mapping[str, object]) -> dict[str, object]:
    apres = {code: valeurs.get(code, _actuelle(dossier, code)) for code in DEPENSES}
    if all(valeur is None for valeur in apres.values()):
        return {}
    return {code: "0.00" for code, valeur in apres.items() if valeur is None}


def _refuser_incoherences(
    dossier: Dossier, section: Section, valeurs: Mapping[str, object]
) -> None:
    """Answers of this section that contradict others; one in another section stops nothing."""
    faits = faits_json(dossier.faits) | {c: v for c, v in valeurs.items() if c not in TEXTES}
    erreurs = incoherences(faits, timezone.localdate())
    ici = {c: texte for c, texte in erreurs.items() if VOCABULAIRE[c].section is section}
    if ici:
        raise FaitsRefuses(ici)


def _ecrire(dossier: Dossier, changes: Mapping[str, Any], par: User) -> None:
    le = timezone.now().isoformat(timespec="seconds")
    for code, valeur in changes.items():
        if code in TEXTES:
            setattr(dossier, code, valeur)
        elif valeur is None:
            dossier.faits.pop(code, None)
        else:
            dossier.faits[code] = {
                "valeur": valeur, "provenance": "declaration", "le": le, "par": par.pk,
            }  # fmt: skip
