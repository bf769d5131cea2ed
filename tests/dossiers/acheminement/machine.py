"""A machine that draws lives of demandes at random: filed, killed, acknowledged twice, late,
withdrawn, redirected, replayed, swept.

After each step the invariant holds; at the end everything heals, and nothing is lost.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dossiers.acheminement import actes
from dossiers.acheminement.actes import remise
from dossiers.acheminement.canaux import registre
from dossiers.acheminement.invariant import Bilan, bilan
from dossiers.acheminement.models import Acheminement, Disjoncteur
from dossiers.circuit import Etat
from dossiers.depot.actes import deposer
from dossiers.depot.actes.suites import retirer
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from territoires.organismes.models import Guichet
from tests.fabriques import (
    FAITS,
    AideFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    DossierFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    VersionAideFabrique,
    agent_de,
    declare,
)

#: Where the process dies, around the two commits and the call.
POINTS = ("avant_prise", "apres_prise", "avant_appel", "apres_appel", "avant_resultat", "apres")
#: What a desk does with what it is handed.
CONDUITES = ("recoit", "accuse", "en_panne", "refuse", "recoit_et_se_tait", "trop_tard")
MOTIF = "Ce projet relève d’un autre guichet."
RANGS = st.integers(0, 30)


class Mort(BaseException):
    """The process dies here: what is not committed is gone, and nothing catches it."""


class Machine(RuleBasedStateMachine):
    """Runs in a database of tests; each life is rolled back when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.vie = transaction.atomic()
        self.vie.__enter__()
        self.conduite, self.point = "accuse", ""
        #: What the desks hold: the keys, and how many cases of each.
        self.cas: Counter[uuid.UUID] = Counter()
        self.administration = UserFabrique(administration=True)
        self.commune = CommuneFabrique()
        for nature in ("investissement", "innovation", "export"):
            VersionAideFabrique(aide=AideFabrique(code=f"aide-{nature}"), nature=nature)
        self.guichets = [
            GuichetFabrique(courriel="guichet@exemple.invalid"),
            GuichetFabrique(),
            GuichetFabrique(),
        ]
        self.agents = {guichet.pk: agent_de(guichet) for guichet in self.guichets}
        # Nobody is competent for export: those demandes wait for a person.
        CompetenceFabrique(nature="investissement", guichet=self.guichets[0])
        CompetenceFabrique(nature="innovation", guichet=self.guichets[1])
        self._semer_la_mort()

    # -------------------------------------------------------------- the desks, and death

    def _semer_la_mort(self) -> None:
        prendre = remise._prendre.__wrapped__  # type: ignore[attr-defined]
        inscrire = remise._inscrire_remise.__wrapped__  # type: ignore[attr-defined]

        def prendre_mortel(*arguments: Any) -> Acheminement | None:
            with transaction.atomic():
                pris: Acheminement | None = prendre(*arguments)
                tenu = pris is not None and pris.jeton is not None
                self.passer("avant_prise" if tenu else "")
            self.passer("apres_prise" if tenu else "")
            return pris

        def inscrire_mortel(acheminement: Acheminement, rendu: registre.Remise) -> bool:
            with transaction.atomic():
                ecrit: bool = inscrire(acheminement, rendu)
                self.passer("avant_resultat")
            self.passer("apres")
            return ecrit

        self.patch.setattr(remise, "_prendre", prendre_mortel)
        self.patch.setattr(remise, "_inscrire_remise", inscrire_mortel)
        for canal in list(registre.CANAUX):
            self.patch.setitem(registre.CANAUX, canal, self.remettre)

    def passer(self, point: str) -> None:
        if point and point == self.point:
            self.point = ""
            raise Mort

    def remettre(self, acheminement: Acheminement) -> registre.Remise:
        """The desk's end: one case per key, however often it is sent."""
        self.passer("avant_appel")
        if self.conduite == "en_panne":
            raise registre.EchecPassager("En panne (fictif).")
        if self.conduite == "refuse":
            raise registre.EchecDefinitif("Refus (fictif).")
        self.cas[acheminement.cle] = 1
        self.passer("apres_appel")
        if self.conduite == "recoit_et_se_tait":
            raise TimeoutError("pas de réponse")
        if self.conduite == "trop_tard":
            # Somebody else holds the row by now.
            Acheminement.objects.filter(pk=acheminement.pk).update(jeton=uuid.uuid4())
        return registre.Remise(accusee=self.conduite == "accuse")

    # -------------------------------------------------------------- what happens

    @initialize()
    def commencer(self) -> None:
        self.deposer()

    @rule()
    def deposer(self) -> None:
        membre = MembreFabrique()
        faits = {**FAITS, "commune_projet": self.commune.code}
        codes = [f"aide-{nature}" for nature in ("investissement", "innovation", "export")]
        dossier = DossierFabrique(
            entreprise=membre.entreprise,
            cree_par=membre.user,
            faits={code: declare(valeur) for code, valeur in faits.items()},
            choix=codes,
        )
        deposer(dossier=dossier, codes=codes, par=membre.user)
        # A double click.
        deposer(dossier=dossier, codes=codes, par=membre.user)

    @rule(conduite=st.sampled_from(CONDUITES))
    def balayer(self, conduite: str) -> None:
        """A sweep that nothing disturbs."""
        self._balayer(conduite, "", dite=False)

    @rule(conduite=st.sampled_from(CONDUITES), point=st.sampled_from(POINTS), dite=st.booleans())
    def mourir(self, conduite: str, point: str, dite: bool) -> None:
        """A sweep that dies, once there is something due; its parent may live to tell it."""
        self.attendre()
        self._balayer(conduite, point, dite=dite)

    def _balayer(self, conduite: str, point: str, *, dite: bool) -> None:
        self.conduite, self.point = conduite, point
        try:
            actes.balayer()
        except Mort:
            if dite:
                actes.signaler_mort(pid=os.getpid())
        finally:
            self.point = ""

    @rule()
    def attendre(self) -> None:
        """Time passes: leases run out, what failed is due again, breakers let one through."""
        hier = timezone.now() - timedelta(days=1)
        Acheminement.objects.filter(bail_jusqu_a__isnull=False).update(bail_jusqu_a=hier)
        Acheminement.objects.filter(prochaine_tentative__isnull=False).update(
            prochaine_tentative=hier
        )
        Demande.objects.filter(etat=Etat.A_ROUTER).update(prochaine_tentative=hier)
        Disjoncteur.objects.filter(ouvert_jusqu_a__isnull=False).update(ouvert_jusqu_a=hier)

    @rule(rang=RANGS, fois=st.integers(1, 2))
    def accuser_par_systeme(self, rang: int, fois: int) -> None:
        """By the system of a desk that has the case: early, late or twice."""
        if not self.cas:
            return
        cle = sorted(self.cas)[rang % len(self.cas)]
        for _ in range(fois):
            actes.accuser_reception(cle=cle, voie=Acheminement.Voie.SYSTEME)

    @rule()
    def accuser_une_cle_inconnue(self) -> None:
        with pytest.raises(actes.AccuseInconnu):
            actes.accuser_reception(cle=uuid.uuid4(), voie=Acheminement.Voie.PAGE)

    @rule(rang=RANGS)
    def ouvrir(self, rang: int) -> None:
        self._faire(
            rang,
            lambda demande: actes.accuser(demande=demande, user=self.agents[demande.guichet_id]),
        )

    @rule(rang=RANGS)
    def retirer(self, rang: int) -> None:
        self._faire(
            rang,
            lambda demande: retirer(demande=demande, user=demande.dossier.cree_par),
        )

    @rule(rang=RANGS, vers=st.integers(0, 3))
    def reorienter(self, rang: int, vers: int) -> None:
        """To another desk, or to the human queue."""
        guichet = (*self.guichets, None)[vers]
        self._faire(
            rang,
            lambda demande: actes.reorienter(
                demande=demande,
                user=self.agents[demande.guichet_id],
                motif=MOTIF,
                guichet=guichet,
            ),
        )

    @rule(rang=RANGS, vers=st.integers(0, 2))
    def orienter(self, rang: int, vers: int) -> None:
        self._faire(rang, lambda demande: self._confier(demande, self.guichets[vers]))

    @rule(rang=RANGS)
    def rejouer(self, rang: int) -> None:
        lignes = list(Acheminement.objects.order_by("pk"))
        if lignes:
            actes.rejouer(acheminement=lignes[rang % len(lignes)], par=self.administration)

    @rule(rang=st.integers(0, 2))
    def rejouer_un_guichet(self, rang: int) -> None:
        actes.rejouer_guichet(guichet=self.guichets[rang], par=self.administration)

    def _confier(self, demande: Demande, guichet: Guichet) -> None:
        actes.orienter(
            demande=demande, guichet=guichet, user=self.administration, motif="Accord fictif."
        )

    def _faire(self, rang: int, acte: Callable[[Demande], object]) -> None:
        """Try it on one of the demandes; whether it may be done is the circuit's to say."""
        demandes = list(Demande.objects.order_by("pk"))
        if not demandes:
            return
        demande = demandes[rang % len(demandes)]
        with suppress(TransitionRefusee, KeyError):
            acte(demande)

    # -------------------------------------------------------------- what must hold

    @invariant()
    def rien_de_perdu_ni_de_double(self) -> None:
        etat = bilan()
        assert etat.deposees == Demande.objects.count()
        assert (etat.perdues, etat.doublons) == (0, 0), etat
        remises = Evenement.objects.filter(verbe="remettre")
        lignes = [evenement.donnees["acheminement"] for evenement in remises]
        assert len(lignes) == len(set(lignes))

    def teardown(self) -> None:
        try:
            fin = self._guerir()
            assert fin.deposees == fin.accusees + fin.retirees, fin
            self.rien_de_perdu_ni_de_double()
        finally:
            self.patch.undo()
            transaction.set_rollback(True)
            self.vie.__exit__(None, None, None)

    def _guerir(self) -> Bilan:
        """Everything is repaired, and time passes: how it all ends."""
        for _ in range(5):
            self.attendre()
            self.balayer("accuse")
            for demande in Demande.objects.en_file_humaine().order_by("pk"):
                self._confier(demande, self.guichets[2])
            for rang in range(len(self.guichets)):
                self.rejouer_un_guichet(rang)
            # What was handed over without a word is opened by an officer.
            for rang in range(Demande.objects.count()):
                self.ouvrir(rang)
        return bilan()
