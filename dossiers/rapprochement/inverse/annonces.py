"""Telling those who asked to know that an aide suits their project, and why."""

from __future__ import annotations

from django.urls import reverse

from aides.criteres.evaluation import Issue
from aides.models import Publication
from dossiers.models import Dossier, Membre, Notification
from dossiers.notifications import prevenir
from dossiers.rapprochement.inverse.comparaison import Comparaison
from dossiers.rapprochement.inverse.preuves import Preuves, prouver, raisons
from dossiers.rapprochement.models import Changement
from portal.comptes.models import User
from portal.socle.journal import consigner

#: How many reasons a message gives; the page gives them all.
RAISONS_DITES = 4
SUJET, TEXTE = 200, 2000


def destinataires(dossier: Dossier) -> list[User]:
    """Those who asked to be told of this dossier, and still belong to its company."""
    return list(
        User.objects.filter(
            alertes__dossier=dossier,
            is_active=True,
            adhesions__entreprise=dossier.entreprise_id,
            adhesions__etat=Membre.Etat.ACTIF,
        ).order_by("pk")
    )


def annoncer_changement(*, changement: Changement, publication: Publication) -> list[Notification]:
    """Write the messages of one change, in the caller's transaction; none when the company has
    asked for the aide already, or when nobody is left to be told.
    """
    dossier = changement.dossier
    users = destinataires(dossier)
    if not users or dossier.demandes.filter(aide=publication.aide_id).exists():
        return []
    preuves = prouver(changement.version_dossier, Comparaison.de_publication(publication))
    faites = prevenir(
        users=users,
        sujet=f"Une aide correspond à votre projet : {publication.apres.titre}"[:SUJET],
        texte=_texte(dossier, publication, preuves)[:TEXTE],
        chemin=reverse("depot:ajouter", args=[dossier.identifiant, publication.aide.code]),
    )
    consigner(
        verbe="aide_annoncee", objet=changement, dossier_id=dossier.pk,
        aide=publication.aide.code, publication=publication.pk, personnes=len(faites),
    )  # fmt: skip
    return faites


def _texte(dossier: Dossier, publication: Publication, preuves: Preuves) -> str:
    trouvees = raisons(preuves, preuves.noms())
    dites = trouvees[:RAISONS_DITES]
    if autres := len(trouvees) - len(dites):
        dites.append(f"et {autres} autre{'s' if autres > 1 else ''}, sur la page de l’aide")
    sous_reserve = preuves.issues[1] is Issue.SOUS_RESERVE
    reserve = ", sous réserve de ce que le guichet vérifiera" if sous_reserve else ""
    pourquoi = f" Vos réponses remplissent ces conditions : {' ; '.join(dites)}." if dites else ""
    return (
        f"« {publication.apres.titre} » {_evenement(publication)}. D’après les réponses du dossier "
        f"{dossier.numero}, votre projet « {dossier.titre} » peut y prétendre{reserve}.{pourquoi} "
        "Vous n’avez rien à ressaisir : la page dit à qui part votre dossier et qui le lira ; rien "
        "ne part avant que vous l’envoyiez. Un bouton y arrête ces messages."
    )


def _evenement(publication: Publication) -> str:
    if publication.motif == Publication.Motif.FENETRE:
        return "vient d’ouvrir"
    return "vient d’être publiée" if publication.avant is None else "a changé de conditions"
