"""Writing the journal: every acte calls `consigner` inside its own transaction.

A chain is locked from its first line until the transaction ends: an acte locks its rows first and
journals after, and one that writes to several dossiers does so in the order of their ids. Two of
them then wait for each other, never both.
"""

from collections.abc import Iterable

from django.db import models

from portal.socle.models import Evenement


def consigner(
    *,
    verbe: str,
    objet: models.Model,
    acteur: models.Model | None = None,
    dossier_id: int | None = None,
    **donnees: object,
) -> Evenement:
    """Append one line about `objet`, which must already be saved.

    `acteur` is the user who acted, or None when the system did. `donnees` holds identifiers,
    codes, amounts and hashes only, serialisable as JSON: never a name or an address. The line
    returned knows its place in its chain (`chaine`, `rang`, `empreinte`).
    """
    ligne = evenement(verbe=verbe, objet=objet, acteur=acteur, dossier_id=dossier_id, **donnees)
    ligne.save(force_insert=True)
    return ligne


def evenement(
    *,
    verbe: str,
    objet: models.Model,
    acteur: models.Model | None = None,
    dossier_id: int | None = None,
    **donnees: object,
) -> Evenement:
    """The line that `consigner` would append, for `inscrire`."""
    if objet.pk is None:
        raise ValueError("On ne consigne que ce qui est enregistré.")
    personne = Evenement.TypeActeur.PERSONNE
    return Evenement(
        verbe=verbe,
        acteur_id=None if acteur is None else acteur.pk,
        acteur_type=Evenement.TypeActeur.SYSTEME if acteur is None else personne,
        objet_type=objet._meta.label_lower,
        objet_id=str(objet.pk),
        dossier_id=dossier_id,
        donnees=donnees,
    )


def inscrire(lignes: Iterable[Evenement]) -> None:
    """Append several lines at once, in this order."""
    Evenement.objects.bulk_create(lignes)
