"""Writing: retried, never half done, one that fails stops no other."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from importlib.abc import MetaPathFinder

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from dossiers.documents import actes
from dossiers.documents.actes import REPRISES, produire, produire_dus
from dossiers.models import Document, Notification
from dossiers.models.document import chemin_de_stockage
from portal.socle.models import Evenement
from tests.dossiers.documents.outils import accuse, produit, texte_de
from tests.fabriques import MembreFabrique

pytestmark = pytest.mark.django_db


def relu(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def bientot(document: Document) -> None:
    """Due again now."""
    Document.objects.filter(pk=document.pk).update(prochaine_tentative=timezone.now())


class Mort(BaseException):
    """The process is killed: nothing catches it."""


def test_the_row_says_what_the_file_is():
    document = produit(accuse())
    with document.fichier.open("rb") as fichier:
        octets = fichier.read()
    assert document.empreinte == hashlib.sha256(octets).hexdigest()
    assert document.taille == len(octets)
    assert document.poids == f"{-(-len(octets) // 1000)}\N{NO-BREAK SPACE}Ko"
    assert (document.prochaine_tentative, document.derniere_erreur) == (None, "")
    assert document.tentatives == 1


def test_the_company_is_told_once_and_the_journal_keeps_hashes():
    document = accuse()
    entreprise = document.demande.dossier.entreprise
    membre = MembreFabrique(entreprise=entreprise)
    MembreFabrique(entreprise=entreprise, etat="en_attente")
    document = produit(document)
    assert not produire(document_id=document.pk)
    notification = Notification.objects.get()
    assert notification.user == membre.user
    assert document.demande.numero in notification.sujet
    assert notification.chemin == f"/dossiers/{document.demande.dossier.identifiant}/suivi/"
    ligne = Evenement.objects.get(verbe="emettre_accuse")
    assert ligne.objet_id == str(document.demande.pk)
    assert ligne.donnees == {
        "document": str(document.identifiant),
        "empreinte": document.empreinte,
        "guichet": document.guichet_id,
    }


def test_a_failure_is_written_down_and_tried_again_later(monkeypatch):
    document = accuse()
    monkeypatch.setattr(actes, "ecrire", lambda d: 1 / 0)
    avant = timezone.now()
    for tentative, delai in enumerate((*REPRISES, REPRISES[-1]), start=1):
        bientot(document)
        assert not produire(document_id=document.pk)
        echec = relu(document)
        assert echec.tentatives == tentative
        assert "ZeroDivisionError" in echec.derniere_erreur
        assert echec.prochaine_tentative - avant >= delai
    assert not produire(document_id=document.pk), "pas encore dû"
    monkeypatch.undo()
    bientot(document)
    assert produit(document).derniere_erreur == ""
    assert Notification.objects.count() == 0


def test_one_that_always_fails_does_not_stop_the_others():
    empoisonne, sain = accuse(), accuse()
    version = empoisonne.demande.version_dossier
    version.contenu = {"rien": "de ce qu’il faut"}
    version.save()
    assert produire_dus() == 1
    assert "KeyError" in relu(empoisonne).derniere_erreur
    assert relu(sain).est_produit


@pytest.mark.parametrize("instant", ["ecrire", "_ranger", "_inscrire"])
def test_a_worker_killed_anywhere_leaves_nothing_half_done(monkeypatch, instant):
    document = accuse()
    MembreFabrique(entreprise=document.demande.dossier.entreprise)

    def mourir(*args):
        raise Mort

    monkeypatch.setattr(actes, instant, mourir)
    with pytest.raises(Mort):
        produire(document_id=document.pk)
    interrompu = relu(document)
    assert not interrompu.est_produit
    assert not interrompu.fichier
    assert interrompu.tentatives == 1
    assert interrompu.prochaine_tentative > timezone.now() + timedelta(minutes=1)
    assert not Notification.objects.exists()
    monkeypatch.undo()
    fige = interrompu.contenu
    bientot(document)
    repris = produit(document)
    assert repris.contenu == fige
    assert repris.fichier.name == chemin_de_stockage(repris, "")
    assert Notification.objects.count() == 1


def test_half_a_file_left_by_a_crash_is_replaced():
    document = accuse()
    stockage, chemin = document.fichier.storage, chemin_de_stockage(document, "")
    stockage.save(chemin, ContentFile(b"%PDF-1.7 la moiti"))
    repris = produit(document)
    assert repris.fichier.name == chemin
    assert "Accusé de réception électronique" in texte_de(repris)


def test_who_lost_its_turn_writes_no_result(monkeypatch):
    document = accuse()
    ecrire = actes.ecrire

    def lent(d):
        """Another worker takes the document up meanwhile, and ends first."""
        monkeypatch.setattr(actes, "ecrire", ecrire)
        bientot(document)
        assert produire(document_id=document.pk)
        return ecrire(d)

    monkeypatch.setattr(actes, "ecrire", lent)
    assert not produire(document_id=document.pk)
    fini = relu(document)
    assert fini.tentatives == 2
    assert Evenement.objects.filter(verbe="emettre_accuse").count() == 1
    with fini.fichier.open("rb") as fichier:
        assert hashlib.sha256(fichier.read()).hexdigest() == fini.empreinte


class SansPango(MetaPathFinder):
    """What importing WeasyPrint does on a machine without Pango."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


def test_without_pango_documents_wait_and_operators_are_told(monkeypatch, capsys):
    document = accuse()
    for module in [nom for nom in sys.modules if nom.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "meta_path", [SansPango(), *sys.meta_path])
    call_command("produire_documents")
    assert not relu(document).est_produit
    dit = capsys.readouterr().out
    assert "0 documents produits" in dit
    assert f"{document.reference} attend, 1 essais" in dit
    assert "Pango manque sur cette machine" in dit


def test_a_sweep_with_nothing_due_is_one_query(django_assert_num_queries):
    produit(accuse())
    attend = accuse()
    Document.objects.filter(pk=attend.pk).update(
        prochaine_tentative=timezone.now() + timedelta(hours=1)
    )
    with django_assert_num_queries(1):
        assert produire_dus() == 0
