"""The cast itself: who may see what, in four lines, before any noun says it again."""

from tests.cast import DISTRICT, GUYIYUAN, JIANGQIAO, NANXIANG, Cast


def test_streets_stay_in_their_own_area(cast: Cast):
    assert cast.nanxiang.scope.allows("case.open", area=GUYIYUAN)
    assert not cast.nanxiang.scope.allows("case.open", area=JIANGQIAO)
    assert not cast.nanxiang.scope.allows("case.open", area=DISTRICT)
    assert cast.lvrong.scope.allows("task.report", area=NANXIANG, units=("jd/lrj/",))
    assert not cast.lvrong.scope.allows("task.report", area=NANXIANG, units=("jd/nxz/",))
    assert not any(cast.passer_by.scope.may(right) for right in ("case.read", "task.read", "figure.read"))


def test_everybody_signs_in(cast: Cast, signed_in):
    assert "_auth_user_id" in signed_in(cast.xuncha).session


def test_the_day_is_fifty_days_before(cast: Cast, campaign_clock):
    assert (cast.campaign.opens_on - campaign_clock.date()).days == 50
