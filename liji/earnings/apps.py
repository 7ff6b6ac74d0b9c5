from django.apps import AppConfig


class EarningsConfig(AppConfig):
    name = "liji.earnings"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from liji.earnings import services
        from liji.earnings import tells
        from liji.facts.services import credited
        from liji.people.kept import forget_all
        from liji.people.services import changed
        from liji.people.services import joined
        from liji.plans.services import terms_changed

        credited.connect(services.on_credited, dispatch_uid="earnings")
        terms_changed.connect(services.on_terms_changed, dispatch_uid="earnings")
        changed.connect(services.on_people_changed, dispatch_uid="earnings")
        joined.connect(services.on_joined, dispatch_uid="earnings")
        post_save.connect(forget_all, sender="plans.Publication", dispatch_uid="published plans")
        tells.declare_kinds()
