"""Accounts, for administrators: find one, name it, let it administer, close it."""

from __future__ import annotations

from django.contrib import admin

from portal.comptes.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """No password here: people choose theirs by the page that resets it."""

    fields = ("email", "nom_complet", "is_active", "is_staff", "is_superuser", "groups")
    list_display = ("email", "nom_complet", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "nom_complet")
