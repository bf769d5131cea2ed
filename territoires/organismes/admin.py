"""Who acts, for administrators: desks, their officers, and who is competent for what."""

from __future__ import annotations

from django.contrib import admin

from territoires.organismes.models import AgentGuichet, Competence, Guichet, Organisme


class AffectationEnLigne(admin.TabularInline):  # type: ignore[type-arg]
    model = AgentGuichet
    extra = 0
    autocomplete_fields = ("user",)


class CompetenceEnLigne(admin.TabularInline):  # type: ignore[type-arg]
    model = Competence
    extra = 0


@admin.register(Organisme)
class OrganismeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("nom", "type", "siren", "territoire")
    list_filter = ("type",)
    search_fields = ("nom", "code", "siren")


@admin.register(Guichet)
class GuichetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("nom", "organisme", "courriel", "a_confirmer")
    list_select_related = ("organisme",)
    search_fields = ("nom", "code", "organisme__nom")
    autocomplete_fields = ("organisme",)
    inlines = (AffectationEnLigne, CompetenceEnLigne)
