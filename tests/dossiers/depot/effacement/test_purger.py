"""`manage.py purger`: the content goes when everything is over, and only then."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from dossiers.acheminement.actes.quarantaine import isoler
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.depot.actes import DepotImpossible, ajouter_aide
from dossiers.depot.actes import effacement as acte
from dossiers.depot.actes.effacement import EffacementRefuse, effacer_contenu
from dossiers.depot.models import EnvoiApi
from dossiers.messagerie import ENTREPRISE, peut_ecrire
from dossiers.models import Demande, Document, Dossier, Message, Notification, Piece
from dossiers.notifications import prevenir
from dossiers.pieces.nettoyage import nettoyer
from dossiers.rapprochement.actes_projection import reprojeter
from dossiers.rapprochement.models import FaitsDossier, Rapprochement
from dossiers.recus.controle import controler
from portal.socle.models import Evenement
from tests.dossiers.depot.conftest import effectif, publier
from tests.dossiers.depot.effacement.conftest import (
    CENTIMES,
    CHIFFRE,
    MARQUE,
    fichiers_stockes,
    tables_avec,
)
from tests.fabriques import DemandeFabrique, DossierFabrique

pytestmark = pytest.mark.django_db(transaction=True)

AUJOURDHUI = timezone.localdate()


def la_veille() -> None:
    """What was filed and closed so far was the day before."""
    veille = timedelta(days=1)
    Dossier.objects.update(depose_le=F("depose_le") - veille)
    Demande.objects.update(decidee_le=F("decidee_le") - veille)


def purger(*options: str) -> str:
    sortie = StringIO()
    call_command("purger", *options, stdout=sortie)
    return sortie.getvalue()


def base() -> dict[str, int]:
    """A digest of every row of every table."""
    with connection.cursor() as curseur:
        empreintes = {}
        for table in connection.introspection.table_names(curseur):
            curseur.execute(
                f'SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM "{table}" t'  # noqa: S608
            )
            empreintes[table] = curseur.fetchone()
    return empreintes


# ------------------------------------------------------------------ what goes, what stays


def test_no_text_and_no_fact_is_left_anywhere(dossier_entier):
    dossier = dossier_entier
    la_veille()
    avant = tables_avec(MARQUE, CHIFFRE, CENTIMES)
    # What the scan would not see before, it would not miss afterwards.
    assert avant >= {
        "dossiers_dossier", "dossiers_versiondossier", "dossiers_demande", "dossiers_message",
        "dossiers_complement", "dossiers_elementcomplement", "dossiers_piece",
        "dossiers_document", "dossiers_verification", "dossiers_notification",
        "rapprochement_rapprochement", "rapprochement_resultat", "rapprochement_faitsdossier",
        "depot_envoiapi",
    }, avant  # fmt: skip
    assert len(fichiers_stockes()) == 4
    sortie = purger("--avant", AUJOURDHUI.isoformat())
    assert f"{dossier.numero} : effacé (1 version, 1 pièce, 3 documents, 2 messages)" in sortie
    assert "1 dossier effacé." in sortie
    assert tables_avec(MARQUE, CHIFFRE, CENTIMES) == set()
    assert fichiers_stockes() == []


def test_numbers_states_dates_amounts_hashes_and_the_journal_stay(dossier):
    version = dossier.versions.get()
    document = Document.objects.order_by("pk").first()
    avant = {
        d.pk: (d.numero, d.etat, d.deposee_le, d.decidee_le, d.echeance, d.montant_estime,
               d.montant_accorde, d.guichet_id, d.identifiant)
        for d in dossier.demandes.all()
    }  # fmt: skip
    journal = list(Evenement.objects.order_by("pk").values_list("pk", "empreinte"))
    purger("--dossier", dossier.numero)
    efface = Dossier.objects.get()
    assert (efface.numero, efface.depose_le) == (dossier.numero, dossier.depose_le)
    assert efface.efface_le is not None
    assert efface.modifie_le == dossier.modifie_le
    assert efface.versions.get().empreinte == version.empreinte
    entreprise = efface.versions.get().contenu["entreprise"]
    assert entreprise == {"siren": dossier.entreprise.siren, "siret": dossier.entreprise.siret,
                          "nom": ""}  # fmt: skip
    assert {
        d.pk: (d.numero, d.etat, d.deposee_le, d.decidee_le, d.echeance, d.montant_estime,
               d.montant_accorde, d.guichet_id, d.identifiant)
        for d in efface.demandes.all()
    } == avant  # fmt: skip
    garde = Document.objects.get(pk=document.pk)
    assert (garde.empreinte, garde.produit_le, garde.taille) == (
        document.empreinte, document.produit_le, document.taille,
    )  # fmt: skip
    assert Acheminement.objects.count() == 2
    apres = list(Evenement.objects.order_by("pk").values_list("pk", "empreinte"))
    assert apres[: len(journal)] == journal
    nouvelles = Evenement.objects.order_by("pk")[len(journal) :]
    assert controler(efface.versions.get().recu.jws.encode()).au_registre
    assert [ligne.verbe for ligne in nouvelles] == ["effacer_piece", "effacer_contenu"]
    assert nouvelles[1].donnees == {"versions": 1, "pieces": 1, "documents": 3, "messages": 2}


def test_the_hash_of_each_piece_stays_in_the_journal(dossier):
    empreintes = set(Piece.objects.values_list("empreinte", flat=True))
    purger("--dossier", str(dossier.pk))
    lignes = Evenement.objects.filter(verbe="effacer_piece")
    assert {ligne.donnees["empreinte"] for ligne in lignes} == empreintes
    assert not Piece.objects.exists()


def test_other_dossiers_keep_theirs(dossier):
    autre = DemandeFabrique(acceptee=True, version_dossier__dossier__description=MARQUE)
    prevenir(users=[dossier.cree_par], sujet=MARQUE, texte=MARQUE, chemin="/dossiers/")
    purger("--dossier", dossier.numero)
    autre.dossier.refresh_from_db()
    assert (autre.dossier.description, autre.dossier.efface_le) == (MARQUE, None)
    assert Notification.objects.filter(sujet=MARQUE).count() == 1


def test_it_can_be_run_again(dossier):
    la_veille()
    purger("--avant", AUJOURDHUI.isoformat())
    avant = base()
    assert "0 dossier effacé." in purger("--avant", AUJOURDHUI.isoformat())
    assert "déjà effacé le" in purger("--dossier", dossier.numero)
    assert effacer_contenu(dossier=dossier) is None
    assert base() == avant


def test_a_trial_writes_nothing(dossier):
    la_veille()
    avant = base()
    sortie = purger("--avant", AUJOURDHUI.isoformat(), "--essai")
    assert f"{dossier.numero} : serait effacé" in sortie
    assert "1 dossier à effacer." in sortie
    assert base() == avant
    assert len(fichiers_stockes()) == 4


# ------------------------------------------------------------------ which dossiers


def test_only_those_that_were_closed_before_the_day(dossier):
    assert "0 dossier effacé." in purger("--avant", timezone.localdate().isoformat())
    Demande.objects.filter(aide__code="retiree").update(
        decidee_le=timezone.now() - timedelta(days=10)
    )
    assert "0 dossier effacé." in purger("--avant", timezone.localdate().isoformat())
    Demande.objects.update(decidee_le=timezone.now() - timedelta(days=10))
    assert "1 dossier effacé." in purger("--avant", timezone.localdate().isoformat())


def test_a_draft_is_not_its_business(dossier):
    la_veille()
    brouillon = DossierFabrique(titre=MARQUE)
    purger("--avant", AUJOURDHUI.isoformat())
    brouillon.refresh_from_db()
    assert brouillon.titre == MARQUE
    with pytest.raises(CommandError, match="Aucun dossier déposé"):
        purger("--dossier", str(brouillon.pk))
    with pytest.raises(EffacementRefuse, match="n’est pas déposé"):
        effacer_contenu(dossier=brouillon)


@pytest.mark.parametrize("numero", ["DU-1999-000001", "0", "", "abc", "DU-2026-", "9" * 30])
def test_an_unknown_number_is_said(dossier, numero):
    avant = base()
    with pytest.raises(CommandError, match="Aucun dossier déposé"):
        purger("--dossier", numero or " ")
    assert base() == avant


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--avant", "hier"),
        ("--avant", "2026-13-01"),
        ("--avant", "2026-01-01", "--dossier", "1"),
    ],
)
def test_the_day_or_the_dossier_is_given(options):
    with pytest.raises(CommandError):
        purger(*options)


# ------------------------------------------------------------------ what stands in the way


def pas_close(dossier):
    Demande.objects.filter(aide__code="retiree").update(etat=Etat.A_ETUDIER, decidee_le=None)


def pas_routee(dossier):
    Demande.objects.filter(aide__code="retiree").update(
        etat=Etat.A_ROUTER, decidee_le=None, guichet=None, prochaine_tentative=timezone.now()
    )


def pas_remise(dossier):
    Acheminement.objects.filter(demande__aide__code="accordee").update(
        remise_le=None, accusee_le=None, accuse_voie="", prochaine_tentative=timezone.now()
    )


def pas_accusee(dossier):
    Acheminement.objects.filter(demande__aide__code="accordee").update(
        accusee_le=None, accuse_voie="", prochaine_relance=timezone.now()
    )


def en_quarantaine(dossier):
    pas_remise(dossier)
    isoler(Acheminement.objects.get(demande__aide__code="accordee"), "Panne fictive.")


def pas_annoncee(dossier):
    etape = Acheminement.objects.get(demande__aide__code="accordee")
    Acheminement.objects.create(
        demande=etape.demande, version_dossier=etape.version_dossier, guichet=etape.guichet,
        canal="courriel", de_reference=False, cle="00000000-0000-4000-8000-000000000001",
    )  # fmt: skip


def a_produire(dossier):
    Document.objects.filter(genre="accuse").update(
        produit_le=None, fichier="", prochaine_tentative=timezone.now()
    )


def a_envoyer(dossier):
    demande = dossier.demandes.first()
    prevenir(users=[dossier.cree_par], sujet="x", texte="x", chemin="/", demande=demande)


def a_envoyer_du_dossier(dossier):
    chemin = f"/dossiers/{dossier.identifiant}/suivi/"
    prevenir(users=[dossier.cree_par], sujet="x", texte="x", chemin=chemin)


CAS = [
    (pas_close, "une demande n’est pas close"),
    (pas_routee, "une demande n’est pas close"),
    (pas_remise, "une demande n’est pas encore remise à son guichet"),
    (pas_accusee, "un guichet n’a pas accusé réception d’une demande"),
    (en_quarantaine, "une demande n’est pas encore remise à son guichet"),
    (pas_annoncee, "une demande n’est pas encore remise à son guichet"),
    (a_produire, "un document reste à produire"),
    (a_envoyer, "un courriel reste à envoyer"),
    (a_envoyer_du_dossier, "un courriel reste à envoyer"),
]


@pytest.mark.parametrize(("empecher", "motif"), CAS, ids=lambda v: getattr(v, "__name__", None))
def test_what_is_under_way_refuses_and_nothing_is_erased(dossier, empecher, motif):
    empecher(dossier)
    la_veille()
    avant, fichiers = base(), fichiers_stockes()
    options = (("--avant", AUJOURDHUI.isoformat()), ("--dossier", dossier.numero))
    for choix in options:
        for essai in ((), ("--essai",)):
            with pytest.raises(CommandError) as refus:
                purger(*choix, *essai)
            assert refus.value.returncode == 1
            assert f"{dossier.numero} : {motif}" in str(refus.value)
            assert "laissé tel quel" in str(refus.value)
    with pytest.raises(EffacementRefuse, match=motif):
        effacer_contenu(dossier=dossier)
    assert base() == avant
    assert fichiers_stockes() == fichiers


def test_a_day_to_come_is_refused(dossier):
    la_veille()
    avant, demain = base(), timezone.localdate() + timedelta(days=1)
    for essai in ((), ("--essai",)):
        with pytest.raises(CommandError, match="est à venir, et rien n’est effacé") as refus:
            purger("--avant", demain.isoformat(), *essai)
        assert f"au plus la date du jour, {AUJOURDHUI.isoformat()}" in str(refus.value)
    assert base() == avant


@pytest.mark.parametrize(
    "etape",
    [
        {"accusee_le": None, "accuse_voie": "", "rendue_le": timezone.now()},
        {"accusee_le": None, "accuse_voie": "", "sans_objet_le": timezone.now()},
    ],
    ids=["rendue", "sans_objet"],
)
def test_a_handing_over_that_is_over_does_not_refuse(dossier, etape):
    Acheminement.objects.filter(demande__aide__code="accordee").update(**etape)
    assert "1 dossier effacé." in purger("--dossier", dossier.numero)


def test_one_that_is_refused_does_not_keep_the_others(dossier):
    fini = DemandeFabrique(acceptee=True).dossier
    pas_close(dossier)
    la_veille()
    with pytest.raises(CommandError) as refus:
        purger("--avant", AUJOURDHUI.isoformat())
    assert fini.numero not in str(refus.value)
    fini.refresh_from_db()
    dossier.refresh_from_db()
    assert fini.efface_le is not None
    assert dossier.efface_le is None


def test_what_an_act_under_way_promises_is_waited_for(dossier):
    """The rows are locked before they are looked at: an act that holds one is heard first."""
    tenue, entendu = threading.Event(), threading.Event()

    def promettre():
        try:
            with transaction.atomic():
                Demande.objects.select_for_update().get(aide__code="accordee")
                tenue.set()
                assert not entendu.wait(1)
                a_envoyer(dossier)
        finally:
            connections.close_all()

    fil = threading.Thread(target=promettre)
    fil.start()
    assert tenue.wait(10)
    with pytest.raises(CommandError, match="un courriel reste à envoyer"):
        purger("--dossier", dossier.numero)
    entendu.set()
    fil.join(10)
    dossier.refresh_from_db()
    assert dossier.efface_le is None
    assert Message.objects.count() == 2


# ------------------------------------------------------------------ interrupted


def test_a_failure_in_the_middle_leaves_everything(dossier, monkeypatch):
    avant, fichiers = base(), fichiers_stockes()
    monkeypatch.setattr(acte, "_effacer_versions", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        purger("--dossier", dossier.numero)
    assert base() == avant
    assert fichiers_stockes() == fichiers


def test_files_wait_for_the_commit(dossier):
    with transaction.atomic():
        effacer_contenu(dossier=dossier)
        assert len(fichiers_stockes()) == 4
    assert fichiers_stockes() == []


def test_what_a_crash_leaves_on_the_storage_goes_at_the_next_cleaning(dossier, monkeypatch):
    """Killed after the commit, before the files: no row names them any more."""
    monkeypatch.setattr(acte, "_supprimer", lambda noms: None)
    purger("--dossier", dossier.numero)
    assert len(fichiers_stockes()) == 4
    assert nettoyer().fichiers == 0
    vieillir()
    assert nettoyer().fichiers == 4
    assert fichiers_stockes() == []


def test_a_storage_that_fails_does_not_stop_the_others(dossier, monkeypatch, caplog):
    reel = default_storage.delete

    def capricieux(nom: str) -> None:
        if nom.startswith("pieces/"):
            raise OSError("disque fictif en panne")
        reel(nom)

    monkeypatch.setattr(default_storage, "delete", capricieux)
    assert "1 dossier effacé." in purger("--dossier", dossier.numero)
    assert len(fichiers_stockes()) == 1
    assert "suppression en échec" in caplog.text


def vieillir() -> None:
    for chemin in fichiers_stockes():
        subprocess.run(["touch", "-d", "2 days ago", str(chemin)], check=True)  # noqa: S607


# ------------------------------------------------------------------ afterwards


def test_pages_of_an_erased_dossier_stay_readable(dossier, agent, client):
    purger("--dossier", dossier.numero)
    accordee = dossier.demandes.get(aide__code="accordee")
    du_dossier = f"/dossiers/{dossier.identifiant}"
    client.force_login(dossier.cree_par)
    for page in ("/dossiers/", f"{du_dossier}/suivi/", f"{du_dossier}/reponses/",
                 f"{du_dossier}/pieces/", f"{du_dossier}/a-faire/",
                 f"/demandes/{accordee.identifiant}/echanges/"):  # fmt: skip
        reponse = client.get(page, follow=True)
        assert reponse.status_code == 200, page
        assert MARQUE not in reponse.content.decode()
    suivi = client.get(f"{du_dossier}/suivi/").content.decode()
    assert "Le contenu de ce dossier a été effacé le" in suivi
    assert dossier.numero in suivi
    assert "20\N{NARROW NO-BREAK SPACE}000" in suivi or "20 000" in suivi
    assert ": contenu effacé" in suivi
    assert "Aides nouvelles" not in suivi
    client.force_login(agent)
    lue = client.get(f"/instruction/demandes/{accordee.identifiant}/").content.decode()
    assert "Le contenu de ce dossier a été effacé le" in lue
    assert MARQUE not in lue
    for page in ("/instruction/", "/instruction/tableau-de-bord/", "/instruction/?format=csv"):
        assert client.get(page, follow=True).status_code == 200, page
    client.force_login(dossier.cree_par)
    assert client.get(f"{du_dossier}/recus/1.jws").status_code == 200
    assert client.get(f"{du_dossier}/recus/1.json").status_code == 404
    assert "recus/1.json" not in suivi
    for document in Document.objects.all():
        assert client.get(f"/documents/{document.identifiant}.pdf").status_code == 404


def test_nothing_is_written_in_it_any_more(dossier):
    publier("nouvelle", effectif("<=", "249"))
    purger("--dossier", dossier.numero)
    dossier.refresh_from_db()
    with pytest.raises(DepotImpossible, match="effacé"):
        ajouter_aide(dossier=dossier, code="nouvelle", par=dossier.cree_par)
    demande = dossier.demandes.get(aide__code="accordee")
    permission = peut_ecrire(demande, dossier.cree_par, ENTREPRISE)
    assert not permission
    assert "effacé" in permission.reason


def test_its_facts_are_not_laid_flat_again(dossier):
    purger("--dossier", dossier.numero)
    assert list(reprojeter(tout=True)) == []
    assert not FaitsDossier.objects.exists()
    assert not Rapprochement.objects.exists()
    assert not EnvoiApi.objects.exists()
