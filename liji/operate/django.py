"""Getting Django ready for a command."""

import os


def ready() -> None:
    """Loads settings and apps; starts the embedded database when no other is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liji.settings")
    import django

    django.setup()


def prepare() -> None:
    """Brings the database up to date and gathers the static files."""
    ready()
    from django.core.management import call_command

    from liji.facts.types import ensure_built_in

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ensure_built_in()
