"""Asked of the whole catalogue at once, the single answers settle what the proofs say."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import Critere
from aides.criteres.compilation import compiler
from aides.criteres.decisives import reponses_decisives
from aides.criteres.evaluation import Issue, Situation, evaluer
from aides.criteres.questions import reponses_decisives as d_apres_les_preuves
from tests.aides.criteres import strategies as s

situations = st.builds(s.situation, s.faits_declares, s.referentiels)


@settings(deadline=None)
@given(st.lists(s.arbres, min_size=1, max_size=12), situations)
def test_the_circuit_settles_what_the_proofs_settle(
    arbres: list[Critere], situation: Situation
) -> None:
    lecture = compiler(arbres).lire(situation.faits, situation.referentiel)
    issues = lecture.issues()
    ouvertes = [rang for rang, issue in enumerate(issues) if issue is Issue.A_COMPLETER]
    preuves = [evaluer(arbres[rang], situation) for rang in ouvertes]
    trouvees = reponses_decisives(lecture, situation.faits, ouvertes)
    assert trouvees == d_apres_les_preuves(preuves)
