"""The pages of packs: shelves, mistakes, comparison, application."""

import pytest
from django.urls import reverse

from guatu.campaigns.models import Campaign
from guatu.packs import library
from guatu.packs.scaffold import new_pack
from tests.cast import assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return assemble()


@pytest.fixture
def shelf(tmp_path, settings):
    """A shelf of the office's own with one sound and one faulty pack."""
    settings.GUATU_HOME = tmp_path
    folder = new_pack(tmp_path / "packs", "small-2021", title="小保障")
    faulty = new_pack(tmp_path / "packs", "faulty-2021", title="有错的")
    (faulty / "cases.toml").write_text("[[classes]]\nname = 3\n", encoding="utf-8")
    assert {"small-2021", "faulty-2021", "jiading-2021"} <= set(library.folders())
    return folder.parent


def get(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(f"packs:{name}", args=args), query)


def test_the_shelves(cast, client, shelf):
    text = get(client, cast.jinbo, "packs").content.decode()
    for words in ("小保障", "有错的", "jiading-2021", "2 处错误", "未应用"):
        assert words in text


def test_a_faulty_pack_tells_its_mistakes_and_cannot_be_applied(cast, client, shelf):
    text = get(client, cast.jinbo, "pack", "faulty-2021", compare=1).content.decode()
    assert "cases.toml · 2" in text
    assert "code = &quot;0113&quot;" in text
    assert reverse("packs:apply", args=["faulty-2021"]) not in text
    answer = client.post(reverse("packs:apply", args=["faulty-2021"]))
    assert answer.status_code == 400
    assert not Campaign.objects.filter(code="faulty-2021").exists()


def test_compare_then_apply(cast, client, shelf):
    assert "与本库比较" in get(client, cast.jinbo, "pack", "small-2021").content.decode()
    text = get(client, cast.jinbo, "pack", "small-2021", compare=1).content.decode()
    assert "应用这些更改" in text
    assert not Campaign.objects.filter(code="small-2021").exists()
    answer = client.post(reverse("packs:apply", args=["small-2021"]), follow=True)
    assert "已应用：新增或更改" in answer.content.decode()
    assert Campaign.objects.filter(code="small-2021").exists()
    assert "没有需要更改的" in get(client, cast.jinbo, "pack", "small-2021", compare=1).content.decode()


def test_in_english(cast, client, shelf):
    type(cast.jinbo).objects.filter(id=cast.jinbo.id).update(language="en")
    text = get(client, type(cast.jinbo).objects.get(id=cast.jinbo.id), "pack", "faulty-2021").content.decode()
    assert "What is wrong" in text
    assert "code is missing" in text


def test_who_may(cast, client, shelf):
    for person in (cast.nanxiang, cast.lvrong, cast.passer_by):
        assert get(client, person, "packs").status_code == 403
        assert get(client, person, "pack", "small-2021").status_code == 403
        assert client.post(reverse("packs:apply", args=["small-2021"])).status_code == 403
    assert get(client, cast.jinbo, "pack", "nothing").status_code == 404
    client.logout()
    assert client.get(reverse("packs:packs")).status_code == 302
