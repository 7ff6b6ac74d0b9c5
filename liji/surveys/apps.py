from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SurveysConfig(AppConfig):
    name = "liji.surveys"

    def ready(self) -> None:
        from liji.events.happenings import declare
        from liji.surveys import happenings
        from liji.surveys import problems  # noqa: F401 its words are known from here on
        from liji.surveys.built_in import ensure_built_in

        declare(*happenings.KINDS)
        post_migrate.connect(lambda **_: ensure_built_in(), sender=self, weak=False, dispatch_uid="surveys")
