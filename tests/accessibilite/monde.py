"""The data of the pages of the registry: each property makes what it names, once, when asked."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cached_property
from unittest.mock import patch
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.base import ContentFile
from django.utils import timezone

from aides.edition import actes as edition
from aides.edition.operations import Ajouter, Champs, DefinirSource, Grouper, Operation
from aides.models import BrouillonAide, Publication, VersionAide
from dossiers.acheminement.actes import accuser, acheminer
from dossiers.acheminement.courriels.liens import DUREE, adresse_accuse
from dossiers.acheminement.models import Acheminement, Connexion
from dossiers.acheminement.webhook.coffre import chiffrer
from dossiers.acheminement.webhook.signature import nouveau_secret
from dossiers.depot import actes
from dossiers.depot.actes.effacement import effacer_contenu
from dossiers.depot.pdf_fictif import pdf_fictif
from dossiers.documents.actes import produire_dus
from dossiers.instruction.actes import Element, demander_complement, prendre_en_charge
from dossiers.messagerie import ENTREPRISE, GUICHET, ecrire
from dossiers.models import Demande, Dossier, Entreprise, InvitationEntreprise, Membre, Piece
from dossiers.pieces.actes import ajouter_piece, retirer_piece
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.models import Commune
from territoires.organismes.actes import preparer_operations
from territoires.organismes.models import (
    ChangementCompetences,
    Competence,
    Convention,
    Guichet,
)
from territoires.organismes.operations import modification, suppression, valeurs_de
from tests.dossiers.depot.conftest import ZERO, a_verifier, effectif, publier
from tests.fabriques import (
    FAITS,
    AcheminementFabrique,
    AdministrateurOrganismeFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    ConventionFabrique,
    DemandeFabrique,
    DisjoncteurFabrique,
    DossierFabrique,
    EchecFabrique,
    EntrepriseFabrique,
    EpciFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    MembreFabrique,
    PorteurFabrique,
    UserFabrique,
    agent_de,
    declare,
    guichet_epci,
)

SOURCE = "reglement"
SOURCE_DATEE = {"libelle": "Règlement fictif, article 1", "date": "2026-01-05"}


def personne(nom: str, **champs: object) -> User:
    """Somebody whose address is confirmed, so that they can sign in with MOT_DE_PASSE."""
    return avec_adresse(UserFabrique(email=f"{nom}@exemple.invalid", **champs))


def avec_adresse(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


class Monde:
    """A company and its dossiers, a catalogue, desks and their officers."""

    # ------------------------------------------------------------ the catalogue

    @cached_property
    def guichet(self) -> Guichet:
        guichet = GuichetFabrique(
            nom="Guichet fictif des entreprises",
            organisme__nom="Région fictive",
            organisme__territoire="REG-76",
        )
        CompetenceFabrique(guichet=guichet)
        return guichet

    @cached_property
    def catalogue(self) -> dict[str, VersionAide]:
        """One published aide for each outcome of FAITS, and one that is asked for elsewhere."""
        assert self.guichet
        pme = effectif("<=", "249")
        return {
            "eligible": publier(
                "eligible",
                pme,
                montants=[{"forme": "subvention", "taux": "0.30", "source": SOURCE}],
            ),
            "sous-reserve": publier(
                "sous-reserve", {"type": "tous", "criteres": [pme, a_verifier()]}
            ),
            "a-completer": publier(
                "a-completer", {"type": "vrai", "fait": "a_jour_obligations", "source": SOURCE}
            ),
            "non-eligible": publier("non-eligible", effectif(">=", "250")),
            "externe": publier(
                "externe", pme, voie="externe", url_externe="https://organisme.invalid/aide"
            ),
        }

    @cached_property
    def epci(self):
        return EpciFabrique(nom="Communauté fictive de la Vallée")

    @cached_property
    def commune(self) -> Commune:
        return CommuneFabrique(
            code="20901", nom="Valfictif", codes_postaux=["20900"], epci=self.epci
        )

    # ------------------------------------------------------------ who asks

    @cached_property
    def gerante(self) -> User:
        return personne("gerante")

    @cached_property
    def entreprise(self) -> Entreprise:
        entreprise = EntrepriseFabrique(nom="Atelier fictif")
        MembreFabrique(user=self.gerante, entreprise=entreprise)
        return entreprise

    @cached_property
    def brouillon(self) -> Dossier:
        """Ready to be deposited, two aides chosen."""
        assert self.catalogue
        faits = ZERO | FAITS | {"commune_projet": self.commune.code}
        return DossierFabrique(
            entreprise=self.entreprise,
            titre="Atelier neuf",
            description="Une ligne.\nUne autre.",
            faits={code: declare(valeur) for code, valeur in faits.items()},
            choix=["eligible", "sous-reserve"],
        )

    @cached_property
    def brouillon_vide(self) -> Dossier:
        assert self.catalogue
        return DossierFabrique(entreprise=self.entreprise, titre="Projet à décrire", faits={})

    def joindre(self, dossier: Dossier, nom: str) -> Piece:
        """A file of hers, which says that it is fictitious."""
        fichier = ContentFile(pdf_fictif("DOCUMENT FICTIF", nom), name=nom)
        return ajouter_piece(dossier=dossier, fichier=fichier, par=self.gerante).piece

    @cached_property
    def avec_pieces(self) -> Dossier:
        """A draft with files, one of them taken back."""
        dossier = DossierFabrique(entreprise=self.entreprise, titre="Atelier chiffré")
        for nom in ("Devis presse.pdf", "RIB.pdf"):
            piece = self.joindre(dossier, nom)
        retirer_piece(piece=piece, par=self.gerante)
        return dossier

    @cached_property
    def depose(self) -> Dossier:
        """Deposited by the acts of the form with a file, its demandes handed over to the desk."""
        dossier = DossierFabrique(
            entreprise=self.entreprise,
            titre="Atelier déposé",
            faits=dict(self.brouillon.faits),
        )
        self.joindre(dossier, "Devis.pdf")
        version = actes.deposer(
            dossier=dossier, codes=["eligible", "sous-reserve"], par=self.gerante
        )
        acheminer(version_dossier_id=version.pk)
        produire_dus()
        dossier.refresh_from_db()
        return dossier

    @cached_property
    def recu(self) -> str:
        """The signed receipt of that deposit."""
        return str(self.depose.versions.get(numero=1).recu.jws)

    @cached_property
    def decidees(self) -> Dossier:
        """One demande accepted and one refused."""
        acceptee = DemandeFabrique(
            acceptee=True,
            guichet=self.guichet,
            version_dossier__dossier__entreprise=self.entreprise,
            version_dossier__dossier__titre="Atelier décidé",
            motif="Sur présentation des factures.",
        )
        DemandeFabrique(
            refusee=True, guichet=self.guichet, version_dossier=acceptee.version_dossier
        )
        return acceptee.dossier

    @cached_property
    def invitation(self) -> InvitationEntreprise:
        return actes.inviter(
            entreprise=self.entreprise,
            courriel="invitee@exemple.invalid",
            role=Membre.Role.MEMBRE,
            par=self.gerante,
        )

    @cached_property
    def page_membre(self) -> str:
        membre = MembreFabrique(entreprise=self.entreprise, role=Membre.Role.MEMBRE)
        return f"/entreprises/{self.entreprise.siren}/membres/{membre.pk}/"

    def page_organisme(self, partie: str = "") -> str:
        """The page of the desk's organisme, or of its desk, of an officer, an administrator."""
        organisme = self.guichet.organisme
        racine = f"/organisme/{organisme.code}/"
        if partie == "guichets":
            return f"{racine}guichets/{self.guichet.code}/"
        if partie == "agents":
            return f"{racine}agents/{agent_de(self.guichet).affectations.get().pk}/"
        if partie == "administrateurs":
            administration = AdministrateurOrganismeFabrique(organisme=organisme)
            return f"{racine}administrateurs/{administration.pk}/"
        if partie == "catalogue":
            gestion = GestionnaireCatalogueFabrique(organisme=organisme)
            return f"{racine}catalogue/{gestion.pk}/"
        return racine

    def page_connexion(self) -> str:
        """The page of a desk's connection, which has an address, two secrets and a trial."""
        connexion, _ = Connexion.objects.get_or_create(
            guichet=self.guichet,
            defaults={
                "url": "https://guichet.exemple.invalid/recevoir",
                "essai": "Le système du guichet a bien reçu l’essai (réponse 200).",
                "essai_reussi": True,
                "essai_le": timezone.now(),
            },
        )
        if not connexion.secrets.exists():
            bientot = timezone.now() + timedelta(days=7)
            connexion.secrets.create(chiffre=chiffrer(nouveau_secret()), expire_le=bientot)
            connexion.secrets.create(chiffre=chiffrer(nouveau_secret()))
        return f"{self.page_organisme('guichets')}connexion/"

    @cached_property
    def debutant(self) -> User:
        """Signed in for the first time: no company, no dossier."""
        return personne("debutant")

    @cached_property
    def postulant(self) -> User:
        """Asks to join the company of `gerante`."""
        postulant = personne("postulant")
        MembreFabrique(user=postulant, entreprise=self.entreprise, etat=Membre.Etat.EN_ATTENTE)
        return postulant

    # ------------------------------------------------------------ who reviews

    @cached_property
    def agent(self) -> User:
        return avec_adresse(agent_de(self.guichet, email="agent@exemple.invalid"))

    @cached_property
    def agent_epci(self) -> User:
        guichet = guichet_epci(self.epci, nom="Guichet fictif de la Vallée")
        DemandeFabrique(remise=True, commune=self.commune, guichet=guichet)
        return avec_adresse(agent_de(guichet, email="agent-epci@exemple.invalid"))

    @cached_property
    def agent_sans_demande(self) -> User:
        guichet = GuichetFabrique(nom="Guichet fictif tout neuf")
        return avec_adresse(agent_de(guichet, email="agent-neuf@exemple.invalid"))

    @cached_property
    def administration(self) -> User:
        return personne("administration", is_staff=True)

    @cached_property
    def guichet_en_panne(self) -> Guichet:
        """A desk with something of everything that can go wrong on the way to it."""
        guichet = GuichetFabrique(
            nom="Guichet fictif en panne",
            telephone="00 00 00 00 00",
            courriel="panne@exemple.invalid",
            adresse="1 place Fictive, 00000 Valfictif",
        )
        DisjoncteurFabrique(guichet=guichet)
        motif = "Le système du guichet a répondu 503 : il est en panne."
        rate = AcheminementFabrique(demande__guichet=guichet, derniere_erreur=motif)
        EchecFabrique(acheminement=rate, motif=motif)
        for trait in ("isole", "a_la_main"):
            AcheminementFabrique(demande__guichet=guichet, **{trait: True})
        for etape in guichet.acheminements.all():
            consigner(verbe="deposer_demande", objet=etape.demande)
        return guichet

    @cached_property
    def remise_isolee(self) -> Acheminement:
        """One that can be replayed."""
        return self.guichet_en_panne.acheminements.get(quarantaine_le__isnull=False)

    @cached_property
    def lien_accuse(self) -> str:
        """The page of an e-mail to a desk."""
        remise: Acheminement = AcheminementFabrique(canal="courriel", remis=True)
        return urlsplit(adresse_accuse(remise)).path

    @cached_property
    def lien_accuse_expire(self) -> str:
        passe = (timezone.now() - DUREE - timedelta(days=1)).timestamp()
        with patch("django.core.signing.time.time", return_value=passe):
            return urlsplit(adresse_accuse(AcheminementFabrique(canal="courriel"))).path

    @cached_property
    def corbeille(self) -> list[Demande]:
        """Enough demandes for two pages, in several states."""
        for etat in ("remise", "ouverte", "en_instruction", "acceptee", "refusee"):
            DemandeFabrique.create_batch(
                6,
                **{etat: True},
                guichet=self.guichet,
                commune=self.commune,
                deposee_le=timezone.now() - timedelta(days=50),
            )
        assert self.depose
        return list(Demande.objects.filter(guichet=self.guichet).order_by("pk"))

    @cached_property
    def a_ouvrir(self) -> Demande:
        return self.depose.demandes.get(aide__code="eligible")

    @cached_property
    def a_instruire(self) -> Demande:
        """Under review by `agent`, with the match of a real deposit."""
        dossier = DossierFabrique(
            entreprise=self.entreprise,
            titre="Atelier instruit",
            faits=dict(self.brouillon.faits),
        )
        self.joindre(dossier, "Devis.pdf")
        version = actes.deposer(dossier=dossier, codes=["sous-reserve"], par=self.gerante)
        acheminer(version_dossier_id=version.pk)
        demande = dossier.demandes.get()
        accuser(demande=demande, user=self.agent)
        return prendre_en_charge(demande=demande, user=self.agent)

    @cached_property
    def en_panne(self) -> Demande:
        """Still to be handed over: the system of its desk does not answer."""
        etape = AcheminementFabrique(
            canal="webhook",
            demande__etat="a_etudier",
            demande__avec_guichet=True,
            demande__version_dossier__dossier__entreprise=self.entreprise,
        )
        DisjoncteurFabrique(guichet=etape.guichet, canal=etape.canal)
        demande: Demande = etape.demande
        return demande

    @cached_property
    def a_completer(self) -> Demande:
        """A piece and an answer are asked for, each side wrote, and everybody was told."""
        demande = DemandeFabrique(
            en_instruction=True,
            guichet=self.guichet,
            version_dossier__dossier__entreprise=self.entreprise,
            version_dossier__dossier__titre="Atelier à compléter",
        )
        for user, cote in ((self.gerante, ENTREPRISE), (self.agent, GUICHET)):
            ecrire(
                demande=demande,
                user=user,
                cote=cote,
                texte="Bonjour,\nvoir https://exemple.invalid/projet",
                jeton=uuid.uuid4(),
            )
        demander_complement(
            demande=demande,
            user=self.agent,
            elements=[Element("Devis daté", "devis"), Element("Qui installe la machine ?")],
            attendue_le=timezone.localdate() + timedelta(days=30),
            message="Il nous manque deux éléments.",
        )
        return demande

    @cached_property
    def efface(self) -> Dossier:
        """Granted, and its content erased since."""
        membre = MembreFabrique(user=self.gerante)
        demande = DemandeFabrique(
            acceptee=True, version_dossier__dossier__entreprise=membre.entreprise
        )
        effacer_contenu(dossier=demande.dossier)
        return demande.dossier

    @cached_property
    def sans_guichet(self) -> Demande:
        """In the human queue."""
        return DemandeFabrique(sans_guichet=True, commune=self.commune)

    @cached_property
    def protegee(self) -> User:
        """Signs in with a password and a code."""
        user = personne("protegee")
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        return user

    # ------------------------------------------------------------ the catalogue's managers

    @cached_property
    def gestionnaire(self) -> User:
        """Keeps the catalogue of the desk's organisme, which carries every aide."""
        assert self.commune
        organisme = self.guichet.organisme
        for version in self.catalogue.values():
            PorteurFabrique(version=version, organisme=organisme, roles=["financeur"])
        user = UserFabrique(email="catalogue@exemple.invalid", nom_complet="Ada Fictive")
        GestionnaireCatalogueFabrique(organisme=organisme, user=user)
        return avec_adresse(user)

    def editer(self, code: str, *operations: Operation) -> BrouillonAide:
        """The draft of the next version of an aide, once these acts are done."""
        par = self.gestionnaire
        brouillon = edition.creer_brouillon(aide=self.catalogue[code].aide, par=par)
        for operation in operations:
            brouillon, _ = edition.modifier_brouillon(
                brouillon=brouillon, operation=operation, revision=brouillon.revision, par=par
            )
        return brouillon

    @cached_property
    def brouillon_aide(self) -> BrouillonAide:
        """Unfinished: a group is empty; an amount has its own condition."""
        return self.editer(
            "eligible",
            Grouper(("criteres",), "tous"),
            Ajouter("criteres", {"type": "un", "criteres": []}),
            Ajouter("montants/0/si", effectif("<", "50")),
            DefinirSource(SOURCE, SOURCE_DATEE),
        )

    @cached_property
    def brouillon_pret(self) -> BrouillonAide:
        """Ready to be published; a deposited dossier would lose by it."""
        assert self.depose
        return self.editer(
            "sous-reserve",
            Champs({"description": "Une aide fictive.", "formes": ["subvention"]}),
            DefinirSource(SOURCE, SOURCE_DATEE),
            Ajouter("criteres", effectif(">=", "200")),
        )

    @cached_property
    def publication(self) -> Publication:
        brouillon = self.editer(
            "a-completer",
            Champs({"description": "Une aide fictive.", "formes": ["subvention"]}),
            DefinirSource(SOURCE, SOURCE_DATEE),
        )
        version = edition.publier_brouillon(
            brouillon=brouillon,
            revision=brouillon.revision,
            version_vue=1,
            par=self.gestionnaire,
        )
        return Publication.objects.get(apres=version)

    # ------------------------------------------------------------ who is competent

    @cached_property
    def convention(self) -> Convention:
        """By which the EPCI entrusts its premises to the desk's organisme."""
        return ConventionFabrique(
            reference="Convention fictive de délégation nº 1",
            donneurs=[guichet_epci(self.epci, code="guichet-delegant").organisme],
            receveurs=[self.guichet.organisme],
            perimetre=[f"EPCI-{self.epci.siren}"],
        )

    @cached_property
    def competence(self) -> Competence:
        """Held by a convention, besides the desk's own."""
        assert self.commune
        assert self.gestionnaire
        return CompetenceFabrique(
            guichet=self.guichet,
            nature="immobilier",
            perimetre=[f"EPCI-{self.epci.siren}"],
            fin=self.convention.fin,
            convention=self.convention,
        )

    @cached_property
    def changement(self) -> ChangementCompetences:
        """Prepared: a hole opens, demandes move, and one is in somebody's hands."""
        assert self.corbeille
        par, propre = self.gestionnaire, self.guichet.competences.get(nature="investissement")
        moins = {**valeurs_de(propre), "exclusions": [f"EPCI-{self.epci.siren}"]}
        operations = [modification(propre, moins), suppression(self.competence)]
        return preparer_operations(par=par, operations=operations)

    # ------------------------------------------------------------ made anew each time

    def nouvelle_personne(self) -> User:
        """Somebody without a company, for a journey that writes."""
        return avec_adresse(UserFabrique())

    def nouvelle_aide(self) -> BrouillonAide:
        """A draft without a condition, for a journey that writes."""
        par = self.gestionnaire
        return edition.creer_brouillon_vierge(
            organisme=self.guichet.organisme, titre="Prime fictive au clavier", par=par
        )

    def corbeille_de_deux(self) -> tuple[User, list[Demande]]:
        """An officer of a new desk, and its two demandes in the order of the inbox."""
        guichet = GuichetFabrique(organisme=self.guichet.organisme)
        demandes = [
            DemandeFabrique(
                remise=True,
                guichet=guichet,
                commune=self.commune,
                deposee_le=timezone.now() - timedelta(days=jours),
            )
            for jours in (3, 2)
        ]
        return avec_adresse(agent_de(guichet)), demandes

    # ------------------------------------------------------------ keys sent by e-mail

    @cached_property
    def cle_adresse(self) -> str:
        """Confirms the address of somebody who has just signed up."""
        user = UserFabrique(email="inscrite@exemple.invalid")
        adresse = EmailAddress.objects.create(user=user, email=user.email, primary=True)
        return EmailConfirmationHMAC(adresse).key

    @cached_property
    def cle_mot_de_passe(self) -> str:
        """`uid-token` of the address that chooses a new password."""
        user = personne("distraite")
        return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
