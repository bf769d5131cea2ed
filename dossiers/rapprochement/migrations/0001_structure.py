import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import portal.socle.json_canonique
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('rapprochement', '0001_initial'),
        ('rapprochement', '0002_faits_dossier'),
        ('rapprochement', '0003_contexte_et_recherches'),
        ('rapprochement', '0004_actualisation_lieux'),
        ('rapprochement', '0005_index_des_faits'),
        ('rapprochement', '0006_autres_aides'),
        ('rapprochement', '0007_json_en_clair'),
    ]

    initial = True

    dependencies = [
        ('aides', '0001_structure'),
        ('dossiers', '0001_structure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rapprochement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('le', models.DateField(verbose_name='évalué au')),
                ('faits', models.JSONField(verbose_name='faits')),
                ('cree_le', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('version_dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rapprochement', to='dossiers.versiondossier')),
                ('contexte', models.JSONField(blank=True, default=dict, encoder=portal.socle.json_canonique.EnClair, verbose_name='contexte')),
                ('autres', models.JSONField(blank=True, default=dict, verbose_name='autres aides')),
            ],
            options={
                'verbose_name': 'rapprochement',
                'ordering': ('-cree_le', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Resultat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issue', models.CharField(choices=[('eligible', 'Éligible'), ('sous_reserve', 'Éligible sous réserve'), ('a_completer', 'À compléter'), ('non_eligible', 'Non éligible')], max_length=12, verbose_name='issue')),
                ('preuve', models.JSONField(encoder=portal.socle.json_canonique.EnClair, verbose_name='preuve')),
                ('montant', models.JSONField(blank=True, default=dict, encoder=portal.socle.json_canonique.EnClair, verbose_name='montant')),
                ('rapprochement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resultats', to='rapprochement.rapprochement')),
                ('version_aide', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='aides.versionaide')),
            ],
            options={
                'verbose_name': 'résultat',
                'ordering': ('rapprochement', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('rapprochement', 'version_aide'), name='un_resultat_par_aide'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FaitsDossier',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='faits_projetes', serialize=False, to='dossiers.versiondossier')),
                ('courante', models.BooleanField(default=True, verbose_name='courante')),
                ('epci_projet', models.CharField(blank=True, default='', max_length=9, verbose_name='EPCI du projet')),
                ('sans_objet', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None, verbose_name='sans objet')),
                ('edition', models.CharField(max_length=16, verbose_name='édition')),
                ('naf', models.CharField(blank=True, db_collation='C', max_length=6, null=True)),
                ('naf_2025', models.CharField(blank=True, db_collation='C', max_length=6, null=True)),
                ('forme_juridique', models.CharField(blank=True, db_collation='C', max_length=6, null=True)),
                ('commune_siege', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, null=True, size=None)),
                ('commune_siege_insee', models.CharField(blank=True, default='', max_length=5)),
                ('date_creation', models.DateField(blank=True, null=True)),
                ('effectif', models.BigIntegerField(blank=True, null=True)),
                ('chiffre_affaires', models.BigIntegerField(blank=True, null=True)),
                ('total_bilan', models.BigIntegerField(blank=True, null=True)),
                ('fonds_propres', models.BigIntegerField(blank=True, null=True)),
                ('capital_social', models.BigIntegerField(blank=True, null=True)),
                ('exercices_clos', models.BigIntegerField(blank=True, null=True)),
                ('micro_entrepreneur', models.BooleanField(blank=True, null=True)),
                ('entreprise_en_difficulte', models.BooleanField(blank=True, null=True)),
                ('a_jour_obligations', models.BooleanField(blank=True, null=True)),
                ('nature_projet', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, null=True, size=None)),
                ('projet_commence', models.BooleanField(blank=True, null=True)),
                ('activite_recherche', models.BooleanField(blank=True, null=True)),
                ('commune_projet', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, null=True, size=None)),
                ('commune_projet_insee', models.CharField(blank=True, default='', max_length=5)),
                ('date_debut_projet', models.DateField(blank=True, null=True)),
                ('date_fin_projet', models.DateField(blank=True, null=True)),
                ('depense_terrain', models.BigIntegerField(blank=True, null=True)),
                ('depense_batiment', models.BigIntegerField(blank=True, null=True)),
                ('depense_equipement', models.BigIntegerField(blank=True, null=True)),
                ('depense_immateriel', models.BigIntegerField(blank=True, null=True)),
                ('depense_conseil', models.BigIntegerField(blank=True, null=True)),
                ('depense_recherche', models.BigIntegerField(blank=True, null=True)),
                ('depense_prospection', models.BigIntegerField(blank=True, null=True)),
                ('depense_formation', models.BigIntegerField(blank=True, null=True)),
                ('depense_salaires', models.BigIntegerField(blank=True, null=True)),
                ('depense_autre', models.BigIntegerField(blank=True, null=True)),
                ('apport', models.BigIntegerField(blank=True, null=True)),
                ('emprunt', models.BigIntegerField(blank=True, null=True)),
                ('aide_souhaitee', models.BigIntegerField(blank=True, null=True)),
                ('autres_aides', models.BigIntegerField(blank=True, null=True)),
                ('aides_de_minimis', models.BigIntegerField(blank=True, null=True)),
                ('aides_obtenues', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, null=True, size=None)),
                ('emplois_crees', models.BigIntegerField(blank=True, null=True)),
                ('emplois_maintenus', models.BigIntegerField(blank=True, null=True)),
                ('secteur', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, null=True, size=None)),
                ('duree_projet_mois', models.BigIntegerField(blank=True, null=True)),
                ('depenses_total', models.BigIntegerField(blank=True, null=True)),
                ('depenses_immobilieres', models.BigIntegerField(blank=True, null=True)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dossiers.dossier')),
                ('entreprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dossiers.entreprise')),
            ],
            options={
                'verbose_name': 'faits d’un dossier',
                'verbose_name_plural': 'faits des dossiers',
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(condition=models.Q(('courante', True)), fields=['commune_projet'], name='faits_lieu'),
                    models.Index(condition=models.Q(('commune_projet__isnull', True), ('courante', True)), fields=['version'], name='faits_sans_lieu'),
                    models.Index(condition=models.Q(('courante', True)), fields=['commune_projet_insee'], name='faits_insee'),
                    models.Index(condition=models.Q(('courante', True)), fields=['commune_siege_insee'], name='faits_insee_siege'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('courante', True)), fields=('dossier',), name='une_version_courante'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RechercheInverse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('total', models.PositiveIntegerField(null=True, verbose_name='dossiers à examiner')),
                ('examines', models.PositiveIntegerField(default=0, verbose_name='dossiers examinés')),
                ('curseur', models.BigIntegerField(default=0, verbose_name='curseur')),
                ('jeton', models.UUIDField(null=True, verbose_name='jeton du bail')),
                ('bail_jusqu_a', models.DateTimeField(null=True, verbose_name='bail jusqu’à')),
                ('tentatives', models.PositiveIntegerField(default=0, verbose_name='tentatives')),
                ('prochaine_tentative', models.DateTimeField(default=django.utils.timezone.now, null=True, verbose_name='prochaine tentative')),
                ('derniere_erreur', models.CharField(blank=True, max_length=500, verbose_name='dernière erreur')),
                ('commencee_le', models.DateTimeField(null=True, verbose_name='commencée le')),
                ('comparee_le', models.DateTimeField(null=True, verbose_name='comparée le')),
                ('terminee_le', models.DateTimeField(null=True, verbose_name='terminée le')),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='recherche', to='aides.publication')),
            ],
            options={
                'verbose_name': 'recherche inverse',
                'verbose_name_plural': 'recherches inverses',
                'ordering': ('-publication_id',),
                'indexes': [
                    models.Index(condition=models.Q(('terminee_le__isnull', True)), fields=['prochaine_tentative'], name='recherches_a_mener'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('terminee_le__isnull', False), ('prochaine_tentative__isnull', False), _connector='OR'), name='recherche_a_une_prochaine_tentative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Changement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('avant', models.CharField(choices=[('eligible', 'Éligible'), ('sous_reserve', 'Éligible sous réserve'), ('a_completer', 'À compléter'), ('non_eligible', 'Non éligible')], max_length=12, verbose_name='issue avant')),
                ('apres', models.CharField(choices=[('eligible', 'Éligible'), ('sous_reserve', 'Éligible sous réserve'), ('a_completer', 'À compléter'), ('non_eligible', 'Non éligible')], max_length=12, verbose_name='issue après')),
                ('sens', models.CharField(choices=[('gagne', 'gagne'), ('perdu', 'perdu'), ('autre', 'autre')], max_length=6, verbose_name='sens')),
                ('annonce_le', models.DateTimeField(null=True, verbose_name='annoncé le')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changements', to='dossiers.dossier')),
                ('version_dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.versiondossier')),
                ('recherche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changements', to='rapprochement.rechercheinverse')),
            ],
            options={
                'verbose_name': 'changement d’issue',
                'verbose_name_plural': 'changements d’issue',
                'ordering': ('recherche_id', 'pk'),
                'indexes': [
                    models.Index(condition=models.Q(('annonce_le__isnull', True), ('sens', 'gagne')), fields=['recherche', 'id'], name='changements_a_annoncer'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('recherche', 'dossier'), name='un_changement_par_dossier'),
                    models.CheckConstraint(condition=models.Q(('avant', models.F('apres')), _negated=True), name='une_issue_qui_change'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Alerte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depuis', models.DateTimeField(auto_now_add=True, verbose_name='depuis')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alertes', to='dossiers.dossier')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alertes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'alerte',
                'ordering': ('dossier_id', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('dossier', 'user'), name='une_alerte_par_personne'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ActualisationLieux',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('le', models.DateField(verbose_name='codes du')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte')),
                ('lignes', models.PositiveIntegerField(verbose_name='lignes récrites')),
                ('faite_le', models.DateTimeField(auto_now_add=True, verbose_name='faite le')),
            ],
            options={
                'verbose_name': 'actualisation des lieux',
                'verbose_name_plural': 'actualisations des lieux',
                'ordering': ('-pk',),
            },
        ),
    ]
