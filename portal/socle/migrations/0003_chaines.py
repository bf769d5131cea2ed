from django.db import migrations, models

POSER = """
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

-- The lines written so far, in the order of their identifiers.
ALTER TABLE socle_evenement DISABLE TRIGGER socle_evenement_lignes;
DO $$
DECLARE
    ligne socle_evenement;
    tete socle_tetechaine;
BEGIN
    FOR ligne IN SELECT * FROM socle_evenement ORDER BY id LOOP
        ligne.chaine := socle_chaine(ligne);
        SELECT * INTO tete FROM socle_tetechaine WHERE chaine = ligne.chaine;
        ligne.rang := coalesce(tete.rang, 0) + 1;
        ligne.precedente := coalesce(tete.empreinte, '');
        ligne.empreinte := socle_empreinte(ligne);
        UPDATE socle_evenement
            SET chaine = ligne.chaine, rang = ligne.rang, precedente = ligne.precedente,
                empreinte = ligne.empreinte
            WHERE id = ligne.id;
        INSERT INTO socle_tetechaine VALUES (ligne.chaine, ligne.rang, ligne.empreinte)
            ON CONFLICT (chaine) DO UPDATE SET rang = excluded.rang, empreinte = excluded.empreinte;
    END LOOP;
END $$;
ALTER TABLE socle_evenement ENABLE TRIGGER socle_evenement_lignes;

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

RETIRER = """
DROP TRIGGER socle_tetechaine_table ON socle_tetechaine;
DROP TRIGGER socle_tetechaine_lignes ON socle_tetechaine;
DROP FUNCTION socle_garder_tete();
DROP TRIGGER socle_evenement_chaine ON socle_evenement;
DROP FUNCTION socle_chainer();
DROP FUNCTION socle_empreinte(socle_evenement);
DROP FUNCTION socle_chaine(socle_evenement);
"""


class Migration(migrations.Migration):
    dependencies = [("socle", "0002_ajout_seul")]

    operations = [
        migrations.CreateModel(
            name="TeteChaine",
            fields=[
                (
                    "chaine",
                    models.CharField(
                        editable=False, max_length=130, primary_key=True, serialize=False
                    ),
                ),
                ("rang", models.BigIntegerField(editable=False)),
                ("empreinte", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "tête de chaîne",
                "verbose_name_plural": "têtes de chaîne",
            },
        ),
        migrations.AddField(
            "evenement", "chaine", models.CharField(db_default="", editable=False, max_length=130)
        ),
        migrations.AddField(
            "evenement", "rang", models.BigIntegerField(db_default=0, editable=False)
        ),
        migrations.AddField(
            "evenement",
            "precedente",
            models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            "evenement",
            "empreinte",
            models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.RunSQL(POSER, RETIRER),
        migrations.AddConstraint(
            "evenement",
            models.UniqueConstraint(fields=("chaine", "rang"), name="socle_evenement_rang"),
        ),
    ]
