"""T13: each safeguard removed in turn; a check of another test must then fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from tests.chaos.conftest import Constater, Ouvrir
from tests.chaos.monde import Monde, Verdict
from tests.chaos.test_t04_sans_courtier import depots_sans_courtier
from tests.chaos.test_t05_web import delivrees_sans_annonce
from tests.chaos.test_t07_balayeurs import deux_orientations, ligne_tenue, ligne_verrouillee
from tests.chaos.test_t08_guichets import guichet_mort
from tests.chaos.test_t09_poison import poison_isole
from tests.chaos.test_t10_visibilite import bail_perdu


def tache_rendue(monde: Monde) -> None:
    """T1: without any sweep, the task of a child that was killed comes back by the broker."""
    monde.subir(cibles=[("avant_prise", 1)])
    monde.valkey()
    monde.ouvrier()
    monde.deposer(1, processus=1)
    monde.attendre(lambda: sum(monde.morts().values()) == 1, "un enfant est tué")
    monde.attendre(monde.inactif, "le courtier n’a plus rien")
    assert monde.verdict(3).accusees == 3


def un_cas_par_cle(monde: Monde) -> None:
    """T1: killed once the case is made, before anybody knows: sent once, one case."""
    monde.subir(cibles=[("apres_appel", 1)], bail=1)
    monde.deposer(1)
    tue = monde.balayeur()
    tue.wait()
    monde.attendre(bail_expire, "le bail expire")
    monde.subir(cibles=[])
    monde.finir([monde.balayeur()])
    assert monde.morts() == {"apres_appel": 1}
    verdict = monde.verdict(3)
    assert (verdict.perdus, verdict.doublons, verdict.accusees) == (0, 0, 3)
    assert monde.recepteur.posts() == 3


def bail_expire() -> bool:
    return not Acheminement.objects.filter(bail_jusqu_a__gt=timezone.now()).exists()


def sans_annonce(monde: Monde) -> None:
    """T5: what was never announced is delivered within three sweeps."""
    monde.deposer(1)
    monde.valkey()
    delivrees_sans_annonce(monde, 1)


def sans_unicite(monde: Monde) -> None:
    """Drop what keeps rows unique in this test's database."""
    with connection.schema_editor() as editeur:
        for contrainte in Acheminement._meta.constraints:
            if contrainte.name == "un_acheminement_par_canal":
                editeur.remove_constraint(Acheminement, contrainte)
        avant = Acheminement._meta.get_field("cle")
        apres = avant.clone()
        apres._unique = False
        apres.set_attributes_from_name("cle")
        apres.model = Acheminement
        editeur.alter_field(Acheminement, avant, apres)


@dataclass(frozen=True)
class Garde:
    """A safeguard: how it is removed, and the check that must then fail."""

    nom: str
    epreuve: Callable[[Monde], None]
    test: str
    sabotages: tuple[str, ...] = ()
    dedoublonne: bool = True
    avant: Callable[[Monde], None] | None = None


GARDES = (
    Garde("fencing token", bail_perdu, "T10", ("sans_jeton",)),
    Garde("SKIP LOCKED", ligne_verrouillee, "T7", ("sans_skip_locked",)),
    Garde("lease", ligne_tenue, "T7", ("sans_bail",)),
    Garde("unique constraints", deux_orientations, "T7", avant=sans_unicite),
    Garde("reject_on_worker_lost", tache_rendue, "T1", ("sans_renvoi",)),
    Garde("sweeper", sans_annonce, "T5", ("sans_balayage",)),
    Garde(
        "quarantine after deaths", lambda monde: poison_isole(monde, 1), "T9", ("sans_quarantaine",)
    ),
    Garde(
        "attempt counted before", lambda monde: poison_isole(monde, 1), "T9", ("sans_compte_avant",)
    ),
    Garde("GET before POST", un_cas_par_cle, "T1", ("sans_demander",)),
    Garde("idempotency key", un_cas_par_cle, "T1", dedoublonne=False),
    Garde("breaker", guichet_mort, "T8", ("sans_disjoncteur",)),
    Garde(
        "hint outside the promise",
        lambda monde: depots_sans_courtier(monde, 1),
        "T4",
        ("sans_filet_d_annonce",),
    ),
)


@pytest.mark.chaos("T13", f"{len(GARDES)} safeguards removed in turn")
@pytest.mark.parametrize("garde", GARDES, ids=lambda garde: garde.nom)
def test_a_safeguard_removed_is_noticed(
    garde: Garde, nouveau_monde: Ouvrir, constater: Constater
) -> None:
    with nouveau_monde(dedoublonne=garde.dedoublonne) as monde:
        if garde.avant is not None:
            garde.avant(monde)
        monde.subir(sabotages=list(garde.sabotages))
        with pytest.raises(AssertionError) as echec:
            garde.epreuve(monde)
    # It failed for what it says, not because nothing ran in time.
    assert "jamais" not in str(echec.value)
    constater(Verdict(0, 0, 0, 0), "each caught", **{garde.nom: garde.test})


@pytest.mark.chaos("T13", f"{len(GARDES)} safeguards removed in turn")
@pytest.mark.parametrize("epreuve", [tache_rendue, un_cas_par_cle, sans_annonce])
def test_the_same_checks_hold_with_every_safeguard(
    epreuve: Callable[[Monde], None], monde: Monde
) -> None:
    epreuve(monde)
