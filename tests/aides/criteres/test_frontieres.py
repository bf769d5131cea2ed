"""Equality at thresholds: shares and sums, on the boundary and one unit on each side, however
large, and the same in the reading by one dossier and in the compiled one."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import Comparaison, Critere, Non, Operateur, Proportion
from aides.criteres.compilation import compiler
from aides.criteres.evaluation import Verdict, evaluer
from aides.criteres.faits import SANS_OBJET, Faits, fait, lire
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE, situation

COMPARE = {
    Operateur.INFERIEUR: lambda a, b: a < b,
    Operateur.INFERIEUR_OU_EGAL: lambda a, b: a <= b,
    Operateur.EGAL: lambda a, b: a == b,
    Operateur.SUPERIEUR_OU_EGAL: lambda a, b: a >= b,
    Operateur.SUPERIEUR: lambda a, b: a > b,
}
#: A fact, two sums that share a term, a sum that may not apply, and the derived totals.
MONTANTS = (
    "apport",
    "depense_terrain+depense_batiment",
    "depense_batiment+depense_equipement",
    "depenses_immobilieres",
    "depenses_total",
    "chiffre_affaires+total_bilan",
)
DEPENSES = list(fait("depenses_total").bases)
#: Up to the largest amount that is believed, in cents, and small ones that often meet.
centimes = st.integers(0, 10**14) | st.integers(0, 20)


def _dossier(bases: list[str]) -> st.SearchStrategy[Faits]:
    def valeurs(code: str) -> st.SearchStrategy[object]:
        return centimes | st.just(SANS_OBJET) if fait(code).sans_objet else centimes

    return st.fixed_dictionaries({code: valeurs(code) for code in bases})


dossiers = _dossier(["apport", "chiffre_affaires", "total_bilan", *DEPENSES])


def memes(critere: Critere, faits: Faits, attendu: bool) -> None:
    """The evaluation, the compiled circuit and both contraries say it."""
    cas = situation(faits)
    verdict = Verdict.OUI if attendu else Verdict.NON
    assert evaluer(critere, cas).verdict is verdict
    assert evaluer(Non(critere), cas).verdict == -verdict
    lecture = compiler([critere, Non(critere)]).lire(cas.faits, cas.referentiel)
    assert lecture.verdicts() == [verdict, -verdict]


@settings(deadline=None)
@given(dossiers, st.sampled_from(MONTANTS), s.operateurs, st.sampled_from((-1, 0, 1)))
def test_a_sum_at_its_threshold(faits: Faits, code: str, operateur: Operateur, ecart: int) -> None:
    total = lire(situation(faits).faits, code)
    assert isinstance(total, int)
    seuil = max(0, total + ecart)
    attendu = COMPARE[operateur](total, seuil)
    memes(Comparaison(code, operateur, seuil, SOURCE), faits, attendu)


@settings(deadline=None)
@given(
    st.integers(0, 10**8),
    st.integers(1, 10**4),
    st.integers(1, 10**4),
    s.operateurs,
    st.sampled_from((-1, 0, 1)),
    st.data(),
)
def test_a_share_of_sums_at_its_boundary(
    k: int, num: int, den: int, operateur: Operateur, ecart: int, data: st.DataObject
) -> None:
    """`left = num/den x right` exactly, then a cent beside; both sides cut into two terms."""
    gauche, droite = max(0, k * num + ecart), k * den
    coupe = data.draw(st.integers(0, gauche)), data.draw(st.integers(0, droite))
    faits: Faits = {
        "depense_equipement": coupe[0],
        "depense_immateriel": gauche - coupe[0],
        "depense_terrain": coupe[1],
        "depense_batiment": droite - coupe[1],
    }
    critere = Proportion(
        "depense_equipement+depense_immateriel",
        operateur,
        num,
        den,
        "depenses_immobilieres",
        SOURCE,
    )
    memes(critere, faits, COMPARE[operateur](gauche, Fraction(num, den) * droite))
