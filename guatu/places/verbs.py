"""What is done to areas and places, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "area.loaded": (
            "载入区划：新增 {added}，更新 {changed}",
            "divisions loaded: {added} added, {changed} changed",
        ),
        "area.added": ("新增网格“{name}”", "unit grid “{name}” added"),
        "area.changed": ("修改了名称或边界", "name or border changed"),
        "area.removed": ("删去网格“{name}”", "unit grid “{name}” removed"),
        "zone.set": ("设定了片区范围", "zone set"),
        "place.registered": ("登记点位 {number}", "place {number} registered"),
        "place.edited": ("修改了点位", "place changed"),
        "place.moved": ("改了位置", "place moved"),
        "place.withdrawn": ("撤销了点位", "place withdrawn"),
        "place.restored": ("恢复了点位", "place restored"),
        "place.closed": ("停用：{on}", "closed on {on}"),
        "place.opened": ("恢复启用", "open again"),
        "place.shut": ("责令关停", "shut by an order"),
        "place.reopened": ("解除关停", "order to shut lifted"),
        "place.surveyed": (
            "摸排：{word}，新开 {opened}，关停 {closed}",
            "surveyed: {said}, {opened} opened, {closed} closed",
        ),
        "place.survey_withdrawn": ("撤回当天的摸排", "the day's survey taken back"),
        "placesurvey.said": ("摸排：{word}", "survey: {said}"),
        "placesurvey.withdrawn": ("撤回摸排", "survey taken back"),
        "place.contracted": ("责任包干有变动", "contracts of the place changed"),
    }
)
