"""Pages for what went wrong: what happened, to what, why, and what to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Trouble:
    """Looks like a `Problem` to the template: title, sentence, next step, code."""

    status: int
    title: Text
    sentence: Text
    next_step: Text
    code: str


TROUBLES = {
    400: Trouble(
        400,
        _("这个请求看不懂"),
        _("浏览器发来的内容不完整，或者地址里有不该有的字符，所以没有处理，也没有改动任何记录。"),
        _("请返回上一页再试；如果是从别处复制的地址，请检查是否复制完整。"),
        "http.bad_request",
    ),
    403: Trouble(
        403,
        _("这一页不在您的岗位范围内"),
        _("您的岗位没有打开这一页的权限，或者页面停留太久，安全标记已经过期。"),
        _("请刷新后再试；如确有需要，请联系本单位管理员调整岗位。"),
        "http.forbidden",
    ),
    404: Trouble(
        404,
        _("没有找到这一页"),
        _("这个地址没有内容：可能写错了，可能已经撤下，也可能不在您可见的范围内。"),
        _("请检查地址，或从上方的栏目重新进入。"),
        "http.not_found",
    ),
    409: Trouble(
        409,
        _("与别人的修改冲突"),
        _("您打开这一页之后，别人已经修改了同一条记录，所以您的修改没有保存。"),
        _("请返回查看最新内容，再决定是否重做；您填写的内容仍保留在页面上。"),
        "http.conflict",
    ),
    413: Trouble(
        413,
        _("发来的内容太大"),
        _("文件或内容超过了一次能接收的大小，所以没有接收。"),
        _("请拆分或压缩后再试。"),
        "http.too_large",
    ),
    429: Trouble(
        429,
        _("请求太频繁"),
        _("短时间内从您这里来的请求太多，系统先停一停，以免影响别人。"),
        _("请等一分钟再试，已经提交成功的内容不会丢失。"),
        "http.too_many",
    ),
    500: Trouble(
        500,
        _("系统出了差错"),
        _("处理这个请求时系统内部出了差错，这一次的修改没有保存，之前的内容都在。"),
        _("请稍后再试；如果仍然这样，请把时间和下面的代码告诉管理员。"),
        "http.internal",
    ),
}


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """The page for a status. It must never fail itself, so 500 is rendered without the request's context."""
    trouble = TROUBLES[status]
    template = "kit/errors/bare.html" if status == 500 else "kit/errors/page.html"
    context = {"trouble": trouble, "path": request.path}
    try:
        return HttpResponse(
            loader.render_to_string(template, context, request if status != 500 else None), status=status
        )
    except Exception:
        if status == 500:
            raise
        return HttpResponse(loader.render_to_string("kit/errors/bare.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404)


def internal(request: HttpRequest) -> HttpResponse:
    return answer(request, 500)
