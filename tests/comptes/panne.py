"""A mail server that refuses the connection."""

from django.core.mail.backends.base import BaseEmailBackend


class EnPanne(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise ConnectionRefusedError("la messagerie ne répond pas")
