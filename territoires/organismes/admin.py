"""Who acts, for administrators: desks, their officers, and who is competent for what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from territoires.organismes.actes import obstacle_a_la_suppression
from territoires.organismes.models import AgentGuichet, Competence, Guichet, Organisme


class AffectationEnLigne(admin.TabularInline):  # type: ignore[type-arg]
    model = AgentGuichet
    extra = 0
    autocomplete_fields = ("user",)


class CompetenceEnLigne(admin.TabularInline):  # type: ignore[type-arg]
    """To be read: changing who is competent moves demandes, and is rehearsed in the portal."""

    model = Competence
    extra = 0
    can_delete = False
    readonly_fields = ("nature", "perimetre", "exclusions", "debut", "fin", "convention")
    exclude = ("base_legale",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion of several at once: each says what holds it."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """A desk that has demandes or competences stays; what to do instead is said."""
        guichet = get_object_or_404(Guichet, pk=object_id)
        if obstacle := obstacle_a_la_suppression(guichet):
            messages.error(request, obstacle)
            return redirect(reverse("admin:organismes_guichet_change", args=[guichet.pk]))
        return super().delete_view(request, object_id, extra_context)
