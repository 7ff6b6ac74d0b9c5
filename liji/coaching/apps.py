from django.apps import AppConfig


class CoachingConfig(AppConfig):
    name = "liji.coaching"

    def ready(self) -> None:
        from liji.coaching import problems  # noqa: F401 its words are known from here on
        from liji.coaching.happenings import declare_kinds

        declare_kinds()
