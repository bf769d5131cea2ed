import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


POSER = """
CREATE FUNCTION aides_refuser_modification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Une version publiée ne change pas : % refusé sur %.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER aides_versionaide_immuable BEFORE UPDATE OR DELETE ON aides_versionaide
    FOR EACH ROW EXECUTE FUNCTION aides_refuser_modification();

CREATE TRIGGER aides_porteur_immuable BEFORE UPDATE OR DELETE ON aides_porteur
    FOR EACH ROW EXECUTE FUNCTION aides_refuser_modification();
"""

RETIRER = """
DROP TRIGGER aides_porteur_immuable ON aides_porteur;
DROP TRIGGER aides_versionaide_immuable ON aides_versionaide;
DROP FUNCTION aides_refuser_modification();
"""


class Migration(migrations.Migration):

    replaces = [
        ('aides', '0001_initial'),
        ('aides', '0002_versions_immuables'),
        ('aides', '0003_recherche_sans_accents'),
        ('aides', '0004_publication'),
        ('aides', '0005_brouillons'),
        ('aides', '0006_recherche_sans_apostrophe'),
    ]

    initial = True

    dependencies = [
        ('organismes', '0001_structure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Aide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('identifiant', models.UUIDField(unique=True, verbose_name='identifiant national')),
            ],
            options={
                'verbose_name': 'aide',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='VersionAide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.PositiveIntegerField(verbose_name='numéro de version')),
                ('publiee_le', models.DateTimeField(verbose_name='publiée le')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte')),
                ('titre', models.CharField(max_length=200, verbose_name='titre')),
                ('promesse', models.CharField(blank=True, max_length=180, verbose_name='promesse')),
                ('description', models.TextField(blank=True, max_length=5000, verbose_name='description')),
                ('nature', models.CharField(choices=[('investissement', 'Investissement'), ('immobilier', 'Immobilier d’entreprise'), ('innovation', 'Innovation, recherche'), ('export', 'International'), ('formation', 'Formation'), ('emploi', 'Emploi, recrutement'), ('transition_ecologique', 'Transition écologique'), ('numerique', 'Numérique'), ('creation_reprise', 'Création, reprise'), ('conseil', 'Conseil, accompagnement'), ('tresorerie', 'Trésorerie'), ('mobilite', 'Mobilité, transport')], max_length=24, verbose_name='nature d’aide')),
                ('natures_secondaires', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('formes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('perimetre', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None, verbose_name='périmètre')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None)),
                ('naf', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None)),
                ('naf_exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None)),
                ('ouverture', models.DateField(blank=True, null=True, verbose_name='ouverture')),
                ('cloture', models.DateField(blank=True, null=True, verbose_name='clôture')),
                ('statut', models.CharField(choices=[('active', 'En vigueur'), ('a_confirmer', 'À confirmer'), ('close', 'Close')], max_length=12, verbose_name='statut')),
                ('statut_precision', models.TextField(blank=True, verbose_name='précision du statut')),
                ('verifie_le', models.DateField(blank=True, null=True, verbose_name='source relue le')),
                ('voie', models.CharField(choices=[('portail', 'Se demande ici'), ('externe', 'Se demande ailleurs')], default='portail', max_length=8, verbose_name='voie')),
                ('url_externe', models.URLField(blank=True, max_length=500, verbose_name='adresse externe')),
                ('complete', models.SlugField(blank=True, max_length=80, verbose_name='complète l’aide')),
                ('sources', models.JSONField(default=dict, verbose_name='sources')),
                ('bases_juridiques', models.JSONField(blank=True, default=list, verbose_name='bases juridiques')),
                ('criteres', models.JSONField(verbose_name='critères')),
                ('montants', models.JSONField(blank=True, default=list, verbose_name='montants')),
                ('aide', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='aides.aide')),
                ('texte', models.TextField(blank=True, editable=False, verbose_name='texte cherché')),
                ('recherche', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('titre', 'promesse', 'description', config='french'), '||', django.contrib.postgres.search.SearchVector('texte', config='french'), django.contrib.postgres.search.SearchConfig('french')), '||', django.contrib.postgres.search.SearchVector('texte', config='simple'), django.contrib.postgres.search.SearchConfig('french')), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'verbose_name': 'version d’aide',
                'verbose_name_plural': 'versions d’aide',
                'ordering': ('aide', '-numero'),
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['recherche'], name='aides_versi_recherc_13abe3_gin'),
                    django.contrib.postgres.indexes.GinIndex(fields=['perimetre'], name='aides_versi_perimet_477990_gin'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('aide', 'numero'), name='une_version_par_numero'),
                    models.CheckConstraint(condition=models.Q(('ouverture__isnull', True), ('cloture__isnull', True), ('cloture__gte', models.F('ouverture')), _connector='OR'), name='version_dates_ordonnees'),
                    models.CheckConstraint(condition=models.Q(models.Q(('url_externe', ''), ('voie', 'portail')), models.Q(('voie', 'externe'), models.Q(('url_externe', ''), _negated=True)), _connector='OR'), name='voie_externe_a_une_adresse'),
                ],
            },
        ),
        migrations.AddField(
            model_name='aide',
            name='version',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='aides.versionaide', verbose_name='version publiée'),
        ),
        migrations.CreateModel(
            name='Porteur',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('diffuseur', 'Diffuseur'), ('financeur', 'Financeur'), ('instructeur', 'Instructeur')], max_length=12), size=None)),
                ('rang', models.PositiveSmallIntegerField(default=0)),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='porte', to='organismes.organisme')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='porteurs', to='aides.versionaide')),
            ],
            options={
                'verbose_name': 'porteur',
                'ordering': ('version', 'rang'),
                'constraints': [
                    models.UniqueConstraint(fields=('version', 'organisme'), name='un_porteur_par_organisme'),
                ],
            },
        ),
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
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('motif', 'version')), fields=('apres',), name='une_publication_par_version'),
                    models.UniqueConstraint(condition=models.Q(('motif', 'fenetre')), fields=('apres', 'jour'), name='une_publication_par_jour'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BrouillonAide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
                ('modifie_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='modifié le')),
                ('document', models.JSONField(verbose_name='document')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='révision')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('aide', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='brouillons', to='aides.aide')),
                ('auteur', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('base', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='aides.versionaide')),
                ('modifie_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brouillons', to='organismes.organisme')),
            ],
            options={
                'verbose_name': 'brouillon d’aide',
                'verbose_name_plural': 'brouillons d’aide',
                'ordering': ('-modifie_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('aide', 'organisme'), name='un_brouillon_par_aide_et_organisme'),
                    models.CheckConstraint(condition=models.Q(models.Q(('aide__isnull', True), ('base__isnull', True)), models.Q(('aide__isnull', False), ('base__isnull', False)), _connector='OR'), name='brouillon_part_d_une_version'),
                ],
            },
        ),
        migrations.CreateModel(
            name='EtapeBrouillon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rang', models.PositiveIntegerField(verbose_name='rang')),
                ('document', models.JSONField(verbose_name='document')),
                ('libelle', models.CharField(max_length=80, verbose_name='ce qui a été fait')),
                ('brouillon', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='etapes', to='aides.brouillonaide')),
            ],
            options={
                'verbose_name': 'étape de brouillon',
                'verbose_name_plural': 'étapes de brouillon',
                'ordering': ('brouillon', 'rang'),
                'constraints': [
                    models.UniqueConstraint(fields=('brouillon', 'rang'), name='une_etape_par_rang'),
                ],
            },
        ),
        migrations.RunSQL(POSER, RETIRER),
    ]
