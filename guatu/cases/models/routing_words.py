"""What conditions, their answers and their faults are called."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from guatu.cases.rules.conditions import Flaw

PART_WORDS = {
    "class": _("类别"),
    "area": _("区域"),
    "weekday": _("星期"),
    "hours": _("钟点"),
    "working": _("工作时间内"),
    "dates": _("日期"),
    "guarantee": _("保障期内"),
    "any": _("含任一关键词"),
    "all": _("含全部关键词"),
    "none": _("不含关键词"),
    "pattern": _("文字式样"),
    "place_kind": _("点位种类"),
    "place_category": _("点位类别"),
    "place_industry": _("所属行业"),
    "place": _("点位"),
    "source": _("来源"),
}
RESULT_WORDS = {
    "held": _("符合"),
    "failed": _("不符合"),
    "no_target": _("符合，但这个街镇没有唯一的承办单位"),
    "broken": _("规则有误，已跳过"),
    "off": _("已停用"),
}
BY_WORDS = {
    "rule": _("按规则"),
    "standard": _("按立案标准规定的处置单位"),
    "class": _("按类别各条标准共同的处置单位"),
    "street": _("按所在街镇"),
    "nobody": _("没有单位"),
}
FLAW_WORDS = {
    "not_a_list": _("条件不是一个列表"),
    "not_a_condition": _("读不懂的条件：%(what)s"),
    "unknown_kind": _("没有“%(what)s”这种条件"),
    "unknown_key": _("条件里没有“%(what)s”这一项"),
    "empty_condition": _("“%(what)s”条件什么也没有写"),
    "not_texts": _("“%(what)s”应当是一列文字"),
    "not_yes_or_no": _("“%(what)s”应当是是或否"),
    "unknown_class": _("没有类别 %(what)s"),
    "unknown_area": _("没有区域 %(what)s"),
    "zone_gone": _("片区 %(what)s 已不存在"),
    "zone_empty": _("片区 %(what)s 不含任何区域"),
    "unknown_source": _("没有来源 %(what)s"),
    "bad_weekday": _("星期要写 1 到 7：%(what)s"),
    "bad_time": _("钟点不对：%(what)s"),
    "bad_date": _("日期不对：%(what)s"),
    "bad_pattern": _("文字式样写错了：%(what)s"),
    "slow_pattern": _("文字式样太长或重复太多，可能算不完：%(what)s"),
    "bad_to": _("不知道“%(what)s”是派给谁"),
    "no_unit": _("没有写派给哪个单位"),
    "unknown_unit": _("没有单位 %(what)s"),
    "unit_closed": _("%(what)s 已停用"),
}


def flaw_words(flaws: Iterable[Flaw]) -> str:
    """Faults as a sentence without its end."""
    return "；".join(str(FLAW_WORDS.get(flaw.code, flaw.code)) % {"what": flaw.what} for flaw in flaws)
