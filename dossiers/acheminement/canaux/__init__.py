"""The channels by which a demande reaches a desk; importing this package registers them all."""

from dossiers.acheminement.canaux import courriel, portail, webhook

__all__ = ["courriel", "portail", "webhook"]
