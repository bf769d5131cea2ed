"""The demonstration's desk in trouble: one row to repair, which disturbs nothing else."""

import pytest

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.bureau.etat import Sante, lignes
from dossiers.acheminement.models import Acheminement
from dossiers.depot.demonstration import creer_comptes, lire, mettre_un_guichet_en_panne
from dossiers.depot.management.commands.demonstration import _compter
from dossiers.models import Demande
from territoires.organismes.models import Guichet
from tests.fabriques import CommuneFabrique, VersionAideFabrique

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
