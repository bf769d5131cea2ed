"""What a simulation takes and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aides.criteres.evaluation import Issue
from aides.models import VersionAide

AIDES_MAXIMUM = 500


# The facts to match, the day to speak of, the aides to look at.
class SimulationSerializer(serializers.Serializer[dict[str, Any]]):
    faits = serializers.DictField(
        help_text="Code du fait : valeur. Montants en euros entre guillemets (« 40000.00 »), "
        "dates AAAA-MM-JJ, communes par leur code INSEE ; absent ou null : sans réponse ; "
        "« sans_objet » : ne s’applique pas."
    )
    le = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Une date qui existe, écrite AAAA-MM-JJ, est attendue."},
        help_text="Jour de l’évaluation ; aujourd’hui sinon",
    )
    aides = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=AIDES_MAXIMUM,
        allow_empty=False, help_text="Codes des aides à examiner ; toutes celles qui sont ouvertes",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        acceptees = ", ".join(self.fields)
        inconnues = {
            cle: f"Clé inconnue. Clés acceptées : {acceptees}."
            for cle in self.initial_data
            if cle not in self.fields
        }
        if inconnues:
            raise serializers.ValidationError(inconnues)
        return attrs


class LigneMontantSerializer(serializers.Serializer[dict[str, Any]]):
    forme = serializers.CharField()
    libelle = serializers.CharField(allow_blank=True)
    maximum = serializers.CharField(allow_null=True)
    taux = serializers.CharField(allow_null=True)
    assiette = serializers.CharField(allow_null=True)
    plafond = serializers.CharField(allow_null=True)
    certaine = serializers.BooleanField()


class MontantSerializer(serializers.Serializer[dict[str, Any]]):
    maximum = serializers.CharField(allow_null=True)
    texte = serializers.CharField(allow_blank=True)
    lignes = LigneMontantSerializer(many=True)


class ConseilSerializer(serializers.Serializer[dict[str, Any]]):
    texte = serializers.CharField(help_text="Ce qu’il faudrait, en une phrase")
    faits = serializers.ListField(child=serializers.CharField())
    reponse = serializers.BooleanField(help_text="Vrai : il s’agit de répondre, pas de changer")
    possible = serializers.BooleanField(help_text="Faux : cela ne dépend pas de l’entreprise")


class ContrefactuelSerializer(serializers.Serializer[dict[str, Any]]):
    issue = serializers.ChoiceField([Issue.ELIGIBLE.value, Issue.SOUS_RESERVE.value])
    possible = serializers.BooleanField()
    changements = ConseilSerializer(many=True)


class ResultatSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    titre = serializers.CharField()
    statut = serializers.ChoiceField(VersionAide.Statut.choices)
    issue = serializers.ChoiceField([(issue.value, issue.value) for issue in Issue])
    montant = MontantSerializer()
    manquants = serializers.ListField(
        child=serializers.CharField(), help_text="Faits qui peuvent encore changer l’issue"
    )
    preuve = serializers.DictField(required=False, help_text="Avec ?preuves=oui")
    contrefactuel = ContrefactuelSerializer(
        required=False,
        allow_null=True,
        help_text="Avec ?contrefactuels=oui : le plus petit changement qui ouvrirait cette aide ; "
        "null si elle l’est déjà, ou si aucun ne suffit",
    )


class EcarteeSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    titre = serializers.CharField()
    motif = serializers.CharField()


class DecisiveSerializer(serializers.Serializer[dict[str, Any]]):
    fait = serializers.CharField()
    toujours = serializers.IntegerField(help_text="Aides tranchées quelle que soit la réponse")
    au_mieux = serializers.IntegerField(help_text="Aides tranchées par la réponse qui tombe bien")


class ReponseSerializer(serializers.Serializer[dict[str, Any]]):
    le = serializers.DateField()
    aides = ResultatSerializer(many=True)
    ecartees = EcarteeSerializer(many=True)
    manquants = serializers.ListField(child=serializers.CharField())
    decisives = DecisiveSerializer(
        many=True, help_text="Ce que chaque réponse, seule, trancherait ; la plus utile d’abord"
    )
