"""The journal's chains: written by the database, read again by us, tampered with for real."""

import threading
from contextlib import contextmanager
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from portal.socle.journal import consigner
from portal.socle.models import Evenement, TeteChaine
from portal.socle.verification import Ancre, ancres

pytestmark = pytest.mark.django_db

DOSSIER = 7
CHAINE = f"dossier:{DOSSIER}"


@pytest.fixture
def user():
    return get_user_model().objects.create_user("a@exemple.invalid")


@pytest.fixture
def lignes(user):
    """Five lines of one dossier, and others of two chains around them."""
    consigner(verbe="inscrire", objet=user)
    ecrites = []
    for n in range(5):
        acteur = user if n % 2 else None
        ecrites.append(
            consigner(
                verbe=f"acte_{n}", objet=user, acteur=acteur, dossier_id=DOSSIER,
                montant="1200.50", rang=n, texte="é\u2019\u001f\"",
            )
        )  # fmt: skip
        consigner(verbe="autre", objet=user, dossier_id=DOSSIER + 1)
    return ecrites


def sql(ordre, *parametres):
    with connection.cursor() as cursor:
        cursor.execute(ordre, parametres)


@contextmanager
def tout_puissant():
    """What only who administers the database can do: write with no trigger at all."""
    sql("SET LOCAL session_replication_role = replica")
    yield
    sql("SET LOCAL session_replication_role = origin")


def verifier(**options):
    """Whether the journal is intact, and what the command wrote."""
    sortie = StringIO()
    try:
        call_command("verifier_journal", stdout=sortie, **options)
    except CommandError as erreur:
        return erreur.returncode != 1, f"{sortie.getvalue()}{erreur}"
    return True, sortie.getvalue()


# ------------------------------------------------------------------ what the database writes


def test_each_chain_has_its_own_ranks_and_each_line_the_hash_of_the_one_before(lignes):
    chaine = list(Evenement.objects.filter(dossier_id=DOSSIER))
    assert [(ligne.chaine, ligne.rang) for ligne in chaine] == [(CHAINE, n) for n in range(1, 6)]
    assert [ligne.precedente for ligne in chaine] == ["", *(e.empreinte for e in chaine[:-1])]
    tete = TeteChaine.objects.get(pk=CHAINE)
    assert (tete.rang, tete.empreinte) == (5, chaine[-1].empreinte)
    assert Evenement.objects.get(verbe="inscrire").chaine.startswith("comptes.user:")


def test_the_line_just_written_knows_its_place(lignes):
    assert [ligne.rang for ligne in lignes] == [1, 2, 3, 4, 5]
    assert lignes[1].precedente == lignes[0].empreinte


def test_what_is_sent_for_those_columns_is_not_kept(user):
    faux = Evenement(
        verbe="x", acteur_type="systeme", objet_type="comptes.user", objet_id="1",
        chaine="dossier:1", rang=99, precedente="ab", empreinte="cd",
    )  # fmt: skip
    faux.save()
    [vrai] = Evenement.objects.all()
    assert (vrai.chaine, vrai.rang, vrai.precedente) == ("comptes.user:1", 1, "")
    assert verifier()[0]


def test_lines_written_together_are_chained_too(user):
    Evenement.objects.bulk_create(
        Evenement(
            verbe=f"v{n}", acteur_type="systeme", objet_type="x.y", objet_id="1", dossier_id=3
        )
        for n in range(4)
    )
    assert sorted(Evenement.objects.values_list("rang", flat=True)) == [1, 2, 3, 4]
    assert verifier()[0]


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_chain_take_their_turn(user):
    """Ten threads, one new chain: neither a gap, nor a rank taken twice, nor a deadlock."""
    depart, erreurs = threading.Barrier(10), []

    def ecrire():
        try:
            depart.wait(10)
            for _ in range(5):
                with transaction.atomic():
                    consigner(verbe="ecrire", objet=user, dossier_id=DOSSIER)
                    consigner(verbe="relire", objet=user, dossier_id=DOSSIER)
        except Exception as erreur:  # told to the test, whatever it is
            erreurs.append(erreur)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=ecrire) for _ in range(10)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    assert not erreurs
    rangs = Evenement.objects.filter(chaine=CHAINE).order_by("rang").values_list("rang", flat=True)
    assert list(rangs) == list(range(1, 101))
    assert verifier()[0]


@pytest.mark.parametrize(
    "ordre",
    [
        "INSERT INTO socle_tetechaine VALUES ('dossier:99', 1, 'ab')",
        "UPDATE socle_tetechaine SET rang = rang - 1",
        "DELETE FROM socle_tetechaine",
        "TRUNCATE socle_tetechaine",
    ],
)
def test_the_database_refuses_to_write_a_head_by_hand(lignes, ordre):
    avant = list(TeteChaine.objects.order_by("pk").values_list())
    with pytest.raises(IntegrityError, match="par le journal"), transaction.atomic():
        sql(ordre)
    assert list(TeteChaine.objects.order_by("pk").values_list()) == avant


# ------------------------------------------------------------------ reading it again


def test_an_untouched_journal_is_intact(lignes):
    assert verifier() == (True, "Journal intact (lignes : 11, chaînes : 3, reçus : 0).\n")
    assert verifier(dossier=DOSSIER) == (
        True,
        "Journal intact (lignes : 5, chaînes : 1, reçus : 0).\n",
    )


def test_an_empty_journal_is_intact(db):
    assert verifier()[0]


def test_a_dossier_of_which_nothing_is_said_is_told(lignes):
    intact, dit = verifier(dossier=12345)
    assert not intact
    assert "ne dit rien du dossier 12345" in dit


@pytest.mark.parametrize(
    ("colonne", "valeur"),
    [
        ("verbe", "autre_acte"),
        ("quand", timezone.now()),
        ("acteur_id", 424242),
        ("objet_type", "x.y"),
        ("objet_id", "99"),
        ("donnees", '{"rang": 3, "texte": "faux", "montant": "1200.50"}'),
    ],
)
def test_any_field_altered_is_found(lignes, colonne, valeur):
    with tout_puissant():
        sql(f"UPDATE socle_evenement SET {colonne} = %s WHERE id = %s", valeur, lignes[3].pk)  # noqa: S608
    intact, dit = verifier()
    assert not intact
    assert f"Chaîne {CHAINE}, ligne 4 : l’événement {lignes[3].pk}" in dit
    assert "il a été modifié" in dit
    assert "anomalies : 1 " in dit


def test_a_line_altered_with_its_hash_written_again_is_found(lignes):
    with tout_puissant():
        sql("UPDATE socle_evenement SET verbe = 'faux' WHERE id = %s", lignes[2].pk)
        sql(
            "UPDATE socle_evenement e SET empreinte = socle_empreinte(e) WHERE id = %s",
            lignes[2].pk,
        )
    intact, dit = verifier()
    assert not intact
    assert f"Chaîne {CHAINE}, ligne 4 : l’événement {lignes[3].pk}" in dit
    assert "ne suit pas la ligne d’avant" in dit


@pytest.mark.parametrize(
    ("retirees", "phrase"),
    [
        ([1], "la ligne 2 manque."),
        ([0], "la ligne 1 manque."),
        ([1, 2], "les lignes 2 à 3 manquent."),
        ([4], "la ligne 5 manque."),
        ([3, 4], "les lignes 4 à 5 manquent."),
        ([0, 1, 2, 3, 4], "toutes ses lignes ont disparu (5)."),
    ],
)
def test_lines_taken_out_are_found(lignes, retirees, phrase):
    with tout_puissant():
        for n in retirees:
            sql("DELETE FROM socle_evenement WHERE id = %s", lignes[n].pk)
    intact, dit = verifier()
    assert not intact
    assert CHAINE in dit
    assert phrase in dit


def test_ranks_closed_up_over_a_line_taken_out_are_found(lignes):
    with tout_puissant():
        sql("DELETE FROM socle_evenement WHERE id = %s", lignes[1].pk)
        for n in (2, 3, 4):
            sql("UPDATE socle_evenement SET rang = rang - 1 WHERE id = %s", lignes[n].pk)
        sql("UPDATE socle_tetechaine SET rang = 4 WHERE chaine = %s", CHAINE)
    intact, dit = verifier(dossier=DOSSIER)
    assert not intact
    assert f"ligne 2 : l’événement {lignes[2].pk}" in dit


def test_two_lines_exchanged_are_found(lignes):
    with tout_puissant():
        for n, rang in ((1, -1), (2, 2), (1, 3)):
            sql("UPDATE socle_evenement SET rang = %s WHERE id = %s", rang, lignes[n].pk)
    intact, dit = verifier()
    assert not intact
    assert "insérée ou déplacée" in dit


INSERER = """
INSERT INTO socle_evenement (quand, verbe, acteur_type, objet_type, objet_id, dossier_id, donnees,
                             chaine, rang, precedente, empreinte)
VALUES (now(), 'faux', 'systeme', 'x.y', '1', 7, '{}', %s, %s, %s, %s)
"""


def test_a_line_put_in_by_hand_is_found(lignes):
    with tout_puissant():
        sql(INSERER, CHAINE, 6, lignes[4].empreinte, "ab" * 32)
    intact, dit = verifier()
    assert not intact
    assert "la chaîne s’arrête à la ligne 5 : celle-ci est de trop" in dit


def test_a_line_put_in_the_middle_is_found(lignes):
    with tout_puissant():
        for n in (4, 3, 2):
            sql("UPDATE socle_evenement SET rang = rang + 1 WHERE id = %s", lignes[n].pk)
        sql(INSERER, CHAINE, 3, lignes[1].empreinte, "ab" * 32)
        sql("UPDATE socle_tetechaine SET rang = 6 WHERE chaine = %s", CHAINE)
    intact, dit = verifier()
    assert not intact
    assert f"Chaîne {CHAINE}, ligne 4" in dit


def test_a_line_put_in_with_its_rank_taken_is_found(lignes):
    sql("ALTER TABLE socle_evenement DROP CONSTRAINT socle_evenement_rang")
    with tout_puissant():
        sql(INSERER, CHAINE, 2, lignes[0].empreinte, "ab" * 32)
    intact, dit = verifier()
    assert not intact
    assert "un rang déjà pris" in dit


def test_a_line_written_while_the_trigger_was_off_is_found(lignes):
    sql("ALTER TABLE socle_evenement DISABLE TRIGGER socle_evenement_chaine")
    consigner(verbe="faux", objet=get_user_model().objects.get(), dossier_id=DOSSIER)
    sql("ALTER TABLE socle_evenement ENABLE TRIGGER socle_evenement_chaine")
    intact, dit = verifier()
    assert not intact
    assert "Chaîne (sans nom)" in dit


def test_a_line_moved_to_another_dossier_is_found(lignes):
    with tout_puissant():
        sql("UPDATE socle_evenement SET dossier_id = 99 WHERE id = %s", lignes[2].pk)
    intact, dit = verifier(dossier=DOSSIER)
    assert not intact
    assert "n’est pas de cette chaîne" in dit


@pytest.mark.parametrize(
    ("ordre", "phrase"),
    [
        ("DELETE FROM socle_tetechaine WHERE chaine = %s", "sa tête a disparu"),
        ("UPDATE socle_tetechaine SET rang = 6 WHERE chaine = %s", "la ligne 6 manque"),
        ("UPDATE socle_tetechaine SET empreinte = 'ab' WHERE chaine = %s", "la tête de la chaîne"),
    ],
)
def test_a_head_that_was_touched_is_found(lignes, ordre, phrase):
    with tout_puissant():
        sql(ordre, CHAINE)
    intact, dit = verifier()
    assert not intact
    assert f"Chaîne {CHAINE}" in dit
    assert phrase in dit


def test_a_chain_written_anew_is_found_with_what_a_receipt_named(lignes):
    """The one thing that the journal alone cannot show: hence the signed receipts."""
    nommee = lignes[3].empreinte
    assert ancres([Ancre(CHAINE, 4, nommee)]) == []
    with tout_puissant():
        sql("UPDATE socle_evenement SET verbe = 'faux' WHERE id = %s", lignes[2].pk)
        for n in (2, 3, 4):
            precedente = Evenement.objects.get(pk=lignes[n - 1].pk).empreinte
            pk = lignes[n].pk
            sql("UPDATE socle_evenement SET precedente = %s WHERE id = %s", precedente, pk)
            sql("UPDATE socle_evenement e SET empreinte = socle_empreinte(e) WHERE id = %s", pk)
        derniere = Evenement.objects.get(pk=lignes[4].pk).empreinte
        sql("UPDATE socle_tetechaine SET empreinte = %s WHERE chaine = %s", derniere, CHAINE)
    assert verifier()[0]
    changee, perdue = ancres([Ancre(CHAINE, 4, nommee), Ancre(CHAINE, 6, nommee)])
    assert "ce n’est plus la ligne" in str(changee)
    assert "n’est plus au journal" in str(perdue)
