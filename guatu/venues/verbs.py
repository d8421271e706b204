"""What is done to venue codes, scans and service points."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "venue.applied": ("申请场所码 {serial}", "venue code {serial} applied for"),
        "venue.approved": ("批准场所码 {serial}，有效期 {from} 至 {until}", "venue code {serial} approved, {from} until {until}"),
        "venue.refused": ("不批准场所码：{reason}", "venue code refused: {reason}"),
        "venue.taken_back": ("撤回申请", "application taken back"),
        "venue.revoked": ("收回场所码：{reason}", "venue code revoked: {reason}"),
        "venue.reinstated": ("恢复场所码", "venue code put back in force"),
        "venue.ended": ("场所码到期", "venue code ended"),
        "venue.replaced": ("已续期，由 {serial} 接替", "renewed; replaced by {serial}"),
        "venue.posted": ("核查张贴：{posted}", "seen at the door: {posted}"),
        "venue.counted": ("清点 {people} 人，扫码 {scans} 次", "{people} people counted, {scans} scans"),
        "venue.count_withdrawn": ("撤销清点", "count withdrawn"),
        "venue.count_restored": ("恢复清点", "count put back"),
        "point.opened": ("设立服务点 {number}", "service point {number} opened"),
        "point.changed": ("修改服务点", "service point changed"),
        "point.paused": ("暂停服务：{reason}", "paused: {reason}"),
        "point.resumed": ("恢复服务", "serving again"),
        "point.ended": ("撤销服务点", "service point ended"),
        "point.reported": ("上报排队情况", "line reported"),
        "point.over_limit": ("排队 {queue} 人，超过上限 {limit} 人", "{queue} people in line, over the limit of {limit}"),
        "point.report_withdrawn": ("撤销上报", "report taken back"),
        "scanrule.made": ("设立扫码实名规则：{basis}", "rule for scans made: {basis}"),
        "scanrule.withdrawn": ("停用扫码实名规则", "rule for scans withdrawn"),
        "scanrule.restored": ("恢复扫码实名规则", "rule for scans put back"),
    }
)  # fmt: skip
