"""Writing the journal: every acte calls `consigner` inside its own transaction."""

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
    codes, amounts and hashes only, serialisable as JSON: never a name or an address.
    """
    if objet.pk is None:
        raise ValueError("On ne consigne que ce qui est enregistré.")
    personne = Evenement.TypeActeur.PERSONNE
    return Evenement.objects.create(
        verbe=verbe,
        acteur_id=None if acteur is None else acteur.pk,
        acteur_type=Evenement.TypeActeur.SYSTEME if acteur is None else personne,
        objet_type=objet._meta.label_lower,
        objet_id=str(objet.pk),
        dossier_id=dossier_id,
        donnees=donnees,
    )
