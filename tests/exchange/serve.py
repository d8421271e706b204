"""A second Guatu, the city's platform: `python -m tests.exchange.serve FOLDER PORT` (the folder becomes GUATU_HOME)."""

import json
import os
import sys
from pathlib import Path


def main(folder: str, port: int) -> None:
    os.environ["GUATU_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "guatu.settings"
    os.environ.setdefault("GUATU_DEBUG", "1")
    import django

    django.setup()
    from django.core.management import call_command

    if not (Path(folder) / "known.json").exists():
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        prepare(Path(folder))
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    Granian("guatu.asgi:application", address="127.0.0.1", port=port, interface=Interfaces.ASGI, workers=1,
            websockets=False, log_level=LogLevels.warning).serve()  # fmt: skip


def prepare(folder: Path) -> None:
    """The cast, two platforms that may call (a district below, a district beside) with their keys, a case with a photo."""
    import datetime as dt

    from guatu.cases import acts
    from guatu.cases.acts.peers import save_peer
    from guatu.kernel import calendar, clock
    from guatu.kernel.acts import SYSTEM
    from guatu.units.acts import make_token
    from guatu.units.models import Person, Post, Unit
    from tests.cases.conftest import CLASSES, photo
    from tests.cast import DISTRICT, NANXIANG, assemble

    clock.set_store(dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE))
    cast = assemble()
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    unit = Unit(code="below", path="jd/below/", name="下级区平台", parent=cast.units["jd"], area=DISTRICT)
    unit.save(force_insert=True)
    keys = {}
    for code, kind, source in (("below", "upper", "upper"), ("beside", "district", "district")):
        person = Person(
            username=f"line-{code}", name=f"对接{code}", unit=cast.units["jbb"], made_at=clock.now()
        )
        person.set_unusable_password()
        person.save(force_insert=True)
        Post.objects.create(person=person, role="exchange", areas=[DISTRICT])
        save_peer(by=SYSTEM, campaign=cast.campaign, code=code, name=f"平台{code}", kind=kind, source=source,
                  person=person, unit=unit if code == "below" else None)  # fmt: skip
        keys[code] = make_token(by=SYSTEM, person=person, name="line")[1]
    draft = acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101", address="沪宜公路 1 号")
    case = acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft, photos=[photo("整改前.jpg")])
    keys |= {
        name: make_token(by=SYSTEM, person=getattr(cast, name), name="test")[1]
        for name in ("chengyun", "hecha", "nanxiang")
    }
    (folder / "known.json").write_text(
        json.dumps({"keys": keys, "case": str(case.id), "number": case.number})
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
