import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aides', '0003_recherche_sans_accents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('motif', models.CharField(choices=[('version', 'Nouvelle version'), ('fenetre', 'Ouverture ou clôture à cette date')], default='version', max_length=8, verbose_name='motif')),
                ('jour', models.DateField(verbose_name='jour d’effet')),
                ('le', models.DateTimeField(verbose_name='publiée le')),
                ('aide', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='publications', to='aides.aide')),
                ('apres', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='aides.versionaide')),
                ('avant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='aides.versionaide')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
            ],
            options={
                'verbose_name': 'publication',
                'ordering': ('-le', '-pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('motif', 'version')), fields=('apres',), name='une_publication_par_version'), models.UniqueConstraint(condition=models.Q(('motif', 'fenetre')), fields=('apres', 'jour'), name='une_publication_par_jour')],
            },
        ),
    ]
