"""Places that somebody in 南翔镇 answers for: three buildings, eight shops, two enterprises. Run in the walks' store."""

import os

BUILDINGS = [("银翔大厦", "沪宜公路2000号"), ("中冶祥腾城市广场", "陈翔路88号"), ("太茂商厦", "德华路600号")]
SHOPS = ["老街小笼", "翔云便利店", "顺风水果", "德华五金", "南翔药房", "古猗茶庄", "惠民理发", "新华书店"]
ENTERPRISES = ["上海银翔物业有限公司", "嘉翔设计工作室"]


def enter(username: str = "nanxiang") -> None:
    from guatu.campaigns.models import Campaign
    from guatu.kernel import clock
    from guatu.kernel.acts import SYSTEM
    from guatu.places.acts import register_place
    from guatu.places.models import Place
    from guatu.units.acts import sign_contract
    from guatu.units.models import Person

    clock.refresh(force=True)
    person, campaign = Person.objects.get(username=username), Campaign.objects.order_by("code").first()

    def put(step: int, name: str, kind: str, address: str, **more: object) -> Place:
        x, y = 121.315 + 0.001 * step, 31.295 + 0.0005 * (step % 3)
        return register_place(
            by=SYSTEM, name=name, kind=kind, area="310114102", x=x, y=y, address=address, campaign=campaign,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    rows = [put(step, name, "building", address) for step, (name, address) in enumerate(BUILDINGS)]
    for name in ENTERPRISES:
        put(0, name, "enterprise", "沪宜公路2000号", within=rows[0])
    for step, name in enumerate(SHOPS):
        address = f"民主街{11 + 2 * step}号"
        rows.append(put(step + 3, name, "shop", address, road="民主街", industry="零售"))
    for row in rows:
        sign_contract(by=SYSTEM, kind="place", person=person, place=row, from_day=clock.today())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    import django

    django.setup()
    enter()
