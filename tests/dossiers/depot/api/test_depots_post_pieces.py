"""POST /api/v1/depots/ with files: the checks of the form, all or nothing, once for each key."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from dossiers.depot.actes import envois
from dossiers.models import Dossier, Piece
from dossiers.pieces import televersement
from dossiers.pieces.actes import TROP_LOURDE
from portal.services_embarques.chemins import PROJET
from tests.dossiers.depot.api.conftest import CLE, DEPOTS, erreurs, lignes_en_base
from tests.dossiers.pieces.fichiers import EXECUTABLE, PDF, PNG

pytestmark = pytest.mark.usefixtures("catalogue")


def fichier(nom: str, octets: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, octets, "application/octet-stream")


def deposer(client: APIClient, envoi: Any, cle: str = CLE, **parties: Any) -> Any:
    """The document as a text part, unless `parties` brings it."""
    corps = {"depot": json.dumps(envoi)} | parties
    return client.post(DEPOTS, corps, format="multipart", HTTP_IDEMPOTENCY_KEY=cle)


def stockes() -> set[str]:
    """The files of the pieces, as the storage has them."""
    if not default_storage.exists("pieces"):
        return set()
    return {
        f"{dossier}/{nom}"
        for dossier in default_storage.listdir("pieces")[0]
        for nom in default_storage.listdir(f"pieces/{dossier}")[1]
    }


def test_the_files_are_filed_with_the_dossier_and_covered_by_its_receipt(machine, envoi):
    reponse = deposer(
        machine, envoi,
        devis=[fichier("Offre machine.pdf", PDF), fichier("pose.png", PNG)],
        piece=fichier("RIB de l’atelier.pdf", PDF + b"\n%fin"),
    )  # fmt: skip
    assert reponse.status_code == 201, reponse.content
    dossier = Dossier.objects.get()
    assert sorted(dossier.pieces.values_list("type", "nom", "taille")) == [
        ("devis", "Offre machine.pdf", len(PDF)),
        ("devis", "pose.png", len(PNG)),
        ("rib", "RIB de l’atelier.pdf", len(PDF) + 5),
    ]
    with dossier.pieces.get(nom="pose.png").fichier.open("rb") as lu:
        assert lu.read() == PNG
    contenu = machine.get(f"{DEPOTS}{dossier.identifiant}/versions/1/contenu/")
    assert hashlib.sha256(contenu.content).hexdigest() == reponse.json()["empreinte"]
    figees = {piece["empreinte"] for piece in contenu.json()["pieces"]}
    assert figees == {hashlib.sha256(o).hexdigest() for o in (PDF, PNG, PDF + b"\n%fin")}


def test_the_document_may_be_a_file_too(machine, envoi):
    document = SimpleUploadedFile("depot.json", json.dumps(envoi).encode(), "application/json")
    assert deposer(machine, None, depot=document).status_code == 201


@pytest.mark.parametrize("connectee", [False, True])
def test_a_bad_file_refuses_everything_and_leaves_nothing(machine, envoi, gerante, connectee):
    client = machine
    if connectee:
        client = APIClient()
        client.force_login(gerante)
    avant, presents = lignes_en_base(), stockes()
    reponse = deposer(
        client, envoi,
        rib=fichier("rib.pdf", PDF),
        devis=[fichier("devis.pdf", EXECUTABLE), fichier("vide.pdf", b"\n")],
    )  # fmt: skip
    dites = reponse.json()["erreurs"]
    assert erreurs(reponse).keys() == {"devis"}
    assert [e["message"].split(" : ")[0] for e in dites] == ["devis.pdf", "vide.pdf"]
    assert lignes_en_base() == avant
    assert stockes() == presents
    # The key was not used.
    assert deposer(client, envoi, rib=fichier("rib.pdf", PDF)).status_code == 201


def test_a_deposit_refused_for_something_else_leaves_no_file(machine, envoi):
    presents = stockes()
    refus = deposer(machine, envoi | {"aides": ["inconnue"]}, rib=fichier("rib.pdf", PDF))
    assert "aides" in erreurs(refus)
    assert stockes() == presents
    assert not Piece.objects.exists()


def test_a_file_too_heavy_is_dropped_before_it_is_written(machine, envoi, monkeypatch):
    monkeypatch.setattr(televersement, "TAILLE_MAXIMUM", 1000)
    refus = erreurs(deposer(machine, envoi, devis=fichier("lourd.pdf", PDF + b"\0" * 1000)))
    assert refus == {"devis": f"lourd.pdf : {TROP_LOURDE}"}
    monkeypatch.setattr(televersement, "ENVOI_MAXIMUM", 1000)
    reponse = deposer(machine, envoi, devis=fichier("lourd.pdf", PDF + b"\0" * 1000))
    assert (reponse.status_code, reponse["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("parties", "champ"),
    [
        ({"devis": "pas un fichier"}, "devis"),
        ({"facture": fichier("a.pdf", PDF)}, "facture"),
        ({"depot": "pas du JSON"}, ""),
        ({"depot": "[]"}, ""),
        ({"depot": ["{}", "{}"]}, "depot"),
        ({"depot": []}, "depot"),
    ],
)
def test_each_part_is_checked(machine, envoi, parties, champ):
    assert champ in erreurs(deposer(machine, envoi, **parties))
    assert not Dossier.objects.exists()


def test_the_key_covers_the_files(machine, envoi):
    premiere = deposer(machine, envoi, rib=fichier("rib.pdf", PDF), devis=fichier("d.png", PNG))
    assert premiere.status_code == 201
    rejouee = deposer(machine, envoi, devis=fichier("d.png", PNG), rib=fichier("rib.pdf", PDF))
    assert (rejouee.status_code, rejouee["Idempotency-Replayed"]) == (201, "true")
    assert rejouee.content == premiere.content
    for autres in ({}, {"rib": fichier("rib.pdf", PDF)}, {"rib": fichier("rib.pdf", PDF + b"\n")}):
        assert deposer(machine, envoi, **autres).status_code == 422
    assert Piece.objects.count() == 2


def test_a_storage_that_fails_leaves_nothing(machine, envoi, monkeypatch):
    """Between the files and the deposit."""
    presents = stockes()
    monkeypatch.setattr(envois, "deposer", lambda **_: 1 / 0)
    machine.raise_request_exception = False
    assert deposer(machine, envoi, rib=fichier("rib.pdf", PDF)).status_code == 500
    assert stockes() == presents
    assert not Dossier.objects.exists()


def test_a_stranger_and_a_broken_body_are_refused(machine, envoi):
    assert deposer(APIClient(), envoi, rib=fichier("rib.pdf", PDF)).status_code == 401
    reponse = machine.generic(
        "POST", DEPOTS, b"rien", "multipart/form-data", HTTP_IDEMPOTENCY_KEY=CLE
    )
    assert (reponse.status_code, reponse["Content-Type"]) == (400, "application/problem+json")
    assert "séparateurs" in reponse.json()["detail"]


def test_the_guide_names_every_type():
    guide = (PROJET / "docs" / "guides" / "api.md").read_text()
    partie = guide.split("### Déposer avec ses pièces")[1].split("###")[0]
    for code in ("piece", *Piece.Type.values):
        assert f"`{code}`" in partie
