from django.apps import AppConfig


class TracksConfig(AppConfig):
    name = "liji.tracks"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from liji.events.happenings import happened
        from liji.facts.services import credited
        from liji.facts.services import recorded
        from liji.tracks import following
        from liji.tracks import problems  # noqa: F401 its words are known from here on
        from liji.tracks.happenings import declare_kinds

        declare_kinds()
        recorded.connect(following.on_recorded, dispatch_uid="tracks")
        credited.connect(following.on_credited, dispatch_uid="tracks")
        happened.connect(following.on_happened, dispatch_uid="tracks")
        post_save.connect(following.on_assigned, sender="people.Assignment", dispatch_uid="tracks")
