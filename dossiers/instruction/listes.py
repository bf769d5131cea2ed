"""Lists of demandes as officers read them: lines, counts, filters, search, sort.

Everything is in the address of the page, so that a link shares the view, and costs the same
number of queries for ten rows and for ten thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone

from aides.models import Porteur, VersionAide
from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.circuit import ETATS_FINAUX, Etat
from dossiers.models import Complement, Demande, Message
from dossiers.querysets import DemandeQuerySet
from dossiers.rapprochement.montants import avec_texte_montant, montant_affiche
from portal.comptes.models import User
from territoires.normalisation import normaliser
from territoires.organismes.models import AgentGuichet, NatureAide

#: Days before the due date from which a demande is urgent.
JOURS_URGENCE = 15
EN_COURS, DECIDEES, TOUTES = "en_cours", "decidees", "toutes"
NON_OUVERTES, URGENTES = "non_ouvertes", "urgentes"
REPONSES, A_REPRENDRE, MESSAGES = "reponses_recues", "a_reprendre", "messages"
GROUPES = {
    TOUTES: "Toutes",
    EN_COURS: "En cours",
    NON_OUVERTES: "Non ouvertes",
    URGENTES: f"Réponse due sous {JOURS_URGENCE} jours",
    REPONSES: "Réponse reçue",
    MESSAGES: "Message à lire",
    A_REPRENDRE: "À reprendre",
    DECIDEES: "Décidées ou retirées",
}
TRIS = {
    "echeance": "Échéance la plus proche",
    "-depot": "Dépôt le plus récent",
    "depot": "Dépôt le plus ancien",
    "entreprise": "Entreprise, de A à Z",
    "-montant": "Montant le plus élevé",
    "montant": "Montant le plus faible",
}
CLOSES = [etat.value for etat in ETATS_FINAUX]
SANS_GUICHET = "aucun"
RECEPISSE = re.compile(
    r"(?:(?:du[- ]?)?\d{4}[- ])?0*(\d{1,12})(?:[- ](\d{1,12}))?|du\d{4}0*(\d{1,12})", re.IGNORECASE
)
SIREN = re.compile(r"\d{3,14}")
CODE_INSEE = re.compile(r"\d[\dAB]\d{3}")
#: Fewer digits than a SIREN: they may be the last ones of a receipt number.
CHIFFRES_RECEPISSE = 8


def pour_liste(demandes: DemandeQuerySet) -> DemandeQuerySet:
    """With all that a line shows: `ouverte` (somebody at its desk acknowledged it) and
    `accuse_voie` (how), `messages_non_lus` (of its company), `repondue_le` (the answer to the last
    request for more).
    """
    voie = Subquery(_accusees().order_by("accusee_le", "pk").values("accuse_voie")[:1])
    return avec_texte_montant(
        demandes.with_details()
        .with_messages_non_lus("entreprise")
        .annotate(accuse_voie=voie, **_situation())
    )


def _situation() -> dict[str, Exists | Subquery]:
    """What groups and lines say of a demande that no column of it holds."""
    complements = Complement.objects.filter(demande=OuterRef("pk"))
    messages = Message.objects.filter(
        demande=OuterRef("pk"), cote=Message.Cote.ENTREPRISE, lu_le__isnull=True
    )
    agents = AgentGuichet.objects.filter(guichet=OuterRef("guichet"), user=OuterRef("agent"))
    repondue = Case(When(cloture=Complement.Cloture.REPONDU, then="close_le"))
    return {
        "ouverte": Exists(_accusees()),
        # That of the latest: who asks again waits again.
        "repondue_le": Subquery(complements.order_by("-demandee_le", "-pk").values(r=repondue)[:1]),
        "suspendue": Exists(
            complements.filter(close_le__isnull=True, attendue_le__gte=timezone.localdate())
        ),
        "message_a_lire": Exists(messages),
        "agent_present": Exists(agents),
    }


def suivante(demande: Demande, user: User) -> Demande | None:
    """The next demande to deal with at the same desk, in the inbox's own order.

    After the last one comes the first; None when nothing else waits there.
    """
    plus_loin = Q(deposee_le__gt=demande.deposee_le) | Q(
        deposee_le=demande.deposee_le, pk__gt=demande.pk
    )
    autres = Demande.objects.de_mes_guichets(user).en_cours().exclude(pk=demande.pk)
    return (
        autres.filter(guichet=demande.guichet_id)
        .select_related("dossier__entreprise")
        .order_by(Case(When(plus_loin, then=0), default=1), "deposee_le", "pk")
        .first()
    )


def _accusees() -> AcheminementQuerySet:
    """What the desk that has the demande acknowledged of it."""
    return Acheminement.objects.filter(
        demande=OuterRef("pk"),
        guichet=OuterRef("guichet"),
        accusee_le__isnull=False,
        rendue_le__isnull=True,
    )


def _groupe(groupe: str) -> Q:
    """The condition of a state or of a group of `GROUPES`; needs the aliases of `_situation`."""
    if groupe == TOUTES:
        return Q()
    if groupe == EN_COURS:
        return ~Q(etat__in=CLOSES)
    if groupe == DECIDEES:
        return Q(etat__in=CLOSES)
    if groupe == NON_OUVERTES:
        return Q(etat=Etat.A_ETUDIER, ouverte=False)
    if groupe == URGENTES:
        limite = timezone.localdate() + timedelta(days=JOURS_URGENCE)
        return ~Q(etat__in=CLOSES) & Q(echeance__lt=limite, suspendue=False)
    if groupe == REPONSES:
        return ~Q(etat__in=CLOSES) & Q(repondue_le__isnull=False)
    if groupe == MESSAGES:
        return Q(message_a_lire=True)
    if groupe == A_REPRENDRE:
        return Q(etat__in=[Etat.EN_INSTRUCTION, Etat.A_COMPLETER], agent_present=False)
    return Q(etat=groupe)


@dataclass(frozen=True, slots=True)
class Compteur:
    """A count that is a link to the demandes it counts."""

    groupe: str
    libelle: str
    nombre: int


def compteurs(demandes: DemandeQuerySet, groupes: Iterable[str]) -> list[Compteur]:
    """How many demandes in each group or state, in one query."""
    groupes = list(groupes)
    nombres = (
        demandes.order_by()
        .alias(**_situation())
        .aggregate(
            **{
                groupe: Count("pk", filter=_groupe(groupe) or Q(pk__isnull=False))
                for groupe in groupes
            }
        )
    )
    libelles = {**{etat.value: etat.label for etat in Etat}, **GROUPES}
    libelles[NON_OUVERTES] = "dont non ouvertes"
    return [Compteur(groupe, str(libelles[groupe]), nombres[groupe]) for groupe in groupes]


class FiltreDemandes(forms.Form):
    """Filters and sort of a list; a value it does not know is said, and ignored."""

    q = forms.CharField(
        label="Rechercher",
        required=False,
        max_length=120,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Entreprise, SIREN, n° de récépissé, commune, aide",
            }
        ),
    )
    etat = forms.ChoiceField(label="État", required=False)
    agent = forms.ChoiceField(
        label="Suivi",
        required=False,
        choices=[("", "Tous les agents"), ("moi", "Par moi"), ("personne", "Par personne")],
    )
    guichet = forms.ChoiceField(label="Guichet", required=False)
    financeur = forms.ChoiceField(label="Financeur", required=False)
    commune = forms.ChoiceField(label="Commune", required=False)
    nature = forms.ChoiceField(label="Nature d’aide", required=False)
    aide = forms.ChoiceField(label="Aide", required=False)
    tri = forms.ChoiceField(label="Trier par", required=False)

    def __init__(
        self,
        donnees: QueryDict,
        *,
        demandes: DemandeQuerySet,
        user: User,
        champs: Iterable[str],
        defaut: tuple[str, str],
    ) -> None:
        """`demandes`: all that may be listed; `champs`: the filters of this list; `defaut`:
        the state and the sort when the address names none."""
        super().__init__(donnees, auto_id="filtre-%s")
        self.demandes, self.user = demandes, user
        self.etat_defaut, self.tri_defaut = defaut
        voulus = {"q", "etat", "tri", *champs}
        self.fields = {nom: champ for nom, champ in self.fields.items() if nom in voulus}
        for nom, champ in self.fields.items():
            classe = "form-control" if nom == "q" else "form-select"
            champ.widget.attrs["class"] = classe
            if nom not in {"q", "agent"}:
                champ.choices = self._choix(nom)  # type: ignore[attr-defined]

    def _choix(self, nom: str) -> list[tuple[str, str]]:
        base = self.demandes.order_by()
        if nom == "tri":
            return _par_defaut(TRIS, self.tri_defaut)
        if nom == "etat":
            etats = {etat.value: str(etat.label) for etat in Etat}
            return _par_defaut({**GROUPES, **etats}, self.etat_defaut)
        if nom == "nature":
            presentes = set(base.values_list("version_aide__nature", flat=True).distinct())
            return [("", "Toutes"), *(c for c in NatureAide.choices if c[0] in presentes)]
        if nom == "financeur":
            porteurs = Porteur.objects.filter(
                roles__contains=[Porteur.Role.FINANCEUR], version__in=base.values("version_aide")
            )
            return _options("Tous", porteurs.values_list("organisme__code", "organisme__nom"))
        if nom == "guichet":
            options = base.filter(guichet__isnull=False)
            return [
                *_options("Tous", options.values_list("guichet__code", "guichet__nom")),
                (SANS_GUICHET, "Pas encore confiée"),
            ]
        if nom == "commune":
            return _options("Toutes", base.values_list("commune__code", "commune__nom"))
        return _options("Toutes", base.values_list("aide__code", "version_aide__titre"))

    def filtrees(self) -> DemandeQuerySet:
        """The lines that answer the filters, sorted."""
        self.is_valid()
        demandes = self._retenues(pour_liste(self.demandes)).filter(_groupe(self.etat_choisi))
        return trier(demandes, self.cleaned_data.get("tri") or self.tri_defaut)

    def decidees_trouvees(self) -> int:
        """How many decided demandes a search among those in progress leaves out."""
        self.is_valid()
        if self.etat_choisi != EN_COURS or not self.cleaned_data.get("q"):
            return 0
        return self._retenues(self.demandes).filter(_groupe(DECIDEES)).order_by().count()

    def _retenues(self, demandes: DemandeQuerySet) -> DemandeQuerySet:
        """Those that answer every filter but the state."""
        valeurs = self.cleaned_data
        for nom, colonne in (
            ("nature", "version_aide__nature"),
            ("aide", "aide__code"),
            ("commune", "commune__code"),
        ):
            if valeur := valeurs.get(nom):
                demandes = demandes.filter(**{colonne: valeur})
        if guichet := valeurs.get("guichet"):
            sans = guichet == SANS_GUICHET
            demandes = demandes.filter(Q(guichet=None) if sans else Q(guichet__code=guichet))
        if financeur := valeurs.get("financeur"):
            porteurs = Porteur.objects.filter(
                organisme__code=financeur, roles__contains=[Porteur.Role.FINANCEUR]
            )
            demandes = demandes.filter(version_aide__in=porteurs.values("version"))
        if agent := valeurs.get("agent"):
            demandes = demandes.filter(agent=self.user if agent == "moi" else None)
        if texte := valeurs.get("q"):
            demandes = demandes.filter(recherche(texte))
        return demandes

    @property
    def etat_choisi(self) -> str:
        """The state or group that the list shows."""
        return str(getattr(self, "cleaned_data", {}).get("etat") or self.etat_defaut)

    @property
    def actif(self) -> bool:
        """Whether a filter other than the state narrows the list."""
        self.is_valid()
        return any(v for nom, v in self.cleaned_data.items() if nom not in {"etat", "tri"})

    @property
    def affine(self) -> bool:
        """Whether one of those that are folded does."""
        self.is_valid()
        return any(v for nom, v in self.cleaned_data.items() if nom not in {"q", "etat", "tri"})

    @property
    def etat_libelle(self) -> str:
        """The state or group that the list shows when it is not the default one, in words."""
        if self.etat_choisi == self.etat_defaut:
            return ""
        return {**{etat.value: str(etat.label) for etat in Etat}, **GROUPES}[self.etat_choisi]


def recherche(texte: str) -> Q:
    """Company, SIREN or SIRET, receipt number or its last digits, commune or its code, aide."""
    texte = texte.strip()
    chiffres = re.sub(r"[\s.]", "", texte)
    condition = Q(pk__in=[])
    if SIREN.fullmatch(chiffres):
        condition |= Q(dossier__entreprise__siren__startswith=chiffres)
        condition |= Q(dossier__entreprise__siret__startswith=chiffres)
    if CODE_INSEE.fullmatch(chiffres.upper()):
        condition |= Q(commune__code=chiffres.upper())
    if chiffres.isascii() and chiffres.isdigit():
        if len(chiffres) <= CHIFFRES_RECEPISSE:
            condition |= Q(dossier=int(chiffres))
        return condition
    if recepisse := RECEPISSE.fullmatch(texte):
        dossier, demande, colle = recepisse.groups()
        return condition | Q(dossier=dossier or colle, **({"pk": demande} if demande else {}))
    condition |= Q(dossier__entreprise__nom__icontains=texte)
    if cherche := normaliser(texte):
        condition |= Q(dossier__entreprise__nom_recherche__contains=cherche)
        condition |= Q(commune__nom_recherche__startswith=cherche)
        condition |= Q(version_aide__in=_aides(cherche))
    return condition


def _aides(cherche: str) -> list[int]:
    """The versions of aides whose title holds these normalised words: a few hundred are read."""
    titres = VersionAide.objects.order_by().values_list("pk", "titre")
    return [pk for pk, titre in titres if cherche in normaliser(titre)]


def trier(demandes: DemandeQuerySet, tri: str) -> DemandeQuerySet:
    """In the order `tri` of `TRIS`; the primary key settles, so that pages never overlap."""
    if tri == "echeance":
        close = Case(
            When(etat__in=CLOSES, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
        return demandes.order_by(close, "echeance", "deposee_le", "pk")
    if tri.endswith("montant"):
        montant = montant_affiche()
        ordre = montant.desc(nulls_last=True) if tri[0] == "-" else montant.asc(nulls_last=True)
        return demandes.order_by(ordre, "-pk")
    if tri == "entreprise":
        return demandes.order_by(Lower("dossier__entreprise__nom"), "deposee_le", "pk")
    return demandes.order_by("-deposee_le" if tri == "-depot" else "deposee_le", "pk")


def _par_defaut(choix: dict[str, str], defaut: str) -> list[tuple[str, str]]:
    """The choices, the default one first and without a value in the address."""
    return [("", choix[defaut]), *(c for c in choix.items() if c[0] != defaut)]


def _options(toutes: str, valeurs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", toutes), *sorted(set(valeurs), key=lambda option: normaliser(option[1]))]
