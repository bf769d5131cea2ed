"""Adding, taking back, naming: each refusal leaves neither row, nor file, nor trace."""

import hashlib
import stat
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, connections, transaction
from django.utils import timezone

from dossiers.circuit import Etat
from dossiers.models import Complement, ElementComplement, Piece
from dossiers.pieces import regles
from dossiers.pieces.actes import (
    PieceRefusee,
    ajouter_piece,
    remettre_piece,
    retirer_piece,
    typer_piece,
)
from portal.socle.models import Evenement
from tests.dossiers.pieces import fichiers as f
from tests.dossiers.pieces.conftest import fichiers_stockes
from tests.dossiers.pieces.fichiers import televerse
from tests.fabriques import DemandeFabrique, MembreFabrique, UserFabrique, agent_de

pytestmark = pytest.mark.django_db


def rien():
    """Nothing was written anywhere."""
    return (
        not Piece.objects.exists()
        and not fichiers_stockes()
        and not Evenement.objects.filter(objet_type="dossiers.piece").exists()
    )


def element_de(demande, **champs):
    complement = Complement.objects.create(
        demande=demande,
        guichet=demande.guichet,
        demandee_le=timezone.now(),
        attendue_le=timezone.localdate() + timedelta(days=15),
        **champs,
    )
    return ElementComplement.objects.create(
        complement=complement, rang=1, genre="piece", type_piece="rib", libelle="Un RIB"
    )


def vieillir(piece, **duree):
    Piece.objects.filter(pk=piece.pk).update(deposee_le=timezone.now() - timedelta(**duree))
    piece.refresh_from_db()


# ------------------------------------------------------------------ adding


def test_a_file_is_kept_with_its_hash_its_true_type_and_a_line_in_the_journal(dossier, gerante):
    ajout = ajouter_piece(
        dossier=dossier, fichier=televerse("Devis presse.pdf", annonce="text/html"), par=gerante
    )
    piece = Piece.objects.get()
    assert (ajout.piece, ajout.nouvelle, ajout.remarque) == (piece, True, "")
    assert (piece.nom, piece.type, piece.type_mime) == (
        "Devis presse.pdf", "devis", "application/pdf",
    )  # fmt: skip
    assert piece.empreinte == hashlib.sha256(f.PDF).hexdigest()
    assert piece.taille == len(f.PDF)
    assert fichiers_stockes()[0].read_bytes() == f.PDF
    ligne = Evenement.objects.get(verbe="ajouter_piece")
    assert (ligne.dossier_id, ligne.acteur_id) == (dossier.pk, gerante.pk)
    assert ligne.donnees == {
        "type": "devis", "demande": None, "element": None, "empreinte": piece.empreinte,
        "taille": piece.taille,
    }  # fmt: skip


def test_the_storage_tells_nothing_and_is_read_by_the_portal_alone(dossier, gerante):
    ajouter_piece(dossier=dossier, fichier=televerse("Salaires 2026.pdf"), par=gerante)
    (chemin,) = fichiers_stockes()
    assert "Salaires" not in str(chemin)
    assert chemin.name == str(Piece.objects.get().identifiant)
    assert stat.S_IMODE(chemin.stat().st_mode) == 0o600
    assert stat.S_IMODE(chemin.parent.stat().st_mode) == 0o700


def test_a_large_file_written_on_disk_on_its_way_is_kept_whole(dossier, gerante):
    contenu = f.PDF[:-6] + b"\n" * 3_000_000 + b"%%EOF\n"
    envoi = TemporaryUploadedFile("gros.pdf", "application/pdf", len(contenu), None)
    envoi.write(contenu)
    envoi.seek(0)
    try:
        piece = ajouter_piece(dossier=dossier, fichier=envoi, par=gerante).piece
    finally:
        envoi.close()
    assert piece.empreinte == hashlib.sha256(contenu).hexdigest()
    assert hashlib.sha256(fichiers_stockes()[0].read_bytes()).hexdigest() == piece.empreinte
    assert stat.S_IMODE(fichiers_stockes()[0].stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("nom", "contenu", "mot"),
    [
        ("vide.pdf", b"", "vide"),
        ("devis.pdf", f.EXECUTABLE, "programme"),
        ("photo.jpg", f.HTML, "page web"),
        ("logo.png", f.SVG, "page web"),
        ("calcul.xlsx", f.DOCM, "macros"),
        ("tout.docx", f.ARCHIVE, "archive"),
        ("coupe.pdf", f.PDF_TRONQUE, "incomplet"),
        ("lance.js", b"alert(1)", "format accept"),
    ],
)
def test_a_bad_file_leaves_nothing(dossier, gerante, nom, contenu, mot):
    with pytest.raises(PieceRefusee, match=mot):
        ajouter_piece(dossier=dossier, fichier=televerse(nom, contenu), par=gerante)
    dossier.refresh_from_db()
    assert rien()
    assert dossier.revision == 0


def test_the_limit_of_size_is_exact(dossier, gerante):
    juste = f.PDF.ljust(regles.TAILLE_MAXIMUM - 6, b"\n") + b"%%EOF\n"
    with pytest.raises(PieceRefusee, match="20 Mo"):
        ajouter_piece(dossier=dossier, fichier=televerse("a.pdf", juste + b"\n"), par=gerante)
    assert rien()
    ajouter_piece(dossier=dossier, fichier=televerse("a.pdf", juste), par=gerante)
    assert Piece.objects.get().taille == 20 * 1024 * 1024


def test_a_name_that_deceives_is_cleaned_and_an_extension_that_lies_is_said(dossier, gerante):
    ajout = ajouter_piece(
        dossier=dossier,
        fichier=televerse("x.pdf", f.JPEG),
        par=gerante,
    )
    assert ajout.piece.nom == "x.jpg"
    assert "photo JPEG" in ajout.remarque
    envoi = televerse("y.pdf")
    envoi._name = "../../fac\u202efdp\x00.exe"
    ajout = ajouter_piece(dossier=dossier, fichier=envoi, par=gerante)
    assert ajout.piece.nom == "facfdp.exe.pdf"
    assert all(chemin.parents[1].name == "pieces" for chemin in fichiers_stockes())


def test_a_protected_pdf_is_kept_with_a_warning(dossier, gerante):
    ajout = ajouter_piece(dossier=dossier, fichier=televerse("rib.pdf", f.PDF_CHIFFRE), par=gerante)
    assert ajout.nouvelle
    assert "mot de passe" in ajout.remarque


def test_the_same_file_in_the_same_place_is_kept_once(dossier, gerante):
    premiere = ajouter_piece(dossier=dossier, fichier=televerse("devis.pdf"), par=gerante).piece
    ajout = ajouter_piece(dossier=dossier, fichier=televerse("copie.pdf"), par=gerante)
    assert (ajout.piece, ajout.nouvelle) == (premiere, False)
    assert "déjà là, sous le nom « devis.pdf »" in ajout.remarque
    assert len(fichiers_stockes()) == Piece.objects.count() == 1
    assert Evenement.objects.filter(verbe="ajouter_piece").count() == 1


def test_the_same_file_may_go_to_two_places(demande, gerante):
    for place in (None, demande):
        ajout = ajouter_piece(
            dossier=demande.dossier, fichier=televerse(), par=gerante, demande=place
        )
        assert ajout.nouvelle
    assert Piece.objects.count() == len(fichiers_stockes()) == 2


def test_numbers_and_totals_are_bounded(dossier, gerante, monkeypatch):
    monkeypatch.setattr(regles, "NOMBRE_MAXIMUM", 1)
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    with pytest.raises(PieceRefusee, match="le maximum"):
        ajouter_piece(dossier=dossier, fichier=televerse("b.png", f.PNG), par=gerante)
    assert len(fichiers_stockes()) == 1
    monkeypatch.setattr(regles, "TOTAL_MAXIMUM", piece.taille + 1)
    retirer_piece(piece=piece, par=gerante)
    with pytest.raises(PieceRefusee, match="encore un jour"):
        ajouter_piece(dossier=dossier, fichier=televerse("b.png", f.PNG), par=gerante)
    assert Piece.objects.count() == len(fichiers_stockes()) == 1


def test_a_type_outside_the_list_is_refused(dossier, gerante):
    with pytest.raises(PieceRefusee, match="dans la liste"):
        ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante, type_piece="secret")
    assert rien()


def test_only_members_add(dossier, demande):
    etrangere = MembreFabrique(entreprise=dossier.entreprise, etat="en_attente").user
    for user in (etrangere, UserFabrique(), UserFabrique(administration=True)):
        with pytest.raises(PermissionDenied):
            ajouter_piece(dossier=dossier, fichier=televerse(), par=user)
    with pytest.raises(PermissionDenied):
        ajouter_piece(
            dossier=demande.dossier,
            fichier=televerse(),
            par=agent_de(demande.guichet),
            demande=demande,
        )
    assert rien()


def test_a_demande_of_another_dossier_is_refused(dossier, demande, gerante):
    with pytest.raises(PermissionDenied):
        ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante, demande=demande)
    assert rien()


# ------------------------------------------------------------------ nothing half-written


def test_a_row_that_cannot_be_written_takes_its_file_with_it(dossier, gerante, monkeypatch):
    def tomber(*args, **options):
        assert fichiers_stockes()
        raise RuntimeError("panne fictive")

    monkeypatch.setattr("dossiers.pieces.actes.consigner", tomber)
    with pytest.raises(RuntimeError), transaction.atomic():
        ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante)
    assert rien()


def test_a_file_that_cannot_be_written_leaves_no_row(dossier, gerante, monkeypatch):
    def tomber(nom, contenu):
        default_storage.path(nom)
        raise OSError("disque plein fictif")

    monkeypatch.setattr(default_storage, "_save", tomber)
    with pytest.raises(OSError, match="disque plein"), transaction.atomic():
        ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante)
    assert rien()


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_takes_the_file_with_it(dossier, gerante):
    with connection.cursor() as curseur:
        curseur.execute(
            "CREATE FUNCTION refuser() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'panne fictive'; END $$;"
            "CREATE CONSTRAINT TRIGGER refuser AFTER INSERT ON dossiers_piece "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuser()"
        )
    try:
        with pytest.raises(Exception, match="panne fictive"):
            ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante)
    finally:
        with connection.cursor() as curseur:
            curseur.execute("DROP TRIGGER refuser ON dossiers_piece; DROP FUNCTION refuser()")
    assert rien()


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_kept_once(dossier, gerante):
    depart = threading.Barrier(2)
    resultats = []

    def envoyer():
        depart.wait()
        try:
            resultats.append(
                ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).nouvelle
            )
        finally:
            connections.close_all()

    fils = [threading.Thread(target=envoyer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(resultats) == [False, True]
    assert Piece.objects.count() == len(fichiers_stockes()) == 1


# ------------------------------------------------------------------ after the deposit


def test_after_the_deposit_a_file_goes_to_the_dossier_or_to_one_open_demande(demande, gerante):
    ajouter_piece(dossier=demande.dossier, fichier=televerse(), par=gerante)
    ajouter_piece(
        dossier=demande.dossier, fichier=televerse("b.png", f.PNG), par=gerante, demande=demande
    )
    assert set(Piece.objects.de_la_demande(demande)) == set(Piece.objects.all())


@pytest.mark.parametrize("trait", ["acceptee", "refusee"])
def test_a_closed_demande_takes_no_more(gerante, trait):
    close = DemandeFabrique(**{trait: True})
    MembreFabrique(user=gerante, entreprise=close.dossier.entreprise)
    for place in (close, None):
        with pytest.raises(PieceRefusee, match="close"):
            ajouter_piece(dossier=close.dossier, fichier=televerse(), par=gerante, demande=place)
    assert rien()


def test_another_open_demande_keeps_the_dossier_open(demande, gerante):
    DemandeFabrique(version_dossier=demande.version_dossier, refusee=True)
    ajouter_piece(dossier=demande.dossier, fichier=televerse(), par=gerante)
    assert Piece.objects.count() == 1


def test_an_answer_has_the_type_asked_for_and_waits_to_be_sent(demande, gerante):
    element = element_de(demande)
    piece = ajouter_piece(
        dossier=demande.dossier, fichier=televerse("x.pdf"), par=gerante, element=element
    ).piece
    assert (piece.demande, piece.element, piece.type) == (demande, element, "rib")
    agent = agent_de(demande.guichet)
    assert not Piece.objects.visibles_par(agent).exists()
    assert not Piece.objects.de_la_demande(demande).exists()
    vieillir(piece, hours=5)
    retirer_piece(piece=piece, par=gerante)
    remettre_piece(piece=piece, par=gerante)
    Complement.objects.update(close_le=timezone.now(), cloture="repondu")
    assert Piece.objects.visibles_par(agent).get() == piece
    assert Piece.objects.de_la_demande(demande).get() == piece
    with pytest.raises(PieceRefusee, match="avec votre réponse"):
        retirer_piece(piece=piece, par=gerante)
    with pytest.raises(PieceRefusee, match="déjà partie"):
        ajouter_piece(
            dossier=demande.dossier,
            fichier=televerse("b.png", f.PNG),
            par=gerante,
            element=ElementComplement.objects.get(),
        )
    assert Piece.objects.gardees().count() == 1


# ------------------------------------------------------------------ taking back


def test_before_the_deposit_a_file_is_taken_back_and_put_back(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    for _ in range(2):
        retirer_piece(piece=piece, par=gerante)
    assert not Piece.objects.gardees().exists()
    collegue = MembreFabrique(entreprise=dossier.entreprise).user
    for _ in range(2):
        remettre_piece(piece=piece, par=collegue)
    assert Piece.objects.gardees().get().deposee_par == collegue
    assert fichiers_stockes()
    verbes = Evenement.objects.filter(objet_type="dossiers.piece").order_by("pk")
    assert list(verbes.values_list("verbe", flat=True)) == [
        "ajouter_piece", "retirer_piece", "remettre_piece",
    ]  # fmt: skip


def test_what_was_added_again_meanwhile_is_not_put_back_twice(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    retirer_piece(piece=piece, par=gerante)
    ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante)
    with pytest.raises(PieceRefusee, match="ajouté de nouveau"):
        remettre_piece(piece=piece, par=gerante)
    assert Piece.objects.gardees().count() == 1


def test_only_members_take_back(demande, gerante):
    piece = ajouter_piece(dossier=demande.dossier, fichier=televerse(), par=gerante).piece
    for user in (UserFabrique(), agent_de(demande.guichet), UserFabrique(administration=True)):
        for acte in (retirer_piece, remettre_piece):
            with pytest.raises(PermissionDenied):
                acte(piece=piece, par=user)
        with pytest.raises(PermissionDenied):
            typer_piece(piece=piece, type_piece="rib", par=user)
    piece.refresh_from_db()
    assert (piece.retiree_le, piece.type) == (None, "devis")


def test_what_was_filed_with_the_dossier_stays(demande, gerante):
    piece = ajouter_piece(dossier=demande.dossier, fichier=televerse(), par=gerante).piece
    vieillir(piece, days=4)
    with pytest.raises(PieceRefusee, match="Déposée avec le dossier"):
        retirer_piece(piece=piece, par=gerante)
    with pytest.raises(PieceRefusee, match="Déposée avec le dossier"):
        typer_piece(piece=piece, type_piece="rib", par=gerante)
    piece.refresh_from_db()
    assert (piece.retiree_le, piece.type) == (None, "devis")


def test_afterwards_one_hour_and_no_decision_meanwhile(demande, gerante):
    dossier = demande.dossier
    commune = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    propre = ajouter_piece(
        dossier=dossier, fichier=televerse("b.png", f.PNG), par=gerante, demande=demande
    ).piece
    retirer_piece(piece=commune, par=gerante)
    remettre_piece(piece=commune, par=gerante)
    vieillir(commune, minutes=61)
    with pytest.raises(PieceRefusee, match="plus d’une heure"):
        retirer_piece(piece=commune, par=gerante)
    demande.etat, demande.decidee_le, demande.motif = Etat.REFUSEE, timezone.now(), "Fictif."
    demande.save()
    vieillir(commune, minutes=10)
    for piece in (commune, propre):
        with pytest.raises(PieceRefusee, match="décision"):
            retirer_piece(piece=piece, par=gerante)
    assert Piece.objects.gardees().count() == 2


def test_the_type_is_corrected(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    for _ in range(2):
        typer_piece(piece=piece, type_piece="rib", par=gerante)
    with pytest.raises(PieceRefusee, match="dans la liste"):
        typer_piece(piece=piece, type_piece="", par=gerante)
    piece.refresh_from_db()
    assert piece.type == "rib"
    assert Evenement.objects.filter(verbe="typer_piece").count() == 1


def test_whoever_rereads_a_draft_must_see_its_files(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    typer_piece(piece=piece, type_piece="rib", par=gerante)
    retirer_piece(piece=piece, par=gerante)
    dossier.refresh_from_db()
    assert dossier.revision == 3
