"""The gallery of components, for developers: shown while developing and in the demonstration."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.socle.apparence import PAR_CODE
from portal.socle.themes import THEMES, theme_courant

LE = datetime(2026, 11, 2, 14, 5, tzinfo=timezone.get_fixed_timezone(60))
TONS = (
    ("Éligible", "oui"),
    ("Sous réserve", "reserve"),
    ("À compléter", "demande"),
    ("Refusée", "non"),
    ("Brouillon", "neutre"),
)


class FormulaireExemple(forms.Form):
    """One field of each kind; sent, it shows its errors."""

    nom = forms.CharField(
        label="Nom de l’entreprise", help_text="Tel qu’il est au registre.", initial="Menuiserie"
    )
    siret = forms.CharField(label="SIRET", help_text="14 chiffres.", max_length=14)
    nature = forms.ChoiceField(label="Nature d’aide", choices=(("", "Toutes"), ("i", "Innovation")))
    depuis = forms.DateField(label="Depuis le", required=False)
    description = forms.CharField(label="Description du projet", required=False)
    piece = forms.FileField(label="Devis", required=False, help_text="20 Mo au plus.")
    accord = forms.BooleanField(label="Je certifie que ces réponses sont exactes", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["depuis"].widget = forms.DateInput(attrs={"type": "date"})
        for champ in self.fields.values():
            if not isinstance(champ.widget, forms.CheckboxInput):
                choix = isinstance(champ.widget, forms.Select)
                champ.widget.attrs["class"] = "form-select" if choix else "form-control"


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of a timeline."""

    texte: str
    detail: str
    quand: datetime | None
    a_venir: bool = False


def exemples() -> dict[str, Any]:
    """What the components of the gallery show: fictitious, and the same at each visit."""
    fichiers = [
        {"nom": "devis-scierie-fictive.pdf", "octets": 482_000, "url": "#", "detail": "Devis"},
        {"nom": "photo de l’atelier.jpg", "octets": 3_900_000, "etat": "Lu", "ton": "oui"},
        {"nom": "bilan.pdf", "octets": 71_000, "etat": "À remplacer", "ton": "non"},
    ]
    return {
        "tons": TONS,
        "fichiers": fichiers,
        "page": Paginator(range(240), 10).page(7),
        "frise": [
            Etape("Dossier déposé", "", LE),
            Etape("Demande remise au guichet", "Guichet fictif", LE + timedelta(minutes=1)),
            Etape("Réponse attendue", "Sans réponse, le silence vaut rejet.", None, True),
        ],
        "echanges": [
            {"auteur": "Guichet fictif", "quand": LE, "texte": "Pouvez-vous joindre le devis ?"},
            {"evenement": "L’échéance est suspendue", "quand": LE},
            {
                "auteur": "Menuiserie fictive",
                "quand": LE + timedelta(days=2),
                "texte": "Le voici.\nIl date d’octobre.",
                "de_moi": True,
                "fichiers": fichiers[:1],
            },
        ],
        "onglets": [
            {"libelle": "Projet", "url": "#projet", "ici": True},
            {"libelle": "Pièces", "url": "#pieces", "nombre": 3},
            {"libelle": "Échanges", "url": "#echanges", "nombre": 12},
            {"libelle": "Journal", "url": "#journal"},
        ],
        "etapes": [
            {"libelle": "Le lieu", "etat": "faite", "url": "#lieu"},
            {"libelle": "L’entreprise", "etat": "faite", "url": "#entreprise"},
            {"libelle": "Le projet", "etat": "ici"},
            {"libelle": "Les aides", "etat": "a_venir"},
        ],
    }


@require_safe
def composants(request: HttpRequest) -> HttpResponse:
    """Every component; `?theme=` and `?apparence=` take a code, 404 for an unknown one.

    The form of the page comes back to it, with its errors.
    """
    if not (settings.DEBUG or settings.DEMONSTRATION):
        raise Http404
    theme = THEMES.get(request.GET.get("theme", theme_courant(request).code))
    apparence = PAR_CODE.get(request.GET.get("apparence", "systeme"))
    if theme is None or apparence is None:
        raise Http404
    contexte = {
        **exemples(),
        "formulaire": FormulaireExemple(request.GET if "siret" in request.GET else None),
        "theme": theme,
        "themes": THEMES.values(),
        "apparence": apparence,
    }
    return render(request, "socle/galerie.html", contexte)
