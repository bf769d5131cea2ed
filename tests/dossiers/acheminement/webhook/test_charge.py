"""What is sent: always as the schema says, the same at every attempt but for what must change."""

import hashlib
import json
import string
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aides.criteres.faits import VOCABULAIRE
from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.webhook.charge import canonique, contenu_de, empreinte, message
from dossiers.depot.actes.depot import figer
from dossiers.rapprochement.models import Resultat
from portal.socle.json_canonique import empreinte as empreinte_document
from portal.socle.schemas import fautes, schema, validateur
from tests.dossiers.acheminement.webhook.outils import a_remettre, joindre, preuve
from tests.fabriques import (
    RapprochementFabrique,
    ResultatFabrique,
    UserFabrique,
)

pytestmark = pytest.mark.django_db
LE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def exiger_conforme(envoi):
    assert list(fautes(validateur(schema("demande-1")), envoi)) == []
    assert json.loads(canonique(envoi)) == envoi


def objets(schema_):
    """Every object of a schema."""
    if isinstance(schema_, dict):
        if "properties" in schema_:
            yield schema_
        for valeur in schema_.values():
            yield from objets(valeur)
    elif isinstance(schema_, list):
        for valeur in schema_:
            yield from objets(valeur)


@pytest.mark.parametrize("nom", ["demande-1", "accuse-1"])
def test_the_schema_is_valid_and_says_every_key(nom):
    lu = schema(nom)
    Draft202012Validator.check_schema(lu)
    for objet in objets(lu):
        assert objet["additionalProperties"] is False
        facultatives = {"reference"} if nom == "accuse-1" else set()
        assert set(objet["required"]) == set(objet["properties"]) - facultatives


def test_a_whole_demande_is_as_the_schema_says():
    acheminement = a_remettre(motif_orientation="Confiée par l’administration.")
    figee = joindre(acheminement)
    ajoutee = joindre(acheminement, "plan.pdf", figee=False)
    ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=acheminement.version_dossier),
        version_aide=acheminement.demande.version_aide,
        preuve=preuve(),
        montant={"maximum": "30000.00"},
    )
    envoi = message(acheminement, LE)
    exiger_conforme(envoi)
    assert (envoi["type"], envoi["timestamp"]) == ("demande.remise", "2026-11-22T09:00:00Z")
    data = envoi["data"]
    assert data["cle"] == str(acheminement.cle)
    contenu, suivi = data["contenu"], data["suivi"]
    demande = acheminement.demande
    assert contenu["demande"]["numero"] == demande.numero
    assert contenu["demande"]["motif_orientation"] == "Confiée par l’administration."
    assert contenu["dossier"]["empreinte"] == acheminement.version_dossier.empreinte
    assert contenu["faits"]["effectif"] == {
        "valeur": "12.5", "provenance": "declaration", "le": "2026-11-20T09:00:00+01:00",
    }  # fmt: skip
    assert contenu["rapprochement"]["montant_estime"] == "30000.00"
    (oui, non) = contenu["rapprochement"]["preuve"]["enfants"]
    assert (oui["verdict"], non["verdict"]) == ("oui", "non")
    assert oui["source"] == {"libelle": "Règlement fictif", "url": "", "verifie": False}
    assert contenu["pieces"] == [
        {
            "identifiant": str(figee.identifiant), "type": "devis", "nom": "devis.pdf",
            "taille": figee.taille, "empreinte": figee.empreinte,
        }
    ]  # fmt: skip
    assert [piece["nom"] for piece in suivi["pieces_ajoutees"]] == ["plan.pdf"]
    assert {lien["piece"] for lien in suivi["liens"]} == {
        str(figee.identifiant), str(ajoutee.identifiant),
    }  # fmt: skip
    assert suivi["liens"][0]["expire_le"] == "2026-11-29T09:00:00Z"
    assert suivi["echeance"] == demande.echeance.isoformat()


def test_no_person_is_named():
    acheminement = a_remettre()
    joindre(acheminement)
    texte = canonique(message(acheminement, LE))
    assert "Personne fictive" not in texte
    assert '"par"' not in texte


def test_the_hash_is_that_of_the_canonical_json():
    contenu = contenu_de(a_remettre())
    ecrit = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert empreinte(contenu) == hashlib.sha256(ecrit.encode()).hexdigest()
    assert empreinte({"a": 'é\n"\\\u2028\x7f'}) == empreinte_document({"a": 'é\n"\\\u2028\x7f'})
    # The examples of RFC 8785 that hold no number with a point.
    assert canonique({"\u00e9": '\u20ac$\u000f\u000aA\'B"\\\\"/', "a": [None, True, False]}) == (
        '{"a":[null,true,false],"é":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_a_later_attempt_sends_the_same_content_under_the_same_hash():
    acheminement = a_remettre()
    joindre(acheminement)
    premier = message(acheminement, LE)["data"]
    joindre(acheminement, "plan.pdf", figee=False)
    demande = acheminement.demande
    demande.echeance += timedelta(days=12)
    demande.save()
    guichet = acheminement.guichet
    guichet.nom = "Guichet renommé fictif"
    guichet.save()
    relu = Acheminement.objects.get(pk=acheminement.pk)
    second = message(relu, LE + timedelta(days=3))["data"]
    assert second["contenu"] == premier["contenu"]
    assert second["empreinte"] == premier["empreinte"]
    assert second["cle"] == premier["cle"]
    assert second["suivi"] != premier["suivi"]


def test_what_a_deposit_freezes_is_sent_as_it_is():
    acheminement = a_remettre()
    dossier = acheminement.demande.dossier
    joindre(acheminement)
    version = figer(dossier, UserFabrique(), timezone.now())
    acheminement.version_dossier = version
    envoi = message(acheminement, LE)
    exiger_conforme(envoi)
    assert envoi["data"]["contenu"]["pieces"][0]["nom"] == "devis.pdf"


textes = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
instants = st.sampled_from(["", "2026-11-20T09:00:00+01:00"])
valeurs = st.one_of(
    textes,
    st.booleans(),
    st.integers(0, 10**6),
    st.lists(textes, max_size=3),
    st.lists(
        st.fixed_dictionaries({"aide": st.just("aide-fictive"), "le": st.just("2026-01-31")}),
        max_size=2,
    ),
)
faits = st.dictionaries(
    st.sampled_from(sorted(VOCABULAIRE)),
    st.fixed_dictionaries(
        {"valeur": valeurs},
        optional={"provenance": st.sampled_from(["declaration", "api"]), "le": instants},
    ),
    max_size=6,
)
hexadecimales = st.text(string.hexdigits[:16], min_size=64, max_size=64)
pieces = st.lists(
    st.fixed_dictionaries(
        {
            "identifiant": st.uuids().map(str),
            "type": st.sampled_from(["devis", "autre"]),
            "empreinte": hexadecimales,
            "taille": st.integers(0, 10**8),
        }
    ),
    max_size=3,
)
noeuds = st.recursive(
    st.builds(
        lambda phrase, verdict, qui: preuve() | {
            "phrase": phrase, "verdict": verdict, "qui": qui, "enfants": [], "liaison": "",
        },
        textes, st.sampled_from(["oui", "non", "inconnu"]),
        st.sampled_from(["entreprise", "agent", "referentiel"]),
    ),
    lambda enfants: st.builds(
        lambda liste, liaison: preuve() | {"enfants": liste, "liaison": liaison},
        st.lists(enfants, min_size=1, max_size=3), st.sampled_from(["et", "ou", ""]),
    ),
    max_leaves=5,
)  # fmt: skip


resultats = st.fixed_dictionaries(
    {
        "issue": st.sampled_from(["eligible", "sous_reserve", "a_completer", "non_eligible"]),
        "preuve": st.one_of(st.just({}), noeuds),
        "montant": st.sampled_from([{}, {"maximum": None}, {"maximum": "0.00"}]),
    }
)
contenus = st.fixed_dictionaries(
    {"titre": textes, "description": textes, "faits": faits, "pieces": pieces}
)


def test_dossiers_with_gaps_are_as_the_schema_says():
    acheminement = a_remettre()
    garde = ResultatFabrique(
        rapprochement=RapprochementFabrique(version_dossier=acheminement.version_dossier),
        version_aide=acheminement.demande.version_aide,
    )
    sans_rapprochement = a_remettre()

    @settings(suppress_health_check=list(HealthCheck))
    @given(contenus, resultats)
    def verifier(contenu, resultat):
        Resultat.objects.filter(pk=garde.pk).update(**resultat)
        for etape in (acheminement, sans_rapprochement):
            etape.version_dossier.contenu |= contenu
            exiger_conforme(message(etape, LE))

    verifier()
