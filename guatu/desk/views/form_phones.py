"""Filling in: the page with the form, the keys and QR codes by which ODK Collect is set up, the example workbook."""

import base64
import io
import json
import zlib
from typing import Any
from urllib.parse import quote
from uuid import UUID

import segno
from csp.constants import UNSAFE_INLINE, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from openpyxl import Workbook

from guatu.campaigns.models import Campaign
from guatu.desk.current import current_campaign
from guatu.desk.forms.fieldwork import KeyForm
from guatu.desk.views.case import person_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import DeviceKey, Form
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.units.models import Person

# What the form engine needs beyond the usual: its expression parser is WebAssembly, it carries its styles and fonts itself.
_FOR_THE_ENGINE: dict[str, Any] = {
    "script-src": [WASM_UNSAFE_EVAL],
    "style-src": [UNSAFE_INLINE],
    "connect-src": ["data:"],
    "font-src": ["'self'", "data:"],
    "worker-src": ["blob:"],
    "media-src": ["'self'", "blob:"],
}


@csp_update(_FOR_THE_ENGINE)  # type: ignore[arg-type]  # typed for views without arguments only
@never_cache
@require_GET
def form_fill(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Fill in a form here, at a desk or on a phone. Forms open to everybody need no signing in."""
    row = Form.objects.select_related("campaign", "current").filter(id=form_id).first()
    if row is None or row.current is None:
        raise Problem("access.not_found")
    signed_in = isinstance(request.user, Person)
    if not row.settings.get("public"):
        if not signed_in:
            return redirect(f"{reverse('account_login')}?next={quote(request.path)}")
        reads.form(person_of(request).scope, form_id)
        require(person_of(request).scope, "submission.send")
    if row.status not in ("open", "closing"):
        raise Problem("submission.form_closed", name=row.name)
    base = f"/openrosa/{row.campaign.code}/forms/{quote(row.code, safe='')}/{quote(row.current.version, safe='')}/"
    after = (
        reverse("desk:submissions", args=[row.id])
        if signed_in and person_of(request).scope.may(reads.RIGHT)
        else ""
    )
    context = {
        "row": row,
        "form_url": f"{base}form.xml",
        "media_url": f"{base}media/",
        "submit_url": f"/openrosa/{row.campaign.code}/submission?deviceID=web",
        "draft": f"{row.code}:{row.current.version}:{request.user.pk if signed_in else 'public'}",
        "after_url": after if request.GET.get("once") else "",
        "back_url": after,
        "signed_in": signed_in,
    }
    return render(request, "desk/forms/fill.html" if signed_in else "desk/forms/fill_public.html", context)


def provisioning(campaign: Campaign, server: str, username: str = "", password: str = "") -> str:
    """What ODK Collect reads out of the QR code: base64 of zlib of its settings."""
    settings = {
        "general": {
            "server_url": server,
            **({"username": username, "password": password} if username else {}),
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "admin": {},
        "project": {"name": campaign.name[:40], "icon": "挂", "color": "#b3261e"},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode())).decode()


@require_GET
@login_required
def phones(request: HttpRequest) -> HttpResponse:
    """The keys of phones, and how a phone is set up."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, "form.read")
    context = {
        "campaign": campaign,
        "keys": reads.keys(person.scope, campaign),
        "form": _key_form(None, person, campaign),
        "server": request.build_absolute_uri(f"/openrosa/{campaign.code}"),
    }
    return render(request, "desk/forms/phones.html", context)


def _key_form(given: Any, person: Person, campaign: Campaign) -> KeyForm:
    everybody = person.scope.allows("form.edit", area=campaign.area)
    people = (
        Person.objects.filter(is_active=True).order_by("name")
        if everybody
        else Person.objects.filter(id=person.id)
    )
    return KeyForm(given, people=people, initial={"person": person.id, "how": "qr"})


@never_cache
@require_http_methods(["POST"])
@login_required
def phone_new(request: HttpRequest) -> HttpResponse:
    """Issue a key; its QR code is shown on this page only, this once."""
    person, campaign = person_of(request), current_campaign(request)
    form = _key_form(request.POST, person, campaign)
    if not form.is_valid():
        context = {"campaign": campaign, "keys": reads.keys(person.scope, campaign)}
        return form_page(request, "desk/forms/phones.html", form, **context)
    made = acts.make_key(
        by=person, campaign=campaign, person=form.cleaned_data["person"], name=form.cleaned_data["name"],
        digest=form.cleaned_data["how"] == "digest",
    )  # fmt: skip
    own = "" if made.username else f"key/{made.token}/"
    server = request.build_absolute_uri(f"/openrosa/{own}{campaign.code}")
    code = segno.make(provisioning(campaign, server, made.username, made.password), error="l")
    context = {
        "campaign": campaign,
        "key": made.key,
        "username": made.username,
        "password": made.password,
        "server": server,
        "qr": code.png_data_uri(scale=6, border=3),
    }
    return render(request, "desk/forms/phone_key.html", context)


@require_POST
@login_required
def phone_end(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """End a key: what is on the phone stays there, nothing more comes in by it."""
    person = person_of(request)
    key = DeviceKey.objects.select_related("campaign", "person").filter(id=key_id).first()
    if key is None or key.id not in {each.id for each in reads.keys(person.scope, key.campaign)}:
        raise Problem("access.not_found")
    acts.end_key(by=person, key=key)
    say(request, _("登记码“%(name)s”已停用。") % {"name": key.name})
    return redirect("desk:phones")


_EXAMPLE: dict[str, list[list[str]]] = {
    "survey": [
        ["type", "name", "label::中文 (zh)", "label::English (en)", "required", "constraint", "constraint_message::中文 (zh)", "constraint_message::English (en)"],
        ["date", "day", "活动日期", "Day", "yes", "", "", ""],
        ["select_one street", "street", "街镇", "Street or town", "yes", "", "", ""],
        ["integer", "people", "参加人数", "People", "yes", ". >= 0 and . <= 50000", "人数应在 0 到 50000 之间", "0 to 50000 people"],
        ["select_multiple work", "work", "主要内容", "Work done", "", "", "", ""],
        ["image", "photo", "现场照片", "Photo", "", "", "", ""],
    ],
    "choices": [
        ["list_name", "name", "label::中文 (zh)", "label::English (en)"],
        ["street", "nanxiang", "南翔镇", "Nanxiang"],
        ["street", "jiangqiao", "江桥镇", "Jiangqiao"],
        ["work", "road", "道路冲洗", "Roads washed"],
        ["work", "rubbish", "清理垃圾", "Rubbish cleared"],
    ],
    "settings": [["form_id", "version", "form_title", "default_language"], ["clean_day", "2021091601", "环境清洁日活动", "中文 (zh)"]],
}  # fmt: skip


@require_GET
@login_required
def form_example(request: HttpRequest) -> HttpResponseBase:
    """A small workbook to begin with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _EXAMPLE.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename="clean_day.xlsx")


urlpatterns = [
    path("<uuid:form_id>/fill/", form_fill, name="form_fill"),
    path("phones/", phones, name="phones"),
    path("phones/new/", phone_new, name="phone_new"),
    path("phones/<uuid:key_id>/end/", phone_end, name="phone_end"),
    path("example/", form_example, name="form_example"),
]
