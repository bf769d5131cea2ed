"""Finding a commune by what a person types: a name, a former name, a postcode, or both."""

import re
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from territoires.models import Commune, CommuneAncienne, Departement, Epci, Region
from territoires.normalisation import normaliser

LIMITE = 20
#: Below, a name is compared from its start only: "la" is inside half of them.
LETTRES_POUR_CHERCHER_DEDANS = 3
LONGUEUR_UTILE = 80
CODE_POSTAL = re.compile(r"\b[0-9]{2,5}\b")
_CODE_POSTAL_ESPACE = re.compile(r"(?<!\d)([0-9]{2})\s([0-9]{3})(?!\d)")
CODE_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}", re.IGNORECASE)


@dataclass(frozen=True)
class CommuneTrouvee:
    """A commune, with the former name that made it found (else empty)."""

    commune: Commune
    ancien_nom: str = ""


def chercher_communes(texte: str, limite: int = LIMITE) -> list[CommuneTrouvee]:
    """Return at most `limite` communes: same name, then a name that starts with the words, then
    former names, then names that hold them; the most populated first within each.

    `texte` may hold two to five digits of a postcode ("31290", "31 290"), or be an INSEE code.
    """
    texte = lire_code_postal(texte[:LONGUEUR_UTILE].strip())
    communes = Commune.objects.actuelles().select_related("departement", "epci")
    chiffres = CODE_POSTAL.findall(texte)
    if chiffres:
        communes = communes.de_code_postal(chiffres[0])
    nom = normaliser(CODE_POSTAL.sub(" ", texte) if chiffres else texte)
    if not nom:
        trouvees = _par_population(communes, limite) if chiffres else []
        return trouvees or _par_code_insee(texte)
    return _par_nom(communes, nom, limite) or _par_code_insee(texte)


@dataclass(frozen=True)
class LieuTrouve:
    """A place of any level: its code in the national notation, and a name that says which."""

    code: str
    libelle: str


def chercher_lieux(texte: str, limite: int = LIMITE) -> list[LieuTrouve]:
    """Return at most `limite` places of every level, the widest first: régions and départements
    (by name or number), EPCI, then communes as `chercher_communes` finds them.

    A place whose whole label was typed comes alone.
    """
    nom = normaliser(texte[:LONGUEUR_UTILE])
    if not nom:
        return []
    lieux = [lieu for lieu, dit in _au_dessus_des_communes() if _dit(dit, nom)]
    lieux += [
        LieuTrouve(f"COM-{trouvee.commune.code}", trouvee.commune.libelle)
        for trouvee in chercher_communes(texte, limite)
    ]
    entiers = [lieu for lieu in lieux if normaliser(lieu.libelle) == nom]
    return entiers if len(entiers) == 1 else lieux[:limite]


def _au_dessus_des_communes() -> list[tuple[LieuTrouve, str]]:
    """Régions, départements and EPCI, each with what it may be called."""
    lieux = [
        (f"REG-{r.code}", f"{r.nom} (région)", f"{r.nom} région")
        for r in Region.objects.order_by("code")
    ]
    lieux += [
        (f"DEP-{d.code}", f"{d.nom} (département)", f"{d.code} {d.nom} département")
        for d in Departement.objects.order_by("code")
    ]
    lieux += [(f"EPCI-{e.siren}", e.nom, e.nom) for e in Epci.objects.order_by("nom", "siren")]
    return [(LieuTrouve(code, libelle), dit) for code, libelle, dit in lieux]


def _dit(dit: str, nom: str) -> bool:
    """Whether every word of `nom` begins a word of what a place is called."""
    mots = normaliser(dit).split()
    return all(any(mot.startswith(cherche) for mot in mots) for cherche in nom.split())


def lire_code_postal(texte: str) -> str:
    """The text with its postcode in one piece: "31 290" -> "31290"."""
    return _CODE_POSTAL_ESPACE.sub(r"\1\2", texte)


def _par_nom(communes: QuerySet[Commune], nom: str, limite: int) -> list[CommuneTrouvee]:
    trouvees = _par_population(
        communes.filter(nom_recherche__startswith=nom).annotate(
            rang=Case(
                When(nom_recherche=nom, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        ),
        limite,
        "rang",
    )
    if len(trouvees) < limite:
        trouvees += _anciennes(communes, nom, limite)
    if len(trouvees) < limite and len(nom) >= LETTRES_POUR_CHERCHER_DEDANS:
        dedans = communes.filter(nom_recherche__contains=nom)
        trouvees += _par_population(dedans.exclude(nom_recherche__startswith=nom), limite)
    uniques: dict[str, CommuneTrouvee] = {}
    for trouvee in trouvees:
        uniques.setdefault(trouvee.commune.code, trouvee)
    return list(uniques.values())[:limite]


def _par_population(communes: QuerySet[Commune], limite: int, *avant: str) -> list[CommuneTrouvee]:
    ordonnees = communes.order_by(*avant, F("population").desc(nulls_last=True), "code")
    return [CommuneTrouvee(commune) for commune in ordonnees[:limite]]


def _anciennes(communes: QuerySet[Commune], nom: str, limite: int) -> list[CommuneTrouvee]:
    anciennes = (
        CommuneAncienne.objects.filter(nom_recherche__startswith=nom, commune__in=communes)
        .select_related("commune__departement", "commune__epci")
        .order_by(F("commune__population").desc(nulls_last=True), "code")
    )
    return [CommuneTrouvee(ancienne.commune, ancienne.nom) for ancienne in anciennes[:limite]]


def _par_code_insee(texte: str) -> list[CommuneTrouvee]:
    if CODE_INSEE.fullmatch(texte) is None:
        return []
    communes = Commune.objects.actuelles().select_related("departement", "epci")
    return [CommuneTrouvee(commune) for commune in communes.filter(code=texte.upper())]
