"""E-mails that come back: what they prove is written, and nothing else."""

from __future__ import annotations

import io
import json
import sys
import uuid
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from dossiers.acheminement.actes import accuser_reception, rejouer, remettre
from dossiers.acheminement.courriels.avis import MAXIMUM, AvisIllisible, lire
from dossiers.acheminement.etapes import etapes
from dossiers.acheminement.models import Acheminement, Echec
from dossiers.models import Document, Notification
from dossiers.notifications import envoyer, prevenir
from portal.socle.models import Evenement
from tests.fabriques import AcheminementFabrique, UserFabrique, agent_de

pytestmark = pytest.mark.django_db

ADRESSE = "guichet@exemple.invalid"
AVIS = """\
Return-Path: <>
From: MAILER-DAEMON@relais.invalid (Mail Delivery System)
To: {a}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limite/fictive"

--limite/fictive
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--limite/fictive
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.invalid
X-Postfix-Queue-ID: 4FICTIF
Arrival-Date: {date}

Final-Recipient: rfc822; {destinataire}
Original-Recipient: rfc822;{destinataire}
Action: {action}
Status: {statut}
Remote-MTA: dns; mx.exemple.invalid
Diagnostic-Code: smtp; 550 <{destinataire}>: Recipient address rejected

--limite/fictive
Content-Type: {original}

From: ne-pas-repondre@portail.invalid
To: {destinataire}
Subject: Nouvelle demande
Message-ID: {message_id}

{corps}
--limite/fictive--
"""


def avis(
    identifiant: str = "",
    *,
    action: str = "failed",
    statut: str = "5.1.1",
    le: datetime | None = None,
    a: str = "retours@portail.invalid",
    destinataire: str = ADRESSE,
    original: str = "message/rfc822",
) -> bytes:
    """As Postfix writes it."""
    texte = AVIS.format(
        date=format_datetime(le or timezone.now()),
        message_id=f"<{identifiant}@portail.invalid>",
        corps="Bonjour," if original == "message/rfc822" else "",
        action=action,
        statut=statut,
        a=a,
        destinataire=destinataire,
        original=original,
    )
    return texte.encode()


def relever(brut: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What the command says of one message, and the code with which it ends."""
    fichier = tmp_path / "message.eml"
    fichier.write_bytes(brut)
    try:
        call_command("relever_retours", str(fichier))
        sortie = 0
    except SystemExit as fin:
        sortie = int(str(fin.code))
    assert sortie == code
    lu = capsys.readouterr()
    return lu.out + lu.err


@pytest.fixture
def acheminement() -> Acheminement:
    """Handed over by e-mail, its desk's channel of record."""
    return par_courriel()


def par_courriel() -> Acheminement:
    acheminement: Acheminement = AcheminementFabrique(canal="courriel")
    acheminement.guichet.courriel = ADRESSE
    acheminement.guichet.save()
    assert remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    return acheminement


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_for_good_what_was_handed_over_was_not(
    acheminement: Acheminement,
    original: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dit = relever(avis(str(acheminement.cle), original=original), tmp_path, capsys)
    assert "1 message lu" in dit
    assert "1 remises démenties" in dit
    acheminement.refresh_from_db()
    assert acheminement.remise_le is None
    assert acheminement.prochaine_relance is None
    assert acheminement.quarantaine_le is not None
    assert "5.1.1" in acheminement.quarantaine_motif
    assert "Corrigez l’adresse électronique du guichet, puis rejouez" in (
        acheminement.quarantaine_motif
    )
    (echec,) = Echec.objects.filter(acheminement=acheminement)
    assert echec.genre == Echec.Genre.RETOUR
    assert not acheminement.demande.permissions(agent_de(acheminement.guichet))["accuser"]
    suite = etapes(acheminement.demande, acheminement.demande.acheminements.all()).suite
    assert "notre équipe s’en occupe" in suite.texte


def test_no_address_enters_the_journal(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    relever(avis(str(acheminement.cle)), tmp_path, capsys)
    (ligne,) = Evenement.objects.filter(verbe="retour")
    assert ligne.donnees["statut"] == "5.1.1"
    assert ligne.dossier_id == acheminement.demande.dossier_id
    acheminement.refresh_from_db()
    tout = json.dumps(list(Evenement.objects.values_list("donnees", flat=True)))
    assert "@" not in tout + acheminement.quarantaine_motif


def test_once_repaired_it_is_replayed_with_one_acknowledgement_of_receipt(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = avis(str(acheminement.cle), le=timezone.now() - timedelta(minutes=1))
    relever(message, tmp_path, capsys)
    assert rejouer(acheminement=acheminement, par=UserFabrique(administration=True))
    assert remettre(acheminement_id=acheminement.pk)
    premier, second = mail.outbox
    assert premier.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert Document.objects.filter(demande=acheminement.demande).count() == 1
    # The same notification read again is older than this handing over.
    Acheminement.objects.update(remise_le=timezone.now() + timedelta(hours=1))
    assert "sans effet" in relever(message, tmp_path, capsys)
    acheminement.refresh_from_db()
    assert acheminement.quarantaine_le is None


def test_read_twice_it_writes_once(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = avis(str(acheminement.cle))
    relever(message, tmp_path, capsys)
    avant = Evenement.objects.count()
    assert "1 sans effet" in relever(message, tmp_path, capsys)
    assert Evenement.objects.count() == avant
    assert Echec.objects.count() == 1


def test_late_is_noted_only(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = avis(str(acheminement.cle), action="delayed", statut="4.4.1")
    assert "1 en retard" in relever(message, tmp_path, capsys)
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert acheminement.quarantaine_le is None
    assert Echec.objects.get().motif == "Un courriel au guichet tarde à arriver (statut 4.4.1)."


def test_after_the_acknowledgement_it_changes_nothing(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accuser_reception(cle=acheminement.cle, voie=Acheminement.Voie.PAGE)
    assert "1 sans effet" in relever(avis(str(acheminement.cle)), tmp_path, capsys)
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert acheminement.accusee_le is not None
    assert not Echec.objects.exists()


def test_the_envelope_tells_it_where_the_original_is_not_returned(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = avis("autre-message", a=f"retours+{acheminement.cle}@portail.invalid")
    assert "1 remises démenties" in relever(message, tmp_path, capsys)


def test_a_reminder_that_comes_back_sets_the_e_mail_aside_never_the_inbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boite: Acheminement = AcheminementFabrique(remis=True)
    relance = f"relance-1-{boite.cle}"
    assert "1 en retard" in relever(avis(relance), tmp_path, capsys)
    assert Echec.objects.get().acheminement == boite
    annonce: Acheminement = AcheminementFabrique(
        demande=boite.demande, canal="courriel", de_reference=False, remis=True
    )
    assert "1 remises démenties" in relever(avis(relance), tmp_path, capsys)
    boite.refresh_from_db()
    annonce.refresh_from_db()
    assert boite.remise_le is not None
    assert annonce.quarantaine_le is not None


@pytest.mark.parametrize(
    "brut",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"Subject: Je suis absent\nTo: retours@portail.invalid\n\nDe retour lundi.\n",
        avis(str(uuid.uuid4()), action="delivered", statut="2.0.0"),
        b"Content-Type: multipart/report\n\nsans limite",
    ],
)
def test_what_is_no_bounce_is_counted_and_changes_nothing(
    brut: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        connu = lire(brut)
    except AvisIllisible:
        relever(brut, tmp_path, capsys, code=2)
    else:
        assert connu is None
        assert "1 autres messages" in relever(brut, tmp_path, capsys)
    assert not Evenement.objects.exists()


def test_an_unknown_message_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for identifiant in (str(uuid.uuid4()), "une-lettre-d-ailleurs", "notification-999999"):
        assert "1 d’un courriel qui n’est pas de nous" in relever(
            avis(identifiant), tmp_path, capsys
        )
    assert not Evenement.objects.exists()


def test_a_truncated_or_huge_message_writes_nothing(
    acheminement: Acheminement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entier = avis(str(acheminement.cle))
    avant = Evenement.objects.count()
    assert "tronqué" in relever(entier[: -len("--limite/fictive--\n")], tmp_path, capsys, code=2)
    enorme = tmp_path / "enorme.eml"
    with enorme.open("wb") as flux:
        flux.write(entier)
        flux.truncate(50 * MAXIMUM)
    with pytest.raises(SystemExit) as fin:
        call_command("relever_retours", str(enorme))
    assert fin.value.code == 2
    assert "1 Mo" in capsys.readouterr().err
    # As deep as a megabyte allows.
    profond = b"".join(
        b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(15_000)
    )
    with pytest.raises(AvisIllisible):
        lire(profond)
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert Evenement.objects.count() == avant


def test_standard_input_and_what_cannot_be_opened(
    acheminement: Acheminement,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entree = io.TextIOWrapper(io.BytesIO(avis(str(acheminement.cle))))
    monkeypatch.setattr(sys, "stdin", entree)
    call_command("relever_retours", "-")
    assert "1 remises démenties" in capsys.readouterr().out
    for arguments in (["/rien/ici.eml"], ["--maildir", "/rien/ici"], []):
        with pytest.raises(CommandError):
            call_command("relever_retours", *arguments)


def test_a_maildir_is_read_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    un, autre = par_courriel(), par_courriel()
    boite = tmp_path / "Maildir"
    for sous in ("new", "cur", "tmp"):
        (boite / sous).mkdir(parents=True)
    (boite / "new" / "1.a").write_bytes(avis(str(un.cle)))
    (boite / "new" / "2.b").write_bytes(avis(str(autre.cle))[:-30])
    (boite / "new" / "3.c").write_bytes(b"Subject: bonjour\n\n")
    with pytest.raises(SystemExit) as fin:
        call_command("relever_retours", "--maildir", str(boite))
    assert fin.value.code == 2
    dit = capsys.readouterr().out
    assert "3 messages lus" in dit
    assert "1 remises démenties" in dit
    assert sorted(p.name for p in (boite / "cur").iterdir()) == ["1.a:2,S", "2.b:2,F", "3.c:2,S"]
    call_command("relever_retours", "--maildir", str(boite))
    assert "0 message lu" in capsys.readouterr().out
    autre.refresh_from_db()
    assert autre.remise_le is not None


def test_a_persons_e_mail_that_comes_back_is_said_to_that_person(
    client: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    personne = UserFabrique()
    (notification,) = prevenir(
        users=[personne], sujet="Essai fictif", texte="Texte fictif", chemin="/"
    )
    envoyer(notification_id=notification.pk)
    identifiant = f"notification-{notification.pk}"
    # Its number is easily guessed: the address that failed is not.
    assert "n’est pas de nous" in relever(avis(identifiant), tmp_path, capsys)
    message = avis(identifiant, destinataire=personne.email.upper())
    assert "1 courriels à une personne" in relever(message, tmp_path, capsys)
    assert "1 sans effet" in relever(message, tmp_path, capsys)
    revenue = Notification.objects.get().revenue_le
    assert revenue is not None
    client.force_login(personne)  # type: ignore[attr-defined]
    page = client.get("/notifications/").content.decode()  # type: ignore[attr-defined]
    assert "Ce courriel n’a pas pu vous être remis" in page
