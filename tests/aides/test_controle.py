"""Each finding about the catalogue: an aide that has it, the same aide that has it no more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aides.controle.constats import Genre
from aides.controle.contexte import Contexte
from aides.controle.guichets import nommer
from aides.controle.verification import controler, controler_aide
from aides.criteres.satisfaction import Monde
from territoires.organismes.models import Competence, Guichet, Organisme
from tests.aides.exemples import aide

LE = date(2026, 11, 22)


def lieu(commune, epci, departement, region):
    codes = {"PAYS-99100", f"REG-{region}", f"DEP-{departement}", f"EPCI-{epci}"}
    return frozenset(codes | {f"COM-{commune}"} if commune else codes)


TOULOUSE = lieu("31555", "243100518", "31", "76")
LAURAGAIS = lieu("", "200071298", "31", "76")
PAU = lieu("", "200067254", "64", "75")
TARBES = lieu("", "200069300", "65", "76")
LIEUX = frozenset({TOULOUSE, LAURAGAIS, PAU, TARBES})


def guichet(rang, organisme="agence-fictive"):
    return Guichet(pk=rang, nom=f"Guichet {rang}", organisme=Organisme(code=organisme))


def competence(perimetre, *, nature="immobilier", de=None, **champs):
    return Competence(
        guichet=de or guichet(1),
        nature=nature,
        perimetre=perimetre,
        debut=date(2016, 1, 1),
        **champs,
    )


CONTEXTE = Contexte(
    le=LE,
    monde=Monde(frozenset({"25.11Z", "01.11Z", "47.11F"}), frozenset({"5710", "9220"}), LIEUX),
    competences=[competence(["REG-76", "DEP-64"])],
    territoires={"region-fictive": "REG-76", "agence-fictive": ""},
    zones=frozenset({"AFR", "FRR", "TI", "ZRR"}),
    jours=180,
)
EFFECTIF = {
    "type": "comparaison", "fait": "effectif", "operateur": "<=", "valeur": "249", "source": "page",
}  # fmt: skip
EXPORT = {"type": "parmi", "fait": "nature_projet", "codes": ["export"], "source": "page"}
DATEE = {"libelle": "Page datée", "url": "https://exemple.invalid/page", "date": "2026-11-01"}
MONTANT = {"forme": "subvention", "taux": "0.20", "source": "page"}


def saine(**changements):
    """A small aide with nothing to say about."""
    base = {
        "criteres": {"type": "tous", "criteres": [EFFECTIF]},
        "montants": [MONTANT],
        "sources": {"page": DATEE},
        "cloture": "2027-12-31",
        "verifie_le": "2026-11-01",
        "perimetre": "REG-76|DEP-64",
        "exclusions": "EPCI-243100518",
        "naf": None,
        "naf_exclusions": None,
        "bases_juridiques": None,
    }
    return aide(**{**base, **changements})


def regles(document, contexte=CONTEXTE):
    return [constat.regle.code for constat in controler_aide(document, contexte)]


def seul(document, contexte=CONTEXTE):
    (constat,) = controler_aide(document, contexte)
    return constat


def avec(*criteres):
    return {"criteres": {"type": "tous", "criteres": list(criteres)}}


def test_an_aide_without_fault():
    assert regles(saine()) == []


# ------------------------------------------------------------------ sources


def test_a_leaf_or_an_amount_without_source():
    nue = {cle: valeur for cle, valeur in EFFECTIF.items() if cle != "source"}
    constat = seul(saine(**avec(EFFECTIF, nue)))
    assert constat.regle.code == "source-absente"
    assert constat.precision == "criteres/criteres/1/source : clé manquante"
    sans = {"forme": "subvention", "taux": "0.20"}
    assert regles(saine(montants=[sans])) == ["source-absente"]


def test_an_aide_without_sources():
    en_place = {**EFFECTIF, "source": DATEE}
    montant = {**MONTANT, "source": DATEE}
    assert regles(saine(sources=None, montants=[montant], **avec(en_place))) == ["source-absente"]


def test_a_source_without_a_date_is_blocking_unless_people_are_told():
    sans_date = {"libelle": "Page sans date"}
    constat = seul(saine(sources={"page": DATEE, "autre": sans_date}))
    assert (constat.regle.code, constat.regle.bloquant) == ("source-sans-date", True)
    assert constat.precision == "Page sans date"
    constat = seul(saine(sources={"page": DATEE, "autre": {**sans_date, "verifie": False}}))
    assert (constat.regle.code, constat.regle.bloquant) == ("source-a-confirmer", False)


def test_a_source_written_in_place_counts_and_a_text_of_law_needs_no_date():
    loi = {"libelle": "CGCT, article L1511-3"}
    document = saine(**avec({**EFFECTIF, "source": loi}))
    assert regles(document) == ["source-sans-date"]
    assert regles({**document, "bases_juridiques": [loi]}) == []


def test_nobody_finances_it():
    muets = [{"organisme": "region-fictive", "roles": ["diffuseur"]}]
    assert regles(saine(porteurs=muets)) == ["financeur-absent"]


# ------------------------------------------------------------------ dates


def test_a_closing_date_gone_by():
    passee = saine(cloture="2026-11-21")
    constat = seul(passee)
    assert (constat.regle.code, constat.regle.bloquant) == ("cloture-passee", False)
    assert constat.precision == "le 21 novembre 2026"
    assert regles(saine(cloture="2026-11-22")) == []
    assert regles({**passee, "statut": "close"}) == []


def test_a_window_of_the_criteria_gone_by():
    def fenetre(fin):
        return {
            "type": "fenetre", "fait": "date_demande", "debut": "2026-01-01", "fin": fin,
            "source": "page",
        }  # fmt: skip

    assert regles(saine(**avec(EFFECTIF, fenetre("2026-03-31")))) == ["fenetre-passee"]
    assert regles(saine(**avec(EFFECTIF, fenetre("2026-11-22")))) == []


def test_a_source_read_long_ago_or_never():
    vieille = LE - timedelta(days=181)
    constat = seul(saine(verifie_le=vieille.isoformat()))
    assert constat.regle.code == "relecture-ancienne"
    assert constat.precision == "le 25 mai 2026, il y a 181 jours"
    assert regles(saine(verifie_le=(vieille + timedelta(days=1)).isoformat())) == []
    assert regles(saine(verifie_le=vieille.isoformat()), replace(CONTEXTE, jours=365)) == []
    assert regles(saine(verifie_le=None)) == ["relecture-inconnue"]
    assert regles(saine(verifie_le=None, statut="close")) == []


def test_dates_to_come():
    assert regles(saine(verifie_le="2026-11-23")) == ["date-future"]
    assert regles(saine(sources={"page": {**DATEE, "date": "2026-11-23"}})) == ["date-future"]
    assert regles(saine(ouverture="2026-12-01")) == []


# ------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("changements", "ou"),
    [
        ({"ouverture": "2027-01-01", "cloture": "2026-12-31"}, "cloture : la clôture"),
        ({"montants": [{**MONTANT, "minimum": "900.00", "plafond": "800.00"}]}, "minimum"),
        (avec(EFFECTIF, {**EFFECTIF, "operateur": ">", "valeur": "249"}), "contradictoires"),
        (avec({**EFFECTIF, "operateur": ">=", "valeur": "0"}), "toujours vraie"),
        ({"perimetre": "REG-76|COM-31999"}, "lieu inconnu, COM-31999"),
        (
            avec(
                EFFECTIF,
                {"type": "en_zone", "fait": "commune_projet", "zone": "ZXX", "source": "page"},
            ),
            "zone inconnue, ZXX",
        ),
    ],
)
def test_values_that_cannot_stand_together(changements, ou):
    constats = list(controler_aide(saine(**changements), CONTEXTE))
    assert "incoherente" in {constat.regle.code for constat in constats}
    assert ou in constats[0].precision


def test_criteria_that_exclude_nobody():
    tous = {
        "type": "un",
        "criteres": [
            {"type": "tous", "criteres": [EFFECTIF, EXPORT]},
            {"type": "non", "critere": EFFECTIF},
            {"type": "non", "critere": EXPORT},
        ],
    }
    assert regles(saine(criteres=tous)) == ["toujours-vraie"]
    tous["criteres"].pop()
    assert regles(saine(criteres=tous)) == []


def test_an_amount_for_nobody():
    grandes = {**EFFECTIF, "operateur": ">", "valeur": "{}"}
    document = saine(
        montants=[{**MONTANT, "si": {**grandes, "valeur": "249"}, "libelle": "Grandes"}]
    )
    constat = seul(document)
    assert (constat.regle.code, constat.precision) == ("montant-jamais", "Grandes")
    assert regles(saine(montants=[{**MONTANT, "si": {**grandes, "valeur": "248"}}])) == []


def test_a_perimetre_outside_the_territory_of_who_pays():
    constat = next(iter(controler_aide(saine(perimetre="DEP-64"), CONTEXTE)))
    assert (constat.regle.code, constat.precision) == ("hors-du-financeur", "region-fictive")
    assert constat.lieux == ("REG-76",)
    # One common place is enough, and exclusions may take the last one away.
    assert "hors-du-financeur" not in regles(saine(perimetre="DEP-64|DEP-65"))
    assert "hors-du-financeur" in regles(saine(perimetre="DEP-64|DEP-65", exclusions="DEP-65"))


# ------------------------------------------------------------------ desks


def test_no_desk_somewhere():
    partiel = replace(CONTEXTE, competences=[competence(["DEP-31"])])
    constat = seul(saine(), partiel)
    assert constat.regle.genre is Genre.SANS_GUICHET
    assert constat.precision == ""
    assert constat.lieux == ("REG-75", "DEP-65")
    nulle_part = seul(saine(), replace(CONTEXTE, competences=[]))
    assert nulle_part.precision == "partout"
    assert nulle_part.lieux == ("PAYS-99100",)


@pytest.mark.parametrize(
    "changements",
    [
        {"nature": "export"},
        {"porteurs": [{"organisme": "region-fictive", "roles": ["financeur", "instructeur"]}]},
    ],
)
def test_a_desk_for_something_else_is_none(changements):
    assert regles(saine(**changements)) == ["sans-guichet"]


def test_a_desk_no_longer_competent_is_none():
    finie = competence(["REG-76", "DEP-64"], fin=LE - timedelta(days=1))
    assert regles(saine(), replace(CONTEXTE, competences=[finie])) == ["sans-guichet"]


@pytest.mark.parametrize(
    "changements",
    [
        {"statut": "close"},
        {"voie": {"type": "externe", "url": "https://exemple.invalid/demande"}},
    ],
)
def test_what_is_not_asked_for_here_needs_no_desk(changements):
    assert regles(saine(**changements), replace(CONTEXTE, competences=[])) == []


def test_two_desks_equally_competent():
    competences = [competence(["REG-76", "REG-75"]), competence(["DEP-64"], de=guichet(2))]
    assert regles(saine(), replace(CONTEXTE, competences=competences)) == []
    competences.append(competence(["DEP-64"], de=guichet(3)))
    constat = seul(saine(), replace(CONTEXTE, competences=competences))
    assert constat.regle.code == "guichets-a-egalite"
    assert constat.precision == "Guichet 2, Guichet 3"
    assert constat.lieux == ("REG-75",)


def test_a_place_is_named_by_the_widest_code_that_is_its_own():
    assert nommer({TARBES, TOULOUSE}, LIEUX) == ("DEP-65", "EPCI-243100518")
    hors_epci = frozenset({"PAYS-99100", "REG-76", "DEP-31"})
    assert nommer({hors_epci}, {*LIEUX, hors_epci}) == ("DEP-31",)


# ------------------------------------------------------------------ out of reach


@pytest.mark.parametrize(
    "conditions",
    [
        # The criteria against the périmètre.
        avec({"type": "situe", "fait": "commune_projet", "perimetre": "DEP-09", "source": "page"}),
        avec({
            "type": "situe", "fait": "commune_projet", "perimetre": "EPCI-243100518",
            "source": "page",
        }),
        # The criteria against the dates of the aide.
        avec({"type": "fenetre", "fait": "date_demande", "debut": "2028-01-01", "source": "page"}),
        # One alternative against another.
        avec(
            {"type": "un", "criteres": [
                {"type": "commence", "fait": "naf", "codes": ["A"], "source": "page"},
                {"type": "commence", "fait": "naf", "codes": ["47"], "source": "page"},
            ]},
            {"type": "commence", "fait": "naf", "codes": ["25"], "source": "page"},
        ),
    ],
)  # fmt: skip
def test_nobody_can_meet_it(conditions):
    assert "inatteignable" in regles(saine(**conditions))


def test_too_many_cases_are_a_warning():
    seuils = [{**EFFECTIF, "valeur": f"{rang}"} for rang in range(1, 31)]
    complexe = {"type": "au_moins", "nombre": 15, "criteres": seuils}
    constat = seul(saine(**avec(complexe)))
    assert (constat.regle.code, constat.regle.bloquant) == ("trop-complexe", False)


def test_a_catalogue_is_checked_in_its_order_and_says_how_far_it_is():
    documents = [saine(code="b", verifie_le=None), saine(code="a", cloture="2026-01-31")]
    pas = []
    constats = controler(documents, CONTEXTE, lambda fait, total: pas.append((fait, total)))
    assert [(c.aide, c.regle.code) for c in constats] == [
        ("b", "relecture-inconnue"), ("a", "cloture-passee"),
    ]  # fmt: skip
    assert pas == [(1, 2), (2, 2)]
