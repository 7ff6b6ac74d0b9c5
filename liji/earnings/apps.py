from django.apps import AppConfig


class EarningsConfig(AppConfig):
    name = "liji.earnings"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from liji.base.terms import terms_written
        from liji.earnings import tells
        from liji.earnings import wakes
        from liji.facts.services import credited
        from liji.people.kept import forget_all

        credited.connect(wakes.wake_credited, dispatch_uid="earnings")
        terms_written.connect(wakes.wake, dispatch_uid="earnings")
        post_save.connect(forget_all, sender="plans.Publication", dispatch_uid="published plans")
        tells.declare_kinds()
