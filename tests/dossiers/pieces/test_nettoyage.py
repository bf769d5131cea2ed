"""What the storage no longer has to keep."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from dossiers.models import Piece
from dossiers.pieces.actes import PieceRefusee, ajouter_piece, remettre_piece, retirer_piece
from dossiers.pieces.nettoyage import Nettoyage, nettoyer
from dossiers.taches import nettoyer_pieces
from portal.socle.models import Evenement
from tests.dossiers.pieces import fichiers as f
from tests.dossiers.pieces.conftest import fichiers_stockes
from tests.dossiers.pieces.fichiers import televerse

pytestmark = pytest.mark.django_db


def vieillir_fichiers():
    avant = timezone.now() - timedelta(hours=25)
    for chemin in fichiers_stockes():
        os.utime(chemin, (avant.timestamp(), avant.timestamp()))


def test_an_empty_storage_is_left_alone():
    assert nettoyer() == Nettoyage(0, 0)


def test_what_is_kept_stays_and_what_was_taken_back_a_day_ago_goes(dossier, gerante):
    gardee = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    recente = ajouter_piece(dossier=dossier, fichier=televerse("b.png", f.PNG), par=gerante).piece
    ancienne = ajouter_piece(dossier=dossier, fichier=televerse("c.jpg", f.JPEG), par=gerante).piece
    for piece in (recente, ancienne):
        retirer_piece(piece=piece, par=gerante)
    Piece.objects.filter(pk=ancienne.pk).update(retiree_le=timezone.now() - timedelta(hours=25))
    vieillir_fichiers()
    assert nettoyer() == Nettoyage(1, 1)
    assert nettoyer() == Nettoyage(0, 0)
    assert set(Piece.objects.all()) == {gardee, recente}
    assert len(fichiers_stockes()) == 2
    assert not default_storage.exists(ancienne.fichier.name)
    trace = Evenement.objects.get(verbe="effacer_piece")
    assert trace.objet_id == str(ancienne.pk)
    assert trace.donnees == {"empreinte": ancienne.empreinte}
    with pytest.raises(PieceRefusee, match="effacée"):
        remettre_piece(piece=ancienne, par=gerante)
    remettre_piece(piece=recente, par=gerante)


def test_a_file_without_a_row_goes_once_it_is_a_day_old(dossier, gerante):
    gardee = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    default_storage.save("pieces/ff/orphelin", ContentFile(b"reste d'une panne"))
    nettoyer_pieces()
    assert len(fichiers_stockes()) == 2
    vieillir_fichiers()
    call_command("nettoyer_pieces")
    assert [chemin.name for chemin in fichiers_stockes()] == [str(gardee.identifiant)]


def test_the_documents_of_authorities_are_not_its_business(dossier, gerante):
    default_storage.save("documents/ff/document.pdf", ContentFile(f.PDF))
    vieillir_fichiers()
    nettoyer()
    assert len(fichiers_stockes()) == 1
