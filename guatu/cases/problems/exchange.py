"""What exchange with other platforms may be refused, and every way in which a line can fail, in plain words."""

from guatu.kernel.problems import declare

_AGAIN_ZH, _AGAIN_EN = (
    "系统会自动再试；急用请点“现在再发”。",
    "It is tried again by itself; press “send again now” if it is urgent.",
)
_ASK_ZH, _ASK_EN = (
    "请把编号和这句话告诉对方平台的管理员。",
    "Tell the people of that platform the number and this sentence.",
)

for _code, _status, _zh, _en, _next_zh, _next_en in (
    ("peer.no_connection", 502, "连不上{host}：网络不通，或者对方没有开机。", "{host} cannot be reached: no network, or the platform is down.", _AGAIN_ZH, _AGAIN_EN),
    ("peer.timeout", 504, "{host}在 {seconds} 秒内没有回答。", "{host} did not answer within {seconds} seconds.", _AGAIN_ZH, _AGAIN_EN),
    ("peer.bad_certificate", 502, "{host}的安全证书不可信：{why}。", "The certificate of {host} cannot be trusted: {why}.", "请对方更换证书，或检查接口地址是否写对。", "Ask them to renew it, or check the address."),
    ("peer.unauthorized", 502, "{host}不认我们的令牌（{status}）。", "{host} does not accept our key ({status}).", "请向对方要新令牌，在平台页重新填写，再点“现在再发”。", "Ask them for a new key, enter it on the platform's page, then press “send again now”."),
    ("peer.redirected", 502, "{host}要我们改走别的地址（{status}），没有照办。", "{host} wants us to go elsewhere ({status}); that was not followed.", "请核对接口地址，填写最终的地址。", "Check the address and enter the final one."),
    ("peer.refused", 502, "{host}不收（{status}）：{message}", "{host} refused it ({status}): {message}", "改正对照或案件后点“现在再发”；不必再发的点“不再发送”。", "Mend the mapping or the case, then press “send again now”; give up what is not needed."),
    ("peer.broken", 502, "{host}自己出了错（{status}）。", "{host} failed by itself ({status}).", _AGAIN_ZH, _AGAIN_EN),
    ("peer.bad_answer", 502, "{host}的回答读不懂：{why}。", "The answer of {host} cannot be understood: {why}.", _ASK_ZH, _ASK_EN),
    ("peer.too_large", 413, "{what}太大，超过 {limit}。", "{what} is too large, more than {limit}.", "请压缩后再发。", "Make it smaller and send it again."),
    ("peer.no_token", 409, "{peer}还没有填写令牌。", "No key has been entered for {peer}.", "请在平台页填写对方给的令牌。", "Enter the key they gave you on the platform's page."),
    ("peer.no_line", 409, "{peer}没有联网接口：没有接口地址，或者已停用。", "{peer} has no line: no address, or it is switched off.", "请填写接口地址并启用，或者用文件交换。", "Enter its address and switch it on, or exchange by file."),
    ("peer.bad_url", 400, "接口地址“{url}”不能用：{why}。", "The address “{url}” cannot be used: {why}.", "请写成 https://主机/路径，不带用户名和参数。", "Write it as https://host/path without user name or query."),
    ("peer.plain_http", 400, "“{url}”没有加密。", "“{url}” is not encrypted.", "请用 https。内网专线可由管理员设 GUATU_EXCHANGE_PLAIN=1。", "Use https. On a private line the administrator may set GUATU_EXCHANGE_PLAIN=1."),
    ("peer.bad_mapping", 400, "对照表有 {count} 处不对：{first}。", "{count} things are wrong in the mapping: {first}.", "请逐处改正后再保存。", "Mend each and save again."),
    ("peer.bad_peer", 400, "平台资料不对：{why}。", "The platform's details are wrong: {why}.", "请改正后再保存。", "Mend it and save again."),
    ("peer.not_known", 403, "这个令牌没有对应的平台，不能交换。", "No platform belongs to this key; nothing can be exchanged with it.", "请接收方在“对接平台”里把这个账号设为对接账号。", "The receiving side must name this account under “platforms”."),
    ("peer.key_reused", 409, "消息 {key} 已经收过，内容却不一样。", "Message {key} was received before with another content.", "一个键只用于一条消息；内容变了请用新键。", "A key stands for one message; use a new key for another content."),
    ("peer.bad_content", 422, "消息写得不对：{where}：{why}。", "The message is not right: {where}: {why}.", "请对照 docs/case-exchange.md 的格式改正后重发。", "Compare with docs/case-exchange.md and send it again."),
    ("peer.unknown_word", 422, "对照表里没有{what}“{word}”，也没有默认值。", "The mapping knows no {what} “{word}”, and there is no default.", "请在接收方的对照表里加上这一行，再发一次。", "Add it to the mapping of the receiving side, then send again."),
    ("peer.unknown_case", 422, "没有与对方交换过的案件 {number}。", "No case {number} has been exchanged with that platform.", "请先发案件，再发变化。", "Send the case first, then its changes."),
    ("peer.file_missing", 409, "还缺 {count} 个附件。", "{count} files are missing.", "请先用 PUT …/files/… 上传 details.files 列出的附件，再重发消息。", "First PUT the files listed in details.files to …/files/…, then send the message again."),
    ("peer.file_wrong", 422, "附件的内容与它的指纹 {sha256} 不符。", "The file does not have the fingerprint {sha256}.", "请重新传送这个附件。", "Send the file again."),
    ("peer.settled", 409, "这条消息已经处理过了（{status}）。", "This message has been dealt with ({status}).", "请刷新页面看最新情况。", "Reload the page."),
    ("peer.why_needed", 400, "没有写明怎样处理的。", "It is not said how it was settled.", "请用一句话写明。", "Say it in one sentence."),
    ("peer.nothing_to_export", 409, "没有要发给{peer}的消息。", "Nothing waits for {peer}.", "案件有了变化，会出现在这里。", "Changes of cases will appear here."),
    ("peer.bad_file", 400, "“{name}”不是交换文件：{why}。", "“{name}” is not an exchange file: {why}.", "请选对方平台导出的 zip 文件。", "Choose the zip file made by the other platform."),
):  # fmt: skip
    declare(_code, status=_status, zh=_zh, en=_en, next_zh=_next_zh, next_en=_next_en)
