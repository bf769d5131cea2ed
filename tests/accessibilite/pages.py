"""Every page of the site: what the tests of accessibility and of speed walk through.

**Adding a page is one line** of `PAGES`:

    Page("suivi", lambda m: f"/dossiers/{m.depose.identifiant}/suivi/", "gerante"),

- the name is the test's (`pytest tests/accessibilite/test_axe.py -k suivi`);
- the address is a path, or a function of the `Monde` (monde.py) that returns one; what it needs
  is made by a property of `Monde`: add yours there, it is made only when a page asks for it;
- then who is signed in: the name of a property of `Monde` that is a `User` (nobody: nothing);
- `envoi={"champ": "valeur"}` sends the form of the page that holds the first of these fields
  (after `novalidate`), as a person would: to see it with its errors, or the page that follows
  (`envoi={}`: the first form of the page). A list ticks several boxes; what only the `Monde` knows
  is given by a function of it;
- `statut` is the status expected of the page that is looked at (200);
- `attendre` is a selector to wait for, where a script draws the page;
- `exclure` is a selector that axe does not enter: somebody else's component, which the statement
  of accessibility names.

A template of ours that extends a layout and that no page of the registry shows makes
`test_rendus.py` fail; `HORS_REGISTRE` lists those that cannot be reached, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from tests.accessibilite.monde import Monde
from tests.fabriques import MOT_DE_PASSE

Valeur = str | bool | list[str]


@dataclass(frozen=True)
class Page:
    """A page as somebody sees it. See the module's text."""

    nom: str
    adresse: str | Callable[[Monde], str]
    qui: str = ""
    envoi: Mapping[str, Valeur] | Callable[[Monde], Mapping[str, Valeur]] | None = None
    statut: int = 200
    attendre: str = ""
    exclure: str = ""

    def chemin(self, monde: Monde) -> str:
        return self.adresse if isinstance(self.adresse, str) else self.adresse(monde)

    def saisie(self, monde: Monde) -> dict[str, Valeur] | None:
        return (
            None
            if self.envoi is None
            else dict(self.envoi(monde) if callable(self.envoi) else self.envoi)
        )

    def __str__(self) -> str:
        return self.nom


def brouillon(suite: str = "", vide: bool = False) -> Callable[[Monde], str]:
    """The address of a page of a draft."""
    return lambda m: f"/dossiers/{(m.brouillon_vide if vide else m.brouillon).identifiant}/{suite}"


def instruction(demande: str, suite: str = "") -> Callable[[Monde], str]:
    """The address of a page of the demande that this property of `Monde` names."""
    return lambda m: f"/instruction/demandes/{getattr(m, demande).identifiant}/{suite}"


def dans_un_mois() -> str:
    """A due date that a request for more may give."""
    return (timezone.localdate() + timedelta(days=30)).isoformat()


def a_completer(suite: str) -> Callable[[Monde], str]:
    """The address of a page of the dossier from which a desk expects an answer."""
    return lambda m: f"/dossiers/{m.a_completer.dossier.identifiant}/{suite}"


ERREURS = (
    Page("400", "/erreur/400/", statut=400),
    Page("403", "/erreur/403/", statut=403),
    Page("404", "/rien-ici/", statut=404),
    Page("413", "/erreur/413/", statut=413),
    Page("429", "/erreur/429/", statut=429),
    Page("500", "/erreur/500/", statut=500),
    Page("session-trop-vieille", "/erreur/session/", statut=403),
)

VERIFIER = "/recus/verifier/"
#: A receipt that nobody signed: {"alg":"none"}, {}.
SANS_SIGNATURE = "eyJhbGciOiJub25lIn0.e30."

PUBLIQUES = (
    Page("accueil", "/"),
    Page("simulation", "/simulation/"),
    Page(
        "simulation-erreurs",
        "/simulation/?effectif=douze&commune_projet=introuvable&date_creation=2026-02-31",
    ),
    Page("simulation-aides", lambda m: m.catalogue and "/simulation/aides/?effectif=12&refus=1"),
    Page("simulation-aide", lambda m: m.catalogue and "/simulation/aides/sous-reserve/"),
    Page("catalogue", lambda m: m.catalogue and "/aides/"),
    Page("catalogue-filtre", lambda m: m.catalogue and "/aides/?q=introuvable&nature=inconnue"),
    Page("catalogue-aide", lambda m: m.catalogue and "/aides/sous-reserve/"),
    Page("verifier-recu", lambda m: m.depose and VERIFIER),
    Page("verifier-recu-valable", VERIFIER, envoi=lambda m: {"texte": m.recu}),
    Page("verifier-recu-faux", VERIFIER, envoi={"texte": SANS_SIGNATURE}, statut=422),
    Page("verifier-recu-erreurs", VERIFIER, envoi={"texte": ""}, statut=422),
    # Every component, in each theme.
    Page("composants", "/composants/"),
    Page("composants-erreurs", "/composants/?siret=1"),
    Page("composants-occitanie", "/composants/?theme=occitanie"),
    Page("composants-lauragais", "/composants/?theme=lauragais"),
    Page("accessibilite", "/accessibilite/"),
    Page("guides", "/guides/"),
    Page("guide", "/guides/entreprise/"),
    Page("accuser", lambda m: m.lien_accuse),
    Page("accuser-fait", lambda m: m.lien_accuse, envoi={}),
    Page("accuser-lien-faux", "/accuses/incomplet/", statut=404),
    Page("accuser-lien-expire", lambda m: m.lien_accuse_expire, statut=410),
    # Swagger UI: its contrasts and nested controls are its own; the document can be downloaded.
    Page("documentation-webhooks", "/api/v1/docs/webhooks/"),
    Page("documentation-api", "/api/v1/docs/", attendre=".opblock", exclure="#swagger-ui"),
)

COMPTES = (
    Page("connexion", "/comptes/login/"),
    Page("connexion-erreurs", "/comptes/login/", envoi={"login": "personne", "password": ""}),
    Page("inscription", "/comptes/signup/"),
    Page(
        "inscription-erreurs",
        "/comptes/signup/",
        envoi={"email": "gerante@", "password1": "azerty", "password2": "autre"},
    ),
    Page("inscription-en-attente", "/comptes/confirm-email/"),
    Page("confirmer-adresse", lambda m: f"/comptes/confirm-email/{m.cle_adresse}/"),
    Page("confirmer-adresse-perimee", "/comptes/confirm-email/perimee/"),
    Page("mot-de-passe-oublie", "/comptes/password/reset/"),
    Page("mot-de-passe-oublie-erreurs", "/comptes/password/reset/", envoi={"email": ""}),
    Page("mot-de-passe-oublie-envoye", "/comptes/password/reset/done/"),
    Page("nouveau-mot-de-passe", lambda m: f"/comptes/password/reset/key/{m.cle_mot_de_passe}/"),
    Page("nouveau-mot-de-passe-perime", "/comptes/password/reset/key/1-perime/"),
    Page("nouveau-mot-de-passe-fait", "/comptes/password/reset/key/done/"),
    Page("compte-inactif", "/comptes/inactive/"),
    Page("deconnexion", "/comptes/logout/", "gerante"),
    Page("compte-adresse", "/comptes/email/", "gerante"),
    Page("compte-mot-de-passe", "/comptes/password/change/", "gerante"),
    Page(
        "compte-mot-de-passe-erreurs",
        "/comptes/password/change/",
        "gerante",
        envoi={"oldpassword": "faux", "password1": "1", "password2": "2"},
    ),
    Page("compte-verification", "/comptes/reauthenticate/", "gerante"),
    Page("double-authentification", "/comptes/2fa/", "gerante"),
    Page("double-authentification-activer", "/comptes/2fa/totp/activate/", "gerante"),
    Page(
        "double-authentification-erreurs",
        "/comptes/2fa/totp/activate/",
        "gerante",
        envoi={"code": "000000"},
    ),
    Page("double-authentification-active", "/comptes/2fa/", "protegee"),
    Page("double-authentification-desactiver", "/comptes/2fa/totp/deactivate/", "protegee"),
    Page("double-authentification-verification", "/comptes/2fa/reauthenticate/", "protegee"),
    Page("codes-de-secours", "/comptes/2fa/recovery-codes/", "protegee"),
    Page("codes-de-secours-nouveaux", "/comptes/2fa/recovery-codes/generate/", "protegee"),
    Page(
        "connexion-code",
        lambda m: m.protegee and "/comptes/login/",
        envoi={"login": "protegee@exemple.invalid", "password": MOT_DE_PASSE},
    ),
)

#: Companies, organismes and the account: who belongs to what.
ENTREPRISES_ET_ORGANISMES = (
    Page("compte", lambda m: m.entreprise and "/compte/", "gerante"),
    Page("compte-fermer", lambda m: m.entreprise and "/compte/fermer/", "gerante"),
    Page("compte-appareils", "/comptes/sessions/", "gerante"),
    Page("entreprises", "/entreprises/", "debutant"),
    Page("entreprise", lambda m: m.invitation and f"/entreprises/{m.entreprise.siren}/", "gerante"),
    Page("membre", lambda m: m.page_membre, "gerante"),
    Page("entreprise-quitter", lambda m: f"/entreprises/{m.entreprise.siren}/quitter/", "gerante"),
    Page("invitation", lambda m: m.invitation.get_absolute_url()),
    Page("invitation-fausse", "/invitations/fausse/", statut=404),
    Page("rattachements", lambda m: m.entreprise and "/rattachements/", "administration"),
    Page(
        "rattachement", lambda m: m.postulant and f"/rattachements/{m.entreprise.siren}/",
        "administration",
    ),
    Page("organismes", lambda m: m.guichet and "/organisme/", "administration"),
    Page("organisme", lambda m: m.page_organisme(), "administration"),
    Page("organisme-guichet", lambda m: m.page_organisme("guichets"), "administration"),
    Page("connexion-guichet", lambda m: m.page_connexion(), "administration"),
    Page(
        "connexion-guichet-erreurs", lambda m: m.page_connexion(), "administration",
        envoi={"url": "https://10.0.0.1/"}, statut=422,
    ),
    Page("organisme-agent", lambda m: m.page_organisme("agents"), "administration"),
    Page(
        "organisme-administrateur", lambda m: m.page_organisme("administrateurs"),
        "administration",
    ),
    Page(
        "organisme-gestionnaire", lambda m: m.page_organisme("catalogue"), "administration",
    ),
)  # fmt: skip

DEPOT = (
    Page("dossiers", lambda m: m.postulant and m.depose and "/dossiers/", "gerante"),
    Page("dossiers-aucun", "/dossiers/", "debutant"),
    Page("nouveau", "/dossiers/nouveau/", "debutant"),
    Page("nouveau-erreurs", "/dossiers/nouveau/", "debutant", envoi={"siret": "123", "titre": ""}),
    Page("adhesion-en-attente", "/dossiers/adhesion-en-attente/", "postulant"),
    Page("dossier", brouillon(), "gerante"),
    *(
        Page(f"section-{section}", brouillon(f"{section}/"), "gerante")
        for section in (
            "entreprise",
            "projet",
            "lieu",
            "calendrier",
            "depenses",
            "financement",
            "emplois",
        )
    ),
    Page(
        "section-erreurs",
        brouillon("entreprise/", vide=True),
        "gerante",
        envoi={"effectif": "douze", "total_bilan": "beaucoup"},
    ),
    Page(
        "depenses-erreurs",
        brouillon("depenses/", vide=True),
        "gerante",
        envoi={"depense_equipement": "cher"},
    ),
    Page("pieces-aucune", brouillon("pieces/"), "gerante"),
    Page("pieces", lambda m: f"/dossiers/{m.avec_pieces.identifiant}/pieces/", "gerante"),
    Page("pieces-deposees", lambda m: f"/dossiers/{m.depose.identifiant}/pieces/", "gerante"),
    Page("aides", brouillon("aides/"), "gerante"),
    Page("aides-refus", brouillon("aides/?refus=1&ailleurs=1"), "gerante"),
    Page("aides-projet-vide", brouillon("aides/", vide=True), "gerante"),
    Page("aide", brouillon("aides/sous-reserve/"), "gerante"),
    Page("verifier", brouillon("verifier/"), "gerante"),
    Page("verifier-vide", brouillon("verifier/", vide=True), "gerante"),
    Page("suivi", lambda m: f"/dossiers/{m.depose.identifiant}/suivi/", "gerante"),
    Page("suivi-efface", lambda m: f"/dossiers/{m.efface.identifiant}/suivi/", "gerante"),
    Page(
        "suivi-en-panne",
        lambda m: f"/dossiers/{m.en_panne.dossier.identifiant}/suivi/",
        "gerante",
    ),
    Page("suivi-decide", lambda m: f"/dossiers/{m.decidees.identifiant}/suivi/", "gerante"),
    Page("reponses", lambda m: f"/dossiers/{m.depose.identifiant}/reponses/", "gerante"),
    Page("ajouter", lambda m: f"/dossiers/{m.depose.identifiant}/ajouter/a-completer/", "gerante"),
    Page(
        "ajouter-refus",
        lambda m: f"/dossiers/{m.depose.identifiant}/ajouter/non-eligible/",
        "gerante",
    ),
    Page("a-faire", a_completer("a-faire/"), "gerante"),
    Page("a-faire-rien", lambda m: f"/dossiers/{m.depose.identifiant}/a-faire/", "gerante"),
    Page("suivi-a-completer", a_completer("suivi/"), "gerante"),
    Page("echanges", lambda m: f"/demandes/{m.a_completer.identifiant}/echanges/", "gerante"),
    Page(
        "echanges-erreurs",
        lambda m: f"/demandes/{m.a_completer.identifiant}/echanges/",
        "gerante",
        envoi={"texte": ""},
        statut=422,
    ),
    Page("retirer", lambda m: f"/demandes/{m.a_completer.identifiant}/retirer/", "gerante"),
    Page("notifications", lambda m: m.a_completer and "/notifications/", "gerante"),
    Page("notifications-aucune", "/notifications/", "debutant"),
)

INSTRUCTION = (
    Page("corbeille", lambda m: m.corbeille and "/instruction/", "agent"),
    Page("corbeille-vide", "/instruction/", "agent_sans_demande"),
    Page("corbeille-rien", "/instruction/?q=introuvable", "agent"),
    Page("sans-guichet", "/instruction/", "debutant"),
    Page("demande-a-ouvrir", instruction("a_ouvrir"), "agent"),
    Page("demande", instruction("a_instruire"), "agent"),
    Page("rejouer", instruction("a_instruire", "rejouer/"), "agent"),
    Page("accepter", instruction("a_instruire", "decision/accepter/"), "agent"),
    Page("lettre", instruction("a_instruire", "decision/accepter/lettre/"), "agent"),
    Page(
        "accepter-erreurs",
        instruction("a_instruire", "decision/accepter/"),
        "agent",
        envoi={"montant": ""},
        statut=422,
    ),
    Page("refuser", instruction("a_instruire", "decision/refuser/"), "agent"),
    Page(
        "relire",
        instruction("a_instruire", "decision/refuser/"),
        "agent",
        envoi={
            "etat_vu": "en_instruction",
            "motif": "Les dépenses ont été engagées avant la demande.",
            "signataire": "Ada Fictive, cheffe du service des aides",
        },
    ),
    Page("demande-a-completer", instruction("a_completer"), "agent"),
    Page("complement", instruction("a_instruire", "complement/"), "agent"),
    Page(
        "complement-erreurs",
        instruction("a_instruire", "complement/"),
        "agent",
        envoi={"attendue_le": ""},
        statut=422,
    ),
    Page(
        "complement-relire",
        instruction("a_instruire", "complement/"),
        "agent",
        envoi={"nature": "devis", "libelle": "Devis", "attendue_le": dans_un_mois()},
    ),
    Page("complement-corriger", instruction("a_completer", "complement/corriger/"), "agent"),
    Page("complement-annuler", instruction("a_completer", "complement/annuler/"), "agent"),
    Page("reorienter", instruction("a_instruire", "reorienter/"), "agent"),
    Page("confier", instruction("a_instruire", "confier/"), "agent"),
    Page("ecrire", instruction("a_completer", "messages/"), "agent"),
    Page("territoire", "/territoire/", "agent_epci"),
    Page("sans-territoire", "/territoire/", "agent"),
    Page("tableau-instruction", lambda m: m.corbeille and "/instruction/tableau-de-bord/", "agent"),
    Page("tableau-vide", "/instruction/tableau-de-bord/", "agent_sans_demande"),
    Page("tableau-territoire", "/territoire/tableau-de-bord/", "agent_epci"),
    Page(
        "tableau-portail",
        lambda m: m.corbeille and "/orientation/tableau-de-bord/?periode=tout",
        "administration",
    ),
    Page("orientation", lambda m: m.sans_guichet and "/orientation/", "administration"),
    Page("orientation-reservee", "/orientation/", "agent", statut=403),
    Page(
        "choisir-guichet",
        lambda m: f"/orientation/{m.sans_guichet.identifiant}/",
        "administration",
    ),
    Page(
        "choisir-guichet-erreurs",
        lambda m: f"/orientation/{m.sans_guichet.identifiant}/",
        "administration",
        envoi={"motif": ""},
        statut=422,
    ),
)


def editeur(brouillon: str, suite: str = "") -> Callable[[Monde], str]:
    """The address of a page of the draft of an aide."""
    return lambda m: f"/mon-catalogue/brouillons/{getattr(m, brouillon).pk}/{suite}"


def condition(suite: str) -> Callable[[Monde], str]:
    """The address of the form of a new condition."""
    return editeur("brouillon_aide", f"conditions/nouvelle/{suite}")


CATALOGUE = (
    Page("mon-catalogue", lambda m: m.brouillon_aide and "/mon-catalogue/", "gestionnaire"),
    Page("mon-catalogue-rien", "/mon-catalogue/?q=introuvable", "gestionnaire"),
    Page("aide-nouvelle", "/mon-catalogue/nouvelle/", "gestionnaire"),
    Page(
        "aide-nouvelle-erreurs",
        "/mon-catalogue/nouvelle/",
        "gestionnaire",
        envoi={"titre": ""},
        statut=422,
    ),
    Page("aide-importer", "/mon-catalogue/importer/", "gestionnaire"),
    Page("aide-fiche", editeur("brouillon_aide"), "gestionnaire"),
    Page(
        "aide-fiche-erreurs",
        editeur("brouillon_aide"),
        "gestionnaire",
        envoi={"titre": ""},
        statut=422,
    ),
    Page("aide-cadre", editeur("brouillon_aide", "cadre/"), "gestionnaire"),
    Page(
        "aide-conditions",
        editeur("brouillon_pret", "conditions/"),
        "gestionnaire",
        attendre="#nombre .nombres",
    ),
    Page("aide-conditions-a-finir", editeur("brouillon_aide", "conditions/"), "gestionnaire"),
    Page(
        "aide-choisir-fait",
        editeur("brouillon_aide", "conditions/choisir/"),
        "gestionnaire",
    ),
    Page("condition", condition("comparaison/?fait=depense_terrain"), "gestionnaire"),
    Page(
        "condition-erreurs",
        condition("proportion/?fait=depense_terrain"),
        "gestionnaire",
        envoi={"part": "beaucoup"},
        statut=422,
    ),
    Page("condition-codes", condition("commence/?fait=naf"), "gestionnaire"),
    Page("condition-annuelle", condition("fenetre_annuelle/?fait=date_demande"), "gestionnaire"),
    Page(
        "condition-modifier",
        editeur("brouillon_aide", "conditions/modifier/?chemin=criteres/criteres/0"),
        "gestionnaire",
    ),
    Page("aide-montants", editeur("brouillon_aide", "montants/"), "gestionnaire"),
    Page("aide-montant", editeur("brouillon_aide", "montants/0/"), "gestionnaire"),
    Page("aide-sources", editeur("brouillon_aide", "sources/"), "gestionnaire"),
    Page("aide-source", editeur("brouillon_aide", "sources/reglement/"), "gestionnaire"),
    Page("aide-nombre", editeur("brouillon_aide", "nombre/"), "gestionnaire"),
    Page("aide-abandonner", editeur("brouillon_aide", "abandonner/"), "gestionnaire"),
    Page("aide-repeter-a-finir", editeur("brouillon_aide", "repeter/"), "gestionnaire"),
    Page("aide-repeter", editeur("brouillon_pret", "repeter/"), "gestionnaire"),
    Page(
        "aide-versions",
        lambda m: m.publication and "/mon-catalogue/aides/a-completer/",
        "gestionnaire",
    ),
    Page(
        "aide-differences",
        lambda m: m.publication and "/mon-catalogue/aides/a-completer/differences/?de=1&a=2",
        "gestionnaire",
    ),
    Page(
        "aide-suivi",
        lambda m: f"/mon-catalogue/publications/{m.publication.pk}/",
        "gestionnaire",
    ),
    Page("aide-clore", "/mon-catalogue/aides/sous-reserve/clore/", "gestionnaire"),
)
#: The delivery desk.
EXPLOITATION = (
    Page("acheminement-vide", "/bureau/?q=introuvable", "administration"),
    Page("acheminement", lambda m: m.guichet_en_panne and "/bureau/", "administration"),
    Page(
        "acheminement-guichet",
        lambda m: f"/bureau/guichets/{m.guichet_en_panne.code}/",
        "administration",
    ),
    Page(
        "acheminement-guichet-non-accusees",
        lambda m: f"/bureau/guichets/{m.guichet_en_panne.code}/?voir=non_accuses",
        "administration",
    ),
    Page("quarantaine", lambda m: m.guichet_en_panne and "/bureau/quarantaine/", "administration"),
    Page(
        "rejouer-remise",
        lambda m: f"/bureau/rejouer/?choix={m.remise_isolee.pk}&retour=quarantaine",
        "administration",
    ),
    Page(
        "guichets-a-appeler", lambda m: m.guichet_en_panne and "/bureau/taches/", "administration"
    ),
)

#: Who is competent.
COMPETENCES = (
    Page("competences", lambda m: m.competence and "/competences/", "gestionnaire"),
    Page("competences-rien", "/competences/?lieu=Nulle-Part-Fictif", "gestionnaire"),
    Page("competence", lambda m: f"/competences/{m.competence.pk}/", "gestionnaire"),
    Page("competence-ajouter", "/competences/ajouter/", "gestionnaire"),
    Page(
        "competence-erreurs",
        "/competences/ajouter/",
        "gestionnaire",
        envoi={"debut": "2026-02-31"},
        statut=422,
    ),
    Page("competence-modifier", lambda m: f"/competences/{m.competence.pk}/modifier/",
         "gestionnaire"),
    Page("competence-terminer", lambda m: f"/competences/{m.competence.pk}/terminer/",
         "gestionnaire"),
    Page("competences-rien-prepare", "/competences/changement/", "administration"),
    Page("competences-repeter", lambda m: m.changement and "/competences/changement/",
         "gestionnaire"),
    Page("competences-trous", lambda m: m.competence and "/competences/trous/?nature=toutes",
         "gestionnaire"),
    Page("conventions", lambda m: m.convention and "/competences/conventions/", "gestionnaire"),
    Page("convention", lambda m: f"/competences/conventions/{m.convention.code}/", "gestionnaire"),
    Page("convention-ecrire", "/competences/conventions/ajouter/", "gestionnaire"),
    Page(
        "convention-erreurs",
        "/competences/conventions/ajouter/",
        "gestionnaire",
        envoi={"reference": ""},
        statut=422,
    ),
    Page(
        "guichet-fermer",
        lambda m: m.competence and f"/competences/guichets/{m.guichet.code}/fermer/",
        "administration",
    ),
)  # fmt: skip

#: By kind, as the statement of accessibility lists them.
GROUPES: dict[str, tuple[Page, ...]] = {
    "Pages publiques": PUBLIQUES,
    "Compte": COMPTES,
    "Entreprise": DEPOT,
    "Membres, organismes, compte": ENTREPRISES_ET_ORGANISMES,
    "Guichets et intercommunalités": INSTRUCTION,
    "Gestionnaires de catalogue": CATALOGUE,
    "Compétences et conventions": COMPETENCES,
    "Acheminement": EXPLOITATION,
    "Pages d’erreur": ERREURS,
}
PAGES: tuple[Page, ...] = tuple(page for pages in GROUPES.values() for page in pages)

#: Templates with a layout that no page of the registry shows, and why. A folder ends with "/".
HORS_REGISTRE: dict[str, str] = {
    "socialaccount/": "no identity provider is configured",
    "mfa/webauthn/": "passkeys are not offered",
    "account/signup_by_passkey.html": "passkeys are not offered",
    "account/request_login_code.html": "nobody signs in with a code sent by e-mail",
    "account/confirm_login_code.html": "nobody signs in with a code sent by e-mail",
    "account/confirm_email_verification_code.html": "addresses are confirmed by a link",
    "account/confirm_password_reset_code.html": "passwords are reset by a link",
    "account/confirm_phone_verification_code.html": "no telephone is asked for",
    "account/phone_change.html": "no telephone is asked for",
    "account/email.html": "an account has one address, changed on account/email_change.html",
    "account/signup_closed.html": "signing up is open",
    "account/verified_email_required.html": "nobody signs in before their address is confirmed",
    "mfa/trust.html": "no browser is trusted for later",
    "depot/deux_versions.html": "two tabs in conflict: walked in dossiers/depot/test_navigateur.py",
    "documents/decision.html": "a PDF, read in its own tests",
    "account/password_set.html": "every account has a password",
}
