"""The results in four groups, their reasons, the choice, and the last check."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aides.criteres.evaluation import Issue
from dossiers.depot.groupes import PAR_PAGE
from dossiers.models import Demande, VersionDossier
from dossiers.rapprochement.catalogue import catalogue as catalogue_compile
from portal.socle.models import Evenement
from tests.dossiers.depot.conftest import adresse, effectif, publier
from tests.dossiers.masse import publier_en_masse
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    GuichetFabrique,
    UserFabrique,
    declare,
)

pytestmark = pytest.mark.django_db


def groupes(reponse):
    return {
        groupe.issue: [carte.code for carte in groupe.cartes]
        for groupe in reponse.context["resultats"].groupes
    }


def test_every_open_aide_is_in_one_of_four_groups(navigatrice, rempli, catalogue):
    publier("close", effectif("<=", "249"), statut="close")
    reponse = navigatrice.get(adresse(rempli, "aides/"))
    assert groupes(reponse) == {
        Issue.ELIGIBLE: ["eligible", "externe"],
        Issue.SOUS_RESERVE: ["sous-reserve"],
        Issue.A_COMPLETER: ["a-completer"],
        Issue.NON_ELIGIBLE: [],
    }
    page = reponse.content.decode()
    assert "Voir l’aide exclue" in page
    assert "Jusqu’à 30\u202f000\xa0€" in page
    assert "Financeur de eligible" in page
    assert 'href="https://organisme.invalid/aide"' in page


def test_only_what_is_filed_here_and_within_reach_can_be_ticked(navigatrice, rempli, catalogue):
    page = " ".join(navigatrice.get(adresse(rempli, "aides/?refus=1")).content.decode().split())
    for code in ("eligible", "sous-reserve", "a-completer"):
        assert f'type="checkbox" name="aide" value="{code}"' in page
    for code in ("externe", "non-eligible"):
        assert f'name="aide" value="{code}"' not in page


def test_what_is_missing_links_to_the_very_question(navigatrice, rempli, catalogue):
    page = navigatrice.get(adresse(rempli, "aides/")).content.decode()
    cible = adresse(rempli, "entreprise/#question-a_jour_obligations")
    assert f'href="{cible}"' in page
    section = navigatrice.get(adresse(rempli, "entreprise/")).content.decode()
    assert 'id="question-a_jour_obligations"' in section


def test_refusals_are_shown_when_asked_for(navigatrice, rempli, catalogue):
    assert "Aide non-eligible" not in navigatrice.get(adresse(rempli, "aides/")).content.decode()
    page = navigatrice.get(adresse(rempli, "aides/?refus=1")).content.decode()
    assert "Aide non-eligible" in page
    assert "votre réponse" in page
    assert "12,5" in page


def test_refusals_come_by_pages_the_nearest_first(navigatrice, rempli, catalogue):
    deux = {"type": "tous", "criteres": [effectif(">=", "250"), effectif(">=", "300")]}
    publier("a-deux-conditions", deux)
    for rang in range(20):
        publier(f"refus-{rang}", effectif(">=", "250"))
    premiere = navigatrice.get(adresse(rempli, "aides/?refus=1"))
    codes = groupes(premiere)[Issue.NON_ELIGIBLE]
    assert len(codes) == 20
    assert "a-deux-conditions" not in codes
    assert "22 aides" in premiere.content.decode()
    seconde = navigatrice.get(adresse(rempli, "aides/?refus=1&page=2"))
    assert groupes(seconde)[Issue.NON_ELIGIBLE][-1] == "a-deux-conditions"
    assert groupes(seconde)[Issue.ELIGIBLE] == ["eligible", "externe"]


def test_refusals_of_another_territory_are_folded_apart(navigatrice, rempli, catalogue):
    ailleurs = {
        "type": "situe", "fait": "commune_projet", "perimetre": "DEP-29", "source": "reglement",
    }  # fmt: skip
    publier("ailleurs", ailleurs)
    publier("ailleurs-et-grande", {"type": "tous", "criteres": [ailleurs, effectif(">=", "250")]})

    def refus(suite):
        reponse = navigatrice.get(adresse(rempli, suite))
        trouves = [g for g in reponse.context["resultats"].groupes if g.issue is Issue.NON_ELIGIBLE]
        return trouves[0], " ".join(reponse.content.decode().split())

    groupe, page = refus("aides/?refus=1")
    assert (groupe.nombre, [carte.code for carte in groupe.cartes]) == (3, ["non-eligible"])
    assert (groupe.nombre_ailleurs, groupe.ailleurs) == (2, None)
    assert 'href="?refus=1&amp;ailleurs=1#ailleurs"' in page
    assert "Voir les 2 aides d’un autre territoire" in page
    groupe, page = refus("aides/?refus=1&ailleurs=1")
    assert [carte.code for carte in groupe.ailleurs.cartes] == ["ailleurs", "ailleurs-et-grande"]
    assert "2 aides d’un autre territoire</h3>" in page
    assert f'href="{adresse(rempli, "aides/ailleurs/")}"' in page
    assert page.count("Condition non remplie : La commune du projet") == 2
    seules, _ = refus("aides/?q=ailleurs")
    assert len(seules.ailleurs.cartes) == 2


def test_the_page_opens_on_a_group_that_holds_something(navigatrice, rempli, catalogue):
    reponse = navigatrice.get(adresse(rempli, "aides/?q=reserve"))
    assert reponse.context["resultats"].groupes[0].issue is Issue.SOUS_RESERVE


def test_the_filter_stays_in_the_address(navigatrice, rempli, catalogue):
    reponse = navigatrice.get(adresse(rempli, "aides/?q=RESERVE"))
    assert sum(len(codes) for codes in groupes(reponse).values()) == 1
    assert navigatrice.get(adresse(rempli, "aides/?nature=export")).context["resultats"].vues == 0


def test_what_is_asked_for_here_comes_first_and_can_be_kept_alone(navigatrice, rempli, catalogue):
    publier(
        "refus-ailleurs",
        effectif(">=", "250"),
        voie="externe",
        url_externe="https://organisme.invalid/refus",
    )
    publier(
        "refus-ici", {"type": "tous", "criteres": [effectif(">=", "250"), effectif(">=", "99")]}
    )
    reponse = navigatrice.get(adresse(rempli, "aides/?refus=1"))
    assert "3 peuvent se demander ici" in reponse.content.decode()
    refus = groupes(reponse)[Issue.NON_ELIGIBLE]
    assert refus == ["non-eligible", "refus-ici", "refus-ailleurs"]
    ici = navigatrice.get(adresse(rempli, "aides/?voie=portail"))
    assert groupes(ici)[Issue.ELIGIBLE] == ["eligible"]
    ailleurs = navigatrice.get(adresse(rempli, "aides/?voie=externe"))
    assert groupes(ailleurs)[Issue.ELIGIBLE] == ["externe"]
    assert "3 peuvent se demander ici" in ailleurs.content.decode()
    assert groupes(navigatrice.get(adresse(rempli, "aides/?voie=lune"))) == groupes(
        navigatrice.get(adresse(rempli, "aides/"))
    )


def test_a_choice_hidden_by_the_filter_is_not_lost(navigatrice, rempli, catalogue):
    rempli.choix = ["eligible"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "aides/?q=reserve")).content.decode()
    assert '<input type="hidden" name="aide" value="eligible">' in page


def test_the_reasons_show_value_origin_threshold_and_source(navigatrice, rempli, catalogue):
    page = navigatrice.get(adresse(rempli, "aides/eligible/")).content.decode()
    for texte in ("L’effectif ne dépasse pas", "12,5", "déclaré le", "249", "Règlement fictif"):
        assert texte in page, texte
    corps = navigatrice.get(adresse(rempli, "aides/eligible/"), HTTP_HX_REQUEST="true")
    assert "<html" not in corps.content.decode()
    assert navigatrice.get(adresse(rempli, "aides/inconnue/")).status_code == 404


def test_expenses_are_named_only_where_a_rate_applies_to_them(navigatrice, rempli, catalogue):
    page = navigatrice.get(adresse(rempli, "aides/eligible/")).content.decode()
    assert "de dépenses retenues" in page
    montants = [{"forme": "subvention", "forfait": "5000", "source": "reglement"}]
    publier("forfait", effectif("<=", "249"), montants=montants)
    page = navigatrice.get(adresse(rempli, "aides/forfait/")).content.decode()
    assert "5\u202f000\xa0€" in page
    assert "de dépenses retenues" not in page
    montants = [{"forme": "subvention", "taux": "0.30", "minimum": "40000", "source": "reglement"}]
    publier("plancher", effectif("<=", "249"), montants=montants)
    page = navigatrice.get(adresse(rempli, "aides/plancher/")).content.decode()
    assert "rien en dessous de 40\u202f000\xa0€" in page


def test_an_unverified_source_is_to_be_confirmed(navigatrice, rempli, catalogue):
    version = catalogue.eligible
    publier(
        "douteuse",
        version.criteres,
        sources={"reglement": {"libelle": "Règlement fictif", "verifie": False}},
    )
    page = navigatrice.get(adresse(rempli, "aides/douteuse/")).content.decode()
    assert "(à confirmer)" in page


def test_the_choice_goes_on_to_the_last_check(navigatrice, rempli, catalogue):
    chemin = adresse(rempli, "aides/")
    reponse = navigatrice.post(chemin, {"aide": ["eligible"], "continuer": "1"})
    assert reponse.url == adresse(rempli, "verifier/")
    rempli.refresh_from_db()
    assert rempli.choix == ["eligible"]
    rien = navigatrice.post(chemin, {"continuer": "1"}, follow=True)
    assert "Cochez au moins une aide" in rien.content.decode()


def test_the_last_check_says_what_goes_to_whom_and_who_will_see_it(navigatrice, rempli, catalogue):
    rempli.choix = ["eligible", "sous-reserve"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    for texte in (
        "Guichet fictif des entreprises", "Région fictive", "CC du Val fictif", "Atelier fictif",
        "administration du portail", "silence vaut rejet", "L231-4", "12,5", "Modifier",
        "Déposer le dossier",
    ):  # fmt: skip
        assert texte in page, texte


def test_the_last_check_says_why_the_desk_is_the_intercommunalites(
    navigatrice, rempli, catalogue, commune
):
    guichet = GuichetFabrique(
        nom="Guichet de la CC du Val fictif", organisme__nom="CC du Val fictif",
        organisme__type="epci",
    )  # fmt: skip
    CompetenceFabrique(nature="export", guichet=guichet)
    publier("locale", effectif("<=", "249"), nature="export")
    rempli.choix = ["locale"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "→ Guichet de la CC du Val fictif</span>" in page
    assert "parce que le projet est à Valfictif" in page


def test_a_hole_says_that_people_will_find_the_desk(navigatrice, rempli, catalogue):
    publier("orpheline", effectif("<=", "249"), nature="export")
    rempli.choix = ["orpheline"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "L’équipe d’orientation du portail trouvera le guichet" in page
    CompetenceFabrique(nature="export", guichet=GuichetFabrique(nom="Guichet fictif export"))
    assert "Guichet fictif export" in navigatrice.get(adresse(rempli, "verifier/")).content.decode()


def test_without_commune_or_choice_there_is_no_button(navigatrice, rempli, catalogue):
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "Choisir vos aides" in page
    assert "Déposer le dossier" not in page
    rempli.choix = ["eligible"]
    del rempli.faits["commune_projet"]
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "Indiquer la commune" in page
    assert "Déposer le dossier" not in page
    reponse = navigatrice.post(adresse(rempli, "verifier/"), {"revision": rempli.revision})
    assert "Indiquez la commune du projet" in reponse.content.decode()
    assert not VersionDossier.objects.exists()
    assert not Evenement.objects.exists()


def test_the_last_check_is_one_step_from_the_start_of_the_list(navigatrice, rempli, catalogue):
    page = navigatrice.get(adresse(rempli, "aides/")).content.decode()
    assert page.index('href="#choix"') < page.index("<article") < page.index('id="choix"')


def test_an_incomplete_dossier_is_deposited_knowingly(navigatrice, rempli, catalogue):
    rempli.choix = ["a-completer"]
    del rempli.faits["secteur"]
    rempli.save()
    url = adresse(rempli, "verifier/")
    page = navigatrice.get(url).content.decode()
    manques = page.partition('id="manques"')[2].partition("</section>")[0]
    assert f'href="{adresse(rempli, "filiere/")}"' in manques
    assert f'href="{adresse(rempli, "entreprise/#question-a_jour_obligations")}"' in manques
    refus = navigatrice.post(url, {"revision": rempli.revision})
    assert "Le dossier n’est pas déposé" in refus.content.decode()
    assert not Demande.objects.exists()
    envoi = {"revision": rempli.revision, "en_l_etat": "1"}
    assert navigatrice.post(url, envoi).url == adresse(rempli, "suivi/")
    assert Demande.objects.count() == 1


def test_a_complete_dossier_has_nothing_to_tick(navigatrice, rempli, catalogue):
    rempli.choix = ["eligible"]
    rempli.save()
    assert 'name="en_l_etat"' not in navigatrice.get(adresse(rempli, "verifier/")).content.decode()


def test_an_aide_that_is_no_longer_possible_is_named(navigatrice, rempli, catalogue):
    rempli.choix = ["eligible", "non-eligible"]
    rempli.save()
    reponse = navigatrice.post(adresse(rempli, "verifier/"), {"revision": rempli.revision})
    page = reponse.content.decode()
    assert "Le dossier n’est pas déposé" in page
    assert "Aide non-eligible" in page
    assert not Demande.objects.exists()


def test_answers_changed_meanwhile_stop_the_deposit(navigatrice, rempli, catalogue):
    rempli.choix = ["eligible"]
    rempli.revision = 4
    rempli.save()
    reponse = navigatrice.post(adresse(rempli, "verifier/"), {"revision": "3"}, follow=True)
    assert "Rien n’est déposé" in reponse.content.decode()
    assert not Demande.objects.exists()


def requetes(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as capture:
        assert client.get(url).status_code == 200
    return len(capture)


@pytest.mark.parametrize("suite", ["", "aides/", "aides/?refus=1", "verifier/", "entreprise/"])
def test_pages_cost_the_same_whatever_the_catalogue(navigatrice, rempli, catalogue, suite):
    rempli.choix = ["eligible"]
    rempli.save()
    url = adresse(rempli, suite)
    avant = requetes(navigatrice, url)
    for rang in range(12):
        publier(f"autre-{rang}", effectif("<=", str(rang)))
    assert requetes(navigatrice, url) == avant


@pytest.fixture
def lacunaire(rempli):
    """A draft that leaves much to be completed, whose two places are not the same."""
    for code in ("a_jour_obligations", "emplois_crees", "projet_commence"):
        rempli.faits.pop(code, None)
    rempli.faits["commune_siege"] = declare(CommuneFabrique(nom="Siègefictif").code)
    rempli.save()
    return rempli


SIMULATION = (
    "/simulation/aides/?refus=1&commune_projet=Valfictif+(20900)&naf=25.11Z&effectif=12"
    "&nature_projet=investissement&montant=80+000&poste=depense_equipement"
)


def test_the_lists_cost_the_same_against_100_and_3000_aides(
    navigatrice, lacunaire, nomenclatures, client
):
    """What costs the most: two communes, every list opened, the filter by words."""
    liste = adresse(lacunaire, "aides/?refus=1&ailleurs=1&q=fictive")

    def couts(total):
        catalogue_compile()
        mesures = []
        for navigateur, url in ((navigatrice, liste), (client, SIMULATION)):
            with CaptureQueriesContext(connection) as capture:
                reponse = navigateur.get(url)
            assert reponse.context["resultats"].total == total
            assert reponse.content.count(b"<article") <= 4 * PAR_PAGE
            mesures.append((len(capture), len(reponse.content)))
        return mesures

    navigatrice.get(liste)
    publier_en_masse(100)
    peu = couts(100)
    publier_en_masse(2_900)
    beaucoup = couts(3_000)
    assert [requetes for requetes, _ in beaucoup] == [requetes for requetes, _ in peu]
    assert max(requetes for requetes, _ in peu) <= 12
    assert all(grand < 3 * petit for (_, petit), (_, grand) in zip(peu, beaucoup, strict=True))


def test_only_what_is_shown_is_loaded(navigatrice, lacunaire):
    publier_en_masse(300)
    navigatrice.get(adresse(lacunaire, "aides/"))
    with CaptureQueriesContext(connection) as capture:
        reponse = navigatrice.get(adresse(lacunaire, "aides/"))
    [versions] = [q["sql"] for q in capture if "porteurs_nommes" in q["sql"]]
    montrees = [c for g in reponse.context["resultats"].groupes for c in g.cartes]
    assert 0 < len(montrees) <= 3 * PAR_PAGE
    cles = versions.split('"aides_versionaide"."id" IN (')[1].split(")")[0]
    assert len(cles.split(",")) == len(montrees)


def test_every_group_comes_by_pages_that_keep_what_is_ticked(navigatrice, rempli, catalogue):
    for rang in range(25):
        publier(f"facile-{rang:02}", effectif("<=", "249"))
    chemin = adresse(rempli, "aides/")
    premiere = navigatrice.get(chemin)
    assert len(groupes(premiere)[Issue.ELIGIBLE]) == PAR_PAGE
    bouton = 'name="aller"\n                      value="page_eligible=2#eligible"'
    assert " ".join(bouton.split()) in " ".join(premiere.content.decode().split())
    envoi = {"aide": ["facile-03"], "aller": "page_eligible=2#eligible"}
    reponse = navigatrice.post(chemin, envoi)
    assert reponse.url == f"{chemin}?page_eligible=2#eligible"
    rempli.refresh_from_db()
    assert rempli.choix == ["facile-03"]
    seconde = navigatrice.get(reponse.url)
    assert len(groupes(seconde)[Issue.ELIGIBLE]) == 7
    assert '<input type="hidden" name="aide" value="facile-03">' in seconde.content.decode()
    ailleurs = navigatrice.post(chemin, {"aller": "//exemple.invalid/#//exemple.invalid"})
    assert ailleurs.url.startswith(f"{chemin}?")


def test_a_script_puts_one_group_in_place(navigatrice, rempli, catalogue):
    reponse = navigatrice.get(
        adresse(rempli, "aides/?refus=1"), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="non_eligible"
    )
    page = reponse.content.decode()
    assert "<html" not in page
    assert "Aide non-eligible" in page
    assert "Aide a-completer" not in page
    assert "HX-Target" in reponse["Vary"]


def test_an_aide_that_cannot_be_read_is_named_with_its_reason(navigatrice, rempli, catalogue):
    publier("abimee", {"type": "inconnu"})
    page = navigatrice.get(adresse(rempli, "aides/")).content.decode()
    assert "1 aide du catalogue ne peut pas être évaluée" in page
    assert "Aide abimee</a>&nbsp;: type" in page


def test_what_would_open_an_aide_is_said_in_one_line(navigatrice, rempli, catalogue):
    chemin = adresse(rempli, "manques/?pour=non-eligible&pour=a-completer&pour=eligible")
    page = " ".join(navigatrice.get(chemin).content.decode().split())
    assert 'id="manque-non-eligible" hx-swap-oob="true"' in page
    assert "Pour y avoir droit&nbsp;:" in page
    assert "237,5 emplois de plus" in page
    assert f'href="{adresse(rempli, "entreprise/#question-a_jour_obligations")}"' in page
    assert 'id="manque-eligible"' not in page
    assert (
        "emplois de plus"
        in navigatrice.get(adresse(rempli, "aides/non-eligible/")).content.decode()
    )


def test_the_most_telling_answer_leads_to_its_question(navigatrice, rempli, catalogue):
    publier("autre", {"type": "vrai", "fait": "a_jour_obligations", "source": "reglement"})
    page = " ".join(navigatrice.get(adresse(rempli, "aides/")).content.decode().split())
    assert "La réponse qui en dirait le plus" in page
    assert "(règle 2 aides)" in page
    assert page.index("#question-a_jour_obligations") < page.index("<article")
    rempli.faits["a_jour_obligations"] = declare(True)
    rempli.save()
    page = navigatrice.get(adresse(rempli, "aides/")).content.decode()
    assert "La réponse qui en dirait le plus" not in page


def test_what_would_open_an_aide_of_others_is_not_found(rempli, catalogue, client):
    client.force_login(UserFabrique())
    assert client.get(adresse(rempli, "manques/?pour=eligible")).status_code == 404


def test_a_draft_with_an_answer_in_every_type_is_shown(navigatrice, rempli, catalogue):
    rempli.faits |= {
        "date_creation": declare("sans_objet"), "micro_entrepreneur": declare(True),
        "exercices_clos": declare(4),
    }  # fmt: skip
    rempli.save()
    page = navigatrice.get(adresse(rempli, "verifier/")).content.decode()
    assert "sans objet" in page
    assert "Valfictif (20900)" in page
