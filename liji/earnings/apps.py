from django.apps import AppConfig


class EarningsConfig(AppConfig):
    name = "liji.earnings"

    def ready(self) -> None:
        from liji.earnings import services
        from liji.earnings import tells
        from liji.facts.services import credited
        from liji.people.services import changed
        from liji.plans.services import terms_changed

        credited.connect(services.on_credited, dispatch_uid="earnings")
        terms_changed.connect(services.on_terms_changed, dispatch_uid="earnings")
        changed.connect(services.on_people_changed, dispatch_uid="earnings")
        tells.declare_kinds()
