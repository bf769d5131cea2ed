"""The inbox: what it lists, counts, filters, sorts and finds, at a constant cost."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossiers.circuit import Etat
from dossiers.horloge import echeance
from dossiers.instruction.listes import FiltreDemandes, compteurs
from dossiers.models import Demande
from dossiers.rapprochement.models import Rapprochement, Resultat
from tests.copies import copier
from tests.fabriques import (
    AcheminementFabrique,
    AgentGuichetFabrique,
    AideFabrique,
    CommuneFabrique,
    DemandeFabrique,
    EntrepriseFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    VersionAideFabrique,
    VersionDossierFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db
URL = "/instruction/"


@pytest.fixture
def guichet():
    return GuichetFabrique(nom="Guichet fictif des entreprises")


@pytest.fixture
def page(client, guichet):
    """The inbox as an officer of `guichet` reads it: the numbers of the demandes, in order."""
    client.force_login(agent_de(guichet))

    def lire(**parametres):
        reponse = client.get(URL, parametres)
        assert reponse.status_code == 200
        return list(reponse.context["page"].object_list)

    return lire


def test_it_lists_what_was_handed_over_to_the_desks_of_the_officer(client, guichet):
    second = GuichetFabrique()
    attendues = {
        DemandeFabrique(remise=True, guichet=guichet),
        DemandeFabrique(en_instruction=True, guichet=second),
    }
    DemandeFabrique(remise=True)
    DemandeFabrique(etat=Etat.A_ETUDIER, avec_guichet=True, guichet=guichet)
    DemandeFabrique(sans_guichet=True)
    reorientee = DemandeFabrique(remise=True)
    AcheminementFabrique(demande=reorientee, guichet=guichet, remis=True)
    client.force_login(agent_de(guichet, second))
    reponse = client.get(URL)
    assert set(reponse.context["page"]) == attendues
    assert reverse("instruction:demande", args=[next(iter(attendues)).identifiant]) in str(
        reponse.content
    )


def test_an_empty_inbox_says_what_will_come(client, guichet):
    client.force_login(agent_de(guichet))
    assert "apparaîtront ici dès leur dépôt" in client.get(URL).content.decode()


def test_an_empty_state_says_which(client, guichet):
    client.force_login(agent_de(guichet))
    texte = client.get(URL, {"etat": "decidees"}).content.decode()
    assert "Aucune demande dans « Décidées ou retirées »" in texte
    assert "apparaîtront ici" not in texte


def test_a_search_leaves_the_other_filters_folded(client, guichet):
    DemandeFabrique(remise=True, guichet=guichet)
    client.force_login(agent_de(guichet))
    assert "<details open>" not in client.get(URL, {"q": "forge"}).content.decode()
    assert "<details open>" in client.get(URL, {"agent": "moi"}).content.decode()


def test_whoever_has_no_desk_is_told_what_to_do(client):
    user = UserFabrique()
    client.force_login(user)
    texte = client.get(URL).content.decode()
    assert "Aucun guichet ne vous est rattaché" in texte
    assert user.email in texte


def test_a_stranger_signs_in_first(client):
    assert client.get(URL).status_code == 302
    assert client.get("/instruction/corbeille.csv").status_code == 302


@pytest.mark.parametrize(
    ("voie", "dit"),
    [
        ("portail", "ouverte"),
        ("page", "réception confirmée depuis le courriel"),
        ("systeme", "reçue par le système du guichet"),
    ],
)
def test_what_a_system_acknowledged_is_not_said_to_be_opened(client, guichet, voie, dit):
    demande = DemandeFabrique(ouverte=True, guichet=guichet)
    demande.acheminements.update(accuse_voie=voie)
    client.force_login(agent_de(guichet))
    texte = client.get(URL).content.decode()
    assert f'<span class="detail">{dit}</span>' in texte
    assert ('<span class="detail">ouverte</span>' in texte) is (voie == "portail")


def test_decided_demandes_wait_behind_their_count(page, guichet):
    ouverte = DemandeFabrique(en_instruction=True, guichet=guichet)
    acceptee = DemandeFabrique(acceptee=True, guichet=guichet)
    assert page() == [ouverte]
    assert page(etat="decidees") == [acceptee]
    assert set(page(etat="toutes")) == {ouverte, acceptee}


def test_each_count_is_the_length_of_the_list_it_links_to(client, guichet):
    for trait in ("remise", "remise", "ouverte", "en_instruction", "acceptee", "refusee"):
        DemandeFabrique(**{trait: True}, guichet=guichet)
    for jours in (30, 47, 70):
        DemandeFabrique(ouverte=True, guichet=guichet, deposee_le=il_y_a(days=jours))
    client.force_login(agent_de(guichet))
    for compteur in client.get(URL).context["compteurs"]:
        liste = client.get(URL, {"etat": compteur.groupe}).context["page"]
        assert liste.paginator.count == compteur.nombre, compteur.libelle
    nombres = {c.groupe: c.nombre for c in client.get(URL).context["compteurs"]}
    assert nombres == {
        "non_ouvertes": 2,
        "a_etudier": 6,
        "en_instruction": 1,
        "reponses_recues": 0,
        "messages": 0,
        "a_completer": 0,
        "a_reprendre": 1,
        "urgentes": 2,
        "decidees": 2,
    }


def test_urgent_means_less_than_fifteen_days_before_silence_rejects(guichet):
    aujourd_hui = timezone.localdate()
    for jours in range(40, 70):
        DemandeFabrique(ouverte=True, guichet=guichet, deposee_le=il_y_a(days=jours))
    attendues = sum(
        echeance(d.deposee_le) < aujourd_hui + timedelta(days=15) for d in Demande.objects.all()
    )
    assert [c.nombre for c in compteurs(Demande.objects.all(), ["urgentes"])] == [attendues]
    assert 0 < attendues < 30


def test_filters_combine(page, guichet):
    moi = guichet.agents.get()
    version = VersionAideFabrique(nature="export")
    voulue = DemandeFabrique(en_instruction=True, guichet=guichet, version_aide=version, agent=moi)
    DemandeFabrique(en_instruction=True, guichet=guichet, version_aide=version)
    DemandeFabrique(en_instruction=True, guichet=guichet, agent=moi)
    assert page(nature="export", agent="moi") == [voulue]
    assert page(aide=version.aide.code, agent="moi") == [voulue]
    assert voulue not in page(agent="personne")
    assert page(nature="export", agent="moi", etat="a_etudier") == []


def test_a_filter_that_does_not_exist_is_said_and_ignored(client, guichet, page):
    demande = DemandeFabrique(remise=True, guichet=guichet)
    assert page(etat="inconnu", guichet="ailleurs", tri="hasard", page="zzz") == [demande]
    reponse = client.get(URL, {"etat": "inconnu"})
    assert "n’est pas reconnu" in reponse.content.decode()


@pytest.mark.parametrize(
    ("texte", "trouvee"),
    [
        ("menuiserie fictive", True),
        ("FICTIVE DE L", True),
        ("000 000 018", True),
        ("00000001800", True),
        ("{numero}", True),
        ("{recepisse}", True),
        ("Saint-Exemple", True),
        ("saint exem", True),
        ("99018", True),
        ("{dernier}", True),
        ("ménuiserie FICTIVE", True),
        ("batiments durables", True),
        ("Bâtiments dûrables", True),
        ("boulangerie", False),
        ("999999999", False),
        ("DU-2026-999999-1", False),
        ("%", False),
    ],
)
def test_search_finds_by_name_siren_receipt_and_commune(page, guichet, texte, trouvee):
    entreprise = EntrepriseFabrique(
        siren="000000018", siret="00000001800005", nom="Menuisérie fictive de l’Exemple"
    )
    demande = DemandeFabrique(
        remise=True,
        guichet=guichet,
        version_dossier__dossier__entreprise=entreprise,
        commune=CommuneFabrique(code="99018", nom="Saint-Exemple"),
        version_aide__titre="Bâtiments durables fictifs",
    )
    autre = DemandeFabrique(
        remise=True,
        guichet=guichet,
        version_dossier__dossier__entreprise__siren="000000026",
        commune=CommuneFabrique(nom="Autre-Lieu"),
    )
    recepisse = demande.dossier.numero.lower()
    texte = texte.format(
        numero=demande.numero, recepisse=recepisse, dernier=recepisse.rpartition("-")[2]
    )
    resultat = page(q=texte)
    assert (demande in resultat) == trouvee
    assert autre not in resultat


@pytest.mark.parametrize(
    ("tri", "ordre"),
    [
        ("", "b c a"),
        ("echeance", "b c a"),
        ("-depot", "a c b"),
        ("depot", "b c a"),
        ("entreprise", "a b c"),
        ("-montant", "c a b"),
        ("montant", "a c b"),
    ],
)
def test_sorts(page, guichet, tri, ordre):
    for nom, jours, montant in (("a", 1, 100), ("b", 20, None), ("c", 10, 5000)):
        DemandeFabrique(
            remise=True,
            guichet=guichet,
            deposee_le=il_y_a(days=jours),
            montant_estime=montant and Decimal(montant),
            version_dossier__dossier__entreprise__nom=nom,
        )
    assert " ".join(d.dossier.entreprise.nom for d in page(tri=tri)) == ordre


def test_pages_keep_the_filters(client, guichet):
    for _ in range(26):
        DemandeFabrique(remise=True, guichet=guichet)
    client.force_login(agent_de(guichet))
    premiere = client.get(URL, {"tri": "depot"})
    seconde = client.get(URL, {"tri": "depot", "page": 2})
    assert "?tri=depot&amp;page=2" in premiere.content.decode()
    assert len(premiere.context["page"]) == 25
    assert len(seconde.context["page"]) == 1
    assert not set(premiere.context["page"]) & set(seconde.context["page"])


def remplir(guichet, nombre: int) -> None:
    """`nombre` more demandes handed over, half of them followed by somebody."""
    dossiers = [VersionDossierFabrique() for _ in range(min(nombre, 100))]
    versions = [VersionAideFabrique() for _ in range(-(-nombre // len(dossiers)))]
    (premiere, aide), *reste = ((dossier, aide) for aide in versions for dossier in dossiers)
    demande = DemandeFabrique(
        en_instruction=True, guichet=guichet, version_dossier=premiere, version_aide=aide
    )
    agent = UserFabrique().pk
    depots = [version.pk for version, _ in reste]
    demandes = copier(
        demande,
        len(reste),
        identifiant="gen_random_uuid()",
        dossier_id=[version.dossier_id for version, _ in reste],
        version_dossier_id=depots,
        version_aide_id=[aide.pk for _, aide in reste],
        aide_id=[aide.aide_id for _, aide in reste],
        agent_id=[agent if rang % 2 else None for rang in range(len(reste))],
        deposee_le="deposee_le + n * interval '1 microsecond'",
    )
    copier(
        demande.acheminements.get(),
        len(reste),
        cle="gen_random_uuid()",
        demande_id=demandes,
        version_dossier_id=depots,
    )
    with connection.cursor() as cursor:
        # What autovacuum does on a server: a plan made for empty tables would be absurd.
        cursor.execute("ANALYZE")


def requetes(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as contexte:
        assert client.get(url).status_code == 200
    return len(contexte)


@pytest.mark.parametrize("tri", ["", "entreprise", "-montant"])
def test_ten_lines_or_ten_thousand_cost_the_same_queries(client, guichet, tri):
    client.force_login(agent_de(guichet))
    remplir(guichet, 10)
    peu = requetes(client, f"{URL}?tri={tri}")
    remplir(guichet, 10_000 if not tri else 500)
    assert requetes(client, f"{URL}?tri={tri}") == peu
    assert peu <= 14


def test_the_csv_has_the_filtered_list_and_no_formula(client, guichet):
    entreprise = EntrepriseFabrique(nom="=HYPERLINK(fictif)")
    voulue = DemandeFabrique(
        acceptee=True, guichet=guichet, version_dossier__dossier__entreprise=entreprise
    )
    DemandeFabrique(remise=True, guichet=guichet)
    DemandeFabrique(acceptee=True)
    client.force_login(agent_de(guichet))
    reponse = client.get("/instruction/corbeille.csv", {"etat": "decidees"})
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    lignes = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert [ligne["numéro"] for ligne in lignes] == [voulue.numero]
    assert lignes[0]["entreprise"] == "'=HYPERLINK(fictif)"
    assert lignes[0]["montant accordé"] == "20000,00"
    Demande.objects.filter(pk=voulue.pk).update(
        etat=Etat.REFUSEE, montant_accorde=None, montant_estime=Decimal(30000)
    )
    reponse = client.get("/instruction/corbeille.csv", {"etat": "decidees"})
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(texte), delimiter=";"))["montant estimé"] == "–"
    assert reponse["Content-Type"].startswith("text/csv")


def test_only_a_get_is_answered(client, guichet):
    client.force_login(agent_de(guichet))
    assert client.post(URL).status_code == 405


def test_a_company_member_sees_no_inbox_of_others(client, guichet):
    demande = DemandeFabrique(remise=True, guichet=guichet)
    membre = MembreFabrique(entreprise=demande.dossier.entreprise).user
    AgentGuichetFabrique(user=membre)
    client.force_login(membre)
    assert list(client.get(URL).context["page"]) == []


def test_the_filter_form_offers_only_what_the_list_holds(guichet):
    version = VersionAideFabrique(aide=AideFabrique(code="aide-presente"), nature="numerique")
    VersionAideFabrique(nature="export")
    DemandeFabrique(remise=True, guichet=guichet, version_aide=version)
    filtre = FiltreDemandes(
        {},
        demandes=Demande.objects.all(),
        user=UserFabrique(),
        champs=("aide", "nature"),
        defaut=("en_cours", "echeance"),
    )
    assert [code for code, _ in filtre.fields["aide"].choices] == ["", "aide-presente"]
    assert [code for code, _ in filtre.fields["nature"].choices] == ["", "numerique"]


def test_counters_of_nothing_are_not_shown(client, guichet):
    DemandeFabrique(en_instruction=True, guichet=guichet, agent=guichet.agents.first())
    client.force_login(agent_de(guichet))
    texte = client.get(URL).content.decode()
    assert 'href="?etat=en_instruction"' in texte
    assert 'href="?etat=messages"' not in texte
    assert 'href="?etat=messages" aria-current="true"' in client.get(
        URL, {"etat": "messages"}
    ).content.decode().replace("\n", " ")


def test_a_search_says_what_it_found_among_the_decided_ones(client, guichet):
    for trait, nom in (
        ("en_instruction", "Forge fictive"),
        ("acceptee", "Forge fictive"),
        ("refusee", "Scierie fictive"),
    ):
        DemandeFabrique(
            **{trait: True}, guichet=guichet, version_dossier__dossier__entreprise__nom=nom
        )
    client.force_login(agent_de(guichet))
    phrase = "parmi les demandes décidées"
    texte = client.get(URL, {"q": "forge"}).content.decode()
    assert f'href="?q=forge&amp;etat=decidees">et 1 {phrase}' in texte
    assert f"et 1 {phrase}" in client.get(URL, {"q": "scierie"}).content.decode()
    for autres in ({}, {"q": "tannerie"}, {"q": "forge", "etat": "toutes"}):
        assert phrase not in client.get(URL, autres).content.decode()


def test_amounts_are_sorted_as_they_are_shown(page, guichet):
    accordee = DemandeFabrique(acceptee=True, guichet=guichet, montant_estime=Decimal(90000))
    estimee = DemandeFabrique(remise=True, guichet=guichet, montant_estime=Decimal(30000))
    plafonnee = DemandeFabrique(remise=True, guichet=guichet)
    inconnue = DemandeFabrique(remise=True, guichet=guichet)
    refusee = DemandeFabrique(refusee=True, guichet=guichet, montant_estime=Decimal(50000))
    lignes = [{"maximum": None, "plafond": "25000"}, {"maximum": "1000", "plafond": "40000"}]
    Resultat.objects.create(
        rapprochement=Rapprochement.objects.create(
            version_dossier=plafonnee.version_dossier, le=timezone.localdate(), faits={}
        ),
        version_aide=plafonnee.version_aide,
        issue=Resultat.Valeur.ELIGIBLE,
        preuve={},
        montant={"maximum": None, "texte": "plafonné à 25 000 €", "lignes": lignes},
    )
    attendu = [estimee, plafonnee, accordee]
    assert accordee.montant_accorde == Decimal(20000)
    assert page(tri="-montant", etat="toutes") == [*attendu, refusee, inconnue]
    assert page(tri="montant", etat="toutes") == [*reversed(attendu), refusee, inconnue]


def test_the_csv_tells_who_follows_and_what_the_project_costs(client, guichet):
    agent = agent_de(guichet)
    demande = DemandeFabrique(en_instruction=True, guichet=guichet, agent=agent)
    version = demande.version_dossier
    faits = {
        "depense_equipement": "1000.50",
        "depense_batiment": "sans_objet",
        "aide_souhaitee": "500.00",
    }
    version.contenu["faits"] = {code: {"valeur": valeur} for code, valeur in faits.items()}
    type(version).objects.filter(pk=version.pk).update(contenu=version.contenu)
    client.force_login(agent)
    reponse = client.get("/instruction/corbeille.csv")
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    ligne = next(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert ligne["agent en charge"] == agent.get_full_name()
    assert (ligne["total des dépenses"], ligne["aide souhaitée"]) == ("1000,50", "500,00")
