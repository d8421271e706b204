"""The case desk of the sample: fifty matters from the hotline, the public, patrols and inspections, told by hand.

`make_sample.py` writes them beside the 114 cases of the city's platform. None of them counts for a published figure: those
count what the city's platform issued, and nothing here comes from it. All names are invented, all telephones end in 0000-xxxx.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CASE_COLUMNS = (
    "at", "by", "ref", "upper_number", "source", "class", "standard", "title", "description", "area", "address", "lon", "lat",
    "photo", "reporter", "phone", "line",
)  # fmt: skip
STEP_COLUMNS = (
    "at", "case", "step", "by", "unit", "note", "photo", "other", "people", "until", "limit", "result", "standard", "class",
)  # fmt: skip
# street: area code, a point in its middle
STREETS = {
    "jiangqiao": ("310114118", "江桥镇", 121.328, 31.243), "nanxiang": ("310114102", "南翔镇", 121.316, 31.297),
    "anting": ("310114103", "安亭镇", 121.160, 31.291), "zhenxin": ("310114002", "真新街道", 121.352, 31.248),
    "malu": ("310114106", "马陆镇", 121.276, 31.330), "gongyequ": ("310114501", "嘉定工业区", 121.225, 31.415),
    "jiadingzhen": ("310114004", "嘉定镇街道", 121.250, 31.383), "juyuan": ("310114401", "菊园新区", 121.238, 31.396),
    "xincheng": ("310114001", "新成路街道", 121.263, 31.382), "waigang": ("310114114", "外冈镇", 121.166, 31.366),
    "xuhang": ("310114109", "徐行镇", 121.276, 31.419), "huating": ("310114111", "华亭镇", 121.262, 31.468),
}  # fmt: skip
FROM_OUTSIDE = ("hotline", "public", "open311")
cases: list[dict[str, Any]] = []
steps: list[dict[str, Any]] = []


def person(unit: str) -> str:
    return {"lrj": "lvrong"}.get(unit, unit)


def said(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def at(text: str) -> dt.datetime:
    """`15 09:20` is the 15th of September 2021."""
    day, _space, time = text.partition(" ")
    hour, minute = time.split(":")
    return dt.datetime(2021, 9, int(day), int(hour), int(minute))  # noqa: DTZ001  local time, as all moments in the files


def report(
    ref: str, when: str, source: str, code: str, street: str, where: str, title: str, about: str, *,
    by: str = "zhiban", shift: tuple[int, int] = (0, 0), reporter: str = "", phone: str = "", standard: str = "", photo: bool = False,
) -> None:  # fmt: skip
    """One case. shift: metres east and north of the street's middle."""
    area, name, lon, lat = STREETS[street]
    line = {"hotline": "hotline", "public": "public", "open311": "open311"}.get(source, "")
    cases.append({
        "at": said(at(when)), "by": "" if source in ("public", "open311") else by, "ref": ref, "source": source, "class": code,
        "standard": standard, "title": title, "description": about, "area": area, "address": f"{name}{where}",
        "lon": f"{lon + shift[0] / 95300:.5f}", "lat": f"{lat + shift[1] / 110900:.5f}", "photo": "before" if photo else "",
        "reporter": reporter, "phone": phone, "line": line,
    })  # fmt: skip


def step(ref: str, when: str, what: str, by: str, note: str = "", **more: str) -> None:
    photo = "after" if what in ("handle", "part_done", "stage") else ""
    steps.append(
        {"at": said(at(when)), "case": ref, "step": what, "by": by, "note": note, "photo": photo, **more}
    )


def to_unit(ref: str, unit: str, *, rule: str = "", accepted: bool = True, pace: int = 1) -> dt.datetime:
    """Confirmed when it came from outside, filed, dispatched and (usually) accepted; answers when."""
    row = next(each for each in cases if each["ref"] == ref)
    now = dt.datetime.strptime(row["at"], "%Y-%m-%d %H:%M")  # noqa: DTZ007
    plan: list[tuple[int, str, str, dict[str, str]]] = []
    if row["source"] in ("public", "open311"):
        plan.append((14, "confirm", "hecha", {"note": "到场看过，情况属实。"}))
    plan += [(6, "file", "zhiban", {}), (7, "dispatch", "zhiban", {"unit": unit, "note": rule})]
    if accepted:
        plan.append((18, "accept", person(unit), {}))
    for minutes, what, by, more in plan:
        now += dt.timedelta(minutes=minutes * pace)
        step(ref, f"{now.day} {now:%H:%M}", what, by, **more)
    return now


def settle(
    ref: str, unit: str, handled: str, note: str, checked: str, *, told: str = "", contact: str = ""
) -> None:
    """Handled, fed back when the hotline waits for it, checked by somebody else, closed."""
    row = next(each for each in cases if each["ref"] == ref)
    if contact:
        step(ref, contact, "contact", "zhiban", "已电话联系反映人，告知承办单位和时限。")
    step(ref, handled, "handle", person(unit), note)
    if row["source"] == "hotline":
        back = at(handled) + dt.timedelta(minutes=25)
        step(
            ref,
            f"{back.day} {back:%H:%M}",
            "feed_back",
            "zhiban",
            "已向反映人回告处理结果。",
            result="solved",
        )
    step(ref, checked, "pass", "hecha")
    end = at(checked) + dt.timedelta(minutes=9)
    step(ref, f"{end.day} {end:%H:%M}", "close", "chengyun", told)


def finished() -> None:
    """A week of ordinary matters, all the way through."""
    plain: Sequence[tuple[Any, ...]] = (
        # ref, when, source, class, street, where, title, about, unit, handled, note, checked, reporter
        ("RX-01", "6 08:40", "hotline", "0110", "jiangqiao", "嘉怡路近爱特路", "嘉怡路垃圾桶满溢", "嘉怡路小区门外垃圾桶满溢，已两天没有清运。", "jiangqiao", "6 10:50", "已清运并冲洗桶站，增加一次夜间清运。", "6 15:10", ("王先生", "138-0000-1001")),
        ("RX-02", "6 14:15", "hotline", "0113", "malu", "宝安公路近浏翔公路", "宝安公路车行道坑塘", "宝安公路由西向东第二车道有坑，晚上看不见。", "jgw", "9 11:20", "已冷补，夜间热补并重新划线。", "9 15:40", ("李女士", "138-0000-1002")),
        ("RX-03", "7 09:05", "hotline", "0410", "zhenxin", "丰庄路地铁站2号口", "地铁口共享单车堆满盲道", "地铁站2号口共享单车停满盲道，推轮椅过不去。", "zhenxin", "7 10:40", "已清理出盲道，通知企业增派调度。", "7 14:30", ("陈女士", "138-0000-1003")),
        ("RX-04", "8 10:20", "hotline", "0405", "jiadingzhen", "清河路近城中路", "清河路水果店占道", "水果店把摊位摆到人行道上，行人要走车道。", "jiadingzhen", "8 11:55", "店主已将货物收回店内，列入午间巡查。", "8 14:20", ("周先生", "138-0000-1004")),
        ("RX-05", "9 15:10", "hotline", "0125", "anting", "吴塘河墨玉路桥", "吴塘河水面有油花", "墨玉路桥下河面有油花和垃圾，有异味。", "swj", "10 16:10", "已布设围油栏并打捞，排查沿河排口未见异常。", "13 10:30", ("徐先生", "138-0000-1005")),
        ("RX-06", "10 08:50", "hotline", "0117", "juyuan", "环城河步道", "环城河绿地枯枝落叶堆积", "步道边修剪下的树枝堆了几天没人收。", "lrj", "10 11:30", "已清运枝叶约1.5吨。", "10 15:00", ("郑女士", "138-0000-1006")),
        ("GZ-01", "6 09:30", "public", "0110", "xincheng", "仓场路菜场北门", "菜场门口烂菜叶", "每天收摊后烂菜叶堆在门口，招苍蝇。", "xincheng", "6 14:40", "已清扫冲洗，约谈市场管理方。", "6 16:30", ("", "138-0000-2001")),
        ("GZ-02", "7 13:20", "public", "0506", "gongyequ", "叶城路近汇旺路", "叶城路下雨就积水", "叶城路公交站前积水没过鞋面。", "swj", "7 15:05", "疏通雨水口三座，积水退去。", "7 16:40", ("赵先生", "138-0000-2002")),
        ("GZ-03", "8 16:30", "public", "0410", "nanxiang", "银翔路商场南门", "电动车停进消防通道", "商场南门电动车停满消防通道。", "nanxiang", "9 09:20", "已清空消防通道，地面重新划线。", "9 14:10", ("", "")),
        ("GZ-04", "9 10:10", "open311", "0113", "jiangqiao", "鹤旋路近金运路", "盲道砖松动", "盲道砖松动翘起，老人差点绊倒。", "jgw", "13 10:10", "更换盲道砖18块。", "13 15:20", ("孙女士", "138-0000-2004")),
        ("XC-01", "6 15:40", "patrol", "0136", "nanxiang", "民主街近解放街", "民主街人行道堆放建材", "装修建材占用人行道约3米。", "nanxiang", "7 11:10", "当事人已自行清走。", "7 15:40", None),
        ("XC-02", "8 08:35", "patrol", "0206", "nanxiang", "古猗园路", "古猗园路店招缺字", "店招灯箱破损，缺一个字，有坠落风险。", "cgj", "9 14:30", "店招已拆除更换。", "10 09:30", None),
        ("XC-03", "9 09:20", "patrol", "0307", "nanxiang", "沪宜公路在建工地", "工地围挡倾斜", "围挡向人行道一侧倾斜约5米。", "jgw", "10 15:30", "围挡已加固，并要求每日检查。", "13 09:40", None),
        ("XC-04", "10 13:50", "patrol", "0110", "jiangqiao", "临洮路", "临洮路绿化带袋装垃圾", "绿化带内有袋装垃圾十余袋。", "jiangqiao", "10 15:40", "已清运。", "10 17:20", None),
        ("JC-01", "7 10:00", "inspection", "0203", "zhenxin", "曹安公路沿线", "曹安公路违规横幅", "接待线路沿线有过期横幅6处。", "cgj", "10 10:30", "横幅已全部拆除。", "10 16:00", None),
        ("JC-02", "8 14:00", "inspection", "0104", "anting", "博园路展区周边", "博园路沿街立面污渍", "展区周边围墙有乱涂写12处。", "anting", "10 16:20", "已清洗粉刷。", "13 11:00", None),
        ("LD-01", "9 08:30", "leader", "0410", "jiangqiao", "江桥万达广场周边", "万达周边非机动车乱停放", "领导现场调研指出：万达周边非机动车停放混乱。", "bhq", "9 10:10", "已整理，两处临时停车点加派引导员。", "9 15:50", None),
    )  # fmt: skip
    finders = {"nanxiang": "xuncha", "jiangqiao": "wangge"}
    for index, (
        ref,
        when,
        source,
        code,
        street,
        where,
        title,
        about,
        unit,
        handled,
        note,
        checked,
        who,
    ) in enumerate(plain):
        by = {"patrol": finders.get(street, "xuncha"), "inspection": "jinbo", "leader": "jinbo"}.get(
            source, "zhiban"
        )
        name, phone = who or ("", "")
        report(ref, when, source, code, street, where, title, about, by=by, shift=(index * 53 % 700 - 350, index * 91 % 600 - 300),
               reporter=name, phone=phone, photo=source in ("patrol", "public"))  # fmt: skip
        accepted = to_unit(ref, unit)
        contact = accepted + dt.timedelta(minutes=11)
        settle(ref, unit, handled, note, checked, told="已处理完毕，感谢您的反映。" if who else "",
               contact=f"{contact.day} {contact:%H:%M}" if phone else "")  # fmt: skip
    step("RX-01", "7 10:00", "feedback", "zhiban", "回访：很快就清掉了。", result="yes/good")
    step("RX-03", "8 10:05", "feedback", "zhiban", "回访：白天好了，晚高峰还是乱。", result="yes/fair")
    step("RX-05", "14 10:20", "feedback", "zhiban", "回访：已没有异味。", result="yes/good")
    step("GZ-02", "8 09:10", "feedback", "", "水退了，希望下次大雨前先疏通。", result="yes/good")


def turned_back() -> None:
    """Sent back by the check, withdrawn, not taken up, returned, taken up again because it was not solved."""
    report("RX-07", "9 08:55", "hotline", "0110", "malu", "育英街48弄", "弄口建筑垃圾无人清运", "弄口堆着建筑垃圾，一个多星期了。",
           shift=(120, -210), reporter="吴先生", phone="138-0000-1007")  # fmt: skip
    to_unit("RX-07", "malu")
    step("RX-07", "9 09:50", "contact", "zhiban", "已联系反映人，约定当天清运。")
    step("RX-07", "9 11:40", "handle", "malu", "已清运。")
    step("RX-07", "9 12:05", "feed_back", "zhiban", "已短信告知反映人。", result="solved")
    step("RX-07", "9 14:30", "rework", "hecha", "现场仍有两袋碎砖和一扇旧门，请清干净。")
    step("RX-07", "9 15:50", "handle", "malu", "剩余碎砖和旧门已清走，地面已冲洗。")
    step("RX-07", "9 16:10", "feed_back", "zhiban", "已再次告知反映人。", result="solved")
    step("RX-07", "9 17:00", "pass", "hecha")
    step("RX-07", "9 17:10", "close", "chengyun", "弄口建筑垃圾已全部清走。")
    step("RX-07", "12 19:30", "feedback", "", "又有人来倒了，没有解决，请装个探头。", result="no/poor")
    step("RX-07", "12 19:48", "dispatch", "yeban", "反映人表示没有解决，请研究防偷倒措施。", unit="malu")
    step("RX-07", "13 09:05", "accept", "malu")
    step("RX-07", "13 11:30", "handle", "malu", "偷倒的垃圾已清运，弄口加装移动探头和提示牌。")
    step("RX-07", "13 11:50", "feed_back", "zhiban", "已告知探头位置和举报电话。", result="solved")
    step("RX-07", "14 09:30", "pass", "hecha")
    step("RX-07", "14 09:40", "close", "chengyun", "已清运并加装探头。")
    step("RX-07", "14 18:20", "feedback", "", "这次真的解决了，谢谢。", result="yes/good")

    report(
        "GZ-05",
        "10 20:15",
        "public",
        "0110",
        "zhenxin",
        "清峪路",
        "邻居在自家门口堆纸箱",
        "邻居把纸箱堆在自家门里，我觉得不好看。",
        shift=(-140, 90),
    )
    step("GZ-05", "13 08:30", "reject", "zhiban", "属住户私人空间，不在城市管理范围，已转居委会上门劝导。")
    report(
        "XC-05",
        "13 10:15",
        "patrol",
        "0136",
        "nanxiang",
        "德园路",
        "德园路人行道堆物",
        "快递站货物堆在人行道。",
        by="xuncha",
        shift=(210, 60),
        photo=True,
    )
    step("XC-05", "13 10:35", "withdraw", "xuncha", "快递站已当场搬离，无需派单。")

    report(
        "RX-08",
        "13 09:40",
        "hotline",
        "0203",
        "waigang",
        "恒乐路",
        "恒乐路立牌挡住路牌",
        "商家立牌挡住交通指示牌。",
        shift=(80, 130),
        reporter="钱先生",
        phone="138-0000-1008",
    )
    to_unit("RX-08", "waigang", rule="先请属地核实权属。", accepted=False)
    step("RX-08", "13 10:40", "return", "waigang", "户外广告执法权在城管执法局，请改派。")
    step("RX-08", "13 10:52", "approve", "chengyun", "同意，改派城管执法局。")
    step("RX-08", "13 10:58", "dispatch", "zhiban", unit="cgj")
    step("RX-08", "13 11:20", "accept", "cgj")
    step("RX-08", "13 11:30", "contact", "zhiban", "已联系反映人，说明由城管执法局承办。")
    step("RX-08", "14 15:20", "handle", "cgj", "立牌已移除，已告知商家设置规定。")
    step("RX-08", "14 15:50", "feed_back", "zhiban", "已告知反映人。", result="solved")
    step(
        "RX-08",
        "15 09:10",
        "rework",
        "hecha",
        "立牌移走了，底座和膨胀螺栓还在，会绊倒人。",
        limit="1 work_day",
    )
    step(
        "RX-08", "15 09:25", "comment", "cgj", "@赵颖 底座今天下班前切除，螺栓孔由市政补平。", people="hecha"
    )
    step("RX-08", "15 09:40", "reply", "cgj", "您好，剩下的底座今天处理，处理完再给您回话。")


def waiting() -> None:
    """On hold, extended, waiting for somebody's word."""
    report("RX-09", "7 15:30", "hotline", "0113", "jiangqiao", "华江公路近金沙江西路", "华江公路路面沉陷", "公交车道有一处沉陷，约2平方米。",
           shift=(260, -150), reporter="高先生", phone="138-0000-1009")  # fmt: skip
    to_unit("RX-09", "jgw")
    step("RX-09", "7 16:20", "contact", "zhiban", "已联系反映人。")
    step(
        "RX-09",
        "8 09:30",
        "hold",
        "jgw",
        "沉陷处下方有燃气管，须待燃气公司12日停气后开挖。",
        until="2021-09-13 08:00",
    )
    step("RX-09", "8 10:05", "approve", "chengyun", "情况属实，同意挂账至13日，期间设围挡。")
    step(
        "RX-09", "8 10:20", "comment", "chengyun", "挂账期间围挡和夜间警示灯请 @孙浩 每天拍照。", people="jgw"
    )
    step("RX-09", "14 16:40", "handle", "jgw", "管线保护完成，路基回填，沥青面层已铺。")
    step("RX-09", "14 17:05", "feed_back", "zhiban", "已告知反映人恢复通车。", result="solved")
    step("RX-09", "15 09:20", "pass", "hecha", "路面平整，标线已恢复。")

    report(
        "XC-06",
        "13 14:10",
        "patrol",
        "0113",
        "nanxiang",
        "众仁路",
        "众仁路人行道树根拱起",
        "行道树树根拱起人行道板约6平方米。",
        by="xuncha",
        shift=(-180, 220),
        photo=True,
    )
    to_unit("XC-06", "jgw")
    step("XC-06", "14 09:10", "hold", "jgw", "需绿化部门先修根，约定20日进场。", until="2021-09-21 08:00")
    step("XC-06", "14 09:45", "approve", "chengyun", "同意，到期自动恢复办理。")

    report(
        "JC-03",
        "10 09:20",
        "inspection",
        "0307",
        "anting",
        "昌吉路在建工地",
        "昌吉路工地围挡图文破损",
        "围挡公益广告破损约40米。",
        by="jinbo",
        shift=(150, 40),
    )
    to_unit("JC-03", "jgw")
    step("JC-03", "13 15:20", "extend", "jgw", "公益广告需重新制作，申请再给三个工作日。", limit="3 work_day")
    step("JC-03", "13 16:00", "approve", "chengyun", "同意一次，不再延长。")
    step("JC-03", "13 16:10", "comment", "jinbo", "展区沿线，请 @孙浩 优先安排。", people="jgw")

    report(
        "XC-07",
        "14 08:50",
        "patrol",
        "0206",
        "jiangqiao",
        "金运路",
        "金运路店招松脱",
        "药店店招一角松脱下垂。",
        by="wangge",
        shift=(-90, -60),
        photo=True,
    )
    to_unit("XC-07", "cgj")
    step(
        "XC-07",
        "15 16:20",
        "extend",
        "cgj",
        "店主在外地，授权书明天寄到，申请延长一个工作日。",
        limit="1 work_day",
    )
    report(
        "RX-10",
        "15 13:30",
        "hotline",
        "0104",
        "xuhang",
        "新建一路",
        "新建一路围墙乱涂写",
        "围墙上全是办证电话。",
        shift=(30, 200),
        reporter="郭女士",
        phone="138-0000-1010",
    )
    to_unit("RX-10", "xuhang", accepted=False)
    step("RX-10", "15 14:20", "contact", "zhiban", "已联系反映人。")
    step("RX-10", "16 08:35", "return", "xuhang", "围墙属企业红线内，应由区经委协调企业处理。")
    report(
        "XC-08",
        "15 15:10",
        "patrol",
        "0307",
        "nanxiang",
        "芳林路",
        "芳林路工地围挡开口",
        "围挡被人为开口，行人穿行工地。",
        by="xuncha",
        shift=(310, -90),
        photo=True,
    )
    to_unit("XC-08", "jgw")
    step(
        "XC-08",
        "16 08:30",
        "hold",
        "jgw",
        "施工单位正在办理围挡移交，申请挂账两天。",
        until="2021-09-18 18:00",
    )
    report(
        "GZ-06",
        "14 17:40",
        "public",
        "0117",
        "huating",
        "浏岛路",
        "浏岛路草坪被车压坏",
        "停车把草坪压成泥地。",
        shift=(0, 60),
        reporter="何先生",
        phone="138-0000-2006",
        photo=True,
    )
    step("GZ-06", "14 18:00", "confirm", "hecha", "到场看过，草坪损坏约12平方米。")
    step("GZ-06", "15 08:15", "file", "zhiban")
    step(
        "GZ-06",
        "15 08:25",
        "dispatch",
        "zhiban",
        "规则建议派绿容局；该处草坪已移交镇养护，派华亭镇。",
        unit="huating",
    )
    step("GZ-06", "15 08:50", "accept", "huating")
    step("GZ-06", "15 09:05", "contact", "zhiban", "已联系反映人。")
    step(
        "GZ-06",
        "15 11:20",
        "extend",
        "huating",
        "补种草皮要等阴天，申请再给四个工作时。",
        limit="4 work_hour",
    )
    step("GZ-06", "15 11:35", "refuse", "chengyun", "先围挡并清理泥土，可以按时完成；补种另列计划。")
    step("GZ-06", "15 14:00", "handle", "huating", "泥土已清理，加装绿篱护栏，补种列入本周计划。")


def together() -> None:
    """Several units on one case; one unit after another; one matter told three times."""
    report("RX-11", "14 13:10", "hotline", "0136", "jiangqiao", "虞姬墩路夜排档", "虞姬墩路排档占道、油污、乱停车", "夜排档桌椅占道，地面油污，车停在盲道上。",
           shift=(-240, 180), reporter="林女士", phone="138-0000-1011")  # fmt: skip
    to_unit("RX-11", "jiangqiao")
    step("RX-11", "14 13:55", "contact", "zhiban", "已联系反映人，说明将联合整治。")
    step(
        "RX-11",
        "14 14:10",
        "part",
        "jiangqiao",
        "依法查处占道排档三家。",
        unit="cgj",
        until="2021-09-15 12:00",
    )
    step(
        "RX-11",
        "14 14:12",
        "part",
        "jiangqiao",
        "冲洗路面油污，清洗雨水篦。",
        unit="lrj",
        until="2021-09-15 11:30",
    )
    step("RX-11", "14 14:40", "part_accept", "cgj", unit="cgj")
    step("RX-11", "14 15:00", "part_accept", "lvrong", unit="lrj")
    step(
        "RX-11",
        "15 09:10",
        "comment",
        "jiangqiao",
        "@何伟 @黄晓春 明天上午书记要去看，今天下班前请完成。",
        people="cgj、lvrong",
    )
    step("RX-11", "15 10:30", "part_done", "cgj", "三家排档已立案查处，桌椅已收。", unit="cgj")

    report(
        "XC-09",
        "13 08:50",
        "patrol",
        "0117",
        "nanxiang",
        "走马塘绿道",
        "走马塘绿道垃圾和倒伏树木",
        "大风后树木倒伏，绿道垃圾未清。",
        by="xuncha",
        shift=(400, 130),
        photo=True,
    )
    to_unit("XC-09", "lrj")
    step(
        "XC-09",
        "13 09:30",
        "part",
        "lvrong",
        "清理绿道两侧生活垃圾。",
        unit="nanxiang",
        until="2021-09-13 12:00",
    )
    step("XC-09", "13 09:45", "part_accept", "nanxiang", unit="nanxiang")
    step("XC-09", "13 11:20", "part_done", "nanxiang", "垃圾已清。", unit="nanxiang")
    step("XC-09", "13 11:45", "handle", "lvrong", "倒伏树木已扶正支撑，枝叶清运。")
    step("XC-09", "13 15:30", "pass", "hecha")
    step("XC-09", "13 15:40", "close", "chengyun")

    report(
        "RX-12",
        "15 09:30",
        "hotline",
        "0113",
        "zhenxin",
        "祁连山南路人行横道",
        "祁连山南路斑马线磨光",
        "学校门口斑马线看不清了。",
        shift=(90, -130),
        reporter="罗先生",
        phone="138-0000-1012",
    )
    to_unit("RX-12", "jgw")
    step("RX-12", "15 10:10", "contact", "zhiban", "已联系反映人。")
    step("RX-12", "15 14:40", "offer", "jgw", "标线养护属区交通委，请接手。", unit="jtw")
    report(
        "RX-13",
        "14 10:40",
        "hotline",
        "0110",
        "zhenxin",
        "金沙江西路与江桥交界",
        "交界处绿化带垃圾",
        "真新和江桥交界的绿化带没人管。",
        shift=(-700, -200),
        reporter="梁女士",
        phone="138-0000-1013",
    )
    to_unit("RX-13", "zhenxin")
    step("RX-13", "14 11:15", "contact", "zhiban", "已联系反映人。")
    step("RX-13", "14 11:20", "offer", "zhenxin", "绿化带在江桥镇一侧，附界址图。", unit="jiangqiao")
    step("RX-13", "14 11:50", "taken", "jiangqiao", "确在我镇，接手。")
    step("RX-13", "14 15:20", "handle", "jiangqiao", "已清运，与真新街道约定每周联合清扫。")
    step("RX-13", "14 15:50", "feed_back", "zhiban", "已告知反映人。", result="solved")
    step("RX-13", "14 17:10", "pass", "hecha")
    step("RX-13", "14 17:20", "close", "chengyun", "已由江桥镇清运，并建立联合清扫。")

    report("GZ-07", "15 08:20", "public", "0506", "jiangqiao", "金沙江西路下立交", "金沙江西路下立交积水", "下立交积水，小车熄火。", shift=(-60, -260),
           reporter="宋先生", phone="138-0000-2007", standard="机动车道积水", photo=True)  # fmt: skip
    to_unit("GZ-07", "swj")
    step("GZ-07", "15 09:15", "contact", "zhiban", "已联系反映人，泵车已在路上。")
    step("GZ-07", "15 09:50", "stage", "swj", "两台泵车抽排，积水已退，恢复单车道通行。", result="0")
    step("GZ-07", "15 10:10", "comment", "swj", "泵站格栅堵塞，正在清理，修复要查电缆。")
    for ref, when, source, who, phone in (
        ("GZ-08", "15 08:31", "open311", "谢女士", "138-0000-2008"),
        ("RX-14", "15 08:36", "hotline", "唐先生", "138-0000-1014"),
    ):
        report(ref, when, source, "0506", "jiangqiao", "金沙江西路下立交", "下立交积水车辆无法通行", "金沙江西路下立交大量积水。",
               shift=(-48, -249), reporter=who, phone=phone)  # fmt: skip
        step(
            ref,
            f"15 08:{int(when[-2:]) + 9}",
            "merge",
            "zhiban",
            "同一处积水，时间、位置一致。",
            other="GZ-07",
        )
    report(
        "GZ-09",
        "15 10:30",
        "public",
        "0410",
        "nanxiang",
        "德园路农贸市场",
        "农贸市场门口电动车乱停",
        "出入口被电动车堵住。",
        shift=(150, 110),
        photo=True,
    )
    step("GZ-09", "15 10:45", "merge", "zhiban", "同一时段来电，疑为同一件事。", other="GZ-07")
    step("GZ-09", "15 10:50", "unmerge", "zhiban", "并错了：一处在江桥下立交，一处在南翔菜场。")
    step("GZ-09", "15 11:10", "confirm", "hecha", "到场看过，情况属实。")
    step("GZ-09", "15 11:16", "file", "zhiban")
    step("GZ-09", "15 11:22", "dispatch", "zhiban", unit="nanxiang")
    step("GZ-09", "15 11:40", "accept", "nanxiang")
    step("GZ-09", "15 14:50", "handle", "nanxiang", "出入口已清空，划了禁停线。")
    step("GZ-09", "15 16:40", "pass", "hecha")
    step("GZ-09", "15 16:50", "close", "chengyun", "出入口已清空。")


def under_way() -> None:
    """The morning of the 16th: running out, run out, just come in."""
    report(
        "RX-15",
        "15 13:05",
        "hotline",
        "0405",
        "jiadingzhen",
        "塔城路小吃店",
        "塔城路小吃店占道、油烟",
        "三家小吃店把炉灶摆到人行道上。",
        shift=(70, -120),
        reporter="韩先生",
        phone="138-0000-1015",
    )
    to_unit("RX-15", "jiadingzhen")
    step("RX-15", "15 13:50", "contact", "zhiban", "已联系反映人。")
    step("RX-15", "15 17:25", "acknowledge", "jiadingzhen", "两家已收回，第三家拒不配合，已请城管中队到场。")
    report(
        "XC-10",
        "15 16:20",
        "patrol",
        "0410",
        "nanxiang",
        "南翔地铁站",
        "南翔站非机动车潮汐停放",
        "早晚高峰停放区外溢。",
        by="xuncha",
        shift=(-300, -210),
        photo=True,
    )
    to_unit("XC-10", "nanxiang")
    step(
        "XC-10",
        "15 17:40",
        "comment",
        "nanxiang",
        "已通知企业调车，明早高峰前到位，@张磊 早上再看一次。",
        people="xuncha",
    )
    report(
        "JC-04",
        "15 11:00",
        "inspection",
        "0206",
        "malu",
        "沪宜公路沿线",
        "沪宜公路店招亮化故障",
        "夜间巡查：沿线店招亮化故障9处。",
        by="jinbo",
        shift=(-200, 150),
    )
    to_unit("JC-04", "cgj")
    report(
        "LD-02",
        "15 17:20",
        "leader",
        "0104",
        "jiangqiao",
        "金沙江西路接待线路",
        "接待线路沿街立面补刷",
        "领导批示：接待线路沿街立面色差明显，开幕前补刷。",
        by="jinbo",
        shift=(220, 40),
    )
    to_unit("LD-02", "jiangqiao", accepted=False)
    report(
        "XC-11",
        "16 08:05",
        "patrol",
        "0110",
        "jiangqiao",
        "临洮路工地门口",
        "工地门口渣土遗撒",
        "渣土车出门遗撒约30米。",
        by="wangge",
        shift=(330, 260),
        standard="散落在道路上",
        photo=True,
    )
    step("XC-11", "16 08:12", "file", "zhiban")
    step("XC-11", "16 08:19", "dispatch", "zhiban", unit="jiangqiao")
    step("XC-11", "16 08:30", "accept", "jiangqiao")
    report(
        "RX-18", "15 15:40", "hotline", "0117", "xuhang", "新建一路街角绿地", "街角绿地满是烟头", "街角绿地和花坛里全是烟头。",
        shift=(-60, -90), reporter="傅先生", phone="138-0000-1018",
    )  # fmt: skip
    to_unit("RX-18", "lrj")
    step("RX-18", "15 16:20", "contact", "zhiban", "已联系反映人。")
    step("RX-18", "16 08:50", "handle", "lvrong", "已捡拾清扫，加装两只灭烟桶。")
    report(
        "RX-16",
        "16 08:20",
        "hotline",
        "0410",
        "xincheng",
        "迎园路医院门口",
        "医院门口电动车堵路",
        "医院门口电动车停到机动车道。",
        shift=(-40, 70),
        reporter="曹女士",
        phone="138-0000-1016",
    )
    step("RX-16", "16 08:27", "file", "zhiban")
    step("RX-16", "16 08:33", "dispatch", "zhiban", unit="xincheng")
    report(
        "RX-17",
        "16 08:41",
        "hotline",
        "0117",
        "juyuan",
        "棋盘路街心花园",
        "街心花园狗粪多",
        "街心花园草地狗粪没人清。",
        shift=(110, 20),
        reporter="袁先生",
        phone="138-0000-1017",
    )
    step("RX-17", "16 08:48", "file", "zhiban")
    report(
        "GZ-10",
        "16 08:46",
        "public",
        "0113",
        "anting",
        "民丰路小学门口",
        "小学门口窨井盖边塌了",
        "井盖边的路面塌了一块，小朋友容易踩空。",
        shift=(-150, -80),
        reporter="邓女士",
        phone="138-0000-2010",
        photo=True,
    )
    report(
        "GZ-11",
        "16 08:52",
        "open311",
        "0110",
        "nanxiang",
        "解放街公厕旁",
        "公厕旁垃圾满溢",
        "垃圾桶满溢，气味大。",
        shift=(60, 90),
    )
    report(
        "XC-12",
        "16 08:55",
        "patrol",
        "0405",
        "nanxiang",
        "民主街早餐摊",
        "民主街早餐摊占道",
        "三处早餐摊占用人行道。",
        by="xuncha",
        shift=(-110, -60),
        photo=True,
    )


def rows() -> tuple[list[list[str]], list[list[str]]]:
    """Everything told above as rows of cases.csv and case_steps.csv, in the order of time."""
    if not cases:
        finished()
        turned_back()
        waiting()
        together()
        under_way()
    told = sorted(cases, key=lambda row: str(row["at"]))
    done = sorted(steps, key=lambda row: str(row["at"]))
    return (
        [[str(row.get(column, "")) for column in CASE_COLUMNS] for row in told],
        [[str(row.get(column, "")) for column in STEP_COLUMNS] for row in done],
    )


# --- who is on duty ----------------------------------------------------------------------------------------------

DAY_SHIFTS = {
    "nanxiang": "nanxiang",
    "jiangqiao": "jiangqiao",
    "lrj": "lvrong",
    "jgw": "jgw",
    "swj": "swj",
    "cgj": "cgj",
    "hczx": "hecha",
}


def roster() -> list[tuple[str, str, str, str, str]]:
    """Two weeks: the centre day and night, seven units by day, two by night. One night of 江桥镇 is left open: a gap is shown."""
    found = []
    for offset in range(14):
        day = dt.date(2021, 9, 6) + dt.timedelta(days=offset)
        centre = ("chengyun", "zhiban") if day.isoweekday() <= 5 else ("zhiban",)
        found += [("cyzx", name, day.isoformat(), "白班", "") for name in centre]
        found.append(("cyzx", "yeban", day.isoformat(), "夜班", ""))
        found += [(unit, name, day.isoformat(), "白班", "") for unit, name in DAY_SHIFTS.items()
                  if day.isoweekday() <= 5 or unit in ("nanxiang", "jiangqiao", "lrj")]  # fmt: skip
        found.append(("nanxiang", "xuncha", day.isoformat(), "夜班", ""))
        if day != dt.date(2021, 9, 17):
            found.append(("jiangqiao", "wangge", day.isoformat(), "夜班", ""))
    return found


def write_roster(folder: Path) -> None:
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("单位", "值班人", "日期", "班次", "备注"))
        writer.writerows(roster())
