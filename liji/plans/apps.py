from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "liji.plans"

    def ready(self) -> None:
        from liji.events.happenings import declare
        from liji.plans import problems  # noqa: F401 its words join the others
        from liji.plans.targets import CHANGED

        declare(CHANGED)
