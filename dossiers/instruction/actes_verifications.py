"""What an officer answers to the conditions left to them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from dossiers.instruction.verifications import Reponse, conditions_de, peut_verifier
from dossiers.models import Demande, Verification
from dossiers.transitions import TransitionRefusee
from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def verifier(*, demande: Demande, user: User, reponses: Mapping[str, Reponse]) -> int:
    """Keep what the officer found of the conditions left to them, by code; how many changed.

    Raises TransitionRefusee when somebody else follows the demande, or it is closed.
    """
    demande = Demande.objects.select_for_update().get(pk=demande.pk)
    if not (permission := peut_verifier(demande, user)):
        raise TransitionRefusee(permission.reason)
    if not conditions_de(demande.version_aide).keys() >= reponses.keys():
        raise TransitionRefusee("Une de ces conditions n’est pas de cette aide.")
    deja = {v.code: Reponse(v.reponse, v.commentaire) for v in demande.verifications.all()}
    changees = {
        code: reponse
        for code, reponse in reponses.items()
        if reponse != deja.get(code, Reponse(Verification.Reponse.PAS_ENCORE.value))
    }
    for code, reponse in changees.items():
        Verification.objects.update_or_create(
            demande=demande,
            code=code,
            defaults={
                "reponse": reponse.reponse,
                "commentaire": reponse.commentaire,
                "agent": user,
                "le": timezone.now(),
            },
        )
        consigner(
            verbe="verifier", objet=demande, acteur=user, dossier_id=demande.dossier_id,
            condition=code, reponse=reponse.reponse,
        )  # fmt: skip
    return len(changees)
