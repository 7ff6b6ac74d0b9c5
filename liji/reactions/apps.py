from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "liji.reactions"

    def ready(self) -> None:
        from liji.events.happenings import declare
        from liji.events.happenings import happened
        from liji.reactions.clock import KIND
        from liji.reactions.listening import hear

        declare(KIND)
        happened.connect(hear, dispatch_uid="reactions")
