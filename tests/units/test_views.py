"""Saved views: one's own, shared with a unit, never showing more than the reader may see."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from guatu.kernel.problems import Problem
from guatu.units.acts import views as acts
from guatu.units.models import SavedView, ViewChoice
from guatu.units.viewreads import view_seen, views_of_list
from tests.cast import Cast

Signed = Callable[..., Client]


def keep(cast: Cast, name: str = "本周到期", **more: object) -> SavedView:
    given: dict[str, object] = {
        "by": cast.nanxiang,
        "list_name": "cases",
        "name": name,
        "query": "view=late",
        **more,
    }
    return acts.save_view(**given)  # type: ignore[arg-type]


def test_a_view_keeps_the_question_and_not_the_place_in_it(cast: Cast) -> None:
    row = keep(cast, query="?view=late&after=abc&x-before=1&q=%E5%9E%83&export=csv&on=2021-09-16")
    assert row.query == "view=late&q=%E5%9E%83"


def test_the_same_name_again_replaces(cast: Cast) -> None:
    keep(cast)
    again = keep(cast, query="view=today")
    assert SavedView.objects.get() == again
    assert again.query == "view=today"
    assert again.version == 2


def test_who_sees_it(cast: Cast) -> None:
    keep(cast)
    keep(cast, "给本单位", shared_with=cast.units["nxz"])
    keep(cast, "给大家", shared_with=cast.units["jd"])
    assert [row.name for row in views_of_list(cast.nanxiang, "cases")] == ["本周到期", "给大家", "给本单位"]
    assert [row.name for row in views_of_list(cast.jiangqiao, "cases")] == ["给大家"]
    assert views_of_list(cast.passer_by, "cases") == []
    assert views_of_list(cast.nanxiang, "tasks") == []
    with pytest.raises(Problem) as hidden:
        view_seen(cast.jiangqiao, SavedView.objects.get(name="本周到期").pk)
    assert hidden.value.code == "access.not_found"


def test_what_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row, other = keep(cast), keep(cast, "另一个")
    for code, call in (
        ("view.no_name", lambda: keep(cast, " ")),
        ("view.too_long", lambda: keep(cast, query="q=" + "x" * 3000)),
        ("view.not_shareable", lambda: keep(cast, shared_with=cast.units["jqz"])),
        ("view.not_yours", lambda: acts.rename_view(by=cast.jiangqiao, view=row, name="x")),
        ("view.not_yours", lambda: acts.withdraw_view(by=cast.jiangqiao, view=row)),
        ("view.no_name", lambda: acts.rename_view(by=cast.nanxiang, view=row, name="")),
        ("view.name_taken", lambda: acts.rename_view(by=cast.nanxiang, view=row, name=other.name)),
        ("kernel.stale", lambda: acts.rename_view(by=cast.nanxiang, view=row, name="x", version=99)),
    ):
        with pytest.raises(Problem) as refused:
            call()
        assert refused.value.code == code
    monkeypatch.setattr(acts, "MOST_VIEWS", 2)
    with pytest.raises(Problem) as many:
        keep(cast, "第三个")
    assert many.value.code == "view.too_many"


def test_deleted_and_brought_back(cast: Cast) -> None:
    row = keep(cast)
    acts.withdraw_view(by=cast.nanxiang, view=row)
    assert views_of_list(cast.nanxiang, "cases") == []
    keep(cast)
    with pytest.raises(Problem) as taken:
        acts.restore_view(by=cast.nanxiang, view=row)
    assert taken.value.code == "view.name_taken"
    acts.withdraw_view(by=cast.nanxiang, view=SavedView.objects.get(withdrawn=False))
    acts.restore_view(by=cast.nanxiang, view=row)
    assert len(views_of_list(cast.nanxiang, "cases")) == 1


def test_one_view_opens_the_list_for_each_person(cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "另一个", shared_with=cast.units["jd"])
    acts.choose_view(by=cast.nanxiang, view=one, first=True)
    acts.choose_view(by=cast.nanxiang, view=two, first=True, pinned=True)
    acts.choose_view(by=cast.jiangqiao, view=two, pinned=True)
    assert ViewChoice.objects.get(first=True).view == two
    assert [row.pinned for row in views_of_list(cast.jiangqiao, "cases")] == [True]


# --- pages -------------------------------------------------------------------------------------------------------


def test_save_open_share_rename_delete_undo_on_the_page(cast: Cast, signed_in: Signed) -> None:
    street, tasks = signed_in(cast.nanxiang), reverse("desk:tasks")
    said = {
        "list": "tasks",
        "name": "逾期的",
        "query": "q=x&after=1",
        "back": f"{tasks}?q=x",
        "pin": "1",
        "first": "1",
        "share": "all",
    }
    assert street.post(reverse("desk:view_save"), said)["Location"] == f"{tasks}?q=x"
    row = SavedView.objects.get()
    assert row.shared_with == cast.units["jd"]
    change = reverse("desk:view_change", args=[row.id])
    assert street.post(change, {"do": "rename", "name": "新名字", "back": tasks}).status_code == 302
    neighbour = signed_in(cast.jiangqiao)
    assert neighbour.post(change, {"do": "delete", "back": tasks}).status_code == 403
    assert neighbour.post(change, {"do": "pin", "back": tasks}).status_code == 302
    assert street.post(change, {"do": "delete", "back": tasks}).status_code == 302
    assert neighbour.post(change, {"do": "pin"}).status_code == 404
    undone = street.post(reverse("desk:view_restore", args=[row.id]) + f"?back={tasks}")
    assert undone["Location"] == f"{tasks}?q=x"
    assert street.post(change, {"do": "unpin", "back": "https://elsewhere.example/"})["Location"] == reverse(
        "desk:mine"
    )


def test_a_list_opens_with_ones_own_view_until_it_is_cleared(cast: Cast, signed_in: Signed) -> None:
    row = keep(cast, query="view=late")
    acts.choose_view(by=cast.nanxiang, view=row, first=True, pinned=True)
    street, cases = signed_in(cast.nanxiang), reverse("desk:cases")
    assert street.get(cases)["Location"] == f"{cases}?view=late"
    page = street.get(f"{cases}?view=late").content.decode()
    assert "本周到期" in page
    assert f"{cases}?plain=1" in street.get(f"{cases}?q=x").content.decode()
    assert street.get(f"{cases}?plain=1").status_code == 200
    assert signed_in(cast.jiangqiao).get(cases).status_code == 200
