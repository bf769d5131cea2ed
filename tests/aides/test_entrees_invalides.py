"""Bad criteria, by every way in: refused with the path of the fault, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aides.echange import lire_aide
from aides.edition import actes
from aides.edition.actes import PublicationRefusee
from aides.edition.arbre import OperationRefusee
from aides.edition.operations import Ajouter, Champs, Remplacer
from aides.models import Aide, BrouillonAide, EtapeBrouillon, VersionAide
from portal.socle.json_strict import DocumentInvalide
from portal.socle.models import Evenement
from territoires.models import Zone
from territoires.organismes.models import Organisme
from tests.aides.exemples import EXEMPLES, aide, catalogue
from tests.fabriques import GestionnaireCatalogueFabrique

SOURCE = "page"
VRAI = {"type": "vrai", "fait": "projet_commence", "source": SOURCE}


def feuille(type_: str, **cles: Any) -> dict[str, Any]:
    return {"type": type_, "source": SOURCE, **cles}


def bombe(niveaux: int) -> dict[str, Any]:
    arbre = VRAI
    for _ in range(niveaux):
        arbre = {"type": "non", "critere": arbre}
    return arbre


#: Criteria, path of the fault below "criteres", words of the message.
FAUTES = {
    "clé inconnue": ({**VRAI, "valeur": True}, "/valeur", "clé inconnue"),
    "clé inconnue d’un groupe": ({"type": "tous", "criteres": [VRAI], "x": 1}, "/x", "inconnue"),
    "type inconnu": ({"type": "peut_etre"}, "/type", "inconnu"),
    "fait inconnu": (feuille("vrai", fait="riche"), "/fait", "fait inconnu : riche"),
    "fait du mauvais type": (
        feuille("comparaison", fait="secteur", operateur="<", valeur="1"), "/fait", "ne sait pas"
    ),
    "valeur du mauvais type": (
        feuille("comparaison", fait="effectif", operateur="<", valeur=True), "/valeur", "nombre"
    ),
    "opérateur inconnu": (
        feuille("comparaison", fait="effectif", operateur="!=", valeur="1"), "/operateur", "attendu"
    ),
    "choix inconnu": (feuille("parmi", fait="secteur", codes=["x"]), "/codes/0", "inconnu"),
    "code NAF inconnu": (feuille("commence", fait="naf", codes=["25.98Z"]), "/codes", "25.98Z"),
    "lieu inconnu": (
        feuille("situe", fait="commune_projet", perimetre="COM-99999"), "/perimetre", "COM-99999"
    ),
    "zone inexistante": (feuille("en_zone", fait="commune_projet", zone="ARF"), "/zone", "ARF"),
    "aide inexistante": (
        feuille("delai_entre_aides", aides=["nulle-part"], mois=12), "/aides/0", "nulle-part"
    ),
    "dates contradictoires": (
        feuille("fenetre", fait="date_debut_projet", debut="2027-01-02", fin="2027-01-01"),
        "/fin",
        "finit avant de commencer",
    ),
    "date impossible": (
        feuille("fenetre", fait="date_debut_projet", debut="2027-02-30"), "/debut", "n’existe pas"
    ),
    "conditions contradictoires": (
        {
            "type": "tous",
            "criteres": [
                feuille("comparaison", fait="effectif", operateur="<", valeur="10"),
                feuille("comparaison", fait="effectif", operateur=">", valeur="20"),
            ],
        },
        "",
        "contradictoires",
    ),
    "source inconnue": ({**VRAI, "source": "ailleurs"}, "/source", "source inconnue"),
    "source absente": ({"type": "vrai", "fait": "projet_commence"}, "/source", "clé manquante"),
    "groupe vide": ({"type": "un", "criteres": []}, "/criteres", "au moins un"),
    "bombe de profondeur": (bombe(60), "", "trop profond"),
    "cent mille critères": ({"type": "tous", "criteres": [VRAI] * 100_000}, "", "trop grand"),
}  # fmt: skip
#: What JSON itself refuses, written by hand: where, and the words.
TEXTES = {
    "NaN": ('{"type": "comparaison", "fait": "effectif", "valeur": NaN}', "criteres/valeur : NaN"),
    "flottant": ('{"type": "comparaison", "valeur": 0.5}', "criteres/valeur : 0.5"),
    "clé doublée": ('{"type": "vrai", "type": "vrai"}', "criteres : clé donnée deux fois"),
    "bombe sans fond": (
        '{"critere": ' * 100_000 + "1" + "}" * 100_000, "criteres/critere/critere/critere"
    ),
}  # fmt: skip


def octets_de(criteres: str) -> bytes:
    marque = "à remplacer"
    texte = json.dumps(json.loads(catalogue(aide(criteres=marque))), ensure_ascii=False)
    return texte.replace(json.dumps(marque, ensure_ascii=False), criteres).encode()


def en_base() -> tuple[int, ...]:
    modeles = (Aide, VersionAide, BrouillonAide, EtapeBrouillon, Evenement)
    return tuple(modele._default_manager.count() for modele in modeles)


@pytest.fixture
def region(organismes):
    return Organisme.objects.get(code="region-fictive")


@pytest.fixture
def gestionnaire(region):
    return GestionnaireCatalogueFabrique(organisme=region).user


@pytest.fixture
def brouillon(region, gestionnaire):
    """Of an aide that does not exist yet."""
    octets = catalogue(aide())
    return actes.importer_brouillons(octets=octets, organisme=region, par=gestionnaire)[0]


@pytest.fixture
def entrees(region, gestionnaire, tmp_path) -> dict[str, Callable[[bytes], Any]]:
    """Every way in of a file of aides; each raises an error whose text is shown."""
    fichier = tmp_path / "aides.json"

    def commande(nom: str, *arguments: str, **options: Any) -> Callable[[bytes], Any]:
        def entrer(octets: bytes) -> None:
            fichier.write_bytes(octets)
            call_command(nom, *arguments, **options)

        return entrer

    return {
        "importer_aides": commande("importer_aides", str(fichier)),
        "apparier": commande("apparier", faits=EXEMPLES / "faits.json", aides=fichier),
        "éditeur": lambda octets: actes.importer_brouillons(
            octets=octets, organisme=region, par=gestionnaire
        ),
    }


@pytest.mark.parametrize("faute", FAUTES)
def test_a_fault_is_refused_with_its_path_by_every_way_in(entrees, faute):
    criteres, chemin, message = FAUTES[faute]
    avant = en_base()
    for entrer in entrees.values():
        with pytest.raises((CommandError, DocumentInvalide)) as refus:
            entrer(catalogue(aide(), aide(code="b", criteres=criteres)))
        (ligne,) = [ligne for ligne in str(refus.value).splitlines() if "aides/" in ligne]
        assert f"aides/1/criteres{chemin} : " in ligne
        assert message in ligne
    assert en_base() == avant


@pytest.mark.parametrize("faute", TEXTES)
def test_what_is_not_json_is_refused_with_its_path(entrees, faute):
    criteres, attendu = TEXTES[faute]
    avant = en_base()
    for entrer in entrees.values():
        with pytest.raises((CommandError, DocumentInvalide)) as refus:
            entrer(octets_de(criteres))
        assert f"aides/0/{attendu}" in str(refus.value)
    assert en_base() == avant


#: What no draft can hold: refused at once.
PAS_UN_ARBRE = ("type inconnu", "bombe de profondeur", "cent mille critères")


@pytest.mark.parametrize("faute", PAS_UN_ARBRE)
def test_a_draft_refuses_what_is_no_tree(brouillon, gestionnaire, faute):
    avant = en_base()
    with pytest.raises(OperationRefusee) as refus:
        actes.modifier_brouillon(
            brouillon=brouillon,
            operation=Remplacer("criteres", FAUTES[faute][0]),
            revision=1,
            par=gestionnaire,
        )
    assert refus.value.chemin == "criteres"
    assert en_base() == avant


@pytest.mark.parametrize("faute", sorted(FAUTES.keys() - {*PAS_UN_ARBRE}))
def test_a_draft_keeps_what_was_typed_and_never_publishes_it(brouillon, gestionnaire, faute):
    criteres, chemin, message = FAUTES[faute]
    suite, _ = actes.modifier_brouillon(
        brouillon=brouillon,
        operation=Remplacer("criteres", criteres),
        revision=1,
        par=gestionnaire,
    )
    with pytest.raises(PublicationRefusee) as refusee:
        actes.publier_brouillon(brouillon=suite, revision=2, version_vue=0, par=gestionnaire)
    (remarque,) = refusee.value.remarques
    assert remarque.chemin == f"criteres{chemin}"
    assert message in remarque.message or remarque.message == "à remplir"
    assert not Aide.objects.exists()
    assert BrouillonAide.objects.get().document["criteres"] == criteres


def test_contradictory_dates_of_the_aide_are_refused_too(entrees):
    for entrer in entrees.values():
        with pytest.raises((CommandError, DocumentInvalide), match="aides/0/cloture"):
            entrer(catalogue(aide(cloture="2025-12-31")))


def test_a_zone_that_exists_and_is_not_loaded_is_accepted(organismes):
    criteres = {"type": "tous", "criteres": [feuille("en_zone", fait="commune_projet", zone="ARF")]}
    with pytest.raises(DocumentInvalide, match="zone inconnue : ARF"):
        lire_aide(aide(criteres=criteres))
    Zone.objects.create(code="ARF", nom="Zone fictive")
    assert lire_aide(aide(criteres=criteres)).code == "fictive-ateliers"


def test_a_change_of_a_draft_is_bounded_as_a_file_is(brouillon, gestionnaire):
    avant = en_base()
    for operation in (
        Ajouter("criteres", {"type": "tous", "criteres": [VRAI] * 100_000}),
        Ajouter("criteres", bombe(100_000)),
        Champs({"description": "x" * 2_000_000}),
    ):
        with pytest.raises(OperationRefusee):
            actes.modifier_brouillon(
                brouillon=brouillon, operation=operation, revision=1, par=gestionnaire
            )
    assert en_base() == avant
