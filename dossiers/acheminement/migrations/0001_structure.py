import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('acheminement', '0001_initial'),
        ('acheminement', '0002_rendue_le'),
        ('acheminement', '0003_garanties'),
        ('acheminement', '0004_connexions'),
        ('acheminement', '0005_relancee_le'),
        ('acheminement', '0006_bureau'),
        ('acheminement', '0007_invariant'),
        ('acheminement', '0008_bail_dans_la_page'),
    ]

    initial = True

    dependencies = [
        ('dossiers', '0001_structure'),
        ('organismes', '0001_structure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Acheminement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canal', models.CharField(choices=[('portail', 'Corbeille du portail'), ('courriel', 'Courriel'), ('webhook', 'Système du guichet')], max_length=12, verbose_name='canal')),
                ('de_reference', models.BooleanField(default=True, verbose_name='canal de référence')),
                ('cle', models.UUIDField(unique=True, verbose_name='clé d’idempotence')),
                ('tentatives', models.PositiveIntegerField(default=0, verbose_name='tentatives')),
                ('prochaine_tentative', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='prochaine tentative')),
                ('derniere_erreur', models.CharField(blank=True, max_length=500, verbose_name='dernière erreur')),
                ('jeton', models.UUIDField(blank=True, default=None, null=True, verbose_name='jeton')),
                ('bail_jusqu_a', models.DateTimeField(blank=True, null=True, verbose_name='bail jusqu’à')),
                ('remise_le', models.DateTimeField(blank=True, null=True, verbose_name='remise le')),
                ('accusee_le', models.DateTimeField(blank=True, null=True, verbose_name='accusée le')),
                ('cree_le', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('accusee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acheminements', to='dossiers.demande')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acheminements', to='organismes.guichet')),
                ('version_dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.versiondossier')),
                ('rendue_le', models.DateTimeField(blank=True, null=True, verbose_name='rendue le')),
                ('a_la_main_le', models.DateTimeField(blank=True, null=True, verbose_name='tâche humaine depuis')),
                ('a_la_main_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('accuse_voie', models.CharField(blank=True, choices=[('portail', 'Ouverte dans le portail'), ('page', 'Page du courriel'), ('systeme', 'Système du guichet')], max_length=8, verbose_name='voie de l’accusé')),
                ('bail_par', models.CharField(blank=True, max_length=120, verbose_name='bail détenu par')),
                ('essais', models.PositiveIntegerField(default=0, verbose_name='tentatives depuis la reprise')),
                ('essais_depuis', models.DateTimeField(default=django.utils.timezone.now, verbose_name='essayé depuis')),
                ('morts', models.PositiveSmallIntegerField(default=0, verbose_name='processus morts')),
                ('pertes', models.PositiveSmallIntegerField(default=0, verbose_name='baux perdus')),
                ('prochaine_relance', models.DateTimeField(blank=True, null=True, verbose_name='prochaine relance')),
                ('quarantaine_le', models.DateTimeField(blank=True, null=True, verbose_name='en quarantaine depuis')),
                ('quarantaine_motif', models.CharField(blank=True, max_length=500, verbose_name='motif de quarantaine')),
                ('relances', models.PositiveSmallIntegerField(default=0, verbose_name='relances')),
                ('sans_objet_le', models.DateTimeField(blank=True, null=True, verbose_name='sans objet depuis')),
                ('relancee_le', models.DateTimeField(blank=True, null=True, verbose_name='relancée le')),
            ],
            options={
                'verbose_name': 'acheminement',
                'ordering': ('-cree_le', '-pk'),
                'indexes': [
                    models.Index(condition=models.Q(('quarantaine_le__isnull', True), ('remise_le__isnull', True), ('rendue_le__isnull', True), ('sans_objet_le__isnull', True)), fields=['prochaine_tentative', 'id'], name='acheminements_dus'),
                    models.Index(condition=models.Q(('prochaine_relance__isnull', False)), fields=['prochaine_relance', 'id'], name='acheminements_a_relancer'),
                    models.Index(condition=models.Q(('quarantaine_le__isnull', False)), fields=['quarantaine_le'], name='acheminements_quarantaine'),
                    models.Index(condition=models.Q(('de_reference', True), ('rendue_le__isnull', True)), fields=['demande'], include=('accusee_le',), name='acheminements_de_reference'),
                    models.Index(condition=models.Q(('accusee_le__isnull', True), ('de_reference', True), ('remise_le__isnull', False), ('rendue_le__isnull', True), ('sans_objet_le__isnull', True)), fields=['guichet', 'canal', 'remise_le'], name='acheminements_non_accuses'),
                    models.Index(condition=models.Q(('a_la_main_le__isnull', False), ('accusee_le__isnull', True)), fields=['a_la_main_le'], name='acheminements_a_la_main'),
                    models.Index(condition=models.Q(('remise_le__isnull', False)), fields=['remise_le'], include=('guichet', 'canal'), name='acheminements_remises'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('rendue_le__isnull', True)), fields=('demande', 'version_dossier', 'guichet', 'canal'), name='un_acheminement_par_canal'),
                    models.CheckConstraint(condition=models.Q(('prochaine_tentative__isnull', False), ('remise_le__isnull', False), ('quarantaine_le__isnull', False), ('sans_objet_le__isnull', False), ('rendue_le__isnull', False), _connector='OR'), name='a_remettre_a_une_prochaine_tentative'),
                    models.CheckConstraint(condition=models.Q(('prochaine_relance__isnull', False), ('a_la_main_le__isnull', False), ('accusee_le__isnull', False), ('sans_objet_le__isnull', False), ('rendue_le__isnull', False), ('remise_le__isnull', True), ('de_reference', False), _connector='OR'), name='a_accuser_a_une_prochaine_relance'),
                    models.CheckConstraint(condition=models.Q(models.Q(('quarantaine_le__isnull', True), ('quarantaine_motif', '')), models.Q(('quarantaine_le__isnull', False), models.Q(('quarantaine_motif', ''), _negated=True)), _connector='OR'), name='quarantaine_a_un_motif'),
                    models.CheckConstraint(condition=models.Q(('accusee_le__isnull', True), models.Q(('accuse_voie', ''), _negated=True), _connector='OR'), name='accusee_par_une_voie'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Disjoncteur',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canal', models.CharField(choices=[('portail', 'Corbeille du portail'), ('courriel', 'Courriel'), ('webhook', 'Système du guichet')], max_length=12, verbose_name='canal')),
                ('echecs', models.PositiveIntegerField(default=0, verbose_name='échecs de suite')),
                ('ouvert_jusqu_a', models.DateTimeField(blank=True, null=True, verbose_name='ouvert jusqu’à')),
                ('dernier_echec_le', models.DateTimeField(blank=True, null=True, verbose_name='dernier échec le')),
                ('derniere_erreur', models.CharField(blank=True, max_length=500, verbose_name='dernière erreur')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disjoncteurs', to='organismes.guichet')),
            ],
            options={
                'verbose_name': 'disjoncteur',
                'ordering': ('guichet', 'canal'),
                'constraints': [
                    models.UniqueConstraint(fields=('guichet', 'canal'), name='un_disjoncteur_par_canal'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Echec',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('genre', models.CharField(choices=[('passager', 'Échec passager'), ('definitif', 'Refus définitif'), ('mort', 'Processus mort pendant l’envoi'), ('perte', 'Machine perdue pendant l’envoi'), ('retour', 'Message revenu')], max_length=10, verbose_name='genre')),
                ('motif', models.CharField(max_length=500, verbose_name='motif')),
                ('acheminement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='echecs', to='acheminement.acheminement')),
            ],
            options={
                'verbose_name': 'échec d’acheminement',
                'verbose_name_plural': 'échecs d’acheminement',
                'ordering': ('-le', '-pk'),
                'indexes': [
                    models.Index(fields=['le'], name='acheminemen_le_17b211_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Connexion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500, verbose_name='adresse')),
                ('active', models.BooleanField(default=False, verbose_name='active')),
                ('essai_le', models.DateTimeField(blank=True, null=True, verbose_name='dernier essai le')),
                ('essai_reussi', models.BooleanField(default=False, verbose_name='dernier essai réussi')),
                ('essai', models.CharField(blank=True, max_length=500, verbose_name='résultat du dernier essai')),
                ('creee_le', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('guichet', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='connexion', to='organismes.guichet')),
            ],
            options={
                'verbose_name': 'connexion d’un guichet',
                'verbose_name_plural': 'connexions des guichets',
                'ordering': ('guichet',),
            },
        ),
        migrations.CreateModel(
            name='AccuseRecu',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(max_length=200, verbose_name='identifiant du message')),
                ('corps', models.CharField(max_length=64, verbose_name='empreinte du corps')),
                ('cle', models.UUIDField(verbose_name='clé')),
                ('resultat', models.CharField(choices=[('pris', 'Pris en compte'), ('deja', 'Déjà accusée'), ('cle_inconnue', 'Clé inconnue'), ('autre_guichet', 'Clé d’un autre guichet'), ('autre_contenu', 'Empreinte d’un autre contenu')], max_length=16, verbose_name='résultat')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='référence au guichet')),
                ('declare_le', models.DateTimeField(verbose_name='reçue au guichet le')),
                ('recu_le', models.DateTimeField(auto_now_add=True, verbose_name='reçu le')),
                ('acheminement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accuses_recus', to='acheminement.acheminement')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accuses_recus', to='organismes.guichet')),
            ],
            options={
                'verbose_name': 'accusé de réception reçu',
                'verbose_name_plural': 'accusés de réception reçus',
                'ordering': ('-recu_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('guichet', 'message'), name='un_accuse_par_message'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SecretConnexion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chiffre', models.TextField(verbose_name='secret chiffré')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
                ('expire_le', models.DateTimeField(blank=True, null=True, verbose_name='expire le')),
                ('connexion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='acheminement.connexion')),
            ],
            options={
                'verbose_name': 'secret de connexion',
                'verbose_name_plural': 'secrets de connexion',
                'ordering': ('connexion', '-pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('expire_le__isnull', True)), fields=('connexion',), name='un_secret_sans_fin'),
                ],
            },
        ),
        # A claim rewrites its row within its page, and no index, however many rows are done.
        migrations.RunSQL(
            "ALTER TABLE acheminement_acheminement SET (fillfactor = 70)",
            "ALTER TABLE acheminement_acheminement RESET (fillfactor)",
        ),
    ]
