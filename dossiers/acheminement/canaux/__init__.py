"""The channels by which a demande reaches a desk; importing this package registers them all."""

from dossiers.acheminement.canaux import courriel, portail

__all__ = ["courriel", "portail"]
