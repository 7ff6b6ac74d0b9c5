from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "liji.facts"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from liji.facts import tells
        from liji.people.kept import forget_all

        post_save.connect(forget_all, sender="facts.FactType", dispatch_uid="fact types")
        tells.declare_kinds()
