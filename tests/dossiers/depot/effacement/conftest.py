"""A dossier in which everybody wrote, filed, reviewed and decided by the real actes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from aides.criteres.faits import DEPENSES
from dossiers.acheminement.actes import accuser, balayer
from dossiers.depot.actes.envois import Contenu, deposer_par_api
from dossiers.depot.actes.suites import enregistrer_reponses, repondre, retirer
from dossiers.depot.pdf_fictif import pdf_fictif
from dossiers.documents.actes import produire_dus
from dossiers.documents.mentions import Mentions
from dossiers.instruction.actes import Element, accepter, demander_complement, prendre_en_charge
from dossiers.instruction.actes_verifications import verifier
from dossiers.instruction.verifications import Reponse
from dossiers.messagerie import ENTREPRISE, GUICHET, ecrire
from dossiers.models import Complement, Demande, Document, Dossier
from dossiers.models.document import chemin_de_stockage
from dossiers.notifications import envoyer_dues
from dossiers.pieces.actes import ajouter_piece
from dossiers.rapprochement.models import Alerte
from portal.comptes.models import User
from territoires.organismes.models import Competence
from tests.dossiers.depot.conftest import SOURCE, a_verifier, effectif, publier
from tests.fabriques import (
    FAITS,
    CommuneFabrique,
    CompetenceFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
)

#: Written wherever a person can write.
MARQUE = "MARQUEFICTIVE"
#: Declared as turnover: stored as text, and as cents where facts are laid flat.
CHIFFRE, CENTIMES = "7654321.98", "765432198"


@pytest.fixture(autouse=True)
def stockage(tmp_path: Path, settings: Any) -> Path:
    """A storage of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "pieces"
    return tmp_path / "pieces"


def fichiers_stockes() -> list[Path]:
    racine = Path(default_storage.location)
    return sorted(chemin for chemin in racine.rglob("*") if chemin.is_file())


@pytest.fixture
def gerante(db: None) -> User:
    user: User = UserFabrique(email="gerante@exemple.invalid")
    return user


@pytest.fixture
def agent(db: None) -> User:
    """An officer of the only desk that is competent."""
    competence: Competence = CompetenceFabrique(guichet=GuichetFabrique(courriel=""))
    user: User = agent_de(competence.guichet)
    return user


@pytest.fixture
def dossier(gerante: User, agent: User) -> Dossier:
    """Filed by API for two aides, one granted after an exchange, one withdrawn; all is told.

    Its documents are small files, in the place of PDF that take seconds.
    """
    depose = raconter(gerante)
    for document in Document.objects.order_by("pk"):
        chemin = default_storage.save(chemin_de_stockage(document, ""), ContentFile(b"fictif"))
        Document.objects.filter(pk=document.pk).update(
            fichier=chemin, taille=6, empreinte="0" * 64, produit_le=timezone.now(),
            prochaine_tentative=None,
        )  # fmt: skip
    envoyer_dues()
    depose.refresh_from_db()
    return depose


@pytest.fixture
def dossier_entier(gerante: User, agent: User) -> Dossier:
    """The same, with its real documents."""
    depose = raconter(gerante)
    assert produire_dus() == 3
    envoyer_dues()
    depose.refresh_from_db()
    return depose


def raconter(gerante: User) -> Dossier:
    """From the deposit to the last decision."""
    publier("retiree", effectif("<=", "249"))
    publier(
        "accordee",
        {
            "type": "tous",
            "criteres": [
                {**effectif("<=", "50000000.00"), "fait": "chiffre_affaires"},
                a_verifier(),
            ],
        },
        montants=[{"forme": "subvention", "taux": "0.30", "source": SOURCE}],
    )
    depose = deposer(gerante)
    balayer()
    accordee = depose.demandes.get(aide__code="accordee")
    instruire(accordee, gerante, User.objects.get(affectations__guichet=accordee.guichet))
    retirer(demande=depose.demandes.get(aide__code="retiree"), user=gerante, motif=MARQUE)
    Alerte.objects.create(dossier=depose, user=gerante)
    while balayer():
        pass
    return depose


def deposer(gerante: User) -> Dossier:
    membre = MembreFabrique(user=gerante)
    faits = dict.fromkeys(DEPENSES, "0.00") | FAITS | {"chiffre_affaires": CHIFFRE}
    contenu = Contenu(
        siret=membre.entreprise.siret,
        titre=f"Projet {MARQUE}",
        description=f"Description {MARQUE}",
        faits=faits | {"commune_projet": CommuneFabrique().code},
        aides=["accordee", "retiree"],
    )
    envoi = deposer_par_api(
        cle=f"cle-{MARQUE}", empreinte="0" * 64, contenu=contenu, par=gerante
    ).envoi
    return envoi.dossier


def instruire(demande: Demande, gerante: User, agent: User) -> None:
    """Opened, reviewed, completed with a file, discussed, granted."""
    accuser(demande=demande, user=agent)
    prendre_en_charge(demande=demande, user=agent)
    verifier(demande=demande, user=agent, reponses={"utile": Reponse("oui", MARQUE)})
    demander_complement(
        demande=demande,
        user=agent,
        elements=[Element(f"Devis {MARQUE}", "devis"), Element(f"Question {MARQUE} ?")],
        attendue_le=timezone.localdate() + timedelta(days=30),
        message=f"Il manque {MARQUE}.",
    )
    complement = Complement.objects.get()
    devis, question = complement.elements.order_by("rang")
    fichier = ContentFile(pdf_fictif(MARQUE), name=f"{MARQUE}.pdf")
    ajouter_piece(dossier=demande.dossier, fichier=fichier, par=gerante, element=devis)
    enregistrer_reponses(complement=complement, user=gerante, reponses={question.pk: MARQUE})
    repondre(complement=complement, user=gerante)
    for user, cote in ((gerante, ENTREPRISE), (agent, GUICHET)):
        ecrire(demande=demande, user=user, cote=cote, texte=MARQUE, jeton=uuid.uuid4())
    accepter(
        demande=demande,
        user=agent,
        montant_accorde=Decimal(20_000),
        motif=f"Condition : {MARQUE}.",
        mentions=Mentions(signataire="Ada Fictive, cheffe de service", versement=MARQUE),
        montant_confirme=True,
    )


def tables_avec(*marques: str) -> set[str]:
    """The tables of which a row holds one of these texts, in any column."""
    trouvees = set()
    with connection.cursor() as curseur:
        for table in connection.introspection.table_names(curseur):
            for marque in marques:
                curseur.execute(
                    f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ILIKE %s)',  # noqa: S608
                    [f"%{marque}%"],
                )
                if curseur.fetchone() == (True,):
                    trouvees.add(table)
    return trouvees
