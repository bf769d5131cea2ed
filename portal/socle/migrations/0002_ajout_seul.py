from django.db import migrations

POSER = """
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

RETIRER = """
DROP TRIGGER socle_evenement_table ON socle_evenement;
DROP TRIGGER socle_evenement_lignes ON socle_evenement;
DROP FUNCTION socle_refuser_modification();
"""


class Migration(migrations.Migration):
    dependencies = [("socle", "0001_initial")]

    operations = [migrations.RunSQL(POSER, RETIRER)]
