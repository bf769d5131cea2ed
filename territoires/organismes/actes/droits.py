"""Who may administer an organisme."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from portal.comptes.models import User
from territoires.organismes.models import Organisme


def verrouiller(organisme: Organisme, par: User) -> Organisme:
    """Lock an organisme while its desks and officers change; PermissionDenied if `par` may not."""
    administres = Organisme.objects.administres_par(par)
    if not administres.filter(pk=organisme.pk).exists():
        raise PermissionDenied("Seuls les administrateurs de l’organisme peuvent le faire.")
    return Organisme.objects.select_for_update().get(pk=organisme.pk)
