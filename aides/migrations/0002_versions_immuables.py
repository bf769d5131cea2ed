from django.db import migrations

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
    dependencies = [("aides", "0001_initial")]

    operations = [migrations.RunSQL(POSER, RETIRER)]
