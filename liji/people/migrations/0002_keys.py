"""Numbers and codes get keys; where two rows have the same one, one keeps it and the others are marked."""

import django.db.models.deletion
from django.db import migrations
from django.db import models

import liji.people.keys
from liji.base.gate.identity import identity

NAMED = {"employee": "number", "unit": "code", "position": "code", "attributekind": "code"}
# Which row keeps a key: the one with most rows in this table; then the oldest.
HEAVY = {
    "employee": ("facts_credit", "payee_id"),
    "unit": ("people_assignment", "unit_id"),
    "position": ("people_assignment", "position_id"),
    "attributekind": ("people_attribute", "kind_id"),
}
BATCH = 2_000


def fill(apps, schema_editor) -> None:
    """Fills in the keys, in batches; marks the rows that share one."""
    tables = set(schema_editor.connection.introspection.table_names())
    for name, field in NAMED.items():
        model = apps.get_model("people", name)
        held: dict[str, list[int]] = {}
        for rows in _batches(model.objects.order_by("pk").only("pk", field).iterator(chunk_size=BATCH)):
            for row in rows:
                row.key = identity(getattr(row, field)).key
                held.setdefault(row.key, []).append(row.pk)
            model.objects.bulk_update(rows, ["key"])
        for same in held.values():
            if len(same) > 1:
                keeper = min(same, key=lambda pk: (-_weight(schema_editor, tables, name, pk), pk))
                model.objects.filter(pk__in=set(same) - {keeper}).update(duplicate_of=keeper)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _batches(rows):
    part = []
    for row in rows:
        part.append(row)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def _weight(schema_editor, tables: set[str], name: str, pk: int) -> int:
    table, column = HEAVY[name]
    if table not in tables:
        return 0
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [pk])
        return cursor.fetchone()[0]


def _fields(name: str) -> list:
    return [
        migrations.AddField(
            name,
            "duplicate_of",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to=f"people.{name}",
            ),
        ),
        migrations.AddField(
            name,
            "key",
            liji.people.keys.KeyField(default="", editable=False, of=NAMED[name]),
            preserve_default=False,
        ),
    ]


def _once(name: str, constraint: str) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        name,
        models.UniqueConstraint(condition=models.Q(("duplicate_of", None)), fields=("key",), name=constraint),
    )


class Migration(migrations.Migration):

    dependencies = [("people", "0001_initial")]

    operations = [
        *(field for name in NAMED for field in _fields(name)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        _once("attributekind", "attribute_code_once"),
        _once("employee", "employee_number_once"),
        _once("position", "position_code_once"),
        _once("unit", "unit_code_once"),
    ]
