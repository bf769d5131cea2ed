"""Who speaks for a company: roles, claims, leaving, giving it back. One always remains."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from dossiers.depot import actes
from dossiers.models import Entreprise, Membre, Notification
from portal.socle.models import Evenement
from tests.fabriques import EntrepriseFabrique, MembreFabrique, UserFabrique, siren, siret

pytestmark = pytest.mark.django_db
RESPONSABLE, MEMBRE = Membre.Role.RESPONSABLE, Membre.Role.MEMBRE


@pytest.fixture
def simple(entreprise: Entreprise) -> Membre:
    membre: Membre = MembreFabrique(entreprise=entreprise, role=MEMBRE)
    return membre


def adhesion(entreprise, user):
    return entreprise.adhesions.get(user=user)


def sujets(user):
    return list(Notification.objects.filter(user=user).values_list("sujet", flat=True))


def test_whoever_registers_a_company_administers_it(gerante):
    entreprise = actes.creer_entreprise(siret=siret(siren(41)), nom="Neuve", par=gerante)
    assert adhesion(entreprise, gerante).role == RESPONSABLE
    assert entreprise.verifiee_le is None


def test_a_claim_tells_those_who_can_answer_and_nobody_else(entreprise, gerante, simple):
    etrangere = UserFabrique()
    actes.rattacher(siret=entreprise.siret, nom="?", par=etrangere)
    [sujet] = sujets(gerante)
    assert "demande à rejoindre" in sujet
    assert sujets(simple.user) == sujets(etrangere) == []
    actes.rattacher(siret=entreprise.siret, nom="?", par=etrangere)
    assert len(sujets(gerante)) == 1


def test_a_claim_on_a_company_without_anybody_tells_the_portal(entreprise, gerante):
    administration = UserFabrique(administration=True)
    actes.quitter(entreprise=entreprise, user=gerante)
    etrangere = UserFabrique()
    attente = actes.rattacher(siret=entreprise.siret, nom="?", par=etrangere)
    assert len(sujets(administration)) == 1
    assert not Entreprise.objects.visibles_par(etrangere).exists()
    actes.accepter_adhesion(membre=attente, par=administration)
    assert adhesion(entreprise, etrangere).role == RESPONSABLE


def test_the_claimant_is_told_of_the_answer(entreprise, gerante):
    accepte, refuse = UserFabrique(), UserFabrique()
    actes.accepter_adhesion(membre=actes.adherer(entreprise=entreprise, par=accepte), par=gerante)
    assert adhesion(entreprise, accepte).role == MEMBRE
    actes.refuser_adhesion(membre=actes.adherer(entreprise=entreprise, par=refuse), par=gerante)
    assert "est membre" not in sujets(refuse)[0]
    assert sujets(accepte) == [f"Vous êtes membre de {entreprise.nom}"]
    texte = Notification.objects.get(user=refuse).texte
    assert entreprise.nom not in texte
    assert entreprise.siren in texte


def test_a_plain_member_manages_nobody(entreprise, gerante, simple):
    par = simple.user
    claim = actes.adherer(entreprise=entreprise, par=UserFabrique())
    gerant = adhesion(entreprise, gerante)
    for refuse in (
        lambda: actes.accepter_adhesion(membre=claim, par=par),
        lambda: actes.refuser_adhesion(membre=claim, par=par),
        lambda: actes.changer_role(membre=simple, role=RESPONSABLE, par=par),
        lambda: actes.retirer_membre(membre=gerant, par=par),
        lambda: actes.inviter(
            entreprise=entreprise, courriel="x@exemple.invalid", role=MEMBRE, par=par
        ),
        lambda: actes.reassigner(membre=simple, retirer_autres=True, par=par),
        lambda: actes.verifier_entreprise(entreprise=entreprise, verifiee=True, par=gerante),
    ):
        with pytest.raises(PermissionDenied):
            refuse()
    roles = set(entreprise.adhesions.values_list("user", "role", "etat"))
    assert roles == {
        (gerante.pk, RESPONSABLE, "actif"),
        (simple.user_id, MEMBRE, "actif"),
        (claim.user_id, MEMBRE, "en_attente"),
    }
    assert not entreprise.invitations.exists()


def test_one_administrator_always_remains(entreprise, gerante, simple):
    gerant = adhesion(entreprise, gerante)
    for refuse in (
        lambda: actes.changer_role(membre=gerant, role=MEMBRE, par=gerante),
        lambda: actes.retirer_membre(membre=gerant, par=gerante),
        lambda: actes.quitter(entreprise=entreprise, user=gerante),
    ):
        with pytest.raises(actes.DernierResponsable):
            refuse()
    assert adhesion(entreprise, gerante).role == RESPONSABLE
    actes.changer_role(membre=simple, role=RESPONSABLE, par=gerante)
    actes.quitter(entreprise=entreprise, user=gerante)
    assert not Entreprise.objects.visibles_par(gerante).exists()
    assert f"{gerante} a quitté {entreprise.nom}" in sujets(simple.user)


def test_alone_one_may_leave_and_nobody_sees_it_any_more(entreprise, gerante):
    actes.quitter(entreprise=entreprise, user=gerante)
    assert not entreprise.adhesions.exists()
    assert Entreprise.objects.filter(pk=entreprise.pk).exists()
    autre = UserFabrique()
    assert actes.rattacher(siret=entreprise.siret, nom="?", par=autre).etat == "en_attente"


def test_who_no_longer_decides_no_longer_lets_anybody_in(entreprise, gerante, simple):
    autre = MembreFabrique(entreprise=entreprise)
    invitation = actes.inviter(
        entreprise=entreprise, courriel="x@exemple.invalid", role=MEMBRE, par=autre.user
    )
    gardee = actes.inviter(
        entreprise=entreprise, courriel="y@exemple.invalid", role=MEMBRE, par=gerante
    )
    actes.changer_role(membre=autre, role=MEMBRE, par=gerante)
    invitation.refresh_from_db()
    gardee.refresh_from_db()
    assert invitation.revoquee_le is not None
    assert gardee.revoquee_le is None


@pytest.mark.parametrize("retirer", [True, False])
def test_the_portal_gives_a_company_to_whom_it_belongs(entreprise, gerante, simple, retirer):
    administration = UserFabrique(administration=True)
    claim = actes.adherer(entreprise=entreprise, par=UserFabrique())
    actes.inviter(entreprise=entreprise, courriel="x@exemple.invalid", role=MEMBRE, par=gerante)
    actes.reassigner(membre=claim, retirer_autres=retirer, par=administration)
    restent = {} if retirer else {gerante.pk: MEMBRE, simple.user_id: MEMBRE}
    assert dict(entreprise.adhesions.values_list("user", "role")) == {
        claim.user_id: RESPONSABLE,
        **restent,
    }
    assert not entreprise.invitations.sans_suite().exists()
    assert sujets(gerante)[0] == f"{entreprise.nom} est confiée à une autre personne"
    [ligne] = Evenement.objects.filter(verbe="reassigner_entreprise")
    assert ligne.acteur_id == administration.pk
    assert ligne.donnees["user"] == claim.user_id


def test_the_journal_names_nobody(entreprise, gerante, simple):
    actes.inviter(
        entreprise=entreprise, courriel="secret@exemple.invalid", role=MEMBRE, par=gerante
    )
    actes.changer_role(membre=simple, role=RESPONSABLE, par=gerante)
    actes.retirer_membre(membre=simple, par=gerante)
    ecrit = " ".join(str(ligne.donnees) for ligne in Evenement.objects.all())
    assert {"inviter_membre", "changer_role", "retirer_membre"} <= set(
        Evenement.objects.values_list("verbe", flat=True)
    )
    for nom in ("secret", "@", simple.user.nom_complet, entreprise.nom):
        assert nom not in ecrit


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_once_do_not_leave_nobody():
    entreprise = EntrepriseFabrique()
    users = [MembreFabrique(entreprise=entreprise).user for _ in range(2)]
    MembreFabrique(entreprise=entreprise, role=MEMBRE)

    def partir(user):
        try:
            actes.quitter(entreprise=entreprise, user=user)
        except actes.DernierResponsable:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as file:
        partis = list(file.map(partir, users))
    assert sorted(partis) == [False, True]
    assert entreprise.adhesions.filter(role=RESPONSABLE).count() == 1
