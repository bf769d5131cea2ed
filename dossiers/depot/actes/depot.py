"""The deposit: one transaction, after which nothing can be lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from aides.criteres.evaluation import Issue
from aides.criteres.faits import Faits
from aides.criteres.valeurs import insee
from aides.models import Aide
from dossiers.acheminement.taches import annoncer
from dossiers.depot.actes.brouillon import ConflitDeRevision
from dossiers.faits import faits_du_dossier
from dossiers.models import Demande, Dossier, VersionDossier
from dossiers.notifications import prevenir
from dossiers.rapprochement.actes import garder
from dossiers.rapprochement.appariement import AideAppariee, Appariement, apparier
from dossiers.recus.actes import emettre
from dossiers.recus.format import Demandee
from dossiers.templatetags.portail import date_longue
from portal.comptes.models import User
from portal.socle.journal import consigner, evenement, inscrire
from portal.socle.json_canonique import empreinte
from territoires.zones import ReferentielZones

#: How many aides the message of registration names.
AIDES_NOMMEES = 6
#: What is asked for when nobody chose: the rest needs an answer, or is refused.
ACCESSIBLES = frozenset({Issue.ELIGIBLE, Issue.SOUS_RESERVE})


class DepotImpossible(Exception):
    """The dossier cannot be deposited as it is; `motifs` are French sentences for people."""

    def __init__(self, *motifs: str) -> None:
        super().__init__(" ".join(motifs))
        self.motifs = motifs


@transaction.atomic
def deposer(
    *, dossier: Dossier, codes: Collection[str] | None, par: User, revision: int | None = None
) -> VersionDossier:
    """Deposit a dossier for the aides of `codes`, or for every one that it may claim and that is
    filed here when they are None; returns its frozen version.

    Freezes the dossier with its hash, matches it against the whole open catalogue, creates one
    demande per aide chosen, journals, signs the receipt, and hints the router once committed. A
    dossier already deposited returns its version: a double click is harmless. Raises
    DepotImpossible, and ConflitDeRevision if the draft changed since `revision`.
    """
    verrouilles = Dossier.objects.select_for_update(of=("self",)).select_related("entreprise")
    actuel = verrouilles.get(pk=dossier.pk)
    if not actuel.est_brouillon:
        return actuel.versions.get(numero=1)
    if revision is not None and revision != actuel.revision:
        raise ConflitDeRevision(actuel, (), None)
    maintenant = timezone.now()
    le = timezone.localdate(maintenant)
    faits = faits_du_dossier(actuel, le)
    commune = commune_du_projet(faits)
    referentiel = ReferentielZones.au(le)
    appariement = apparier(faits, le, referentiel=referentiel)
    choisies = choisies_deposables(appariement, codes)
    version = figer(actuel, par, maintenant)
    garder(version=version, appariement=appariement, demandees=choisies, referentiel=referentiel)
    demandes = demander(version, choisies, commune, par)
    actuel.depose_le = maintenant
    actuel.choix = sorted(aide.version.code for aide in choisies)
    actuel.save(update_fields=["depose_le", "choix", "modifie_le"])
    inscription = consigner(
        verbe="deposer", objet=actuel, acteur=par, dossier_id=actuel.pk,
        version=version.pk, empreinte=version.empreinte, aides=actuel.choix,
    )  # fmt: skip
    emettre(version=version, demandees=demandees(demandes, choisies), inscription=inscription)
    _accuser_enregistrement(actuel, version, choisies, par)
    annoncer(version.pk)
    return version


def demandees(demandes: Iterable[Demande], aides: Iterable[AideAppariee]) -> list[Demandee]:
    """The demandes of a deposit as its receipt names them."""
    return [
        Demandee(demande.numero, aide.version.code, aide.version.titre)
        for demande, aide in zip(demandes, aides, strict=True)
    ]


def commune_du_projet(faits: Faits) -> str:
    """The INSEE code of the commune that decides which desks are competent, one of today's.
    Raises DepotImpossible without it.
    """
    lieu = faits.get("commune_projet")
    if not isinstance(lieu, frozenset):
        raise DepotImpossible(
            "Indiquez la commune du projet : c’est elle qui désigne les guichets compétents."
        )
    return insee(lieu)


def choisies_deposables(
    appariement: Appariement, codes: Collection[str] | None
) -> list[AideAppariee]:
    """The aides chosen, or all that may be claimed, when they can be filed here. Raises
    DepotImpossible naming each other one.
    """
    par_code = {aide.version.code: aide for aide in appariement.aides}
    if codes is None:
        codes = _accessibles(appariement)
    if not codes:
        raise DepotImpossible("Choisissez au moins une aide à demander.")
    inconnus = _inconnus(set(codes) - par_code.keys())
    motifs = [
        motif
        for code in sorted(codes)
        if (motif := inconnus.get(code) or _obstacle(code, par_code.get(code)))
    ]
    if motifs:
        raise DepotImpossible(*motifs)
    return [par_code[code] for code in sorted(codes)]


def _accessibles(appariement: Appariement) -> list[str]:
    """The codes of the aides that nothing in the answers stands against. Raises DepotImpossible
    when there is none.
    """
    codes = [
        aide.version.code
        for aide in appariement.aides
        if aide.issue in ACCESSIBLES and not aide.version.externe
    ]
    if not codes:
        raise DepotImpossible(
            "D’après ces réponses, aucune aide qui se demande ici n’est éligible."
        )
    return codes


def _inconnus(codes: set[str]) -> dict[str, str]:
    """Those that no aide has, open or not, with what to say of each."""
    if codes:
        codes = codes - set(Aide.objects.filter(code__in=codes).values_list("code", flat=True))
    return {
        code: f"Aucune aide n’a le code « {code} » : les codes sont à {reverse('api-aides')}."
        for code in codes
    }


def _obstacle(code: str, aide: AideAppariee | None) -> str:
    """Why an aide cannot be filed here; empty when it can."""
    if aide is None:
        return f"L’aide « {code} » n’est plus ouverte aujourd’hui : retirez-la de votre choix."
    titre = aide.version.titre
    if aide.version.externe:
        return f"« {titre} » ne se demande pas ici mais sur le site de son organisme."
    if aide.issue is Issue.NON_ELIGIBLE:
        return f"« {titre} » n’est pas ouverte à votre projet d’après vos réponses."
    return ""


def figer(dossier: Dossier, par: User, maintenant: datetime) -> VersionDossier:
    """Freeze the next version of a dossier, with its hash; the row is locked by the caller.

    A piece sent to one desk alone is not of the dossier, and stays with its demande.
    """
    entreprise = dossier.entreprise
    derniere = None if dossier.est_brouillon else dossier.versions.aggregate(Max("numero"))
    contenu: dict[str, Any] = {
        "entreprise": {
            "siren": entreprise.siren, "siret": entreprise.siret, "nom": entreprise.nom,
        },
        "titre": dossier.titre,
        "description": dossier.description,
        "faits": dossier.faits,
        "pieces": [
            {
                "identifiant": str(piece.identifiant), "type": piece.type,
                "empreinte": piece.empreinte, "taille": piece.taille,
            }
            for piece in dossier.pieces.gardees().filter(demande__isnull=True)
        ],
    }  # fmt: skip
    return VersionDossier.objects.create(
        dossier=dossier,
        numero=1 if derniere is None else derniere["numero__max"] + 1,
        contenu=contenu,
        empreinte=empreinte(contenu),
        deposee_le=maintenant,
        deposee_par=par,
    )


def _accuser_enregistrement(
    dossier: Dossier, version: VersionDossier, aides: list[AideAppariee], par: User
) -> None:
    """The electronic acknowledgement of registration: at once, with the date of receipt, to who
    sent it (CRPA, articles R112-11-2 and R112-11-3). The acknowledgement of receipt follows when
    a desk has the demande.
    """
    noms = [f"« {aide.version.titre} »" for aide in aides[:AIDES_NOMMEES]]
    if autres := len(aides) - len(noms):
        noms.append(f"{autres} autre{'s' if autres > 1 else ''}")
    prevenir(
        users=[par],
        sujet=f"Dossier {dossier.numero} enregistré",
        texte=f"Nous avons reçu votre dossier le {date_longue(version.deposee_le)} : c’est la "
        f"date qui compte. Il porte le numéro {dossier.numero} et demande {len(aides)} "
        f"aide{'s' if len(aides) > 1 else ''} : {', '.join(noms)}. Ce message est l’accusé "
        "d’enregistrement électronique de votre envoi (CRPA, article R112-11-2). Pour chaque "
        "aide, le guichet chargé de la demande vous adressera un accusé de réception complet, au "
        "plus tard dix jours ouvrés après l’avoir reçue.",
        chemin=reverse("depot:suivi", args=[dossier.identifiant]),
    )


def demander(
    version: VersionDossier, aides: Sequence[AideAppariee], commune: str, par: User
) -> list[Demande]:
    """The demande of each aide, to be routed, dated of the deposit of this version; `commune`
    is the INSEE code of the project's.
    """
    demandes = [
        Demande(
            dossier=version.dossier,
            aide_id=aide.version.aide,
            version_dossier=version,
            version_aide_id=aide.version.pk,
            commune_id=commune,
            deposee_le=version.deposee_le,
            montant_estime=aide.estimation.maximum,
        )
        for aide in aides
    ]
    for demande in demandes:
        demande.dater()
    Demande.objects.bulk_create(demandes)
    inscrire(
        evenement(
            verbe="deposer_demande", objet=demande, acteur=par, dossier_id=demande.dossier_id,
            aide=aide.version.code, version_aide=aide.version.pk, issue=aide.issue.value,
        )
        for demande, aide in zip(demandes, aides, strict=True)
    )  # fmt: skip
    return demandes
