"""What the open API says of an aide: a summary in lists, everything in its record."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aides.echange.national import phrases
from aides.filtres import CHOIX_ETATS, etat_de
from aides.models import Aide, Porteur, VersionAide
from aides.models.forme import Forme
from territoires.organismes.models import NatureAide


def publiee(aide: Aide) -> VersionAide:
    """The published version of an aide of the catalogue, which has one."""
    if aide.version is None:
        raise ValueError(f"{aide} n’est pas publiée")
    return aide.version


class PorteurSerializer(serializers.Serializer[Porteur]):
    organisme = serializers.CharField(source="organisme.code")
    nom = serializers.CharField(source="organisme.nom")
    siren = serializers.CharField(source="organisme.siren", allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Porteur.Role.choices))


class SourceSerializer(serializers.Serializer[dict[str, Any]]):
    libelle = serializers.CharField()
    url = serializers.URLField(required=False)
    date = serializers.DateField(required=False)
    verifie = serializers.BooleanField(required=False)


# One line of the catalogue. `context["le"]` is the day that `etat` speaks of. Comments here: a
# serializer's docstring is shown, in English, to the readers of the French documentation.
class AideResumeSerializer(serializers.Serializer[Aide]):
    code = serializers.CharField(help_text="Identifie l’aide dans les adresses et les fichiers")
    identifiant = serializers.UUIDField(help_text="Identifiant du schéma national")
    url = serializers.SerializerMethodField()
    titre = serializers.CharField(source="version.titre")
    promesse = serializers.CharField(source="version.promesse")
    nature = serializers.ChoiceField(NatureAide.choices, source="version.nature")
    natures_secondaires = serializers.ListField(
        child=serializers.ChoiceField(NatureAide.choices), source="version.natures_secondaires"
    )
    formes = serializers.ListField(
        child=serializers.ChoiceField(Forme.choices), source="version.formes"
    )
    porteurs = PorteurSerializer(many=True, source="version.porteurs.all")
    perimetre = serializers.ListField(
        child=serializers.CharField(), source="version.perimetre",
        help_text="Codes de lieux : REG-76, DEP-31, EPCI-243100518, COM-31555, PAYS-99100",
    )  # fmt: skip
    exclusions = serializers.ListField(
        child=serializers.CharField(), source="version.exclusions",
        help_text="Codes de lieux retirés du périmètre",
    )  # fmt: skip
    naf = serializers.ListField(child=serializers.CharField(), source="version.naf")
    naf_exclusions = serializers.ListField(
        child=serializers.CharField(), source="version.naf_exclusions"
    )
    ouverture = serializers.DateField(source="version.ouverture", allow_null=True)
    cloture = serializers.DateField(
        source="version.cloture", allow_null=True, help_text="Dernier jour compris"
    )
    statut = serializers.ChoiceField(VersionAide.Statut.choices, source="version.statut")
    etat = serializers.SerializerMethodField(help_text="Au jour demandé (paramètre « le »)")
    verifie_le = serializers.DateField(source="version.verifie_le", allow_null=True)
    voie = serializers.ChoiceField(VersionAide.Voie.choices, source="version.voie")
    url_externe = serializers.CharField(source="version.url_externe", allow_blank=True)
    complete = serializers.CharField(
        source="version.complete", allow_blank=True, help_text="Code de l’aide qu’elle précise"
    )
    version = serializers.IntegerField(source="version.numero")
    publiee_le = serializers.DateTimeField(source="version.publiee_le")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, aide: Aide) -> str:
        # Not DRF's field, which repeats the `?format=` of the request in the address.
        adresse = reverse("api-aide", kwargs={"reference": aide.code})
        return str(self.context["request"].build_absolute_uri(adresse))

    @extend_schema_field(serializers.ChoiceField(CHOIX_ETATS))
    def get_etat(self, aide: Aide) -> str:
        return etat_de(publiee(aide), self.context["le"])


# The whole record: what an exchange file says, and the conditions in French.
class AideSerializer(AideResumeSerializer):
    description = serializers.CharField(source="version.description")
    statut_precision = serializers.CharField(source="version.statut_precision", allow_blank=True)
    eligibilite = serializers.SerializerMethodField(help_text="Les conditions, en français")
    criteres = serializers.JSONField(
        source="version.criteres", help_text="Arbre de critères : docs/schemas/aides-1.json"
    )
    montants = serializers.ListField(
        child=serializers.DictField(), source="version.montants",
        help_text="Règles de montant : docs/schemas/aides-1.json",
    )  # fmt: skip
    sources = serializers.DictField(child=SourceSerializer(), source="version.sources")
    bases_juridiques = SourceSerializer(many=True, source="version.bases_juridiques")
    empreinte = serializers.CharField(source="version.empreinte")

    def get_eligibilite(self, aide: Aide) -> list[str]:
        return phrases(publiee(aide))


class FaitSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(help_text="Clé du fait dans les objets de faits")
    libelle = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    type = serializers.CharField()
    section = serializers.CharField()
    repondant = serializers.CharField(help_text="entreprise, registre, ou calcul (non donné)")
    attendu = serializers.CharField(allow_blank=True, help_text="Comment la valeur s’écrit")
    sans_objet = serializers.BooleanField(help_text="Si « sans_objet » est une réponse")
    choix = serializers.DictField(child=serializers.CharField(), help_text="Code : libellé")
    unite = serializers.CharField(allow_blank=True)
    calcule_depuis = serializers.ListField(child=serializers.CharField())
    base_legale = serializers.CharField(allow_blank=True)
    aide = serializers.CharField(allow_blank=True)


class VocabulaireSerializer(serializers.Serializer[dict[str, Any]]):
    format = serializers.CharField()
    version = serializers.IntegerField()
    faits = FaitSerializer(many=True)


class ErreurSerializer(serializers.Serializer[dict[str, Any]]):
    champ = serializers.CharField()
    message = serializers.CharField()


# A problem document (RFC 9457): see portal.socle.problemes.
class ProblemeSerializer(serializers.Serializer[dict[str, Any]]):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()  # type: ignore[assignment]
    erreurs = ErreurSerializer(many=True, required=False)
