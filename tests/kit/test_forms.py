"""Forms: every error is said beside the field and on top, a refusal keeps what was typed, pages never save rows."""

import pytest
from django import forms as django_forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.kit import forms, toasts
from guatu.kit.patterns import SampleForm, wrong_form
from guatu.kit.shortcuts import form_page, next_url
from guatu.kit.widgets import ManyFilesField


def test_labels_hints_and_groups():
    text = str(SampleForm())
    assert '<label for="id_title">' in text
    assert 'id="id_title_helptext"' in text
    assert 'aria-describedby="id_title_helptext"' in text
    assert 'type="date"' in text
    assert "<legend>什么问题</legend>" in text
    assert "选填" in text


def test_errors_stand_beside_the_field_and_on_top():
    text = str(wrong_form())
    assert 'role="alert"' in text
    assert '<a href="#id_title">请填写“问题简述”。</a>' in text
    assert 'id="id_title_error"' in text
    assert 'aria-invalid="true"' in text
    assert "请选择“问题类别”。" in text
    assert "有 6 处需要改正" in text
    assert 'value="9月31日"' in text  # what was typed is kept


def test_a_refusal_says_what_to_do_next():
    form = SampleForm({"title": "甲"})
    form.add_problem(Problem("kernel.future", effective_at="明天"), "due")
    assert "请检查日期和时间。" in form.errors["due"][-1]
    form.add_problem(Problem("kernel.future", effective_at="明天"), "no such field")
    assert form.non_field_errors()


def test_a_form_page_tells_clients_that_it_was_not_accepted():
    request = RequestFactory().get("/")
    assert form_page(request, "kit/forms/form.html", SampleForm()).status_code == 200
    assert form_page(request, "kit/forms/form.html", wrong_form()).status_code == 422


def test_a_model_form_never_saves():
    class Setting(forms.ModelForm):
        class Meta:
            model = StoreSetting
            fields = ("key",)

    with pytest.raises(TypeError, match="acts"):
        Setting({"key": "x"}).save()


def test_several_files_at_once():
    class Photos(forms.Form):
        photos = ManyFilesField(label="照片")
        more = ManyFilesField(label="更多", required=False)

    two = [SimpleUploadedFile(f"{n}.jpg", b"x") for n in "ab"]
    form = Photos({}, {"photos": two})
    form.files = type("Files", (dict,), {"getlist": dict.get})(photos=two)
    assert form.fields["photos"].clean(two) == two
    assert form.fields["more"].clean(None) == []
    with pytest.raises(django_forms.ValidationError):
        form.fields["photos"].clean([])


def test_after_a_post_one_stays_on_this_site():
    factory = RequestFactory()
    assert next_url(factory.post("/", {"next": "/cases/?a=1"}), "/") == "/cases/?a=1"
    for bad in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""):
        assert next_url(factory.post("/", {"next": bad}), "/") == "/"


def test_a_toast_offers_its_way_back_only_on_this_site():
    def toast(undo, level=messages.SUCCESS):
        stored = Message(level, "已派单。", extra_tags=f"undo:{undo}" if undo else "")
        return toasts.toast_of(stored)

    assert toast("/cases/1/undo/").undo == "/cases/1/undo/"
    assert toast("//elsewhere.example/").undo == ""
    assert toast("").undo == ""
    assert toast("", messages.ERROR).tone == "bad"


@pytest.mark.django_db
@pytest.mark.urls("tests.kit.urls")
def test_what_was_done_is_said_on_the_next_page(rf):
    request = rf.get("/")
    request.session = {}
    request._messages = CookieStorage(request)
    toasts.say(request, "已派给南翔镇。", undo="/undo/")
    assert [(m.message, m.extra_tags) for m in request._messages] == [("已派给南翔镇。", "undo:/undo/")]
