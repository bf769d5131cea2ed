import django.contrib.postgres.fields
import django.db.models.deletion
import portal.comptes.invitations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('organismes', '0001_initial'),
        ('organismes', '0002_administrateurs_invitations'),
        ('organismes', '0003_gestionnaires_catalogue'),
        ('organismes', '0004_canaux'),
        ('organismes', '0005_conventions'),
    ]

    initial = True

    dependencies = [
        # Before our tables: each of its many changes has Django model anew all that is linked to
        # accounts, which is nearly everything once they are there.
        ('oauth2_provider', '0022_refreshtoken_token_family_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('nom', models.CharField(max_length=200, verbose_name='nom')),
                ('type', models.CharField(choices=[('region', 'Région'), ('departement', 'Département'), ('epci', 'Intercommunalité'), ('commune', 'Commune'), ('etat', 'État'), ('operateur', 'Opérateur public'), ('consulaire', 'Chambre consulaire'), ('opco', 'Opérateur de compétences')], max_length=12, verbose_name='type')),
                ('siren', models.CharField(blank=True, max_length=9, verbose_name='SIREN')),
                ('territoire', models.CharField(blank=True, db_index=True, max_length=16, verbose_name='territoire')),
                ('site', models.URLField(blank=True, verbose_name='site')),
                ('source', models.JSONField(blank=True, default=dict, verbose_name='source')),
            ],
            options={
                'verbose_name': 'organisme',
                'ordering': ('nom', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Guichet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('nom', models.CharField(max_length=200, verbose_name='nom')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('adresse', models.CharField(blank=True, max_length=300, verbose_name='adresse postale')),
                ('a_confirmer', models.BooleanField(default=True, verbose_name='coordonnées à confirmer')),
                ('canal', models.CharField(choices=[('portail', 'Corbeille du portail'), ('courriel', 'Courriel'), ('webhook', 'Système du guichet')], default='portail', max_length=12, verbose_name='canal')),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guichets', to='organismes.organisme')),
                ('ferme_le', models.DateTimeField(blank=True, null=True, verbose_name='fermé le')),
            ],
            options={
                'verbose_name': 'guichet',
                'ordering': ('nom', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='AgentGuichet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depuis', models.DateTimeField(auto_now_add=True, verbose_name='depuis')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affectations', to=settings.AUTH_USER_MODEL)),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affectations', to='organismes.guichet')),
            ],
            options={
                'verbose_name': 'agent de guichet',
                'verbose_name_plural': 'agents de guichet',
                'ordering': ('guichet', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('guichet', 'user'), name='un_agent_par_guichet'),
                ],
            },
        ),
        migrations.AddField(
            model_name='guichet',
            name='agents',
            field=models.ManyToManyField(related_name='guichets', through='organismes.AgentGuichet', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='AdministrateurOrganisme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depuis', models.DateTimeField(auto_now_add=True, verbose_name='depuis')),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='administrations', to='organismes.organisme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='administrations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'administrateur d’organisme',
                'verbose_name_plural': 'administrateurs d’organisme',
                'ordering': ('organisme', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('organisme', 'user'), name='un_administrateur_par_organisme'),
                ],
            },
        ),
        migrations.AddField(
            model_name='organisme',
            name='administrateurs',
            field=models.ManyToManyField(related_name='organismes_administres', through='organismes.AdministrateurOrganisme', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='InvitationOrganisme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('courriel', models.EmailField(max_length=254, verbose_name='adresse électronique')),
                ('creee_le', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('expire_le', models.DateTimeField(default=portal.comptes.invitations.expiration, verbose_name='expire le')),
                ('envoyee_le', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('acceptee_le', models.DateTimeField(blank=True, null=True, verbose_name='acceptée le')),
                ('revoquee_le', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('acceptee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guichet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='organismes.guichet')),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='organismes.organisme')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('catalogue', models.BooleanField(default=False, verbose_name='tenir le catalogue')),
            ],
            options={
                'verbose_name': 'invitation d’organisme',
                'verbose_name_plural': 'invitations d’organisme',
                'ordering': ('-creee_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('acceptee_le__isnull', True), ('revoquee_le__isnull', True)), fields=('organisme', 'guichet', 'catalogue', 'courriel'), name='une_invitation_par_fonction_et_adresse', nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(('catalogue', False), ('guichet__isnull', True), _connector='OR'), name='invitation_catalogue_sans_guichet'),
                ],
            },
        ),
        migrations.CreateModel(
            name='GestionnaireCatalogue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depuis', models.DateTimeField(auto_now_add=True, verbose_name='depuis')),
                ('organisme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gestions', to='organismes.organisme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gestions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'gestionnaire de catalogue',
                'verbose_name_plural': 'gestionnaires de catalogue',
                'ordering': ('organisme', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('organisme', 'user'), name='un_gestionnaire_par_organisme'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Convention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('genre', models.CharField(choices=[('delegation', 'Délégation de compétence'), ('cofinancement', 'Convention de cofinancement'), ('partenariat', 'Convention de partenariat')], max_length=16, verbose_name='genre')),
                ('reference', models.CharField(max_length=200, verbose_name='référence')),
                ('natures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('investissement', 'Investissement'), ('immobilier', 'Immobilier d’entreprise'), ('innovation', 'Innovation, recherche'), ('export', 'International'), ('formation', 'Formation'), ('emploi', 'Emploi, recrutement'), ('transition_ecologique', 'Transition écologique'), ('numerique', 'Numérique'), ('creation_reprise', 'Création, reprise'), ('conseil', 'Conseil, accompagnement'), ('tresorerie', 'Trésorerie'), ('mobilite', 'Mobilité, transport')], max_length=24), size=None)),
                ('perimetre', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None, verbose_name='périmètre')),
                ('signee_le', models.DateField(blank=True, null=True, verbose_name='signée le')),
                ('debut', models.DateField(verbose_name='depuis le')),
                ('fin', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                ('source', models.JSONField(default=dict, verbose_name='source')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='révision')),
                ('donneurs', models.ManyToManyField(related_name='conventions_donnees', to='organismes.organisme', verbose_name='qui confie')),
                ('receveurs', models.ManyToManyField(related_name='conventions_recues', to='organismes.organisme', verbose_name='à qui')),
            ],
            options={
                'verbose_name': 'convention',
                'ordering': ('reference', 'pk'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('fin__isnull', True), ('fin__gte', models.F('debut')), _connector='OR'), name='convention_dates_ordonnees'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Competence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nature', models.CharField(choices=[('investissement', 'Investissement'), ('immobilier', 'Immobilier d’entreprise'), ('innovation', 'Innovation, recherche'), ('export', 'International'), ('formation', 'Formation'), ('emploi', 'Emploi, recrutement'), ('transition_ecologique', 'Transition écologique'), ('numerique', 'Numérique'), ('creation_reprise', 'Création, reprise'), ('conseil', 'Conseil, accompagnement'), ('tresorerie', 'Trésorerie'), ('mobilite', 'Mobilité, transport')], max_length=24, verbose_name='nature d’aide')),
                ('perimetre', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None, verbose_name='périmètre')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None, verbose_name='exclusions')),
                ('debut', models.DateField(verbose_name='depuis le')),
                ('fin', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                ('base_legale', models.JSONField(default=dict, verbose_name='base légale')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competences', to='organismes.guichet')),
                ('convention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='competences', to='organismes.convention')),
            ],
            options={
                'verbose_name': 'compétence',
                'ordering': ('nature', 'guichet', 'debut', 'pk'),
                'indexes': [
                    models.Index(fields=['nature', 'debut'], name='organismes__nature_077364_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('fin__isnull', True), ('fin__gte', models.F('debut')), _connector='OR'), name='competence_dates_ordonnees'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ChangementCompetences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operations', models.JSONField(default=list, verbose_name='opérations')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='révision')),
                ('modifie_le', models.DateTimeField(auto_now=True, verbose_name='modifié le')),
                ('applique_le', models.DateTimeField(blank=True, null=True, verbose_name='appliqué le')),
                ('guichets', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changements_competences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'changement de compétences',
                'verbose_name_plural': 'changements de compétences',
                'ordering': ('-modifie_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('applique_le__isnull', True)), fields=('user',), name='un_changement_prepare_par_personne'),
                ],
            },
        ),
    ]
