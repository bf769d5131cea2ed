"""Forms of « Mon entreprise » and of what the portal's administrators decide about companies."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.models import Entreprise, Membre

EXPLICATIONS = {
    Membre.Role.MEMBRE: "remplit, dépose et suit les dossiers",
    Membre.Role.RESPONSABLE: "de plus, invite et retire des membres",
}
ROLES = [(role.value, f"{role.label} : {EXPLICATIONS[role]}") for role in reversed(Membre.Role)]


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    courriel = forms.EmailField(
        label="Adresse électronique de la personne",
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Rôle", choices=ROLES, initial=Membre.Role.MEMBRE, widget=forms.RadioSelect
    )


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(label="Rôle", choices=ROLES, widget=forms.RadioSelect)


class ChoixDuMembre(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One member or claimant, as an administrator of the portal tells them apart."""

    def label_from_instance(self, membre: Membre) -> str:
        actif = membre.etat == Membre.Etat.ACTIF
        etat = membre.get_role_display() if actif else "demande en attente"
        return f"{membre.user} ({membre.user.email}), {etat.lower()}"


class ReassignationForm(forms.Form):
    """To whom a company is given, and what becomes of its other members."""

    membre = ChoixDuMembre(
        label="À qui confier l’entreprise ?",
        queryset=Membre.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choisissez une personne."},
    )
    autres = forms.ChoiceField(
        label="Que deviennent ses autres membres ?",
        choices=[
            ("rester", "Ils restent membres, sans l’administrer"),
            ("retirer", "Ils sont retirés : ses dossiers ne leur sont plus ouverts"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que deviennent les autres membres."},
    )

    def __init__(self, entreprise: Entreprise, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        champ = self.fields["membre"]
        assert isinstance(champ, ChoixDuMembre)  # noqa: S101 - said to the type checker
        champ.queryset = entreprise.adhesions.select_related("user").order_by("pk")


class FermetureForm(forms.Form):
    """Closing one's account is confirmed in writing."""

    confirmation = forms.BooleanField(
        label="Je ferme mon compte : je sais que c’est définitif.",
        error_messages={"required": "Cochez la case pour confirmer."},
    )
