"""Whoever claims a SIREN that somebody holds sees nothing of it, on any page or endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dossiers.depot import actes
from dossiers.models import Demande, Dossier, Entreprise, Membre
from tests.fabriques import (
    DemandeFabrique,
    DossierFabrique,
    EntrepriseFabrique,
    MembreFabrique,
    UserFabrique,
)

SECRET = "Nom que personne ne doit lire"


def adresses(patterns: list[URLPattern | URLResolver], espace: str = "") -> Iterator[tuple]:
    """(name with its namespaces, names of what the address takes) for every address of ours."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name in {"admin", "djdt"}:
                continue
            suite = f"{espace}{pattern.namespace}:" if pattern.namespace else espace
            yield from adresses(pattern.url_patterns, suite)
        elif pattern.name and isinstance(pattern.pattern, RoutePattern):
            yield f"{espace}{pattern.name}", tuple(pattern.pattern.converters)


@pytest.mark.django_db
def test_no_address_shows_anything_of_a_company_to_its_claimant():
    """Every address that can be built from what the company has, whoever wrote its page."""
    demande = DemandeFabrique(
        en_instruction=True,
        version_dossier__dossier__entreprise__nom=SECRET,
        version_dossier__dossier__titre=SECRET,
    )
    dossier, entreprise = demande.dossier, demande.dossier.entreprise
    membre = MembreFabrique(entreprise=entreprise, user__nom_complet=SECRET)
    brouillon = DossierFabrique(entreprise=entreprise, titre=SECRET)
    pretendant = UserFabrique()
    attente = actes.rattacher(siret=entreprise.siret, nom="?", par=pretendant)
    assert attente.etat == Membre.Etat.EN_ATTENTE
    client = Client()
    client.force_login(pretendant)
    essais = {
        "identifiant": [dossier.identifiant, brouillon.identifiant, demande.identifiant],
        "siren": [entreprise.siren],
        "pk": [membre.pk, attente.pk, demande.pk],
        "section": ["projet"],
        "code": [demande.aide.code],
        "acte": ["accepter"],
        "genre": ["accuse"],
    }
    vues = set()
    for nom, prises in adresses(get_resolver().url_patterns):
        if not set(prises) <= set(essais):
            continue
        for options in combinaisons(prises, essais):
            chemin = reverse(nom, kwargs=options)
            reponse = client.get(chemin)
            contenu = b"".join(reponse) if reponse.streaming else reponse.content
            assert SECRET not in contenu.decode(errors="replace"), chemin
            vues.add(nom)
            if "identifiant" in options or "siren" in options:
                assert reponse.status_code in {302, 403, 404, 405}, (chemin, reponse.status_code)
    assert {"depot:liste", "depot:dossier", "depot:suivi", "depot:entreprise"} <= vues
    assert {"instruction:demande", "depot:membre", "depot:compte"} <= vues


def combinaisons(prises, essais):
    options = [{}]
    for prise in prises:
        options = [{**debut, prise: valeur} for debut in options for valeur in essais[prise]]
    return options


class TestVisibilite(TestCase):
    """For random people and companies, lists and details agree with who was accepted."""

    @settings(suppress_health_check=list(HealthCheck), max_examples=15, deadline=None)
    @given(st.lists(st.sampled_from(["rien", "en_attente", "membre", "responsable"]), max_size=5))
    def test_one_sees_the_companies_that_accepted_one_and_no_other(self, situations):
        user = UserFabrique()
        attendues = set()
        for situation in situations:
            entreprise = EntrepriseFabrique()
            DemandeFabrique(version_dossier__dossier__entreprise=entreprise)
            if situation == "en_attente":
                MembreFabrique(entreprise=entreprise, user=user, etat="en_attente")
            elif situation != "rien":
                MembreFabrique(entreprise=entreprise, user=user, role=situation)
                attendues.add(entreprise.pk)
        client = Client()
        client.force_login(user)
        assert {e.pk for e in Entreprise.objects.visibles_par(user)} == attendues
        assert {d.entreprise_id for d in Dossier.objects.visibles_par(user)} == attendues
        visibles = Demande.objects.visibles_par(user)
        assert {d.dossier.entreprise_id for d in visibles} == attendues
        liste = client.get("/dossiers/").content.decode()
        for dossier in Dossier.objects.select_related("entreprise"):
            vue = dossier.entreprise_id in attendues
            assert (str(dossier.identifiant) in liste) is vue
            detail = client.get(f"/dossiers/{dossier.identifiant}/", follow=True)
            assert (detail.status_code == 200) is vue
            page = client.get(f"/entreprises/{dossier.entreprise.siren}/")
            assert (page.status_code == 200) is vue
