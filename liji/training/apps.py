from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "liji.training"

    def ready(self) -> None:
        from liji.facts.services import recorded
        from liji.training import problems  # noqa: F401 its words are known from here on
        from liji.training.happenings import declare_kinds
        from liji.training.results import on_recorded

        declare_kinds()
        recorded.connect(on_recorded, dispatch_uid="training")
