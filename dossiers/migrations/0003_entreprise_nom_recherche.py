"""How searches compare the names of companies, for those already there too."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from territoires.normalisation import normaliser


def remplir(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    entreprises = apps.get_model("dossiers", "Entreprise").objects
    for entreprise in entreprises.only("pk", "nom").iterator(chunk_size=500):
        entreprises.filter(pk=entreprise.pk).update(nom_recherche=normaliser(entreprise.nom))


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_motif_orientation")]

    operations = [
        migrations.AddField(
            model_name="entreprise",
            name="nom_recherche",
            field=models.CharField(blank=True, default="", editable=False, max_length=400),
            preserve_default=False,
        ),
        migrations.RunPython(remplir, migrations.RunPython.noop),
    ]
