"""Numbers and codes in the database: each row keeps the key by which it is found (`liji.base.gate.identity`)."""

from collections.abc import Collection
from typing import Any

from django.db import models

from liji.base.gate.identity import identity
from liji.people.problems import Problem
from liji.people.problems import Refused

LONGEST = 64  # characters of a number or code


class KeyField(models.TextField):
    """The key of another field of the row, kept up with it whenever the row is saved, also in bulk."""

    def __init__(self, of: str = "code", **kwargs: Any) -> None:
        self.of = of
        super().__init__(**{"editable": False, **kwargs})

    def deconstruct(self) -> tuple:
        """As Django writes it into migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key of what the other field holds now."""
        key = identity(getattr(model_instance, self.of)).key
        setattr(model_instance, self.attname, key)
        return key


def one_key(name: str) -> models.UniqueConstraint:
    """A constraint: no two rows with the same key, but for those that are marked as duplicates of another."""
    return models.UniqueConstraint(fields=["key"], condition=models.Q(duplicate_of=None), name=name)


def duplicate_of() -> models.ForeignKey:
    """The row that keeps the key where two rows had the same one before keys were compared."""
    return models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="duplicates")


def by_key(rows: models.QuerySet, texts: Collection[str]) -> dict[str, Any]:
    """What was asked for → the row with that number or code, for those that there are."""
    keys = {text: identity(text).key for text in texts}
    found = {row.key: row for row in rows.filter(key__in=set(keys.values()), duplicate_of=None)}
    return {text: found[key] for text, key in keys.items() if key in found}


def normal(field: str, text: str) -> str:
    """A number or code as it is kept. Raises Refused, naming `field`, when it cannot be one."""
    found = identity(text)
    if not found.key:
        raise Refused(Problem(field, "missing"))
    if len(found.shown) > LONGEST:
        raise Refused(Problem(field, "too_long", {"limit": str(LONGEST)}))
    if found.mixes_scripts:
        raise Refused(Problem(field, "mixed_scripts", {"value": found.shown}))
    return found.shown


def is_normal(text: str) -> bool:
    """Whether `normal` takes a number or code."""
    found = identity(text)
    return 0 < len(found.shown) <= LONGEST and not found.mixes_scripts


def of_key(rows: models.QuerySet, text: str) -> Any:
    """The row with a number or code, or None."""
    return rows.filter(key=identity(text).key, duplicate_of=None).first()
