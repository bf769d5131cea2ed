import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organismes', '0001_initial'),
        ('dossiers', '0005_entreprise_roles_invitations'),
    ]

    operations = [
        # No document was ever issued before: the column has nothing to be filled with.
        migrations.AddField(
            model_name='document',
            name='guichet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organismes.guichet'),
        ),
        migrations.AlterField(
            model_name='document',
            name='contenu',
            field=models.JSONField(blank=True, null=True, verbose_name='contenu'),
        ),
    ]
