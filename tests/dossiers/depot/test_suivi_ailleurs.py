"""What the follow-up says of withdrawn demandes, of desks, and of aides asked for elsewhere."""

import pytest

from dossiers.acheminement import actes as acheminement
from dossiers.circuit import Etat
from dossiers.depot import actes
from dossiers.models import Demande
from tests.dossiers.depot.conftest import a_verifier, adresse, effectif, publier

pytestmark = pytest.mark.django_db


def externe(code, criteres):
    return publier(code, criteres, voie="externe", url_externe=f"https://{code}.invalid/")


@pytest.fixture
def depose(rempli, catalogue, gerante):
    externe("b-reserve", {"type": "tous", "criteres": [effectif("<=", "249"), a_verifier()]})
    externe("a-completer-ailleurs", {
        "type": "vrai", "fait": "a_jour_obligations", "source": "reglement",
    })  # fmt: skip
    externe("refus-ailleurs", effectif(">=", "250"))
    publier("orpheline", effectif("<=", "249"), nature="export")
    version = actes.deposer(dossier=rempli, codes=["eligible", "orpheline"], par=gerante)
    acheminement.acheminer(version_dossier_id=version.pk)
    return rempli


def lire(navigatrice, dossier):
    page = navigatrice.get(adresse(dossier, "suivi/")).content.decode()
    return " ".join(page.replace("\xa0", " ").split())


def test_what_is_asked_for_elsewhere_says_who_pays_and_why(navigatrice, depose):
    ailleurs = lire(navigatrice, depose).partition('id="ailleurs"')[2]
    rangs = [ailleurs.index(t) for t in ("Aide externe", "Aide b-reserve", "<summary>1 autre, ")]
    assert rangs == sorted(rangs)
    assert rangs[-1] < ailleurs.index("Aide a-completer-ailleurs")
    assert "Financeur de b-reserve. Rien ne s’y oppose" in ailleurs
    assert "refus-ailleurs" not in ailleurs


def test_a_withdrawn_demande_is_counted_apart_and_waits_for_nothing(navigatrice, depose):
    assert "2 demandes. Chaque guichet" in lire(navigatrice, depose)
    Demande.objects.filter(aide__code="orpheline").update(etat=Etat.RETIREE)
    page = lire(navigatrice, depose)
    assert "1 demande, et 1 que vous avez retirée. Chaque guichet" in page
    assert page.count("L’accusé de réception sera ici") <= 1
    assert "Aucun document." in page
    assert "1 demande" in " ".join(navigatrice.get("/dossiers/").content.decode().split())
    Demande.objects.update(etat=Etat.RETIREE)
    assert "2 demandes, que vous avez retirées." in lire(navigatrice, depose)


def test_what_happened_keeps_its_words(navigatrice, depose):
    motif = "Aucun guichet n’était désigné d’avance."
    assert motif in lire(navigatrice, depose)
    Demande.objects.filter(aide__code="orpheline").update(file_motif="Un autre motif.")
    assert motif in lire(navigatrice, depose)
    assert "Un autre motif." not in lire(navigatrice, depose)


def test_the_organisme_is_named_once(navigatrice, depose, catalogue):
    assert "Guichet fictif des entreprises, Région fictive ·" in lire(navigatrice, depose)
    catalogue.guichet.nom = "Région fictive, guichet « entreprises »"
    catalogue.guichet.save()
    assert "guichet « entreprises » ·" in lire(navigatrice, depose)
