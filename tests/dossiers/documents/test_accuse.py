"""The acknowledgement says all that CRPA R112-11-1 and article 6 of the RGEC require."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pypdf import PdfReader

from dossiers.acheminement.actes import remettre, reorienter
from dossiers.documents.actes import produire_dus
from dossiers.documents.pdf import ecrire
from dossiers.models import Complement, Document, ElementComplement
from tests.dossiers.documents.outils import accuse, demande, guichet, produit, texte_de
from tests.fabriques import AcheminementFabrique, agent_de

pytestmark = pytest.mark.django_db

MENTIONS = {
    "date of receipt": "Date de réception 22 novembre 2026 à 10 h 05",
    "service in charge": "Service chargé du dossier Région fictive, Guichet fictif des entreprises",
    "its postal address": "1 rue Fictive, 20900 Valfictif",
    "its e-mail address": "guichet@exemple.invalid",
    "its telephone": "Téléphone : 00 00 00 00 01",
    "nature of the implicit decision": "décision implicite de rejet",
    "its date": "sous réserve que la demande soit complète, elle sera réputée rejetée le "
    "22 janvier 2027",
    "its source": "CRPA, article L231-4, 3°",
    "start of the delay": "CRPA, article L114-3",
    "administrative appeal": "Recours gracieux",
    "its time": "dans les deux mois à compter de la date du rejet implicite",
    "judicial appeal": "tribunal administratif territorialement compétent",
    "its articles": "CJA, articles R421-1 et R421-2",
    "missing pieces": "aucune pièce ni information ne vous est demandée",
    "the rule for them": "CRPA, articles L114-5 et R112-11-4",
    "legal basis": "CRPA, articles L112-11 et R112-11-1 à R112-11-4",
    "in whose name": "Pour l’autorité compétente, Guichet fictif des entreprises Région fictive",
    "name of the company": "Entreprise Métallerie fictive",
    "its size": "Petite entreprise (effectif : 12,5 emplois ; chiffre d’affaires : 1 500 000 € ; "
    "total du bilan : 900 000 €)",
    "description": "Une ligne de découpe. Et sa formation.",
    "start of the project": "Début du projet 1er février 2027",
    "end of the project": "Fin du projet 31 décembre 2027",
    "works not started": "Le projet n’est pas encore engagé",
    "place": "Lieu du projet Valfictif (20900)",
    "costs": "Équipements 80 000 € Conseil et études 20 000 € Total 100 000 €",
    "type of aid": "Type d’aide demandé Subvention",
    "public funding needed": "Financement public nécessaire au projet 30 000 €",
}


def test_every_mention_is_there():
    lu = texte_de(produit(accuse()))
    assert [nom for nom, mention in MENTIONS.items() if mention not in lu] == []


def test_what_nobody_gave_or_confirmed_is_said_so():
    bureau = guichet(courriel="", telephone="", adresse="", a_confirmer=True)
    lu = texte_de(produit(accuse(guichet=bureau)))
    assert "Adresse : à confirmer" in lu
    assert "Téléphone : à confirmer" in lu
    assert "Coordonnées à confirmer par le service" in lu


def test_a_dossier_that_answers_nothing_says_what_it_does_not_say():
    document = accuse()
    version = document.demande.version_dossier
    version.contenu |= {"faits": {}, "description": ""}
    version.save()
    lu = texte_de(produit(document))
    assert "Catégorie à confirmer (effectif : non renseigné" in lu
    assert "Description du projet non renseigné" in lu
    assert "Début du projet non renseigné" in lu
    assert "Travaux non renseigné" in lu
    assert "Total non renseigné" in lu


def test_what_a_company_typed_is_text_and_nothing_else():
    document = accuse()
    version = document.demande.version_dossier
    version.contenu |= {"description": "<img src='file:///etc/hostname'>{{ c }} <b>gras</b>"}
    version.save()
    assert "<img src='file:///etc/hostname'>{{ c }} <b>gras</b>" in texte_de(produit(document))


def test_missing_pieces_and_their_deadline_are_listed():
    document = accuse()
    complement = Complement.objects.create(
        demande=document.demande,
        guichet=document.guichet,
        demandee_le=timezone.now(),
        attendue_le=date(2026, 12, 20),
    )
    ElementComplement.objects.create(
        complement=complement, rang=1, genre="piece", type_piece="devis", libelle="Devis signé"
    )
    lu = texte_de(produit(document))
    assert "au plus tard le 20 décembre 2026" in lu
    assert "Devis signé" in lu
    assert "la suspension cesse dès que vous les avez fournies" in lu


# ------------------------------------------------------------------ when it is issued


def test_it_is_asked_for_when_the_desk_has_the_demande_and_once():
    cible = demande(guichet=guichet(), etat="a_etudier", prochaine_tentative=None)
    acheminement = AcheminementFabrique(demande=cible)
    annonce = AcheminementFabrique(demande=cible, canal="courriel", de_reference=False)
    assert remettre(acheminement_id=annonce.pk)
    assert not Document.objects.exists()
    assert remettre(acheminement_id=acheminement.pk)
    assert not remettre(acheminement_id=acheminement.pk)
    document = Document.objects.get()
    assert (document.genre, document.numero) == ("accuse", 1)
    assert (document.guichet, document.contenu) == (cible.guichet, None)


def test_a_new_desk_issues_a_new_one_and_the_date_of_receipt_stays():
    ancien, nouveau = guichet(), guichet(nom="Autre guichet fictif", telephone="00 00 00 00 02")
    cible = demande(guichet=ancien, etat="a_etudier", prochaine_tentative=None)
    AcheminementFabrique(demande=cible, accuse=True)
    Document.objects.create(demande=cible, guichet=ancien, genre="accuse")
    reorienter(
        demande=cible,
        user=agent_de(ancien),
        motif="Ce n’est pas notre territoire.",
        guichet=nouveau,
    )
    assert remettre(acheminement_id=cible.acheminements.get(guichet=nouveau, de_reference=True).pk)
    assert produire_dus() == 2
    premier, second = (texte_de(d) for d in Document.objects.order_by("numero"))
    assert "Guichet fictif des entreprises" in premier
    assert "Autre guichet fictif" not in premier
    assert "Autre guichet fictif" in second
    assert "00 00 00 00 02" in second
    assert f"Il remplace l’accusé de réception {cible.numero}-AR1" in second
    assert "Date de réception 22 novembre 2026 à 10 h 05" in second
    assert "réputée rejetée le 22 janvier 2027" in second


# ------------------------------------------------------------------ the file


def test_writing_it_again_gives_the_same_bytes():
    document = produit(accuse())
    with document.fichier.open("rb") as fichier:
        assert ecrire(document) == fichier.read()


def test_it_is_tagged_pdf_ua():
    document = produit(accuse())
    with document.fichier.open("rb") as fichier:
        lecteur = PdfReader(BytesIO(fichier.read()))
    racine = lecteur.root_object
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"] == "fr"
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert len(racine["/StructTreeRoot"]["/K"]) > 0
    xmp = racine["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in xmp
    titre = f"Accusé de réception électronique, {document.reference}"
    assert lecteur.metadata.title == titre
    assert titre in xmp
    assert [signet.title for signet in lecteur.outline if not isinstance(signet, list)] == [
        "Accusé de réception électronique"
    ]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P", "/L"} <= balises(racine["/StructTreeRoot"])


def balises(noeud: object) -> set[str]:
    """Every structure type below a node of the structure tree."""
    vues: set[str] = set()
    pile = [noeud]
    while pile:
        objet = pile.pop()
        objet = objet.get_object() if hasattr(objet, "get_object") else objet
        if isinstance(objet, list):
            pile.extend(objet)
        elif isinstance(objet, dict):
            vues.add(str(objet.get("/S", "")))
            if "/K" in objet:
                pile.append(objet["/K"])
    return vues


def test_dates_of_the_file_are_those_of_the_content():
    document = produit(accuse())
    emis = datetime.fromisoformat(document.contenu["emis_le"])
    with document.fichier.open("rb") as fichier:
        metadonnees = PdfReader(BytesIO(fichier.read())).metadata
    assert metadonnees.creation_date.astimezone(ZoneInfo("Europe/Paris")) == emis
    assert timezone.now() - emis < timedelta(minutes=5)
