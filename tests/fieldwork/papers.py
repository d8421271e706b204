"""Forms and filled forms for the tests, written as an office would write them."""

from collections.abc import Mapping

CLEAN_DAY = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | required | constraint | constraint_message::中文 (zh) | relevant |
| | start | start | | | | | | |
| | date | day | 活动日期 | Day | yes | | | |
| | select_one street | street | 街镇 | Street or town | yes | | | |
| | integer | people | 参加人数 | People | yes | . >= 0 and . <= 50000 | 人数应在 0 到 50000 之间 | |
| | decimal | waste | 清理垃圾（吨） | Waste (t) | | . >= 0 | | |
| | select_multiple work | work | 主要内容 | Work done | | | | |
| | select_one weather | weather | 天气 | Weather | | | | |
| | text | contact_phone | 联系电话 | Telephone | | | | |
| | begin_repeat | spot | 点位 | Spots | | | | |
| | text | place | 地点 | Where | yes | | | |
| | integer | bags | 袋数 | Bags | | | | |
| | image | photo | 照片 | Photo | | | | |
| | end_repeat | | | | | | | |
| | note | thanks | 谢谢，${people} 人 | Thanks | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | street | nanxiang | 南翔镇 | Nanxiang |
| | street | jiangqiao | 江桥镇 | Jiangqiao |
| | work | road | 道路冲洗 | Roads washed |
| | work | leaflet | 清除小广告 | Leaflets removed |
| | weather | fine | 晴 | Fine |
| | weather | rain | 雨 | Rain |
| settings |
| | form_id | version | form_title | default_language |
| | clean_day | 2021091601 | 环境清洁日活动 | 中文 (zh) |
"""


def plain(text: str) -> bytes:
    return text.encode()


def filled(instance: str = "uuid:1", *, form: str = "clean_day", version: str = "2021091601", root: str = "data",
           replaces: str = "", spots: str = "", **answers: object) -> bytes:  # fmt: skip
    """An instance as Collect writes it; None leaves an answer out."""
    said: dict[str, object] = {"day": "2021-09-16", "street": "nanxiang", "people": 320, "waste": "12.5"}
    said.update(answers)
    return envelope(
        instance, form=form, version=version, root=root, replaces=replaces, spots=spots, answers=said
    )


def envelope(instance: str, *, form: str, version: str, answers: Mapping[str, object], root: str = "data",
             replaces: str = "", spots: str = "") -> bytes:  # fmt: skip
    body = "".join(f"<{name}>{value}</{name}>" for name, value in answers.items() if value is not None)
    old = f"<orx:deprecatedID>{replaces}</orx:deprecatedID>" if replaces else ""
    return (
        f'<?xml version=\'1.0\' ?><{root} xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
        f'id="{form}" version="{version}">{body}{spots}<orx:meta>'
        f"<orx:instanceID>{instance}</orx:instanceID>{old}</orx:meta></{root}>"
    ).encode()
