"""What a deposit takes and answers. Comments, not docstrings, on what the French documentation
shows.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as siret_fr

from dossiers.acheminement.etapes import Avancement
from dossiers.circuit import Etat
from dossiers.models import Demande, Dossier
from dossiers.rapprochement.api.serializers import AIDES_MAXIMUM, SimulationSerializer

ELIGIBLES = "eligibles"


# A list of codes, or the word that stands for all of them.
@extend_schema_field(
    {
        "oneOf": [
            {"type": "array", "items": {"type": "string"}, "minItems": 1,
             "maxItems": AIDES_MAXIMUM},
            {"type": "string", "enum": [ELIGIBLES]},
        ]
    }
)  # fmt: skip
class AidesField(serializers.Field[Any, Any, Any, Any]):
    default_error_messages = {
        "forme": f"Une liste de codes d’aides (de 1 à {AIDES_MAXIMUM}), ou le mot « {ELIGIBLES} », "
        "est attendue.",
    }

    def to_internal_value(self, data: object) -> list[str] | str:
        if data == ELIGIBLES:
            return ELIGIBLES
        if (
            not isinstance(data, list)
            or not 1 <= len(data) <= AIDES_MAXIMUM
            or not all(isinstance(code, str) and 0 < len(code) <= 80 for code in data)
        ):
            self.fail("forme")
        return sorted(set(data))


class DepotSerializer(serializers.Serializer[dict[str, Any]]):
    siret = serializers.CharField(
        help_text="Établissement d’une entreprise dont le compte est membre sur le portail"
    )
    titre = serializers.CharField(
        max_length=Dossier._meta.get_field("titre").max_length, help_text="Titre du projet"
    )
    description = serializers.CharField(
        max_length=Dossier._meta.get_field("description").max_length, required=False,
        allow_blank=True, default="", help_text="Le projet, pour les guichets qui le liront",
    )  # fmt: skip
    faits = serializers.DictField(
        help_text="Comme pour une simulation (code du fait : valeur). « commune_projet » est "
        "indispensable : elle désigne les guichets compétents."
    )
    aides = AidesField(
        help_text="Codes des aides à demander ; ou « eligibles » : toutes celles qui se demandent "
        "ici et dont l’issue est éligible, ou éligible sous réserve"
    )

    validate = SimulationSerializer.validate

    def validate_siret(self, lu: str) -> str:
        try:
            return str(siret_fr.validate(lu))
        except NumeroInvalide as invalide:
            raise serializers.ValidationError("Ce n’est pas un numéro SIRET valide.") from invalide

    def validate_titre(self, lu: str) -> str:
        return " ".join(lu.split())


class GuichetSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    nom = serializers.CharField()


class EtapeSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.ChoiceField(["deposee", "remise", "ouverte", "prise_en_charge", "decision"])
    libelle = serializers.CharField()
    etat = serializers.ChoiceField(
        [avancement.value for avancement in Avancement],
        help_text="faite ; ici : c’est elle qu’on attend ; a_venir ; sans_objet : la demande est "
        "close",
    )
    quand = serializers.DateTimeField(allow_null=True)


class SuiteSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(
        allow_blank=True,
        help_text="Ce qu’on attend : orientation, remise, ouverture, prise_en_charge, reponse, "
        "decision ; vide si la demande est close",
    )
    texte = serializers.CharField(allow_blank=True)
    le = serializers.DateField(allow_null=True)


class DemandeSerializer(serializers.Serializer[Demande]):
    identifiant = serializers.UUIDField()
    numero = serializers.CharField()
    aide = serializers.CharField(help_text="Code de l’aide")
    titre = serializers.CharField(help_text="Titre de l’aide")
    etat = serializers.ChoiceField(Etat.choices)
    libelle = serializers.CharField(help_text="L’état, en français, tel que l’entreprise le lit")
    guichet = GuichetSerializer(allow_null=True, help_text="null tant qu’il n’est pas désigné")
    etapes = EtapeSerializer(many=True, help_text="Les cinq étapes, dans l’ordre")
    suite = SuiteSerializer()
    echeance = serializers.DateField(help_text="Jour où le silence du guichet vaut rejet")
    montant_estime = serializers.CharField(allow_null=True, help_text="Euros")
    montant_accorde = serializers.CharField(allow_null=True, help_text="Euros")


class LiensSerializer(serializers.Serializer[dict[str, str]]):
    depot = serializers.URLField(help_text="Où lire ce dépôt par l’API")
    suivi = serializers.URLField(help_text="La page de suivi, pour les membres de l’entreprise")
    recu = serializers.URLField(help_text="Le reçu signé de cette version, par l’API")
    # Absent from what was answered, and kept, before the content was given here.
    contenu = serializers.URLField(
        required=False,
        help_text="Ce qui a été figé dans cette version, par l’API : les octets de son empreinte",
    )


class DepotLuSerializer(serializers.Serializer[Dossier]):
    identifiant = serializers.UUIDField()
    numero = serializers.CharField(help_text="Numéro du récépissé")
    siret = serializers.CharField()
    depose_le = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Numéro de la dernière version figée")
    empreinte = serializers.CharField(help_text="SHA-256 du contenu figé de cette version")
    recu = serializers.CharField(
        allow_null=True,
        help_text="Le reçu signé de cette version (JWS) ; il se vérifie sans ce portail, avec les "
        "clés de /.well-known/jwks.json",
    )
    efface_le = serializers.DateTimeField(
        allow_null=True,
        help_text="Quand son contenu a été effacé ; numéros, états et empreintes restent",
    )
    demandes = DemandeSerializer(many=True)
    liens = LiensSerializer()
