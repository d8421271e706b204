"""A server of its own for the intake tests: `python -m tests.intake.serve FOLDER PORT` (the folder becomes GUATU_HOME)."""

import json
import os
import sys


def main(folder: str, port: int) -> None:
    os.environ["GUATU_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "guatu.settings"
    os.environ.setdefault("GUATU_DEBUG", "1")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    prepare(folder)
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    Granian("guatu.asgi:application", address="127.0.0.1", port=port, interface=Interfaces.ASGI, workers=1,
            websockets=False, log_level=LogLevels.warning).serve()  # fmt: skip


def prepare(folder: str) -> None:
    """The cast, a published form, a form open to everybody, keys and a password; what the test must know goes to a file."""
    import datetime as dt

    from guatu.fieldwork.acts import make_key, publish_form
    from guatu.kernel import clock
    from tests.cast import assemble
    from tests.fieldwork.papers import CLEAN_DAY

    clock.set_store(dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE))
    cast = assemble()
    cast.nanxiang.set_password("jiading-2021-nx")
    cast.nanxiang.save()
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md")
    open_form = "| survey |\n| | type | name | label |\n| | text | words | 意见 |\n| settings |\n| | form_id | version |\n| | voice | 1 |\n"
    publish_form(
        by=cast.jinbo,
        campaign=cast.campaign,
        source=open_form.encode(),
        file_name="voice.md",
        settings={"public": True},
    )
    listed = "| survey |\n| | type | name | label |\n| | select_one_from_file shops.csv | shop | 商铺 |\n| settings |\n| | form_id | version |\n| | shops | 1 |\n"
    publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=listed.encode(), file_name="shops.md",
        media={"shops.csv": "name,label\na,甲店\n".encode()},
    )  # fmt: skip
    from tests.registers.entity_papers import TREES, VISIT

    for source, name in ((TREES, "plant.md"), (VISIT, "visit.md")):
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=source.encode(), file_name=name)
    keys = {
        person.username: make_key(by=cast.jinbo, campaign=cast.campaign, person=person, name="phone").token
        for person in (cast.nanxiang, cast.jiangqiao, cast.xuncha, cast.zhihui, cast.passer_by)
    }
    typed = make_key(by=cast.jinbo, campaign=cast.campaign, person=cast.nanxiang, name="typed", digest=True)
    with open(os.path.join(folder, "known.json"), "w") as out:  # noqa: PTH118, PTH123
        json.dump({"keys": keys, "digest": [typed.username, typed.password]}, out)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
