"""Dashboards: numbers counted by hand, whoever may see them, and nothing when there is nothing."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from freezegun import freeze_time

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.instruction.tableau_de_bord.figures import duree
from dossiers.instruction.tableau_de_bord.periodes import Pas, intervalles, periode
from dossiers.models import Demande
from tests.dossiers.instruction.test_corbeille import requetes
from tests.fabriques import (
    CommuneFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
AGENT, EPCI, PORTAIL = (
    "/instruction/tableau-de-bord/",
    "/territoire/tableau-de-bord/",
    "/orientation/tableau-de-bord/",
)
