from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "liji.recognition"

    def ready(self) -> None:
        from liji.events.happenings import declare
        from liji.recognition import problems  # noqa: F401 its words join the others
        from liji.recognition.told import KINDS

        declare(*KINDS)
