"""The committed catalogue of real aids: it reads, it may be published, it can be filed."""

import json
from collections import Counter
from uuid import NAMESPACE_URL, uuid5

import pytest
from stdnum.fr import siren

from aides.criteres.arbre import Comparaison, EnZone, Operateur
from aides.criteres.echange import lire, lire_sources
from aides.criteres.verification import verifier
from portal.services_embarques.chemins import PROJET

FIXTURES = PROJET / "fixtures"
RELEVE = PROJET.parent / "shared" / "donnees" / "aides" / "dispositifs_reels.json"
FICHIERS = ("occitanie", "intercommunalites", "nationales")


def lu(chemin):
    return json.loads((FIXTURES / chemin).read_text(encoding="utf-8"))


AIDES = [aide for nom in FICHIERS for aide in lu(f"aides/{nom}.json")["aides"]]
REGISTRES = [lu("organismes.json"), lu("organismes_nationaux.json")]
ORGANISMES = [organisme for registre in REGISTRES for organisme in registre["organismes"]]
GUICHETS = {g["code"]: g["organisme"] for registre in REGISTRES for g in registre["guichets"]}
COMPETENCES = [competence for registre in REGISTRES for competence in registre["competences"]]
par_code = pytest.mark.parametrize("aide", AIDES, ids=[aide["code"] for aide in AIDES])


def arbres(aide):
    """The criteria of an aide, and the condition of each of its rules of amount."""
    sources = lire_sources(aide["sources"])
    yield lire(aide["criteres"], sources)
    for montant in aide.get("montants", ()):
        if "si" in montant:
            yield lire(montant["si"], sources)


@par_code
def test_every_tree_may_be_published(aide):
    assert [defaut for arbre in arbres(aide) for defaut in verifier(arbre)] == []


@par_code
def test_what_people_read(aide):
    assert aide["identifiant"] == str(uuid5(NAMESPACE_URL, f"dossier-unique:{aide['code']}"))
    assert not aide["promesse"].endswith(".")
    assert "'" not in aide["titre"] + aide["promesse"] + aide["description"]
    assert aide["statut"] == "active" or aide["statut_precision"]


def test_codes_and_porteurs():
    assert max(Counter(aide["code"] for aide in AIDES).values()) == 1
    codes = Counter(organisme["code"] for organisme in ORGANISMES)
    assert max(codes.values()) == 1
    assert {p["organisme"] for aide in AIDES for p in aide["porteurs"]} <= codes.keys()
    assert all(siren.is_valid(o["siren"]) for o in ORGANISMES if "siren" in o)
    assert {aide["complete"] for aide in AIDES if "complete" in aide} <= {a["code"] for a in AIDES}


def test_a_named_reviewer_of_an_aide_filed_here_has_a_desk_for_it():
    """Who reviews is named and filed here: its desk must be competent, or all ends in a queue."""
    competents = {
        (GUICHETS[c["guichet"]], c["nature"], code)
        for c in COMPETENCES
        for code in c["perimetre"].split("|")
    }
    for aide in AIDES:
        instructeurs = [p["organisme"] for p in aide["porteurs"] if "instructeur" in p["roles"]]
        if aide["voie"]["type"] != "portail" or aide["statut"] == "close" or not instructeurs:
            continue
        attendus = {
            (organisme, aide["nature"], code)
            for organisme in instructeurs
            for code in aide["perimetre"].split("|")
        }
        assert attendus & competents, aide["code"]


@par_code
def test_who_pays_where_to_ask_and_since_when_it_is_known(aide):
    assert any("financeur" in porteur["roles"] for porteur in aide["porteurs"])
    assert aide["voie"]["type"] == "portail" or aide["voie"]["url"].startswith("http")
    textes = {base["libelle"] for base in aide.get("bases_juridiques", ())}
    for source in aide["sources"].values():
        dite = "date" in source or source.get("verifie") is False
        assert dite or source["libelle"] in textes, source["libelle"]


def test_contact_data_is_fictitious_and_said_so():
    for registre in REGISTRES:
        for guichet in registre["guichets"]:
            assert guichet["courriel"].endswith("@exemple.invalid")
            assert guichet["a_confirmer"] is True


def test_the_catalogue_is_wide_enough():
    ouvertes = [aide for aide in AIDES if aide["statut"] != "close"]
    assert len(ouvertes) >= 45
    natures = {n for a in ouvertes for n in (a["nature"], *a.get("natures_secondaires", ()))}
    assert natures >= {
        "investissement", "export", "formation", "innovation", "immobilier",
        "transition_ecologique",
    }  # fmt: skip
    assert any(isinstance(noeud, EnZone) for aide in AIDES for noeud in _noeuds(aide))


def _noeuds(aide):
    pile = list(arbres(aide))
    while pile:
        noeud = pile.pop()
        yield noeud
        pile.extend(getattr(noeud, "criteres", ()))
        pile.extend(filter(None, [getattr(noeud, "critere", None)]))


#: What each bound of the survey is about, and the number of units in one of its own.
BORNES = {
    "effectif_max": ("effectif", 10),
    "effectif_min": ("effectif", 10),
    "ca_max": ("chiffre_affaires", 100),
    "ca_min": ("chiffre_affaires", 100),
    "ca_ou_bilan_max": ("chiffre_affaires", 100),
    "age_max_mois": ("age_mois", 1),
    "age_min_mois": ("age_mois", 1),
    "plancher_depenses": ("depenses_immobilieres", 100),
    "budget_min": ("depenses_total", 100),
    "depenses_min": ("depenses_total", 100),
}
#: "CA < 50 M€ ou bilan < 43 M€", "cédant < 50 salariés": the record's own words.
STRICTES = {"bpi-diag-ecoconception", "occ-transmission-reprise"}


AVEC_LE_RELEVE = pytest.mark.skipif(
    not RELEVE.exists(), reason="le relevé n’est pas à côté du dépôt (../shared)"
)


@AVEC_LE_RELEVE
def test_every_record_of_the_survey_is_an_aide_or_completes_one():
    """A record's id is the code of its aide; what completes another is in it, or beside it."""
    aides = {aide["code"]: aide for aide in AIDES}
    releves = json.loads(RELEVE.read_text(encoding="utf-8"))
    utilisables = {releve["id"] for releve in releves if "complete_id" not in releve}
    assert len(utilisables) == 118
    assert utilisables <= aides.keys()
    for releve in releves:
        porteuse = aides.get(releve["id"]) or aides[releve["complete_id"]]
        adresses = {s["url"].partition("?")[0] for s in porteuse["sources"].values() if "url" in s}
        for adresse in releve["sources"]:
            if adresse.startswith("http"):
                assert adresse.partition("#")[0].partition("?")[0] in adresses, releve["id"]


@AVEC_LE_RELEVE
def test_the_dates_and_the_rates_of_the_survey_are_kept():
    aides = {aide["code"]: aide for aide in AIDES}
    vus = Counter()
    for releve in json.loads(RELEVE.read_text(encoding="utf-8")):
        aide = aides.get(releve["id"])
        if aide is None:
            continue
        if "fin" in releve:
            assert aide["cloture"] == releve["fin"][:10], releve["id"]
            vus["fin"] += 1
        taux = {releve[cle] for cle in ("taux", "taux_max", "taux_min") if cle in releve}
        dits = {m[cle] for m in aide["montants"] for cle in ("taux", "taux_minimum") if cle in m}
        # "100 % of an extra cost" is no share of a kind of expense: only its label says it.
        if taux and releve["id"] != "agefiph-adaptation":
            assert {f"{t:.2f}" for t in taux} <= dits, releve["id"]
            vus["taux"] += 1
        if isinstance(releve.get("plafond"), int):
            assert f"{releve['plafond']}.00" in {m.get("plafond") for m in aide["montants"]}
            vus["plafond"] += 1
    assert (vus["fin"], vus["taux"], vus["plafond"]) == (30, 53, 38)


@AVEC_LE_RELEVE
def test_a_maximum_and_a_floor_are_included():
    """No tree stops short of a bound that the survey gives as a maximum or a minimum."""
    aides = {aide["code"]: aide for aide in AIDES}
    vues = 0
    for releve in json.loads(RELEVE.read_text(encoding="utf-8")):
        if releve["id"] not in aides or releve["id"] in STRICTES:
            continue
        comparaisons = [n for n in _noeuds(aides[releve["id"]]) if isinstance(n, Comparaison)]
        for cle, (fait, echelle) in BORNES.items():
            if cle not in releve:
                continue
            seuil = releve[cle] * echelle
            strict = Operateur.INFERIEUR if "max" in cle else Operateur.SUPERIEUR
            refusees = {seuil, seuil + echelle} if cle == "effectif_max" else {seuil}
            fautes = [
                c
                for c in comparaisons
                if (c.fait, c.operateur) == (fait, strict) and c.seuil in refusees
            ]
            assert not fautes, (releve["id"], cle, fautes)
            vues += 1
    assert vues > 50


@pytest.mark.parametrize("code", ["epci-coeur-comminges", "epci-monts-alban-creation"])
def test_a_scale_up_to_250_people_refuses_none_of_them(code):
    (aide,) = (aide for aide in AIDES if aide["code"] == code)
    criteres = lire(aide["criteres"], lire_sources(aide["sources"]))
    plafonds = {n.seuil for n in _feuilles(criteres) if n.fait == "effectif"}
    assert plafonds == {2500}


def _feuilles(critere):
    pile = [critere]
    while pile:
        noeud = pile.pop()
        if isinstance(noeud, Comparaison):
            yield noeud
        pile.extend(getattr(noeud, "criteres", ()))
