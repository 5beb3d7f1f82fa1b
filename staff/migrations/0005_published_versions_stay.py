"""What is published stays as it is: the database refuses to change or delete such a version, whoever asks."""

from django.db import migrations

GUARD = """
CREATE FUNCTION staff_keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'version % of clause % is published and cannot be deleted', OLD.version, OLD.clause_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'version % of clause % is published and cannot be changed', OLD.version, OLD.clause_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to THEN
        RAISE EXCEPTION 'the end of version % of clause % is set already', OLD.version, OLD.clause_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER staff_keep_published_version BEFORE UPDATE OR DELETE ON staff_clauseversion
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION staff_keep_published_version();
"""
OPEN = """
DROP TRIGGER staff_keep_published_version ON staff_clauseversion;
DROP FUNCTION staff_keep_published_version();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0004_rulebook_required")]

    operations = [migrations.RunSQL(GUARD, OPEN)]
