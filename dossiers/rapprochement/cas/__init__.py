"""Golden cases: what a text gives to a dossier, written by people and checked by the program."""

from dossiers.rapprochement.cas.controle import Verification, verifier
from dossiers.rapprochement.cas.lecture import Cas, CasInvalides, Faute, lire_cas

__all__ = ["Cas", "CasInvalides", "Faute", "Verification", "lire_cas", "verifier"]
