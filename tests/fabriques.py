"""Factories shared by every test: fictitious people, companies, places, aids and demandes.

`DemandeFabrique(remise=True)` and so on: each trait is a moment of a demande's life.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum import luhn

from aides.models import Aide, Porteur, VersionAide
from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec, cle_idempotence
from dossiers.circuit import Etat
from dossiers.complements import recalculer
from dossiers.models import (
    Complement,
    Demande,
    Dossier,
    Entreprise,
    Membre,
    Message,
    VersionDossier,
)
from dossiers.rapprochement.models import Rapprochement, Resultat
from portal.comptes.models import User
from territoires.models import Commune, Departement, Epci, Region
from territoires.normalisation import normaliser
from territoires.organismes.models import (
    AdministrateurOrganisme,
    AgentGuichet,
    Canal,
    Competence,
    Convention,
    GestionnaireCatalogue,
    Guichet,
    Organisme,
)

MOT_DE_PASSE = "mot-de-passe-fictif"


def siren(rang: int) -> str:
    """A fictitious SIREN whose key is right: "000000018" for 1."""
    debut = f"{rang:08d}"
    return debut + luhn.calc_check_digit(debut)


def siret(siren_: str, nic: int = 1) -> str:
    debut = f"{siren_}{nic:04d}"
    return debut + luhn.calc_check_digit(debut)


# ------------------------------------------------------------------ people


class UserFabrique(DjangoModelFactory[User]):
    """Somebody who can sign in with MOT_DE_PASSE."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne-{n}@exemple.invalid")
    nom_complet = factory.Sequence(lambda n: f"Personne fictive {n}")

    class Params:
        administration = factory.Trait(is_staff=True)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **{"password": MOT_DE_PASSE, **kwargs})


def confirmer(user: User) -> User:
    """The same person, whose address is confirmed: they can sign in and use an invitation."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


# ------------------------------------------------------------------ places


class RegionFabrique(DjangoModelFactory[Region]):
    """Occitanie unless said otherwise."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "76"
    nom = "Occitanie"
    zone = "metro"


class DepartementFabrique(DjangoModelFactory[Departement]):
    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = "31"
    nom = "Haute-Garonne"
    region = factory.SubFactory(RegionFabrique)


class EpciFabrique(DjangoModelFactory[Epci]):
    class Meta:
        model = Epci
        django_get_or_create = ("siren",)

    siren = factory.Sequence(lambda n: siren(2_000_000 + n))
    nom = factory.Sequence(lambda n: f"Communauté fictive {n}")
    nature = "CC"


class CommuneFabrique(DjangoModelFactory[Commune]):
    """A fictitious commune, with a code that no real one has (Corsica left 20 for 2A and 2B)."""

    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"20{n % 1000:03d}")
    nom = factory.Sequence(lambda n: f"Commune-Fictive-{n}")
    nom_recherche = factory.LazyAttribute(lambda o: normaliser(o.nom))
    codes_postaux = factory.LazyAttribute(lambda o: [o.code])
    departement = factory.SubFactory(DepartementFabrique)
    epci = factory.SubFactory(EpciFabrique)


# ------------------------------------------------------------------ who acts


class OrganismeFabrique(DjangoModelFactory[Organisme]):
    class Meta:
        model = Organisme
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"organisme-{n}")
    nom = factory.Sequence(lambda n: f"Organisme fictif {n}")
    type = "region"


class GuichetFabrique(DjangoModelFactory[Guichet]):
    """A desk of a région; `epci=…` makes it the desk of that EPCI."""

    class Meta:
        model = Guichet
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"guichet-{n}")
    nom = factory.Sequence(lambda n: f"Guichet fictif {n}")
    organisme = factory.SubFactory(OrganismeFabrique)


def guichet_epci(epci: Epci, **champs: Any) -> Guichet:
    """The desk of an EPCI: its officers read the whole territory."""
    organisme = OrganismeFabrique(
        code=f"epci-{epci.siren}",
        nom=epci.nom,
        type="epci",
        siren=epci.siren,
        territoire=f"EPCI-{epci.siren}",
    )
    return GuichetFabrique(organisme=organisme, **champs)


class GestionnaireCatalogueFabrique(DjangoModelFactory[GestionnaireCatalogue]):
    class Meta:
        model = GestionnaireCatalogue

    organisme = factory.SubFactory(OrganismeFabrique)
    user = factory.SubFactory(UserFabrique)


class AdministrateurOrganismeFabrique(DjangoModelFactory[AdministrateurOrganisme]):
    class Meta:
        model = AdministrateurOrganisme

    organisme = factory.SubFactory(OrganismeFabrique)
    user = factory.SubFactory(UserFabrique)


class AgentGuichetFabrique(DjangoModelFactory[AgentGuichet]):
    class Meta:
        model = AgentGuichet

    guichet = factory.SubFactory(GuichetFabrique)
    user = factory.SubFactory(UserFabrique)


def agent_de(*guichets: Guichet, **champs: Any) -> User:
    """An officer of these desks."""
    user = UserFabrique(**champs)
    for guichet in guichets:
        AgentGuichetFabrique(guichet=guichet, user=user)
    return user


class CompetenceFabrique(DjangoModelFactory[Competence]):
    class Meta:
        model = Competence

    guichet = factory.SubFactory(GuichetFabrique)
    nature = "investissement"
    perimetre = factory.LazyFunction(lambda: ["REG-76"])
    debut = date(2016, 1, 1)
    base_legale = factory.LazyFunction(lambda: {"libelle": "CGCT, article L1511-2"})


class ConventionFabrique(DjangoModelFactory[Convention]):
    """A fictitious delegation of premises; `donneurs` and `receveurs` are organismes."""

    class Meta:
        model = Convention
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"convention-fictive-{n}")
    genre = Convention.Genre.DELEGATION
    reference = factory.Sequence(lambda n: f"Convention fictive nº 2026-{n}")
    natures = factory.LazyFunction(lambda: ["immobilier"])
    perimetre = factory.LazyFunction(lambda: ["REG-76"])
    debut = date(2026, 1, 1)
    fin = date(2027, 12, 31)
    source = factory.LazyFunction(lambda: {"libelle": "Recueil fictif", "verifie": False})

    @factory.post_generation
    def donneurs(self: Convention, create: bool, extracted: Any, **_: Any) -> None:
        self.donneurs.set(extracted or [OrganismeFabrique()])

    @factory.post_generation
    def receveurs(self: Convention, create: bool, extracted: Any, **_: Any) -> None:
        self.receveurs.set(extracted or [OrganismeFabrique()])


# ------------------------------------------------------------------ what exists

SOURCE_FICTIVE = {"libelle": "Règlement fictif, article 1", "verifie": True}


class AideFabrique(DjangoModelFactory[Aide]):
    """An aide; `VersionAideFabrique` publishes one with what it says."""

    class Meta:
        model = Aide
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"aide-fictive-{n}")
    identifiant = factory.LazyAttribute(
        lambda o: uuid.uuid5(uuid.NAMESPACE_URL, f"dossier-unique:{o.code}")
    )


class VersionAideFabrique(DjangoModelFactory[VersionAide]):
    """The published version of an aide: filed here, for Occitanie, one criterion."""

    class Meta:
        model = VersionAide
        skip_postgeneration_save = True

    aide = factory.SubFactory(AideFabrique)
    numero = 1
    publiee_le = datetime(2026, 1, 1, tzinfo=UTC)
    empreinte = factory.LazyAttribute(lambda o: hashlib.sha256(o.titre.encode()).hexdigest())
    titre = factory.Sequence(lambda n: f"Aide fictive {n}")
    nature = "investissement"
    perimetre = factory.LazyFunction(lambda: ["REG-76"])
    statut = "active"
    sources = factory.LazyFunction(lambda: {"reglement": dict(SOURCE_FICTIVE)})
    criteres = factory.LazyFunction(
        lambda: {
            "type": "comparaison",
            "fait": "effectif",
            "operateur": "<=",
            "valeur": "249",
            "source": "reglement",
        }
    )

    @factory.post_generation
    def publier(self: VersionAide, create: bool, extracted: bool | None, **_: Any) -> None:
        """Make it the aide's current version, unless `publier=False`."""
        if create and extracted is not False:
            self.aide.version = self
            self.aide.save()


class PorteurFabrique(DjangoModelFactory[Porteur]):
    class Meta:
        model = Porteur

    version = factory.SubFactory(VersionAideFabrique)
    organisme = factory.SubFactory(OrganismeFabrique)
    roles = factory.LazyFunction(lambda: ["financeur"])


# ------------------------------------------------------------------ who asks


class EntrepriseFabrique(DjangoModelFactory[Entreprise]):
    class Meta:
        model = Entreprise

    siren = factory.Sequence(lambda n: siren(n + 1))
    siret = factory.LazyAttribute(lambda o: siret(o.siren))
    nom = factory.Sequence(lambda n: f"Entreprise fictive {n}")


class MembreFabrique(DjangoModelFactory[Membre]):
    class Meta:
        model = Membre

    entreprise = factory.SubFactory(EntrepriseFabrique)
    user = factory.SubFactory(UserFabrique)
    etat = Membre.Etat.ACTIF
    #: As whoever registers a company is.
    role = Membre.Role.RESPONSABLE


def declare(valeur: object) -> dict[str, object]:
    """A fact as a dossier stores it."""
    return {"valeur": valeur, "provenance": "declaration", "le": "2026-11-20T09:00:00+01:00"}


FAITS = {
    "naf": "25.11Z",
    "effectif": "12.5",
    "chiffre_affaires": "1500000.00",
    "nature_projet": ["investissement"],
    "projet_commence": False,
    "date_debut_projet": "2027-02-01",
    "date_fin_projet": "2027-12-31",
    "depense_equipement": "80000.00",
    "depense_conseil": "20000.00",
    "apport": "30000.00",
    "emprunt": "40000.00",
    "aide_souhaitee": "30000.00",
    "emplois_crees": "2",
    "secteur": ["industrie"],
}


class DossierFabrique(DjangoModelFactory[Dossier]):
    """A draft; `depose=True` is deposited."""

    class Meta:
        model = Dossier

    entreprise = factory.SubFactory(EntrepriseFabrique)
    titre = factory.Sequence(lambda n: f"Projet fictif {n}")
    faits = factory.LazyFunction(lambda: {code: declare(v) for code, v in FAITS.items()})

    class Params:
        depose = factory.Trait(depose_le=factory.LazyFunction(timezone.now))


class VersionDossierFabrique(DjangoModelFactory[VersionDossier]):
    class Meta:
        model = VersionDossier

    dossier = factory.SubFactory(DossierFabrique, depose=True)
    numero = 1
    deposee_le = factory.LazyAttribute(lambda o: o.dossier.depose_le)
    contenu = factory.LazyAttribute(
        lambda o: {
            "entreprise": {
                "siren": o.dossier.entreprise.siren,
                "siret": o.dossier.entreprise.siret,
                "nom": o.dossier.entreprise.nom,
            },
            "titre": o.dossier.titre,
            "description": o.dossier.description,
            "faits": o.dossier.faits,
            "pieces": [],
        }
    )
    empreinte = factory.LazyAttribute(
        lambda o: hashlib.sha256(json.dumps(o.contenu, sort_keys=True).encode()).hexdigest()
    )


class RapprochementFabrique(DjangoModelFactory[Rapprochement]):
    class Meta:
        model = Rapprochement

    version_dossier = factory.SubFactory(VersionDossierFabrique)
    le = date(2026, 11, 21)
    faits = factory.LazyFunction(lambda: dict(FAITS))


class ResultatFabrique(DjangoModelFactory[Resultat]):
    class Meta:
        model = Resultat

    rapprochement = factory.SubFactory(RapprochementFabrique)
    version_aide = factory.SubFactory(VersionAideFabrique)
    issue = Resultat.Valeur.ELIGIBLE
    preuve = factory.LazyFunction(dict)


# ------------------------------------------------------------------ demandes


class DemandeFabrique(DjangoModelFactory[Demande]):
    """A demande just filed, to be routed; each trait is a later moment of its life."""

    class Meta:
        model = Demande
        skip_postgeneration_save = True

    version_dossier = factory.SubFactory(
        VersionDossierFabrique, deposee_le=factory.SelfAttribute("..deposee_le")
    )
    dossier = factory.SelfAttribute("version_dossier.dossier")
    version_aide = factory.SubFactory(VersionAideFabrique)
    aide = factory.SelfAttribute("version_aide.aide")
    commune = factory.SubFactory(CommuneFabrique)
    deposee_le = factory.LazyFunction(timezone.now)

    class Params:
        avec_guichet = factory.Trait(
            guichet=factory.SubFactory(GuichetFabrique), prochaine_tentative=None
        )
        #: In the desk's inbox, opened by nobody yet.
        remise = factory.Trait(
            avec_guichet=True,
            etat=Etat.A_ETUDIER,
            acheminement=factory.RelatedFactory(
                "tests.fabriques.AcheminementFabrique", "demande", remis=True
            ),
        )
        #: Somebody at the desk opened it.
        ouverte = factory.Trait(
            avec_guichet=True,
            etat=Etat.A_ETUDIER,
            acheminement=factory.RelatedFactory(
                "tests.fabriques.AcheminementFabrique", "demande", accuse=True
            ),
        )
        en_instruction = factory.Trait(ouverte=True, etat=Etat.EN_INSTRUCTION)
        acceptee = factory.Trait(
            ouverte=True,
            etat=Etat.ACCEPTEE,
            montant_accorde=Decimal(20000),
            decidee_le=factory.LazyFunction(timezone.now),
        )
        refusee = factory.Trait(
            ouverte=True,
            etat=Etat.REFUSEE,
            motif="Motif fictif.",
            decidee_le=factory.LazyFunction(timezone.now),
        )
        #: In the human queue: nobody is competent.
        sans_guichet = factory.Trait(
            file=Demande.File.SANS_GUICHET, file_motif="Aucun guichet compétent (fictif)."
        )


class AcheminementFabrique(DjangoModelFactory[Acheminement]):
    """A handing over still to be done, by the desk's channel of record."""

    class Meta:
        model = Acheminement

    demande = factory.SubFactory(DemandeFabrique, etat=Etat.A_ETUDIER, avec_guichet=True)
    version_dossier = factory.SelfAttribute("demande.version_dossier")
    guichet = factory.SelfAttribute("demande.guichet")
    canal = Canal.PORTAIL
    cle = factory.LazyAttribute(
        lambda o: cle_idempotence(o.version_dossier, o.demande.aide.code, o.guichet, o.canal)
    )

    class Params:
        remis = factory.Trait(
            tentatives=1,
            prochaine_tentative=None,
            remise_le=factory.LazyFunction(timezone.now),
            prochaine_relance=factory.LazyAttribute(lambda o: o.remise_le + RELANCES[0]),
        )
        accuse = factory.Trait(
            remis=True,
            accusee_le=factory.LazyFunction(timezone.now),
            accuse_voie=Acheminement.Voie.PORTAIL,
            prochaine_relance=None,
        )
        #: Set aside until somebody repairs.
        isole = factory.Trait(
            tentatives=1,
            prochaine_tentative=None,
            quarantaine_le=factory.LazyFunction(timezone.now),
            quarantaine_motif="Ce guichet n’a pas d’adresse électronique (fictif).",
        )
        #: Day 14: no reminder moved the desk.
        a_la_main = factory.Trait(
            remis=True,
            relances=3,
            prochaine_relance=None,
            a_la_main_le=factory.LazyFunction(timezone.now),
        )


class EchecFabrique(DjangoModelFactory[Echec]):
    """An attempt that failed, just now."""

    class Meta:
        model = Echec

    acheminement = factory.SubFactory(AcheminementFabrique)
    genre = Echec.Genre.PASSAGER
    motif = "Le système du guichet a répondu 503 : il est en panne. Un nouvel essai suivra."


class DisjoncteurFabrique(DjangoModelFactory[Disjoncteur]):
    """A breaker that failures opened, for a quarter of an hour."""

    class Meta:
        model = Disjoncteur

    guichet = factory.SubFactory(GuichetFabrique)
    canal = Canal.PORTAIL
    echecs = 7
    ouvert_jusqu_a = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=15))


# ------------------------------------------------------------------ what the two sides exchange


class ComplementFabrique(DjangoModelFactory[Complement]):
    """A request for a quote and an answer, sent just now; `close(…)` it with the actes."""

    class Meta:
        model = Complement
        skip_postgeneration_save = True

    demande = factory.SubFactory(DemandeFabrique, ouverte=True, etat=Etat.A_COMPLETER)
    guichet = factory.SelfAttribute("demande.guichet")
    demandee_le = factory.LazyFunction(timezone.now)
    attendue_le = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))

    @factory.post_generation
    def elements(self: Complement, create: bool, extracted: Any, **_: Any) -> None:
        """One piece and one question, and the clock as the act leaves it."""
        if not create:
            return
        self.elements.create(rang=1, genre="piece", type_piece="devis", libelle="Devis fictif")
        self.elements.create(rang=2, genre="question", libelle="Question fictive ?")
        recalculer(self.demande)


class MessageFabrique(DjangoModelFactory[Message]):
    """A message of the company, read by nobody yet."""

    class Meta:
        model = Message

    demande = factory.SubFactory(DemandeFabrique, en_instruction=True)
    guichet = factory.SelfAttribute("demande.guichet")
    cote = Message.Cote.ENTREPRISE
    auteur = factory.SubFactory(UserFabrique)
    texte = factory.Sequence(lambda n: f"Message fictif {n}")


def il_y_a(**duree: float) -> datetime:
    """An instant in the past: il_y_a(days=60)."""
    return timezone.now() - timedelta(**duree)
