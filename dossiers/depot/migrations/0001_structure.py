import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('depot', '0001_reponses_gardees'),
        ('depot', '0002_envois_api'),
    ]

    initial = True

    dependencies = [
        ('dossiers', '0001_structure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReponsesGardees',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reponses', models.JSONField(default=dict, verbose_name='réponses')),
                ('aides', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None)),
                ('gardees_le', models.DateTimeField(auto_now=True, verbose_name='gardées le')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'réponses gardées',
                'verbose_name_plural': 'réponses gardées',
                'ordering': ('-gardees_le', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='EnvoiApi',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cle', models.CharField(max_length=255, verbose_name='clé')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte')),
                ('reponse', models.JSONField(verbose_name='réponse')),
                ('recu_le', models.DateTimeField(auto_now_add=True, verbose_name='reçu le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'envoi par API',
                'verbose_name_plural': 'envois par API',
                'ordering': ('-recu_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('compte', 'cle'), name='un_envoi_par_cle'),
                ],
            },
        ),
    ]
