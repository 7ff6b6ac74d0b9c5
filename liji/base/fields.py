"""Fields that every room's tables may use."""

from typing import Any

from django.db import models

from liji.base import clock


class Moment(models.DateTimeField):
    """Django's field, but `auto_now` and `auto_now_add` take the moment from the clock; migrations see Django's own."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.auto_now or (self.auto_now_add and add):
            setattr(model_instance, self.attname, clock.now())
            return getattr(model_instance, self.attname)
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, arguments, given = super().deconstruct()
        return name, "django.db.models.DateTimeField", arguments, given
