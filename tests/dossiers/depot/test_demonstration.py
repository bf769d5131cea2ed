"""The demonstration's desk in trouble: one row to repair, which disturbs nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.bureau.etat import Sante, lignes
from dossiers.acheminement.models import Acheminement
from dossiers.depot.demonstration import creer_comptes, lire, mettre_un_guichet_en_panne
from dossiers.depot.management.commands import demonstration
from dossiers.depot.management.commands.demonstration import _compter
from dossiers.models import Demande
from territoires.organismes.models import Guichet
from tests.fabriques import CommuneFabrique, DemandeFabrique, VersionAideFabrique

pytestmark = pytest.mark.django_db


def test_one_fictitious_desk_does_not_answer_and_nothing_else_is_disturbed():
    CommuneFabrique(code="31582")
    for _ in range(2):
        VersionAideFabrique()
    donnees = lire()
    creer_comptes(donnees)
    guichet = mettre_un_guichet_en_panne(donnees)
    assert mettre_un_guichet_en_panne(donnees) == guichet
    demande = Demande.objects.get()
    assert (demande.guichet, demande.file) == (guichet, "")
    assert set(_compter().values()) == {0}
    etape = Acheminement.objects.get(de_reference=True)
    assert remettre(acheminement_id=etape.pk) is False
    (ligne, *_) = lignes(Guichet.objects.all(), tous=True)
    assert (ligne.guichet, ligne.sante) == (guichet, Sante.EN_PANNE)
    assert ligne.cause.texte.startswith("Rien ne répond")
    for mot in (guichet.nom, guichet.organisme.nom, demande.dossier.entreprise.nom):
        assert "ficti" in mot


@pytest.mark.parametrize(
    ("nombre", "en_route", "perdues"),
    [
        (1, "1 demande\n", "1 demande n’est ni remise ni en file"),
        (2, "2 demandes\n", "2 demandes ne sont ni remises ni en file"),
    ],
)
def test_what_is_on_its_way_is_counted_in_french(monkeypatch, nombre, en_route, perdues):
    DemandeFabrique.create_batch(nombre)
    monkeypatch.setattr(demonstration, "DELAI", 0)
    sortie = StringIO()
    with pytest.raises(CommandError, match=perdues):
        demonstration.Command(stdout=sortie)._attendre()
    assert sortie.getvalue() == f"  en route vers les guichets : {en_route}"
