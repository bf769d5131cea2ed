import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from territoires.normalisation import sans_accents

IMMUABLE = "TRIGGER aides_versionaide_immuable"


def remplir(apps, schema_editor):
    """The text that `q` reads, for the versions already published: what they say is unchanged."""
    VersionAide = apps.get_model("aides", "VersionAide")
    Porteur = apps.get_model("aides", "Porteur")
    financeurs = {}
    lignes = Porteur.objects.filter(roles__contains=["financeur"]).order_by("version", "rang")
    for version, nom in lignes.values_list("version", "organisme__nom"):
        financeurs.setdefault(version, []).append(nom)
    schema_editor.execute(f"ALTER TABLE aides_versionaide DISABLE {IMMUABLE}")
    champs = ("pk", "titre", "promesse", "description")
    for pk, *dits in VersionAide.objects.order_by("pk").values_list(*champs):
        texte = sans_accents("\n".join((*dits, *financeurs.get(pk, ()))))
        VersionAide.objects.filter(pk=pk).update(texte=texte)
    schema_editor.execute(f"ALTER TABLE aides_versionaide ENABLE {IMMUABLE}")


class Migration(migrations.Migration):
    dependencies = [("aides", "0002_versions_immuables")]

    operations = [
        migrations.AddField(
            model_name="versionaide",
            name="texte",
            field=models.TextField(
                blank=True, default="", editable=False, verbose_name="texte cherché"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(remplir, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="versionaide", name="aides_versi_recherc_13abe3_gin"
        ),
        migrations.RemoveField(model_name="versionaide", name="recherche"),
        migrations.AddField(
            model_name="versionaide",
            name="recherche",
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('titre', 'promesse', 'description', config='french'), '||', django.contrib.postgres.search.SearchVector('texte', config='french'), django.contrib.postgres.search.SearchConfig('french')), '||', django.contrib.postgres.search.SearchVector('texte', config='simple'), django.contrib.postgres.search.SearchConfig('french')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name="versionaide",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["recherche"], name="aides_versi_recherc_13abe3_gin"
            ),
        ),
    ]
