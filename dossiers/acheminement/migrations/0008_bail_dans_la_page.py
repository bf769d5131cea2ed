"""A claim rewrites its row within its page, and no index, however many rows are done."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acheminement", "0007_invariant")]

    operations = [
        migrations.RemoveIndex(model_name="acheminement", name="acheminements_tenus"),
        migrations.RunSQL(
            "ALTER TABLE acheminement_acheminement SET (fillfactor = 70)",
            "ALTER TABLE acheminement_acheminement RESET (fillfactor)",
        ),
    ]
