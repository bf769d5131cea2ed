"""verifier_recu, verifier_journal and changer_cle_signature, as an operator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.recus import coffre
from dossiers.recus.models import CleSignature, Recu
from portal.services_embarques.chemins import PROJET
from portal.socle.json_canonique import canonique
from portal.socle.models import Evenement
from tests.dossiers.recus.conftest import commande, forger

pytestmark = pytest.mark.django_db


@pytest.fixture
def jws(recu, tmp_path):
    fichier = tmp_path / "recu.jws"
    fichier.write_text(recu.jws, encoding="ascii")
    return fichier


def sql(ordre, *parametres):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(ordre, parametres)
        cursor.execute("SET LOCAL session_replication_role = origin")


# ------------------------------------------------------------------ verifier_recu


def test_a_receipt_is_valid_and_says_what_it_attests(jws, recu):
    statut, ecrit = commande("verifier_recu", jws)
    assert statut == 0
    for dit in (
        "Reçu valable.", recu.version.dossier.numero, recu.version.empreinte, recu.cle.kid,
        "Aide eligible (eligible)", "(sous-reserve)", "Ce reçu est au registre du portail.",
    ):  # fmt: skip
        assert dit in ecrit


def test_a_pdf_is_valid_and_compared(accuse, tmp_path):
    fichier = tmp_path / "accuse.pdf"
    fichier.write_bytes(accuse)
    assert "octet pour octet, celui que le portail a émis" in commande("verifier_recu", fichier)[1]
    fichier.write_bytes(accuse + b" ")
    statut, ecrit = commande("verifier_recu", fichier)
    assert statut == 1
    assert "Reçu valable." in ecrit
    assert "le PDF n’est pas tel que le portail l’a émis" in ecrit


def test_with_the_keys_no_query_is_made(jws, jwks, accuse, tmp_path):
    pdf = tmp_path / "accuse.pdf"
    pdf.write_bytes(accuse)
    with CaptureQueriesContext(connection) as requetes:
        for fichier in (jws, pdf):
            statut, ecrit = commande("verifier_recu", fichier, cles=jwks)
            assert statut == 0
            assert "Reçu valable." in ecrit
    assert len(requetes) == 0
    assert "il ne le signe pas" in ecrit


@pytest.mark.parametrize("joindre", ["--cles {}", "--cles={}"])
def test_with_the_keys_no_database_is_started(jws, jwks, tmp_path, joindre):
    donnees = tmp_path / "donnees"
    fini = subprocess.run(
        [sys.executable, "manage.py", "verifier_recu", jws, *joindre.format(jwks).split()],
        cwd=PROJET, capture_output=True, text=True, check=False,
        env={
            **{nom: v for nom, v in os.environ.items() if nom not in {"DATABASE_URL", "REDIS_URL"}},
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev", "PORTAIL_DONNEES": str(donnees),
        },
    )  # fmt: skip
    assert (fini.returncode, fini.stderr) == (0, "")
    assert "Reçu valable." in fini.stdout
    assert not donnees.exists()


@pytest.fixture
def contenu(recu, tmp_path):
    """What was deposited, as the portal gives it."""
    fichier = tmp_path / "contenu.json"
    fichier.write_bytes(canonique(recu.version.contenu))
    return fichier


def test_the_content_is_compared_to_the_byte(jws, jwks, contenu):
    for options in ({}, {"cles": jwks}):
        statut, ecrit = commande("verifier_recu", jws, contenu=contenu, **options)
        assert statut == 0
        assert "contenu.json est bien le contenu déposé, octet pour octet." in ecrit


@pytest.mark.parametrize(
    "reecrire",
    [
        lambda octets: octets + b"\n",
        lambda octets: octets.replace(b'":', b'": ', 1),
        lambda octets: json.dumps(dict(reversed(json.loads(octets).items()))).encode(),
    ],
)
def test_a_content_written_anew_is_refused_and_told_apart(jws, jwks, contenu, reecrire):
    contenu.write_bytes(reecrire(contenu.read_bytes()))
    statut, ecrit = commande("verifier_recu", jws, cles=jwks, contenu=contenu)
    assert statut == 1
    assert "Même contenu, mais le fichier a été réécrit" in ecrit
    assert "gardez celui que le portail a donné" in ecrit
    assert "est bien le contenu déposé" not in ecrit


def test_another_content_is_refused(jws, jwks, contenu, recu):
    contenu.write_bytes(canonique(recu.version.contenu | {"titre": "autre"}))
    statut, ecrit = commande("verifier_recu", jws, cles=jwks, contenu=contenu)
    assert statut == 1
    assert "n’est pas le contenu déposé : son empreinte est autre" in ecrit
    contenu.write_text("{", encoding="utf-8")
    statut, ecrit = commande("verifier_recu", jws, cles=jwks, contenu=contenu)
    assert statut == 2
    assert "JSON mal formé" in ecrit


def test_a_forged_receipt_is_refused(recu, jws, jwks):
    jws.write_text(forger(recu.jws), encoding="ascii")
    for options in ({}, {"cles": jwks}):
        statut, ecrit = commande("verifier_recu", jws, **options)
        assert statut == 1
        assert "signature est fausse" in ecrit


def test_a_receipt_that_our_key_signed_without_us_is_told(recu, jws):
    """A key that was stolen."""
    privee = coffre.dechiffrer(recu.cle.privee)
    jws.write_text(forger(recu.jws, cle=privee, empreinte="ab" * 32), encoding="ascii")
    statut, ecrit = commande("verifier_recu", jws)
    assert statut == 0
    assert "n’est pas au registre" in ecrit


def test_after_a_rotation_a_receipt_says_that_its_key_is_retired(jws, recu):
    statut, ecrit = commande("changer_cle_signature")
    assert statut == 0
    assert CleSignature.objects.get(retiree_le=None).kid in ecrit
    statut, ecrit = commande("verifier_recu", jws)
    assert statut == 0
    assert f"{recu.cle.kid} (retirée le 20" in ecrit


@pytest.mark.parametrize(
    ("jeu", "phrase"),
    [
        ("{", "JSON mal formé"),
        ("[]", "il y manque la liste « keys »"),
        ('{"keys": []}', "aucune pour les reçus"),
        ('{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}', "illisible"),
        ('{"keys": [{"kty": "EC", "crv": "P-256", "kid": 3}]}', "illisible"),
    ],
)
def test_keys_that_are_none_are_told(jws, jwks, jeu, phrase):
    jwks.write_text(jeu, encoding="utf-8")
    statut, ecrit = commande("verifier_recu", jws, cles=jwks)
    assert statut == 2
    assert phrase in ecrit


def test_keys_of_another_portal_are_told(jws, jwks):
    autre = json.loads(jwks.read_text(encoding="utf-8"))
    autre["keys"][0]["kid"] = "autre"
    jwks.write_text(json.dumps(autre), encoding="utf-8")
    statut, ecrit = commande("verifier_recu", jws, cles=jwks)
    assert statut == 1
    assert "pas parmi celles" in ecrit


def test_a_file_that_is_not_there_is_told(tmp_path):
    statut, ecrit = commande("verifier_recu", tmp_path / "absent.jws")
    assert statut == 2
    assert ecrit == f"{tmp_path / 'absent.jws'} ne peut pas être lu : il n’existe pas."
    statut, ecrit = commande("verifier_recu", tmp_path)
    assert (statut, ecrit) == (2, f"{tmp_path} ne peut pas être lu : c’est un répertoire.")
    statut, ecrit = commande("verifier_journal", recu=tmp_path / "absent.jws")
    assert statut == 1
    assert ecrit.endswith(" ne peut pas être lu : il n’existe pas.")


# ------------------------------------------------------------------ verifier_journal


def test_an_intact_journal_confronts_every_receipt(jws, recu):
    statut, ecrit = commande("verifier_journal", recu=jws)
    assert statut == 0
    assert "La ligne que nomme recu.jws est au journal" in ecrit
    assert "reçus : 1)" in ecrit
    for dossier in (recu.version.dossier.numero, str(recu.version.dossier_id)):
        assert commande("verifier_journal", "--dossier", dossier)[0] == 0


def reecrire(recu):
    """Forge the line of the deposit, and every hash after it, as the database itself would."""
    chaine = f"dossier:{recu.version.dossier_id}"
    sql("UPDATE socle_evenement SET donnees = '{}' WHERE verbe = 'deposer'")
    precedente = ""
    for pk in Evenement.objects.filter(chaine=chaine).order_by("rang").values_list("pk", flat=True):
        sql("UPDATE socle_evenement SET precedente = %s WHERE id = %s", precedente, pk)
        sql("UPDATE socle_evenement e SET empreinte = socle_empreinte(e) WHERE id = %s", pk)
        precedente = Evenement.objects.get(pk=pk).empreinte
    sql("UPDATE socle_tetechaine SET empreinte = %s WHERE chaine = %s", precedente, chaine)


def test_a_chain_written_anew_contradicts_the_receipts(jws, recu):
    reecrire(recu)
    statut, ecrit = commande("verifier_journal")
    assert statut == 1
    assert "ce n’est plus la ligne que nomme un reçu" in ecrit
    # Nor does it help to take the receipt out of the register: its owner has it.
    Recu.objects.all().delete()
    assert commande("verifier_journal")[0] == 0
    statut, ecrit = commande("verifier_journal", recu=jws)
    assert statut == 1
    assert "ce n’est plus la ligne que nomme un reçu" in ecrit


def test_a_dossier_taken_out_of_the_journal_contradicts_the_receipts(jws, recu):
    chaine = f"dossier:{recu.version.dossier_id}"
    sql("DELETE FROM socle_evenement WHERE chaine = %s", chaine)
    sql("DELETE FROM socle_tetechaine WHERE chaine = %s", chaine)
    statut, ecrit = commande("verifier_journal", recu=jws)
    assert statut == 1
    assert ecrit.count("n’est plus au journal") == 2


def test_a_receipt_replaced_in_the_register_is_found(recu):
    Recu.objects.update(jws=forger(recu.jws))
    statut, ecrit = commande("verifier_journal")
    assert statut == 1
    assert f"{recu.nom_de_fichier}, au registre, n’est plus valable" in ecrit


def test_what_is_no_receipt_is_told(jws):
    jws.write_text("bonjour", encoding="ascii")
    statut, ecrit = commande("verifier_journal", recu=jws)
    assert statut == 1
    assert "n’est pas un reçu valable" in ecrit


def test_what_is_no_dossier_is_told(db):
    statut, ecrit = commande("verifier_journal", "--dossier", "douze")
    assert statut == 1
    assert "« douze » n’est pas un numéro de dossier" in ecrit


@pytest.mark.parametrize("tape", ["DU-2026-000099", "99"])
def test_a_dossier_unknown_to_the_journal_is_named_as_it_was_typed(db, tape):
    statut, ecrit = commande("verifier_journal", "--dossier", tape)
    assert statut == 1
    assert ecrit == f"Le journal ne dit rien du dossier {tape}."
