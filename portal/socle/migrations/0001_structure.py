import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models


AJOUT_SEUL = """
CREATE FUNCTION socle_refuser_modification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Le journal est en ajout seul : % refusé.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER socle_evenement_lignes BEFORE UPDATE OR DELETE ON socle_evenement
    FOR EACH ROW EXECUTE FUNCTION socle_refuser_modification();

CREATE TRIGGER socle_evenement_table BEFORE TRUNCATE ON socle_evenement
    FOR EACH STATEMENT EXECUTE FUNCTION socle_refuser_modification();
"""

AJOUT_LIBRE = """
DROP TRIGGER socle_evenement_table ON socle_evenement;
DROP TRIGGER socle_evenement_lignes ON socle_evenement;
DROP FUNCTION socle_refuser_modification();
"""

CHAINER = """
CREATE FUNCTION socle_chaine(ligne socle_evenement) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN ligne.dossier_id IS NULL THEN ligne.objet_type || ':' || ligne.objet_id
                ELSE 'dossier:' || ligne.dossier_id END;
$$;

-- portal.socle.verification writes the same text in Python: change both, or neither.
CREATE FUNCTION socle_empreinte(ligne socle_evenement) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(chr(31),
        ligne.chaine, ligne.rang::text, ligne.precedente, ligne.id::text,
        (extract(epoch FROM ligne.quand) * 1000000)::bigint::text,
        ligne.verbe, ligne.acteur_type, coalesce(ligne.acteur_id::text, ''),
        ligne.objet_type, ligne.objet_id, coalesce(ligne.dossier_id::text, ''),
        ligne.donnees::text
    ), 'UTF8')), 'hex');
$$;

CREATE FUNCTION socle_chainer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tete socle_tetechaine;
BEGIN
    NEW.chaine := socle_chaine(NEW);
    LOOP
        SELECT * INTO tete FROM socle_tetechaine WHERE chaine = NEW.chaine FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO socle_tetechaine VALUES (NEW.chaine, 0, '') ON CONFLICT (chaine) DO NOTHING;
    END LOOP;
    NEW.rang := tete.rang + 1;
    NEW.precedente := tete.empreinte;
    NEW.empreinte := socle_empreinte(NEW);
    UPDATE socle_tetechaine SET rang = NEW.rang, empreinte = NEW.empreinte
        WHERE chaine = NEW.chaine;
    RETURN NEW;
END $$;

CREATE TRIGGER socle_evenement_chaine BEFORE INSERT ON socle_evenement
    FOR EACH ROW EXECUTE FUNCTION socle_chainer();

CREATE FUNCTION socle_garder_tete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'Les têtes de chaîne ne s''écrivent que par le journal : % refusé.', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER socle_tetechaine_lignes BEFORE INSERT OR UPDATE OR DELETE ON socle_tetechaine
    FOR EACH ROW EXECUTE FUNCTION socle_garder_tete();

CREATE TRIGGER socle_tetechaine_table BEFORE TRUNCATE ON socle_tetechaine
    FOR EACH STATEMENT EXECUTE FUNCTION socle_garder_tete();
"""

DECHAINER = """
DROP TRIGGER socle_tetechaine_table ON socle_tetechaine;
DROP TRIGGER socle_tetechaine_lignes ON socle_tetechaine;
DROP FUNCTION socle_garder_tete();
DROP TRIGGER socle_evenement_chaine ON socle_evenement;
DROP FUNCTION socle_chainer();
DROP FUNCTION socle_empreinte(socle_evenement);
DROP FUNCTION socle_chaine(socle_evenement);
"""


class Migration(migrations.Migration):

    replaces = [
        ('socle', '0001_initial'),
        ('socle', '0002_ajout_seul'),
        ('socle', '0003_chaines'),
        ('socle', '0004_depots'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Evenement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quand', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('verbe', models.CharField(max_length=60)),
                ('acteur_id', models.BigIntegerField(editable=False, null=True)),
                ('acteur_type', models.CharField(choices=[('personne', 'Personne'), ('systeme', 'Système')], max_length=10)),
                ('objet_type', models.CharField(max_length=80)),
                ('objet_id', models.CharField(max_length=40)),
                ('dossier_id', models.BigIntegerField(db_index=True, null=True)),
                ('donnees', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('chaine', models.CharField(db_default='', editable=False, max_length=130)),
                ('rang', models.BigIntegerField(db_default=0, editable=False)),
                ('precedente', models.CharField(db_default='', editable=False, max_length=64)),
                ('empreinte', models.CharField(db_default='', editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'événement',
                'verbose_name_plural': 'journal',
                'ordering': ['id'],
                'indexes': [
                    models.Index(fields=['objet_type', 'objet_id'], name='socle_evenement_objet'),
                    models.Index(condition=models.Q(('verbe', 'deposer_demande')), fields=['verbe'], name='socle_evenement_depots'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('acteur_id__isnull', False), ('acteur_type', 'personne')), models.Q(('acteur_id__isnull', True), ('acteur_type', 'systeme')), _connector='OR'), name='socle_evenement_acteur'),
                    models.UniqueConstraint(fields=('chaine', 'rang'), name='socle_evenement_rang'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TeteChaine',
            fields=[
                ('chaine', models.CharField(editable=False, max_length=130, primary_key=True, serialize=False)),
                ('rang', models.BigIntegerField(editable=False)),
                ('empreinte', models.CharField(editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'tête de chaîne',
                'verbose_name_plural': 'têtes de chaîne',
            },
        ),
        migrations.RunSQL(AJOUT_SEUL, AJOUT_LIBRE),
        migrations.RunSQL(CHAINER, DECHAINER),
    ]
