from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "liji.reactions"

    def ready(self) -> None:
        from liji.earnings.services import earned
        from liji.reactions.services import react

        earned.connect(react, dispatch_uid="reactions")
