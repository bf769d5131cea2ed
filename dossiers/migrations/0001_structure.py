import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import dossiers.models.document
import dossiers.models.piece
import portal.comptes.invitations
import portal.socle.json_canonique
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('dossiers', '0001_initial'),
        ('dossiers', '0002_motif_orientation'),
        ('dossiers', '0003_entreprise_nom_recherche'),
        ('dossiers', '0004_pieces_complements_documents'),
        ('dossiers', '0005_entreprise_roles_invitations'),
        ('dossiers', '0006_document_guichet'),
        ('dossiers', '0007_complements_clos'),
        ('dossiers', '0008_complement_annule'),
        ('dossiers', '0009_verification'),
        ('dossiers', '0010_attente_et_retours'),
        ('dossiers', '0011_contenu_efface'),
        ('dossiers', '0012_json_en_clair'),
    ]

    initial = True

    dependencies = [
        ('aides', '0001_structure'),
        ('organismes', '0001_structure'),
        ('territoires', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Entreprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('siren', models.CharField(max_length=9, unique=True, verbose_name='SIREN')),
                ('siret', models.CharField(max_length=14, verbose_name='SIRET')),
                ('nom', models.CharField(max_length=200, verbose_name='raison sociale')),
                ('creee_le', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('nom_recherche', models.CharField(blank=True, editable=False, max_length=400)),
                ('verifiee_le', models.DateTimeField(blank=True, null=True, verbose_name='vérifiée le')),
            ],
            options={
                'verbose_name': 'entreprise',
                'ordering': ('nom', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Dossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifiant', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('titre', models.CharField(max_length=120, verbose_name='titre du projet')),
                ('description', models.TextField(blank=True, max_length=3000, verbose_name='description du projet')),
                ('faits', models.JSONField(blank=True, default=dict, verbose_name='faits')),
                ('sections', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None)),
                ('choix', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None)),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='révision')),
                ('cree_le', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('modifie_le', models.DateTimeField(auto_now=True, verbose_name='modifié le')),
                ('depose_le', models.DateTimeField(blank=True, null=True, verbose_name='déposé le')),
                ('cree_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entreprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dossiers', to='dossiers.entreprise')),
                ('efface_le', models.DateTimeField(blank=True, null=True, verbose_name='contenu effacé le')),
            ],
            options={
                'verbose_name': 'dossier',
                'ordering': ('-modifie_le', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Membre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('etat', models.CharField(choices=[('actif', 'Membre'), ('en_attente', 'Demande en attente')], default='en_attente', max_length=12, verbose_name='état')),
                ('depuis', models.DateTimeField(auto_now_add=True, verbose_name='depuis')),
                ('entreprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adhesions', to='dossiers.entreprise')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adhesions', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('responsable', 'Administrateur'), ('membre', 'Membre')], default='membre', max_length=12, verbose_name='rôle')),
            ],
            options={
                'verbose_name': 'membre',
                'ordering': ('entreprise', 'pk'),
                'constraints': [
                    models.UniqueConstraint(fields=('entreprise', 'user'), name='un_membre_par_entreprise'),
                ],
            },
        ),
        migrations.AddField(
            model_name='entreprise',
            name='membres',
            field=models.ManyToManyField(related_name='entreprises', through='dossiers.Membre', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='VersionDossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.PositiveIntegerField(verbose_name='numéro de version')),
                ('contenu', models.JSONField(encoder=portal.socle.json_canonique.EnClair, verbose_name='contenu')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte')),
                ('deposee_le', models.DateTimeField(verbose_name='déposée le')),
                ('deposee_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'version de dossier',
                'verbose_name_plural': 'versions de dossier',
                'ordering': ('dossier', '-numero'),
                'constraints': [
                    models.UniqueConstraint(fields=('dossier', 'numero'), name='une_version_de_dossier'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Demande',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifiant', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('etat', models.CharField(choices=[('a_router', 'En cours d’orientation'), ('a_etudier', 'À étudier'), ('en_instruction', 'En instruction'), ('a_completer', 'À compléter'), ('acceptee', 'Acceptée'), ('refusee', 'Refusée'), ('classee_sans_suite', 'Classée sans suite'), ('retiree', 'Retirée')], default='a_router', max_length=20, verbose_name='état')),
                ('deposee_le', models.DateTimeField(verbose_name='déposée le')),
                ('montant_estime', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='montant estimé')),
                ('montant_accorde', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='montant accordé')),
                ('motif', models.TextField(blank=True, max_length=3000, verbose_name='motif de la décision')),
                ('decidee_le', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                ('prochaine_tentative', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='prochaine tentative')),
                ('file', models.CharField(blank=True, choices=[('', 'Aucune'), ('sans_guichet', 'Aucun guichet compétent'), ('plusieurs_guichets', 'Plusieurs guichets compétents'), ('reorientee', 'Rendue par un guichet')], default='', max_length=20, verbose_name='file humaine')),
                ('file_motif', models.CharField(blank=True, max_length=500, verbose_name='motif de mise en file')),
                ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='demandes_suivies', to=settings.AUTH_USER_MODEL)),
                ('aide', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='aides.aide')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='territoires.commune')),
                ('guichet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='organismes.guichet')),
                ('version_aide', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='aides.versionaide')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='dossiers.dossier')),
                ('version_dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='dossiers.versiondossier')),
                ('motif_orientation', models.TextField(blank=True, max_length=3000, verbose_name='motif de l’orientation')),
                ('echeance', models.DateField(verbose_name='échéance')),
                ('a_prevenir_le', models.DateTimeField(blank=True, null=True, verbose_name='entreprise à prévenir le')),
            ],
            options={
                'verbose_name': 'demande',
                'ordering': ('-deposee_le', '-pk'),
                'indexes': [
                    models.Index(fields=['guichet', 'etat', '-deposee_le'], name='dossiers_de_guichet_5f4372_idx'),
                    models.Index(fields=['commune', '-deposee_le'], name='dossiers_de_commune_3d086d_idx'),
                    models.Index(fields=['guichet', 'echeance'], name='dossiers_de_guichet_b44777_idx'),
                    models.Index(condition=models.Q(('etat', 'a_router')), fields=['prochaine_tentative'], name='demandes_a_router'),
                    models.Index(condition=models.Q(('a_prevenir_le__isnull', False)), fields=['a_prevenir_le'], name='demandes_a_prevenir'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('dossier', 'aide'), name='une_demande_par_aide'),
                    models.CheckConstraint(condition=models.Q(models.Q(('etat', 'a_router'), _negated=True), ('prochaine_tentative__isnull', False), _connector='OR'), name='a_router_a_une_prochaine_tentative'),
                    models.CheckConstraint(condition=models.Q(('etat__in', ['a_router', 'retiree']), ('guichet__isnull', False), _connector='OR'), name='hors_routage_a_un_guichet'),
                    models.CheckConstraint(condition=models.Q(('montant_accorde__isnull', True), ('montant_accorde__gt', 0), _connector='OR'), name='montant_accorde_positif'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Complement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.TextField(blank=True, max_length=3000, verbose_name='message')),
                ('demandee_le', models.DateTimeField(verbose_name='demandé le')),
                ('attendue_le', models.DateField(verbose_name='attendu le')),
                ('close_le', models.DateTimeField(blank=True, null=True, verbose_name='clos le')),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complements', to='dossiers.demande')),
                ('demandee_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organismes.guichet')),
                ('repondue_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cloture', models.CharField(blank=True, choices=[('repondu', 'Réponse reçue'), ('sans_attendre', 'Instruction reprise sans attendre'), ('annule', 'Demande annulée'), ('demande_close', 'Demande close')], default='', max_length=16, verbose_name='clôture')),
            ],
            options={
                'verbose_name': 'demande de compléments',
                'verbose_name_plural': 'demandes de compléments',
                'ordering': ('-demandee_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('close_le__isnull', True)), fields=('demande',), name='un_complement_en_cours_par_demande'),
                    models.CheckConstraint(condition=models.Q(models.Q(('close_le__isnull', True), ('cloture', '')), models.Q(('close_le__isnull', False), models.Q(('cloture', ''), _negated=True)), _connector='OR'), name='complement_clos_dit_comment'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifiant', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('genre', models.CharField(choices=[('accuse', 'Accusé de réception'), ('decision', 'Décision')], max_length=10, verbose_name='genre')),
                ('numero', models.PositiveSmallIntegerField(default=1, verbose_name='numéro')),
                ('contenu', models.JSONField(blank=True, null=True, verbose_name='contenu')),
                ('fichier', models.FileField(blank=True, max_length=200, upload_to=dossiers.models.document.chemin_de_stockage, verbose_name='fichier')),
                ('taille', models.PositiveIntegerField(blank=True, null=True, verbose_name='taille')),
                ('empreinte', models.CharField(blank=True, max_length=64, verbose_name='empreinte')),
                ('demande_le', models.DateTimeField(auto_now_add=True, verbose_name='demandé le')),
                ('produit_le', models.DateTimeField(blank=True, null=True, verbose_name='produit le')),
                ('tentatives', models.PositiveIntegerField(default=0, verbose_name='tentatives')),
                ('prochaine_tentative', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='prochaine tentative')),
                ('derniere_erreur', models.CharField(blank=True, max_length=500, verbose_name='dernière erreur')),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='dossiers.demande')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organismes.guichet')),
            ],
            options={
                'verbose_name': 'document',
                'ordering': ('-demande_le', '-pk'),
                'indexes': [
                    models.Index(condition=models.Q(('produit_le__isnull', True)), fields=['prochaine_tentative'], name='documents_a_produire'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('demande', 'genre', 'numero'), name='un_document_par_numero'),
                    models.CheckConstraint(condition=models.Q(models.Q(('prochaine_tentative__isnull', True), ('produit_le__isnull', False)), models.Q(('prochaine_tentative__isnull', False), ('produit_le__isnull', True)), _connector='OR'), name='a_produire_a_une_prochaine_tentative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ElementComplement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rang', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('genre', models.CharField(choices=[('piece', 'Pièce'), ('question', 'Question')], max_length=8, verbose_name='genre')),
                ('type_piece', models.CharField(blank=True, max_length=16, verbose_name='type de pièce')),
                ('libelle', models.CharField(max_length=500, verbose_name='ce qui est demandé')),
                ('reponse', models.TextField(blank=True, max_length=3000, verbose_name='réponse')),
                ('complement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='elements', to='dossiers.complement')),
            ],
            options={
                'verbose_name': 'élément demandé',
                'verbose_name_plural': 'éléments demandés',
                'ordering': ('complement', 'rang'),
                'constraints': [
                    models.UniqueConstraint(fields=('complement', 'rang'), name='un_element_par_rang'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cote', models.CharField(choices=[('entreprise', 'Entreprise'), ('guichet', 'Guichet')], max_length=12, verbose_name='côté')),
                ('texte', models.TextField(max_length=5000, verbose_name='message')),
                ('envoye_le', models.DateTimeField(auto_now_add=True, verbose_name='envoyé le')),
                ('lu_le', models.DateTimeField(blank=True, null=True, verbose_name='lu le')),
                ('auteur', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='dossiers.demande')),
                ('guichet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organismes.guichet')),
                ('jeton', models.UUIDField(default=uuid.uuid4, verbose_name='jeton')),
            ],
            options={
                'verbose_name': 'message',
                'ordering': ('envoye_le', 'pk'),
                'indexes': [
                    models.Index(fields=['demande', 'envoye_le'], name='dossiers_me_demande_8469e6_idx'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('demande', 'auteur', 'jeton'), name='un_message_par_envoi'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sujet', models.CharField(max_length=200, verbose_name='sujet')),
                ('texte', models.TextField(max_length=2000, verbose_name='texte')),
                ('chemin', models.CharField(max_length=300, verbose_name='chemin')),
                ('creee_le', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('lue_le', models.DateTimeField(blank=True, null=True, verbose_name='lue le')),
                ('envoyee_le', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('tentatives', models.PositiveIntegerField(default=0, verbose_name='tentatives')),
                ('prochaine_tentative', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='prochaine tentative')),
                ('demande', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='dossiers.demande')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('revenue_le', models.DateTimeField(blank=True, null=True, verbose_name='revenue le')),
            ],
            options={
                'verbose_name': 'notification',
                'ordering': ('-creee_le', '-pk'),
                'indexes': [
                    models.Index(fields=['user', '-creee_le'], name='dossiers_no_user_id_76e6a0_idx'),
                    models.Index(condition=models.Q(('envoyee_le__isnull', True)), fields=['prochaine_tentative'], name='notifications_a_envoyer'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('envoyee_le__isnull', False), ('prochaine_tentative__isnull', False), _connector='OR'), name='a_envoyer_a_une_prochaine_tentative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifiant', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('type', models.CharField(choices=[('devis', 'Devis'), ('immatriculation', 'Extrait d’immatriculation (Kbis, RNE)'), ('statuts', 'Statuts'), ('comptes', 'Comptes annuels (bilan, compte de résultat)'), ('rib', 'Relevé d’identité bancaire'), ('financement', 'Plan de financement'), ('aides_recues', 'Déclaration des aides reçues'), ('regularite', 'Attestation de régularité fiscale ou sociale'), ('urbanisme', 'Autorisation d’urbanisme'), ('locaux', 'Bail ou titre de propriété'), ('presentation', 'Présentation du projet'), ('autre', 'Autre pièce')], default='autre', max_length=16, verbose_name='type')),
                ('nom', models.CharField(max_length=200, verbose_name='nom du fichier')),
                ('fichier', models.FileField(max_length=200, upload_to=dossiers.models.piece.chemin_de_stockage, verbose_name='fichier')),
                ('taille', models.PositiveIntegerField(verbose_name='taille')),
                ('type_mime', models.CharField(max_length=100, verbose_name='type de contenu')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte')),
                ('deposee_le', models.DateTimeField(auto_now_add=True, verbose_name='déposée le')),
                ('retiree_le', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
                ('demande', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pieces_propres', to='dossiers.demande')),
                ('deposee_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='dossiers.dossier')),
                ('element', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='dossiers.elementcomplement')),
            ],
            options={
                'verbose_name': 'pièce',
                'ordering': ('deposee_le', 'pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('retiree_le__isnull', True)), fields=('dossier', 'demande', 'element', 'empreinte'), name='une_fois_le_meme_fichier', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='InvitationEntreprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('courriel', models.EmailField(max_length=254, verbose_name='adresse électronique')),
                ('creee_le', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('expire_le', models.DateTimeField(default=portal.comptes.invitations.expiration, verbose_name='expire le')),
                ('envoyee_le', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('acceptee_le', models.DateTimeField(blank=True, null=True, verbose_name='acceptée le')),
                ('revoquee_le', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('role', models.CharField(choices=[('responsable', 'Administrateur'), ('membre', 'Membre')], default='membre', max_length=12, verbose_name='rôle')),
                ('acceptee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entreprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='dossiers.entreprise')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation d’entreprise',
                'verbose_name_plural': 'invitations d’entreprise',
                'ordering': ('-creee_le', '-pk'),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('acceptee_le__isnull', True), ('revoquee_le__isnull', True)), fields=('entreprise', 'courriel'), name='une_invitation_par_adresse'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=200, verbose_name='condition')),
                ('reponse', models.CharField(choices=[('oui', 'Oui'), ('non', 'Non'), ('pas_encore', 'Pas encore')], max_length=10, verbose_name='réponse')),
                ('commentaire', models.CharField(blank=True, max_length=500, verbose_name='commentaire')),
                ('le', models.DateTimeField(verbose_name='le')),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verifications', to='dossiers.demande')),
            ],
            options={
                'verbose_name': 'vérification',
                'ordering': ('demande', 'code'),
                'constraints': [
                    models.UniqueConstraint(fields=('demande', 'code'), name='une_verification_par_condition'),
                ],
            },
        ),
    ]
