"""A hint to the rooms above that publications wait: the rows are the truth."""

from celery import current_app
from django.db import transaction

#: Who takes publications up, by name: imports go one way.
PRENEUR = "dossiers.rapprochement.taches.rechercher"


def annoncer() -> None:
    """Hint once what is being written is committed; without a broker, the sweep finds it."""

    # A named function: Django logs the name of what fails here.
    def publier() -> None:
        current_app.send_task(PRENEUR)

    transaction.on_commit(publier, robust=True)
