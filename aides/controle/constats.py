"""The findings: what each rule says, what to do about it, and whether it blocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Genre(StrEnum):
    """What a finding is about; the label is the heading people read."""

    SANS_SOURCE = "sans_source"
    PERIMEE = "perimee"
    CONTRADICTOIRE = "contradictoire"
    SANS_GUICHET = "sans_guichet"
    INATTEIGNABLE = "inatteignable"

    @property
    def libelle(self) -> str:
        return _LIBELLES[self]


_LIBELLES = {
    Genre.SANS_SOURCE: "Sans source",
    Genre.PERIMEE: "Périmée",
    Genre.CONTRADICTOIRE: "Contradictoire",
    Genre.SANS_GUICHET: "Sans guichet",
    Genre.INATTEIGNABLE: "Inatteignable",
}


@dataclass(frozen=True, slots=True)
class Regle:
    """One thing that is looked for. `bloquant` False makes it a warning."""

    code: str
    genre: Genre
    titre: str
    faire: str
    bloquant: bool = True


@dataclass(frozen=True, slots=True)
class Constat:
    """A rule that an aide breaks: `precision` says how, `lieux` (codes) where."""

    regle: Regle
    aide: str
    precision: str = ""
    lieux: tuple[str, ...] = ()


SOURCE_ABSENTE = Regle(
    "source-absente",
    Genre.SANS_SOURCE,
    "Une condition, un montant ou l’aide entière n’a pas de source",
    "Citez le texte ou la page dans « sources », et sa clé dans chaque critère et montant.",
)
SOURCE_SANS_DATE = Regle(
    "source-sans-date",
    Genre.SANS_SOURCE,
    "Une source passe pour relue sans porter de date",
    "Ajoutez « date », ou « verifie »: false pour qu’elle s’affiche « à confirmer ».",
)
SOURCE_A_CONFIRMER = Regle(
    "source-a-confirmer",
    Genre.SANS_SOURCE,
    "Une source sans date, affichée « à confirmer »",
    "Relisez la page, puis donnez le jour de sa mise à jour.",
    bloquant=False,
)
FINANCEUR_ABSENT = Regle(
    "financeur-absent",
    Genre.SANS_SOURCE,
    "Personne n’est nommé comme financeur",
    "Donnez le rôle « financeur » à l’un des porteurs.",
)
CLOTURE_PASSEE = Regle(
    "cloture-passee",
    Genre.PERIMEE,
    "La date de clôture est passée, et l’aide n’est pas dite close",
    "Relisez la source : publiez la nouvelle date, ou le statut « close ».",
    bloquant=False,
)
FENETRE_PASSEE = Regle(
    "fenetre-passee",
    Genre.PERIMEE,
    "Les critères n’admettent plus aucune date de demande",
    "Relisez la source : publiez les nouvelles dates, ou le statut « close ».",
    bloquant=False,
)
RELECTURE_ANCIENNE = Regle(
    "relecture-ancienne",
    Genre.PERIMEE,
    "La source n’a pas été relue depuis longtemps",
    "Relisez la source, puis publiez l’aide avec le jour de cette relecture (« verifie_le »).",
    bloquant=False,
)
RELECTURE_INCONNUE = Regle(
    "relecture-inconnue",
    Genre.PERIMEE,
    "On ne sait pas quand la source a été relue",
    "Relisez la source, puis publiez l’aide avec le jour de cette relecture (« verifie_le »).",
    bloquant=False,
)
INCOHERENTE = Regle(
    "incoherente",
    Genre.CONTRADICTOIRE,
    "Des valeurs qui ne tiennent pas ensemble",
    "Corrigez la valeur indiquée d’après la source.",
)
DATE_FUTURE = Regle(
    "date-future",
    Genre.CONTRADICTOIRE,
    "Une source ou une relecture est datée d’un jour à venir",
    "Corrigez la date.",
)
TOUJOURS_VRAIE = Regle(
    "toujours-vraie",
    Genre.CONTRADICTOIRE,
    "Les critères n’excluent personne",
    "Relisez les conditions dans la source : l’une d’elles manque ou s’annule.",
)
MONTANT_JAMAIS = Regle(
    "montant-jamais",
    Genre.CONTRADICTOIRE,
    "Un montant que personne ne peut recevoir",
    "Accordez la condition « si » du montant avec les critères de l’aide.",
)
HORS_DU_FINANCEUR = Regle(
    "hors-du-financeur",
    Genre.CONTRADICTOIRE,
    "Le périmètre est entièrement hors du territoire d’un porteur",
    "Corrigez le périmètre de l’aide, ou le porteur.",
)
GUICHETS_A_EGALITE = Regle(
    "guichets-a-egalite",
    Genre.CONTRADICTOIRE,
    "Plusieurs guichets sont également compétents",
    "Précisez le périmètre ou les dates de l’une des compétences, ou l’instructeur de l’aide.",
)
SANS_GUICHET = Regle(
    "sans-guichet",
    Genre.SANS_GUICHET,
    "Se demande ici, mais aucun guichet n’est compétent",
    "Ajoutez un guichet et sa compétence, ou restreignez le périmètre ; "
    "en attendant, ces demandes vont en file d’orientation.",
)
INATTEIGNABLE = Regle(
    "inatteignable",
    Genre.INATTEIGNABLE,
    "Aucune entreprise ne peut remplir toutes les conditions",
    "Relisez ensemble les critères, le périmètre et les dates : deux d’entre eux s’excluent.",
)
TROP_COMPLEXE = Regle(
    "trop-complexe",
    Genre.INATTEIGNABLE,
    "Trop de cas : on ne sait pas si quelqu’un peut remplir les conditions",
    "Simplifiez les « au moins », ou vérifiez l’aide sur un dossier d’essai.",
    bloquant=False,
)
