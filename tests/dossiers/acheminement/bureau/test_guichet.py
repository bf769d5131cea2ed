"""One desk: what waits and why, replaying, cutting off; the quarantine and the human tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers.acheminement.actes import accuser_reception
from dossiers.acheminement.models import Acheminement, Disjoncteur
from portal.comptes.models import User
from portal.socle.models import Evenement
from territoires.organismes.models import Guichet
from tests.fabriques import (
    AcheminementFabrique,
    AdministrateurOrganismeFabrique,
    DisjoncteurFabrique,
    EchecFabrique,
    GuichetFabrique,
    UserFabrique,
)

pytestmark = pytest.mark.django_db
REJOUER = "/bureau/rejouer/"


@pytest.fixture
def operateur(client: Client) -> User:
    user = UserFabrique(administration=True)
    client.force_login(user)
    return user


@pytest.fixture
def guichet() -> Guichet:
    return GuichetFabrique(telephone="00 00 00 00 00", adresse="1 place Fictive")


def chez(guichet: Guichet, **champs: Any) -> Acheminement:
    return AcheminementFabrique(demande__guichet=guichet, **champs)


def page(client: Client, guichet: Guichet, voir: str = "") -> Any:
    return client.get(f"/bureau/guichets/{guichet.code}/", {"voir": voir} if voir else {})


def verbes(verbe: str) -> list[Evenement]:
    return list(Evenement.objects.filter(verbe=verbe))


# ------------------------------------------------------------------ the page


def test_each_tab_shows_what_it_names(client: Client, operateur: User, guichet: Guichet) -> None:
    attend = chez(guichet)
    rate = chez(guichet, derniere_erreur="TimeoutError : timed out", tentatives=2)
    isole = chez(guichet, isole=True)
    remise = chez(guichet, remis=True)
    chez(guichet, accuse=True)
    assert set(page(client, guichet).context["page"]) == {attend, rate}
    assert list(page(client, guichet, "quarantaine").context["page"]) == [isole]
    assert list(page(client, guichet, "non_accuses").context["page"]) == [remise]
    assert set(page(client, guichet, "inconnu").context["page"]) == {attend, rate}
    texte = page(client, guichet).content.decode()
    assert "trop de temps à répondre" in texte
    assert "TimeoutError : timed out" in texte
    assert "Tout rejouer (2)" in texte
    assert f'id="choix-{rate.pk}"' in texte
    assert f'id="choix-{attend.pk}"' not in texte


def test_what_waits_behind_an_open_breaker_says_so(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    maintenant = timezone.now()
    chez(guichet, prochaine_tentative=maintenant)
    assert "attend la réouverture" not in page(client, guichet).content.decode()
    DisjoncteurFabrique(
        guichet=guichet, canal=guichet.canal, ouvert_jusqu_a=maintenant + timedelta(minutes=9)
    )
    chez(guichet, prochaine_tentative=maintenant + timedelta(hours=6))
    texte = page(client, guichet).content.decode()
    assert (texte.count("attend la réouverture ("), texte.count("prochaine le ")) == (1, 1)
    assert " au plus tard)" in texte


def test_failures_say_what_happened_and_how_to_repair(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    EchecFabrique(acheminement=chez(guichet, derniere_erreur="x"))
    texte = page(client, guichet).content.decode()
    assert "Le système du guichet est en panne." in texte
    assert "Que faire maintenant ?" in texte
    assert "tel:00 00 00 00 00" in texte
    assert f"/organisme/{guichet.organisme.code}/guichets/{guichet.code}/connexion/" in texte


@pytest.mark.parametrize("nombre", [1, 9])
def test_the_page_costs_the_same_whatever_it_shows(
    client: Client,
    operateur: User,
    guichet: Guichet,
    nombre: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(nombre):
        EchecFabrique(acheminement=chez(guichet, isole=True))
    page(client, guichet)
    with django_assert_num_queries(22):
        page(client, guichet, "quarantaine")


# ------------------------------------------------------------------ replaying


def test_replaying_asks_first_with_the_count_then_does_it(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    isoles = [chez(guichet, isole=True) for _ in range(3)]
    choix = {"choix": [isoles[0].pk, isoles[1].pk], "retour": guichet.code}
    texte = client.get(REJOUER, choix).content.decode()
    assert "Rejouer 2 remises ?" in texte
    assert Acheminement.objects.en_quarantaine().count() == 3
    reponse = client.post(REJOUER, choix, follow=True)
    assert reponse.redirect_chain[0][0] == f"/bureau/guichets/{guichet.code}/"
    assert "2 remises rejouées" in reponse.content.decode()
    assert list(Acheminement.objects.en_quarantaine()) == [isoles[2]]
    assert [evenement.acteur_id for evenement in verbes("rejouer")] == [operateur.pk] * 2


def test_all_of_a_desk_are_replayed_and_its_breaker_closed(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    for _ in range(2):
        chez(guichet, isole=True)
    ailleurs = AcheminementFabrique(isole=True)
    DisjoncteurFabrique(guichet=guichet)
    tout = {"guichet": guichet.code, "retour": guichet.code}
    texte = client.get(REJOUER, tout).content.decode()
    assert "Rejouer 2 remises ?" in texte
    assert "rejouer le rouvre" in texte
    client.post(REJOUER, tout)
    assert list(Acheminement.objects.en_quarantaine()) == [ailleurs]
    assert Disjoncteur.objects.get().echecs == 0


@pytest.mark.parametrize(
    ("donnees", "mot"),
    [
        ({}, "Cochez au moins une ligne"),
        ({"choix": ["999999"]}, "Cochez au moins une ligne"),
        ({"choix": ["99999999999999999999"]}, "Cochez au moins une ligne"),
        ({"choix": ["abc"]}, "n’est pas reconnue"),
        ({"choix": [str(n) for n in range(60)]}, "n’est pas reconnue"),
        ({"choix": ["1"], "retour": "x" * 5000}, "Cochez au moins une ligne"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    client: Client, operateur: User, donnees: dict[str, Any], mot: str
) -> None:
    AcheminementFabrique(isole=True)
    assert mot in client.get(REJOUER, donnees, follow=True).content.decode()
    if "reconnue" not in mot:
        mot = "Rien n’attendait plus"
    assert mot in client.post(REJOUER, donnees or {"choix": "0"}, follow=True).content.decode()
    assert not verbes("rejouer")


def test_the_confirmation_changes_nothing(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    client.get(REJOUER, {"choix": [chez(guichet, isole=True).pk]})
    assert Acheminement.objects.en_quarantaine().count() == 1


def test_a_double_click_replays_once(client: Client, operateur: User, guichet: Guichet) -> None:
    isole = chez(guichet, isole=True)
    donnees = {"choix": [isole.pk]}
    client.post(REJOUER, donnees)
    client.post(REJOUER, donnees)
    assert len(verbes("rejouer")) == 1


def test_nobody_replays_the_desk_of_another(client: Client, guichet: Guichet) -> None:
    isole = chez(guichet, isole=True)
    client.force_login(AdministrateurOrganismeFabrique().user)
    client.post(REJOUER, {"choix": [isole.pk]})
    assert client.post(REJOUER, {"guichet": guichet.code}).status_code == 404
    adresse = f"/bureau/guichets/{guichet.code}/disjoncteur/"
    assert client.post(adresse, {"canal": "portail", "action": "couper"}).status_code == 404
    assert not verbes("rejouer")
    assert Acheminement.objects.en_quarantaine().count() == 1
    client.force_login(UserFabrique())
    assert client.post(REJOUER, {"choix": [isole.pk]}).status_code == 403


# ------------------------------------------------------------------ the breaker by hand


def test_a_desk_is_cut_off_by_hand_and_opened_again(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    etape = chez(guichet)
    adresse = f"/bureau/guichets/{guichet.code}/disjoncteur/"
    client.post(adresse, {"canal": "portail", "action": "couper", "heures": "4"})
    ouvert = Disjoncteur.objects.get().ouvert_jusqu_a
    assert timedelta(hours=3.9) < ouvert - timezone.now() <= timedelta(hours=4)
    assert not Acheminement.objects.dus(timezone.now()).exists()
    assert "coupé à la main jusqu’au" in page(client, guichet).content.decode()
    client.post(adresse, {"canal": "portail", "action": "rouvrir"})
    assert list(Acheminement.objects.dus(timezone.now())) == [etape]
    (evenement,) = verbes("couper_guichet")
    assert evenement.donnees["canal"] == "portail"
    assert len(verbes("rouvrir_guichet")) == 1
    encore = client.post(adresse, {"canal": "portail", "action": "rouvrir"}, follow=True)
    assert "n’était pas coupé" in encore.content.decode()


@pytest.mark.parametrize("champ", ["canal", "action", "heures"])
def test_a_wrong_choice_changes_nothing(
    client: Client, operateur: User, guichet: Guichet, champ: str
) -> None:
    donnees = {"canal": "portail", "action": "couper", "heures": "1"} | {champ: "pigeon"}
    adresse = f"/bureau/guichets/{guichet.code}/disjoncteur/"
    assert "n’est pas reconnu" in client.post(adresse, donnees, follow=True).content.decode()
    assert not Disjoncteur.objects.exists()


# ------------------------------------------------------------------ across desks


def test_the_quarantine_lists_every_desk_with_its_reason(client: Client, operateur: User) -> None:
    isoles = [AcheminementFabrique(isole=True) for _ in range(2)]
    reponse = client.get("/bureau/quarantaine/")
    assert list(reponse.context["page"]) == isoles
    texte = reponse.content.decode()
    assert "Ce guichet n’a pas d’adresse électronique." in texte
    choix = {"choix": [isole.pk for isole in isoles], "retour": "quarantaine"}
    suite = client.post(REJOUER, choix, follow=True)
    assert suite.redirect_chain[0][0] == "/bureau/quarantaine/"
    assert "Rien n’est en quarantaine" in suite.content.decode()


@pytest.mark.parametrize("nombre", [1, 8])
@pytest.mark.parametrize(("adresse", "trait"), [("quarantaine", "isole"), ("taches", "a_la_main")])
def test_lists_cost_the_same_whatever_they_hold(
    client: Client,
    operateur: User,
    nombre: int,
    adresse: str,
    trait: str,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(nombre):
        AcheminementFabrique(**{trait: True})
    client.get(f"/bureau/{adresse}/")
    with django_assert_num_queries(7):
        client.get(f"/bureau/{adresse}/")


def test_a_task_is_taken_taken_over_and_left(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    tache = chez(guichet, a_la_main=True)
    texte = client.get("/bureau/taches/").content.decode()
    assert "Personne ne s’en occupe" in texte
    assert "tel:00 00 00 00 00" in texte
    assert "1 place Fictive" in texte
    adresse = f"/bureau/taches/{tache.pk}/"
    client.post(adresse, {"action": "prendre"})
    tache.refresh_from_db()
    assert tache.a_la_main_par == operateur
    assert f"{operateur} s’en occupe" in client.get("/bureau/taches/").content.decode()
    client.force_login(autre := UserFabrique(administration=True))
    client.post(adresse, {"action": "laisser"})  # not theirs: nothing changes
    tache.refresh_from_db()
    assert tache.a_la_main_par == operateur
    client.post(adresse, {"action": "prendre"})
    client.post(adresse, {"action": "prendre"})
    client.post(adresse, {"action": "laisser"})
    tache.refresh_from_db()
    assert tache.a_la_main_par is None
    acteurs = [evenement.acteur_id for evenement in verbes("prendre_la_tache")]
    assert acteurs == [operateur.pk, autre.pk]
    assert [e.acteur_id for e in verbes("laisser_la_tache")] == [autre.pk]


def test_a_task_ends_when_the_desk_acknowledges(
    client: Client, operateur: User, guichet: Guichet
) -> None:
    tache = chez(guichet, a_la_main=True)
    accuser_reception(cle=tache.cle, voie=Acheminement.Voie.PAGE)
    reponse = client.post(f"/bureau/taches/{tache.pk}/", {"action": "prendre"}, follow=True)
    assert "le guichet a réagi" in reponse.content.decode()
    assert "Tous les guichets réagissent" in reponse.content.decode()
    assert not verbes("prendre_la_tache")


def test_only_the_administration_takes_tasks(client: Client, guichet: Guichet) -> None:
    tache = chez(guichet, a_la_main=True)
    client.force_login(AdministrateurOrganismeFabrique(organisme=guichet.organisme).user)
    texte = client.get("/bureau/taches/").content.decode()
    assert guichet.nom in texte
    assert "Je m’en occupe" not in texte
    assert client.post(f"/bureau/taches/{tache.pk}/", {"action": "prendre"}).status_code == 403
