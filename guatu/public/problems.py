"""What the Open311 door may refuse. Statuses as GeoReport v2 wants them: 403 for keys, 404 for what is not there, else 400."""

from guatu.kernel.problems import declare


def _refusal(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> None:
    declare(f"georeport.{code}", status=status, zh=zh, en=en, next_zh=next_zh, next_en=next_en)


_refusal(
    "key_missing", 403,
    "缺少 api_key：上报要有钥匙。", "api_key is missing: reporting needs a key.",
    "请向城运中心索取，怎样取得见 /open311/。", "Ask the operations centre for one; /open311/ says how.",
)  # fmt: skip
_refusal(
    "key_invalid", 403,
    "api_key 无效、已过期、已停用，或者没有上报案件的权限。", "The api_key is unknown, expired, withdrawn, or may not report.",
    "请核对；需要新的请向城运中心索取，见 /open311/。", "Check it, or ask the operations centre for another; see /open311/.",
)  # fmt: skip
_refusal(
    "jurisdiction_missing", 400,
    "这里有多个辖区，请写明 jurisdiction_id，可选：{codes}。", "Several jurisdictions are served here; give jurisdiction_id, one of: {codes}.",
    "请加上 jurisdiction_id 参数。", "Add the argument jurisdiction_id.",
)  # fmt: skip
_refusal(
    "jurisdiction_unknown", 404,
    "没有辖区“{jurisdiction_id}”。", "There is no jurisdiction “{jurisdiction_id}”.",
    "请核对 jurisdiction_id，可用的列在 /open311/。", "Check jurisdiction_id; those served are listed at /open311/.",
)  # fmt: skip
_refusal(
    "service_missing", 400,
    "缺少 service_code：要写明是哪一类问题。", "service_code is missing: say which kind of matter it is.",
    "请从 services 里选一个。", "Choose one from services.",
)  # fmt: skip
_refusal(
    "service_unknown", 404,
    "没有 service_code“{service_code}”，或者这一类不对外开放。", "There is no service_code “{service_code}”, or it is not open to the public.",
    "请重新读取 services。", "Read services again.",
)  # fmt: skip
_refusal(
    "location_missing", 400,
    "没有写明地点：需要 lat 和 long，或 address_string，或 address_id。", "No location: lat and long, or address_string, or address_id is needed.",
    "请补上其中一种。", "Add one of them.",
)  # fmt: skip
_refusal(
    "location_half", 400,
    "lat 和 long 要一起写，缺少 {missing}。", "lat and long go together; {missing} is missing.",
    "请补上 {missing}。", "Add {missing}.",
)  # fmt: skip
_refusal(
    "location_wrong", 400,
    "{name}“{said}”不是坐标。", "{name} “{said}” is not a coordinate.",
    "请写十进制度数（WGS84），例如 lat=31.294&long=121.312。", "Write decimal degrees (WGS84), such as lat=31.294&long=121.312.",
)  # fmt: skip
_refusal(
    "location_outside", 400,
    "这个点（{lat}, {long}）不在{name}的范围内。", "The point ({lat}, {long}) lies outside {name}.",
    "请向当地的平台上报，或核对坐标。", "Report it to the platform of that area, or check the coordinates.",
)  # fmt: skip
_refusal(
    "address_unknown", 400,
    "没有编号为“{address_id}”的点位。", "No place has the number “{address_id}”.",
    "请改用 lat 和 long，或 address_string。", "Use lat and long, or address_string.",
)  # fmt: skip
_refusal(
    "text_long", 400,
    "{name} 有 {count} 个字，最多 {most} 个。", "{name} has {count} characters; {most} are the most.",
    "请缩短后再发。", "Shorten it and send again.",
)  # fmt: skip
_refusal(
    "date_wrong", 400,
    "{name}“{said}”不是日期时间。", "{name} “{said}” is not a date and time.",
    "请写成 2021-09-16T09:00:00+08:00 或 2021-09-16T01:00:00Z。", "Write 2021-09-16T09:00:00+08:00 or 2021-09-16T01:00:00Z.",
)  # fmt: skip
_refusal(
    "span_long", 400,
    "start_date 到 end_date 跨 {days} 天，一次最多 {most} 天。", "start_date to end_date spans {days} days; {most} are the most at once.",
    "请分几次读取。", "Ask in several parts.",
)  # fmt: skip
_refusal(
    "span_backwards", 400,
    "{first} 晚于 {last}。", "{first} is later than {last}.",
    "请对调两个日期。", "Change the two dates over.",
)  # fmt: skip
_refusal(
    "choice_wrong", 400,
    "{name}“{said}”不在可选范围内：{allowed}。", "{name} “{said}” is not one of: {allowed}.",
    "请改正后再发。", "Correct it and send again.",
)  # fmt: skip
_refusal(
    "number_wrong", 400,
    "{name}“{said}”不是 1 以上的整数。", "{name} “{said}” is not a whole number from 1.",
    "请改正后再发。", "Correct it and send again.",
)  # fmt: skip
_refusal(
    "bbox_wrong", 400,
    "bbox“{said}”不是四个数：西、南、东、北。", "bbox “{said}” is not four numbers: west, south, east, north.",
    "请写成 bbox=121.1,31.2,121.4,31.5。", "Write bbox=121.1,31.2,121.4,31.5.",
)  # fmt: skip
_refusal(
    "not_found", 404,
    "没有找到“{what}”，或者它不对外公开。", "“{what}” does not exist, or is not public.",
    "请核对编号。", "Check the number.",
)  # fmt: skip
_refusal(
    "argument_missing", 400,
    "缺少 {name}。", "{name} is missing.",
    "请补上 {name}。", "Add {name}.",
)  # fmt: skip
_refusal(
    "not_a_form", 400,
    "内容不是表单（{said}）。", "The body is not a form ({said}).",
    "请用 application/x-www-form-urlencoded 或 multipart/form-data，UTF-8。", "Send application/x-www-form-urlencoded or multipart/form-data, in UTF-8.",
)  # fmt: skip
_refusal(
    "not_utf8", 400,
    "{name} 不是 UTF-8 文字。", "{name} is not UTF-8.",
    "请用 UTF-8 编码后再发。", "Encode it as UTF-8 and send again.",
)  # fmt: skip
_refusal(
    "too_large", 413,
    "内容太大：最多 {most}。", "The body is too large: {most} at most.",
    "请压缩或减少照片后再发。", "Shrink the photos or send fewer.",
)  # fmt: skip
_refusal(
    "files_many", 400,
    "照片有 {count} 张，一次最多 {most} 张。", "{count} photos came; {most} are the most at once.",
    "请减少后再发。", "Send fewer.",
)  # fmt: skip
_refusal(
    "too_many", 429,
    "这把钥匙一分钟内已上报 {most} 次，先停一停。", "This key has posted {most} times within a minute; please pause.",
    "请等一分钟再发，没有收下的请重发。", "Wait a minute, then send again what was not taken.",
)  # fmt: skip
_refusal(
    "method_wrong", 405,
    "这个地址不接受 {method}。", "This address does not take {method}.",
    "请用 {allowed}。", "Use {allowed}.",
)  # fmt: skip
