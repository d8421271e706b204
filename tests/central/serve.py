"""A server of its own for pyodk: `python -m tests.central.serve FOLDER PORT` (the folder becomes GUATU_HOME)."""

import os
import sys

PASSWORD = "jiading-2021-expo"


def main(folder: str, port: int) -> None:
    os.environ["GUATU_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "guatu.settings"
    os.environ.setdefault("GUATU_DEBUG", "1")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    prepare()
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    Granian("guatu.asgi:application", address="127.0.0.1", port=port, interface=Interfaces.ASGI, workers=1,
            websockets=False, log_level=LogLevels.warning).serve()  # fmt: skip


def prepare() -> None:
    """The cast, with passwords for the office and two streets."""
    from tests.cast import assemble

    cast = assemble()
    for person in (cast.jinbo, cast.nanxiang, cast.jiangqiao):
        person.set_password(PASSWORD)
        person.save()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
