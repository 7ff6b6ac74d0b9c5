from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PreferencesConfig(AppConfig):
    name = "liji.preferences"

    def ready(self) -> None:
        from liji.events.happenings import declare
        from liji.preferences import happenings
        from liji.preferences.schemes import ensure_built_in

        declare(*happenings.KINDS)
        post_migrate.connect(lambda **_: ensure_built_in(), sender=self, weak=False, dispatch_uid="preferences")
