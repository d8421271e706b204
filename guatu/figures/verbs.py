"""What is done to indicators and figures, in words. Loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "indicator.defined": ("设立指标 {key}", "indicator {key} defined"),
        "indicator.redefined": ("改了指标 {key} 的口径", "indicator {key} redefined"),
        "figure.frozen": ("固定数字 {code}：{text}", "figure {code} frozen at {text}"),
    }
)
