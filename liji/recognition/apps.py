from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "liji.recognition"

    def ready(self) -> None:
        from liji.earnings.services import result_changed
        from liji.events.happenings import declare
        from liji.recognition import contests
        from liji.recognition import problems  # noqa: F401 its words join the others
        from liji.recognition.told import KINDS

        declare(*KINDS)
        result_changed.connect(contests.on_result_changed, dispatch_uid="recognition")
