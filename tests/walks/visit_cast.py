"""An evening's round for somebody in 南翔镇: three shops, one checklist. Run in the walks' store."""

import datetime as dt
import os

SHOPS = [
    ("云翔酒家", 121.3161, 31.2961),
    ("古漪园茶楼", 121.3192, 31.2975),
    ("解放街百货", 121.3178, 31.2990),
]


def enter(username: str = "nanxiang") -> None:
    from guatu.campaigns.models import Campaign
    from guatu.inspections.acts import norms, rounds
    from guatu.inspections.rules.norms import ItemDraft
    from guatu.kernel import clock
    from guatu.kernel.acts import SYSTEM
    from guatu.places.acts import register_place
    from guatu.units.models import Person

    clock.refresh(force=True)
    person, campaign = Person.objects.get(username=username), Campaign.objects.order_by("code").first()
    norm = norms.add_norm(by=SYSTEM, number="走查〔2021〕1号", title="夜间重点场所检查表")
    edition = norms.add_edition(
        by=SYSTEM, norm=norm, edition="1", in_force_from=dt.date(2021, 1, 1),
        items=[
            ItemDraft("1", "入口测温、验码", "设专人测温验码", "rectify", "24小时", how="看现场"),
            ItemDraft("2", "公共区域每日消毒并有记录", "补做消毒并记录", "rectify", "3个工作日", photo=True, how="看记录"),
            ItemDraft("3", "消防通道畅通", "立即清理", "shut", "当日"),
            ItemDraft("4", "张贴宣传海报", "", "note"),
        ],
    )  # fmt: skip
    norms.put_in_force(by=SYSTEM, edition=edition)
    today = clock.today()
    row = rounds.open_round(
        by=SYSTEM, campaign=campaign, name="夜间检查", starts_on=today, ends_on=today, area="310114102",
        checklist=[edition],
    )  # fmt: skip
    team = rounds.add_team(by=SYSTEM, round=row, name="夜查一组", on_day=today, people=[person])
    for name, x, y in SHOPS:
        shop = register_place(
            by=SYSTEM, name=name, kind="shop", area="310114102", x=x, y=y, address="解放街", campaign=campaign
        )
        rounds.add_visit(by=SYSTEM, round=row, place=shop, team=team)
    rounds.start_round(by=SYSTEM, round=row)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    import django

    django.setup()
    enter()
