"""What is done to briefs, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "brieftemplate.entered": ("登记简报模板“{code}”", "brief template “{code}” entered"),
        "brieftemplate.changed": ("更换简报模板“{code}”", "brief template “{code}” changed"),
        "brief.drafted": ("起草第 {number} 期", "issue {number} drafted"),
        "brief.edited": ("修改草稿", "draft changed"),
        "brief.frozen": ("第 {number} 期定稿，数字编号", "issue {number} frozen, every figure coded"),
        "brief.issued": ("签发第 {number} 期", "issue {number} issued"),
        "brief.discarded": ("弃用第 {number} 期草稿", "draft of issue {number} put away"),
        "brief.restored": ("恢复第 {number} 期草稿", "draft of issue {number} taken back"),
    }
)
