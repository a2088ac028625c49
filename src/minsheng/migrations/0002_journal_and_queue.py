"""What Django cannot say: the journal is append-only, case numbers come from a sequence a year, the queue does not NOTIFY."""

from django.db import migrations

from minsheng.server.queue_check import SWITCH_OFF, SWITCH_ON

APPEND_ONLY = """
CREATE FUNCTION ms_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ms_event_append_only BEFORE UPDATE OR DELETE ON ms_event FOR EACH ROW EXECUTE FUNCTION ms_append_only();
CREATE TRIGGER ms_checkpoint_append_only BEFORE UPDATE OR DELETE ON ms_checkpoint FOR EACH ROW EXECUTE FUNCTION ms_append_only();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER ms_event_append_only ON ms_event;
DROP TRIGGER ms_checkpoint_append_only ON ms_checkpoint;
DROP FUNCTION ms_append_only();
"""

# A sequence per year, gaps allowed: a counter row locked until commit would serialise all filing. The sequence of a new year is made by
# the first case of that year; two at once meet in IF NOT EXISTS.
NUMBERS = """
CREATE FUNCTION ms_next_number(year integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE name text := 'ms_number_' || year;
BEGIN
  RETURN nextval(name);
EXCEPTION WHEN undefined_table THEN
  BEGIN
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
  EXCEPTION WHEN unique_violation OR duplicate_table THEN
    NULL;
  END;
  RETURN nextval(name);
END $$;
"""

# Lists of newest cases and queues read hot rows: leave room on the page, so that updates stay on it.
STORAGE = """
ALTER TABLE ms_case SET (fillfactor = 80);
ALTER TABLE ms_deadline SET (fillfactor = 80);
ALTER TABLE ms_hall SET (fillfactor = 80);
"""


class Migration(migrations.Migration):
    """Triggers, functions and storage."""

    dependencies = [("minsheng", "0001_engine"), ("procrastinate", "__latest__")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(NUMBERS, "DROP FUNCTION ms_next_number(integer)"),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(SWITCH_OFF, SWITCH_ON),
    ]
