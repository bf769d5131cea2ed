"""Drafts: changed one act at a time, undone, published or thrown away, never by somebody else."""

from __future__ import annotations

import copy
import random

import pytest
from django.core.exceptions import PermissionDenied

from aides.actes import publier_aides
from aides.echange import document_de, lire_catalogue
from aides.edition import actes
from aides.edition.actes import PublicationRefusee, RevisionDepassee, VersionDepassee
from aides.edition.arbre import OperationRefusee, feuilles, parcourir
from aides.edition.examen import examiner
from aides.edition.operations import (
    Ajouter,
    Champs,
    Deplacer,
    Grouper,
    Monter,
    Nier,
    Retirer,
)
from aides.models import Aide, BrouillonAide, EtapeBrouillon, VersionAide
from portal.socle.json_strict import DocumentInvalide
from portal.socle.models import Evenement
from territoires.organismes.models import Organisme
from tests.aides.exemples import aide, catalogue
from tests.fabriques import (
    AdministrateurOrganismeFabrique,
    GestionnaireCatalogueFabrique,
    UserFabrique,
)

pytestmark = pytest.mark.django_db
COMMENCE = {"type": "vrai", "fait": "projet_commence", "source": "reglement"}


def modifier(brouillon, operation, par):
    return actes.modifier_brouillon(
        brouillon=brouillon, operation=operation, revision=brouillon.revision, par=par
    )[0]


def publier(brouillon, par, version_vue=1):
    return actes.publier_brouillon(
        brouillon=brouillon, revision=brouillon.revision, version_vue=version_vue, par=par
    )


def en_base():
    return (
        list(BrouillonAide.objects.order_by("pk").values()),
        list(EtapeBrouillon.objects.order_by("pk").values()),
        VersionAide.objects.count(),
        Evenement.objects.count(),
    )


# ------------------------------------------------------------------ beginning


def test_a_draft_begins_with_what_is_published(brouillon, publiee):
    assert brouillon.base == publiee.version
    examen = examiner(brouillon.document)
    zone = "criteres/criteres/10/criteres/0/zone"
    assert [(r.chemin, r.bloquante) for r in examen.remarques] == [(zone, False)]
    assert examen.version.empreinte == publiee.version.empreinte
    assert (brouillon.annulable, brouillon.retablissable) == ("", "")


def test_an_aide_has_one_draft_for_an_organisme(brouillon, publiee, region):
    collegue = GestionnaireCatalogueFabrique(organisme=region).user
    assert actes.creer_brouillon(aide=publiee, par=collegue) == brouillon
    assert BrouillonAide.objects.get().etapes.count() == 1


def test_a_new_aide_has_a_code_of_its_own(region, gestionnaire, publiee):
    codes = [
        actes.creer_brouillon_vierge(organisme=region, titre=titre, par=gestionnaire).code
        for titre in ("Fictive ateliers", "Prime d’été", "Prime d’été", "…")
    ]
    assert codes == ["fictive-ateliers-2", "prime-dete", "prime-dete-2", "aide"]
    examen = examiner(BrouillonAide.objects.order_by("pk").first().document)
    assert {(r.chemin, r.message) for r in examen.remarques} >= {
        ("description", "à remplir"),
        ("nature", "à remplir"),
        ("criteres", "ce groupe est vide : ajoutez-y un critère, ou retirez-le"),
    }
    assert examen.version is None


# ------------------------------------------------------------------ who


def etrangers(region):
    return [
        UserFabrique(),
        AdministrateurOrganismeFabrique(organisme=region).user,
        GestionnaireCatalogueFabrique().user,
        # Reviews the aide, and does not write it.
        GestionnaireCatalogueFabrique(organisme=Organisme.objects.get(code="agence-fictive")).user,
    ]


def test_no_act_is_open_to_somebody_else(brouillon, publiee, region):
    ici = {"brouillon": brouillon, "revision": 1}
    octets = catalogue(aide())
    autres = etrangers(region)
    avant = en_base()
    for par in autres:
        for refuse in (
            lambda par: actes.creer_brouillon(aide=publiee, par=par),
            lambda par: actes.creer_brouillon_vierge(organisme=region, titre="X", par=par),
            lambda par: actes.importer_brouillons(octets=octets, organisme=region, par=par),
            lambda par: actes.modifier_brouillon(**ici, operation=Champs({"titre": "X"}), par=par),
            lambda par: actes.annuler(**ici, par=par),
            lambda par: actes.retablir(**ici, par=par),
            lambda par: actes.supprimer_brouillon(**ici, par=par),
            lambda par: actes.publier_brouillon(**ici, version_vue=1, par=par),
            lambda par: actes.clore_aide(aide=publiee, version_vue=1, motif="X", par=par),
        ):
            with pytest.raises(PermissionDenied):
                refuse(par)
        assert not BrouillonAide.objects.visibles_par(par).exists()
        assert publiee not in Aide.objects.modifiables_par(par)
        assert not any(brouillon.permissions(par).values())
        assert not any(publiee.permissions(par).values())
    assert en_base() == avant


def test_the_portal_s_administrators_may_do_everything(brouillon, publiee):
    admin = UserFabrique(administration=True)
    assert list(BrouillonAide.objects.visibles_par(admin)) == [brouillon]
    assert all(brouillon.permissions(admin).values())
    assert publier(modifier(brouillon, Champs({"titre": "Autre"}), admin), admin).numero == 2


def test_lists_and_permissions_never_disagree(brouillon, publiee, region, gestionnaire):
    for par in (gestionnaire, UserFabrique(administration=True), *etrangers(region)):
        for une in Aide.objects.publiees():
            permis = bool(une.permissions(par)["modifier"])
            assert permis is Aide.objects.modifiables_par(par).filter(pk=une.pk).exists()
        visible = BrouillonAide.objects.visibles_par(par).filter(pk=brouillon.pk).exists()
        assert visible is bool(brouillon.permissions(par)["modifier"])


# ------------------------------------------------------------------ changing


def test_an_older_page_changes_nothing(brouillon, gestionnaire):
    suite = modifier(brouillon, Champs({"titre": "Premier"}), gestionnaire)
    assert (suite.revision, suite.titre) == (2, "Premier")
    avant = en_base()
    ici = {"brouillon": brouillon, "revision": 1, "par": gestionnaire}
    for perime in (
        lambda: actes.modifier_brouillon(**ici, operation=Champs({"titre": "Second"})),
        lambda: actes.annuler(**ici),
        lambda: actes.supprimer_brouillon(**ici),
        lambda: actes.publier_brouillon(**ici, version_vue=1),
    ):
        with pytest.raises(RevisionDepassee) as refus:
            perime()
        assert refus.value.actuelle == 2
    assert en_base() == avant


def test_what_changes_nothing_is_no_step(brouillon, gestionnaire):
    titre = brouillon.document["titre"]
    assert modifier(brouillon, Champs({"titre": titre}), gestionnaire).revision == 1


def _au_hasard(document, hasard):
    chemins = [chemin for chemin, _ in parcourir(document["criteres"], "criteres")]
    groupes = [c for c, n in parcourir(document["criteres"], "criteres") if "criteres" in n]
    return hasard.choice(
        (
            Ajouter(hasard.choice(groupes), COMMENCE),
            Retirer(hasard.choice(chemins[1:] or chemins)),
            Monter(hasard.choice(chemins)),
            Nier(hasard.choice(chemins)),
            Grouper((hasard.choice(chemins),), "un"),
            Deplacer(hasard.choice(chemins), hasard.choice(groupes)),
            Champs({"titre": f"Titre {hasard.random()}"}),
        )
    )


@pytest.mark.parametrize("graine", range(4))
def test_undoing_restores_exactly_and_redoing_too(brouillon, gestionnaire, graine):
    hasard = random.Random(graine)
    etats = [copy.deepcopy(brouillon.document)]
    while len(etats) <= 12:
        try:
            suite = modifier(brouillon, _au_hasard(brouillon.document, hasard), gestionnaire)
        except OperationRefusee:
            continue
        if suite.revision > brouillon.revision:
            etats.append(copy.deepcopy(suite.document))
        brouillon = suite
    ici = {"par": gestionnaire}
    for attendu in reversed(etats[:-1]):
        brouillon = actes.annuler(brouillon=brouillon, revision=brouillon.revision, **ici)
        assert BrouillonAide.objects.get(pk=brouillon.pk).document == attendu
    assert actes.annuler(brouillon=brouillon, revision=brouillon.revision, **ici) == brouillon
    for attendu in etats[1:]:
        brouillon = actes.retablir(brouillon=brouillon, revision=brouillon.revision, **ici)
        assert BrouillonAide.objects.get(pk=brouillon.pk).document == attendu
    assert brouillon.retablissable == ""


def test_a_change_forgets_what_was_undone(brouillon, gestionnaire):
    for titre in ("Un", "Deux"):
        brouillon = modifier(brouillon, Champs({"titre": titre}), gestionnaire)
    brouillon = actes.annuler(brouillon=brouillon, revision=3, par=gestionnaire)
    assert (brouillon.titre, brouillon.retablissable) == ("Un", "changement de la fiche")
    brouillon = modifier(brouillon, Champs({"titre": "Trois"}), gestionnaire)
    assert brouillon.retablissable == ""
    titres = [etape.document["titre"] for etape in brouillon.etapes.order_by("rang")]
    assert titres == ["Prime fictive aux ateliers", "Un", "Trois"]


def test_steps_are_bounded(brouillon, gestionnaire, monkeypatch):
    monkeypatch.setattr(actes, "ETAPES_GARDEES", 3)
    for titre in "abcdef":
        brouillon = modifier(brouillon, Champs({"titre": titre}), gestionnaire)
    assert [e.document["titre"] for e in brouillon.etapes.order_by("rang")] == list("cdef")
    for attendu in "edcc":
        brouillon = actes.annuler(
            brouillon=brouillon, revision=brouillon.revision, par=gestionnaire
        )
        assert brouillon.titre == attendu
    assert brouillon.annulable == ""


def test_a_draft_does_not_grow_without_end(brouillon, gestionnaire, monkeypatch):
    monkeypatch.setattr(actes, "TAILLE_MAXIMUM", 10_000)
    avant = en_base()
    with pytest.raises(OperationRefusee, match="trop longue"):
        modifier(brouillon, Champs({"description": "x" * 10_000}), gestionnaire)
    assert en_base() == avant


def test_what_was_typed_is_kept_however_wrong(brouillon, gestionnaire):
    demi = {"type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": "douze"}
    suite = modifier(brouillon, Ajouter("criteres", demi), gestionnaire)
    *_, (chemin, dernier) = feuilles(suite.document["criteres"], "criteres")
    assert dernier == demi
    examen = examiner(suite.document)
    assert examen.critere is None
    fautes = [f"{chemin}/source", f"{chemin}/valeur"]
    assert [r.chemin for r in examen.bloquantes] == fautes
    with pytest.raises(PublicationRefusee) as refus:
        publier(suite, gestionnaire)
    assert [r.chemin for r in refus.value.remarques] == [f"{chemin}/source"]
    assert BrouillonAide.objects.get().document == suite.document


def test_a_draft_is_thrown_away_and_the_aide_stays(brouillon, publiee, gestionnaire):
    actes.supprimer_brouillon(brouillon=brouillon, revision=1, par=gestionnaire)
    assert not EtapeBrouillon.objects.exists()
    publiee.refresh_from_db()
    assert publiee.version.numero == 1
    assert Evenement.objects.filter(verbe="brouillon_supprime").count() == 1


# ------------------------------------------------------------------ publishing


def test_publishing_makes_the_next_version_and_ends_the_draft(brouillon, publiee, gestionnaire):
    suite = modifier(brouillon, Champs({"titre": "Autre titre"}), gestionnaire)
    suite = modifier(suite, Retirer("criteres/criteres/0"), gestionnaire)
    assert suite.annulable == "retrait d’un critère"
    version = publier(suite, gestionnaire)
    assert (version.numero, version.titre) == (2, "Autre titre")
    assert len(version.criteres["criteres"]) == len(aide()["criteres"]["criteres"]) - 1
    assert publiee.versions.get(numero=1).titre == "Prime fictive aux ateliers"
    assert not BrouillonAide.objects.exists()
    verbes = Evenement.objects.filter(acteur_id=gestionnaire.pk).values_list("verbe", flat=True)
    assert list(verbes) == [
        "brouillon_cree", "brouillon_modifie", "brouillon_modifie", "brouillon_publie",
        "aide_publiee",
    ]  # fmt: skip
    assert "Autre titre" not in str(list(Evenement.objects.values_list("donnees", flat=True)))


def test_a_version_published_meanwhile_is_not_silently_replaced(brouillon, gestionnaire):
    document = copy.deepcopy(brouillon.document)
    document["titre"] = "Par quelqu’un d’autre"
    publier_aides(documents=lire_catalogue(catalogue(document)))
    avant = en_base()
    with pytest.raises(VersionDepassee) as refus:
        publier(brouillon, gestionnaire)
    assert refus.value.numero == 2
    with pytest.raises(VersionDepassee):
        actes.clore_aide(aide=brouillon.aide, version_vue=1, motif="X", par=gestionnaire)
    assert en_base() == avant
    assert publier(brouillon, gestionnaire, version_vue=2).numero == 3


def test_a_new_aide_is_published_once_complete(region, gestionnaire, publiee):
    nouveau = actes.creer_brouillon_vierge(
        organisme=region, titre="Prime nouvelle", par=gestionnaire
    )
    with pytest.raises(PublicationRefusee):
        publier(nouveau, gestionnaire, version_vue=0)
    champs = ("description", "nature", "formes", "perimetre", "verifie_le")
    nouveau = modifier(nouveau, Champs({c: aide()[c] for c in champs}), gestionnaire)
    source = {"libelle": "Délibération fictive", "date": "2026-11-01"}
    nouveau = modifier(nouveau, Ajouter("criteres", {**COMMENCE, "source": source}), gestionnaire)
    with pytest.raises(PublicationRefusee) as refus:
        publier(nouveau, gestionnaire, version_vue=0)
    assert "source" in str(refus.value)
    assert nouveau.code == "prime-nouvelle"
    assert not Aide.objects.filter(code=nouveau.code).exists()


def test_an_organisme_stays_among_those_who_carry_its_aide(brouillon, gestionnaire):
    autres = [{"organisme": "agence-fictive", "roles": ["diffuseur", "financeur"]}]
    suite = modifier(brouillon, Champs({"porteurs": autres}), gestionnaire)
    with pytest.raises(PublicationRefusee, match="parmi les porteurs"):
        publier(suite, gestionnaire)
    assert publier(suite, UserFabrique(administration=True)).numero == 2


def test_a_code_taken_meanwhile_is_refused(region, gestionnaire, publiee):
    (nouveau,) = actes.importer_brouillons(
        octets=catalogue(aide(code="bientot-prise")), organisme=region, par=gestionnaire
    )
    publier_aides(documents=lire_catalogue(catalogue(aide(code="bientot-prise"))))
    with pytest.raises(PublicationRefusee, match="déjà celui d’une autre aide"):
        publier(nouveau, gestionnaire, version_vue=0)


def test_closing_an_aide_says_why_and_checks_nothing_else(publiee, gestionnaire):
    version = actes.clore_aide(
        aide=publiee, version_vue=1, motif="  Enveloppe épuisée ", par=gestionnaire
    )
    assert (version.numero, version.statut) == (2, "close")
    assert version.statut_precision == "Enveloppe épuisée"
    publiee.refresh_from_db()
    assert publiee.permissions(gestionnaire)["clore"].reason == "Cette aide est déjà close."


# ------------------------------------------------------------------ import


def importer(organisme, par, *documents):
    return actes.importer_brouillons(octets=catalogue(*documents), organisme=organisme, par=par)


def test_a_file_makes_drafts_and_publishes_nothing(brouillon, region, gestionnaire):
    repris, nouveau = importer(region, gestionnaire, aide(titre="Repris"), aide(code="nouvelle"))
    assert (repris.pk, repris.titre, repris.revision) == (brouillon.pk, "Repris", 2)
    assert repris.annulable == "import d’un fichier"
    assert (nouveau.aide, nouveau.base, nouveau.code) == (None, None, "nouvelle")
    assert Aide.objects.count() == 2
    retour = actes.annuler(brouillon=repris, revision=2, par=gestionnaire)
    assert retour.document == brouillon.document


def test_a_file_is_exported_as_it_was_imported(region, gestionnaire, publiee):
    (nouveau,) = importer(region, gestionnaire, aide(code="nouvelle"))
    assert examiner(nouveau.document).version is not None
    (lue,) = lire_catalogue(catalogue(nouveau.document))
    assert lue.document == aide(code="nouvelle")
    assert document_de(publiee.version)["code"] == "fictive-ateliers"


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([aide(code="nouvelle", nature="autre")], "aides/0/nature"),
        ([aide(code="nouvelle"), aide(code="b", criteres__type="autre")], "aides/1/criteres/type"),
        ([aide(identifiant=aide(code="x")["identifiant"])], "son identifiant est"),
        ([aide(code=f"a-{rang}") for rang in range(21)], "20 au plus"),
    ],
)
def test_one_fault_refuses_the_whole_file(brouillon, region, gestionnaire, documents, message):
    avant = en_base()
    with pytest.raises(DocumentInvalide, match=message):
        importer(region, gestionnaire, *documents)
    assert en_base() == avant


def test_the_aide_of_another_is_not_imported(publiee, gestionnaire):
    autre = GestionnaireCatalogueFabrique()
    with pytest.raises(DocumentInvalide, match="Seuls les gestionnaires"):
        importer(autre.organisme, autre.user, aide())
    assert not BrouillonAide.objects.exists()
