"""The programs that have an access, for administrators: who answers for each, and closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class AdministrationClients(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at and to remove: `manage.py creer_client_api` opens one, and shows its secret."""

    fields = readonly_fields = ("name", "user", "client_id", "created")
    list_display = ("name", "user", "created")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
