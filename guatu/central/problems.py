"""What this door refuses, and why."""

from guatu.kernel.problems import declare

declare(
    "central.sign_in",
    status=401,
    zh="没有登录，或者令牌无效、已过期。",
    en="Nobody is signed in, or the token is unknown or expired.",
    next_zh="请用 POST /v1/sessions 登录取得令牌，或使用“人员”页生成的令牌。",
    next_en="Sign in with POST /v1/sessions, or use a token made on the person's page.",
)
declare(
    "central.wrong_password",
    status=401,
    zh="用户名或密码不对。",
    en="The user name or the password is wrong.",
    next_zh="email 一栏请填写本系统的用户名。",
    next_en="Put the user name of this system where the client asks for an email address.",
)
declare(
    "central.second_factor",
    status=401,
    zh="这个账号开启了两步验证，不能只用密码连接。",
    en="This account has a second factor and cannot connect with a password alone.",
    next_zh="请在“人员”页为自己生成令牌，用令牌连接。",
    next_en="Make yourself a token on your page and connect with it.",
)
declare(
    "central.too_many_tries",
    status=429,
    zh="尝试次数太多，已暂停登录。",
    en="Too many tries; signing in is paused.",
    next_zh="请五分钟后再试。",
    next_en="Try again in five minutes.",
)
declare(
    "central.basic_needs_https",
    status=401,
    zh="不能在没有加密的连接上发送密码。",
    en="A password must not be sent over a connection without encryption.",
    next_zh="请使用 https 地址。",
    next_en="Use the https address.",
)
declare(
    "central.wrong_method",
    status=405,
    zh="这个地址不接受 {method} 请求。",
    en="This address does not take {method}.",
    next_zh="可用的是：{known}。",
    next_en="Use one of: {known}.",
)
declare(
    "central.bad_json",
    status=400,
    zh="请求的内容不是能读的 JSON：{why}。",
    en="The body is not JSON that can be read: {why}.",
    next_zh="请发送一个 JSON 对象。",
    next_en="Send one JSON object.",
)
declare(
    "central.missing",
    status=400,
    zh="缺少 {field}。",
    en="{field} is missing.",
    next_zh="请补上后重发。",
    next_en="Add it and send again.",
)
declare(
    "central.bad_value",
    status=400,
    zh="{field} 的值“{value}”不能用。",
    en="The value “{value}” of {field} cannot be used.",
    next_zh="可用的是：{known}。",
    next_en="Use one of: {known}.",
)
declare(
    "central.exists",
    status=409,
    zh="{fields} 为 {values} 的内容已经存在。",
    en="Something with {fields} {values} exists already.",
    next_zh="请改用已有的，或换一个名称。",
    next_en="Use what is there, or take another name.",
)
declare(
    "central.not_here",
    status=403,
    zh="这件事不能通过这个接口办理：{what}。",
    en="This cannot be done through this interface: {what}.",
    next_zh="请在工作台办理。",
    next_en="Do it at the desk.",
)
declare(
    "central.no_deprecated_id",
    status=400,
    zh="修改的内容里没有指向现有版本的 deprecatedID。",
    en="The edit has no deprecatedID that points at the present version.",
    next_zh="请把 meta/deprecatedID 写为现有版本的 instanceID。",
    next_en="Write the present version's instanceID into meta/deprecatedID.",
)

# ------------------------------------------------------------------------------------------------- OData
declare(
    "central.odata_unsupported",
    status=501,
    zh="没有实现 {feature}。",
    en="{feature} is not implemented.",
    next_zh="可用的是 $top、$skip、$count、$filter、$orderby、$expand=*、$select、$wkt。",
    next_en="There are $top, $skip, $count, $filter, $orderby, $expand=*, $select and $wkt.",
)
declare(
    "central.expand_unsupported",
    status=501,
    zh="没有实现 $expand={text}。",
    en="$expand={text} is not implemented.",
    next_zh="只支持 $expand=*。",
    next_en="There is $expand=* only.",
)
declare(
    "central.select_expand",
    status=501,
    zh="$select 不能与 $expand 同时使用。",
    en="$select does not go together with $expand.",
    next_zh="请去掉其中一个。",
    next_en="Leave one of them out.",
)
declare(
    "central.bad_filter",
    status=400,
    zh="$filter 在第 {at} 个字符处读不懂：{text}。",
    en="$filter cannot be understood at character {at}: {text}.",
    next_zh="例如：__system/submissionDate ge 2021-09-16 and __system/reviewState eq 'approved'。",
    next_en="For example: __system/submissionDate ge 2021-09-16 and __system/reviewState eq 'approved'.",
)
declare(
    "central.filter_unsupported",
    status=501,
    zh="$filter 里的“{text}”没有实现。",
    en="“{text}” in $filter is not implemented.",
    next_zh="可用的是 eq、ne、lt、le、gt、ge、and、or、not 和 now、year、month、day、hour、minute、second。",
    next_en="There are eq, ne, lt, le, gt, ge, and, or, not, and now, year, month, day, hour, minute, second.",
)
declare(
    "central.filter_field",
    status=501,
    zh="不能按“{text}”筛选或排序。",
    en="One cannot filter or order by {text}.",
    next_zh="可用的是 __id、__system/submissionDate、updatedAt、submitterId、reviewState；排序只按前两个时间。",
    next_en="There are __id and __system/submissionDate, updatedAt, submitterId, reviewState; order by the two moments only.",
)
declare(
    "central.no_field",
    status=400,
    zh="没有“{property}”这个字段。",
    en="There is no field {property}.",
    next_zh="字段名见 $metadata。",
    next_en="See $metadata for the names.",
)
declare(
    "central.failed",
    status=500,
    zh="系统内部出错，没有写入。",
    en="Something went wrong inside; nothing was written.",
    next_zh="请稍后再试；仍不行请联系管理员查看日志。",
    next_en="Try again later; if it stays so ask the administrator to look at the log.",
)
