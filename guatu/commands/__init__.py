"""What stands behind `guatu`: one module per group of commands, imported when its command is named."""

import json
import os
from typing import Any

import click


def start_django() -> None:
    """Load settings and apps; a wrong setting raises ImproperlyConfigured with id, what is wrong and a hint."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    import django

    from guatu.kernel.words import compile_catalogues

    compile_catalogues()
    django.setup()


def ready_store() -> None:
    """Django loaded, migrations applied, the store's clock read; refuses a store that `guatu init` has not seen."""
    start_django()
    from guatu.commands.store import pending_migrations

    waiting = pending_migrations()
    if waiting:
        raise click.ClickException(
            f"(guatu.E011) The store is not ready: {len(waiting)} migrations wait ({waiting[0]} …).\n  hint: guatu init"
        )
    from guatu.kernel import clock

    clock.refresh(force=True)


def say_json(value: Any) -> None:
    """One JSON document on standard output, Chinese left readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def actor(username: str) -> Any:
    """Who does it: the person named with --as, else the system itself. Refuses an unknown name."""
    from guatu.kernel.acts import SYSTEM
    from guatu.units.models import Person

    if not username:
        return SYSTEM
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise click.BadParameter(f"nobody signs in as “{username}”", param_hint="--as")
    return person


as_option = click.option(
    "--as", "username", default="", help="Do it as this person, with this person's rights."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
