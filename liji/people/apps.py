from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "liji.people"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from liji.people.kept import forget_all

        post_save.connect(forget_all, sender="people.Company", dispatch_uid="company")
