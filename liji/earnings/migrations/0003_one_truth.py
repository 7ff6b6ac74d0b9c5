"""What a change of terms touches is noted by the database itself; a payee-period is known by both of its days."""

import django.db.models.deletion
from django.db import migrations
from django.db import models

TABLES = (
    "people_employment",
    "people_assignment",
    "people_attribute",
    "people_unitparent",
    "plans_planassignment",
    "plans_publication",
    "plans_quota",
)
_NOTE = """
CREATE UNLOGGED TABLE earnings_touched (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    what text NOT NULL,
    old jsonb,
    new jsonb
);
CREATE INDEX earnings_touched_tx ON earnings_touched (tx);

CREATE FUNCTION earnings_note_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT jsonb_agg(to_jsonb(r)) INTO before FROM old_rows r;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT jsonb_agg(to_jsonb(r)) INTO after FROM new_rows r;
    END IF;
    IF before IS DISTINCT FROM after THEN
        INSERT INTO earnings_touched (what, old, new) VALUES (TG_TABLE_NAME, before, after);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION earnings_note_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO earnings_touched (what) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER earnings_year AFTER UPDATE OF fiscal_year_starts ON people_company FOR EACH ROW
    WHEN (OLD.fiscal_year_starts IS DISTINCT FROM NEW.fiscal_year_starts) EXECUTE FUNCTION earnings_note_year();

CREATE FUNCTION earnings_refuse_unmarked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM earnings_touched WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'terms in % were changed outside liji.base.terms.writing()', NEW.what;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER earnings_touched_is_marked AFTER INSERT ON earnings_touched
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION earnings_refuse_unmarked();
"""
_FORGET = """
DROP TRIGGER earnings_year ON people_company;
DROP FUNCTION earnings_note_year();
DROP TABLE earnings_touched;
DROP FUNCTION earnings_refuse_unmarked();
DROP FUNCTION earnings_note_touched();
"""
_TRIGGERS = """
CREATE TRIGGER earnings_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION earnings_note_touched();
CREATE TRIGGER earnings_updated AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION earnings_note_touched();
CREATE TRIGGER earnings_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION earnings_note_touched();
"""
_WITHOUT_TRIGGERS = """
DROP TRIGGER earnings_inserted ON {table};
DROP TRIGGER earnings_updated ON {table};
DROP TRIGGER earnings_deleted ON {table};
"""
_HORIZON = """
INSERT INTO earnings_horizon (first)
SELECT date_trunc('month', min(credit_date))::date FROM facts_credit WHERE current HAVING min(credit_date) IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("earnings", "0002_verification"),
        ("facts", "0005_orders_by_customer"),
        ("people", "0001_initial"),
        ("plans", "0002_unit_targets_and_changes"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="payeeperiod", name="payee_period_once"),
        migrations.AddConstraint(
            model_name="payeeperiod",
            constraint=models.UniqueConstraint(fields=("payee", "plan", "start", "end"), name="payee_period_once"),
        ),
        migrations.CreateModel(
            name="LateTruth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("cause", models.CharField(max_length=64)),
                ("noted_at", models.DateTimeField()),
                ("payee", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.employee")),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="plans.incentiveplan")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payee", "plan", "start", "end", "cause"), name="late_truth_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Horizon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField()),
            ],
        ),
        migrations.RunSQL(_HORIZON, migrations.RunSQL.noop),
        migrations.RunSQL(_NOTE, _FORGET),
        *[migrations.RunSQL(_TRIGGERS.format(table=t), _WITHOUT_TRIGGERS.format(table=t)) for t in TABLES],
    ]
