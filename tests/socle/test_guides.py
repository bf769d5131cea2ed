"""The guides: every file is there, every address it gives exists."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import Resolver404, resolve

from portal.socle import guides


@pytest.mark.parametrize("nom", guides.GUIDES)
def test_each_guide_is_shown_with_its_parts_and_pictures(client, nom):
    reponse = client.get(f"/guides/{nom}/")
    texte = reponse.content.decode()
    guide = guides.lire(nom)
    assert guide.titre in texte.replace("&nbsp;", " ") or guide.titre.split()[0] in texte
    assert guide.parties
    for ancre, _ in guide.parties:
        assert f'id="{ancre}"' in texte
    for source in re.findall(r'<img src="/static/([^"]+)"', guide.corps):
        assert finders.find(source), source


@pytest.mark.parametrize("nom", guides.GUIDES)
def test_each_address_of_the_portal_in_a_guide_exists(nom):
    for adresse in re.findall(r'href="(/[^"#?]*)', guides.lire(nom).corps):
        try:
            resolve(adresse)
        except Resolver404:
            pytest.fail(f"{nom} : {adresse}")


def test_the_list_names_them_all_and_an_unknown_one_is_not_found(client, db):
    texte = client.get("/guides/").content.decode()
    assert all(f"/guides/{nom}/" in texte for nom in guides.GUIDES)
    assert client.get("/guides/inconnu/").status_code == 404


def test_html_in_a_guide_is_text_and_links_between_guides_lead_to_the_portal():
    guide = guides.rendre("x", "# Titre\n\nRésumé.\n\n## Partie\n\n<b>x</b> [y](api.md)\n")
    assert (guide.titre, guide.resume, guide.parties) == (
        "Titre",
        "Résumé.",
        (("partie", "Partie"),),
    )
    assert "&lt;b&gt;" in guide.corps
    assert 'href="/guides/api/"' in guide.corps
