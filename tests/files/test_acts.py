"""Attaching, and the walk of an import: it works; then every refusal."""

import io
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from PIL import Image

from guatu.files import acts, reads
from guatu.files.bytes import clean, path_of, thumb
from guatu.files.models import Attachment, ImportRun
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.units.models import Contract

pytestmark = pytest.mark.django_db


def picture(kind="JPEG", mode="RGB", size=(40, 30), **options):
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 1).save(out, kind, **options)
    return out.getvalue()


def upload(content, name="photo.jpg"):
    return SimpleNamespace(name=name, read=lambda: content)


def code_of(act, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        act(*args, **kwargs)
    return caught.value.code


# ------------------------------------------------------------------------------------------ attachments


def test_a_photo_loses_what_it_tells_about_its_sender(cast):
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(exif=exif.tobytes()) + b"hidden behind the end"
    place = cast.places["NX-001"]
    row = acts.attach(
        by=cast.nanxiang, subject=place, upload=upload(content), purpose="before", lon=121.3, lat=31.2
    )
    kept = path_of(row.stored).read_bytes()
    assert b"SecretPhone" not in kept
    assert b"hidden" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert (row.content_type, row.width, row.height, row.lon) == ("image/jpeg", 40, 30, 121.3)
    assert row.sha256 != row.sent_sha256
    assert Act.objects.get(verb="file.attached").subject_id == str(place.id)
    assert [each.id for each in reads.attachments_of(place, "before")] == [row.id]
    with Image.open(thumb(row.stored)) as small:
        assert small.size[0] <= 320


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB"), ("JPEG", "L")]
)
def test_pictures_of_every_kind(kind, mode):
    found = clean(picture(kind, mode), "a")
    assert found.content_type == f"image/{kind.lower()}"
    assert clean(found.content, "a").content_type == found.content_type


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", "application/pdf"), (b"\x00\x00\x00\x18ftypmp42xx", "video/mp4"), (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"), (b"ID3\x03", "audio/mpeg"), (b"#!AMR\nx", "audio/amr"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm A_OPUS", "audio/webm"), (b"\x1aE\xdf\xa3\x9fB\x82\x84webm V_VP8", "video/webm"),
        (b"OggS\x00\x02", "audio/ogg"), (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("说明".encode(), "text/plain"), ("说明".encode("gb18030"), "text/plain"),
    ],
)  # fmt: skip
def test_other_files_by_their_bytes(content, kind):
    assert clean(content, "x").content_type == kind


def test_office_files():
    def office(*names):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        return out.getvalue()

    assert clean(office("word/document.xml"), "a").content_type.endswith("wordprocessingml.document")
    assert code_of(clean, office("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsm") == "file.macros"
    assert code_of(clean, office("a.exe"), "a.zip") == "file.unknown_type"
    assert code_of(clean, b"PK\x03\x04nothing", "a.docx") == "file.unknown_type"
    assert clean(b"a,b", "a.csv").content_type == "text/csv"
    assert clean(b"{}", "a.geojson").content_type == "application/geo+json"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"), (b"<html><script>", "file.unknown_type"), (b"<svg onload=x>", "file.unknown_type"),
        (b"MZ\x00\x01", "file.unknown_type"), (b"\x00\x00\x00\x18ftypheic", "file.unknown_type"), (b"\xff\xd8\xffbroken", "file.bad_picture"),
        (b"\xff\xff\xff\xff\x81", "file.unknown_type"),
    ],
)  # fmt: skip
def test_files_that_stay_out(content, code):
    assert code_of(clean, content, "x.jpg") == code


def test_floods_stay_out(monkeypatch):
    monkeypatch.setattr("guatu.files.bytes.MOST_PIXELS", 100)
    assert code_of(clean, picture(), "x") == "file.bad_picture"
    monkeypatch.setattr("guatu.files.bytes._LIMIT", 3)
    assert code_of(clean, b"%PDF-1.7", "x") == "file.too_large"


def test_nobody_attaches_to_what_he_may_not_see(cast):
    place = cast.places["JQ-001"]
    assert (
        code_of(acts.attach, by=cast.nanxiang, subject=place, upload=upload(picture()), purpose="x")
        == "access.not_found"
    )


def test_withdrawing_a_file(cast):
    place = cast.places["NX-001"]
    row = acts.attach(by=cast.nanxiang, subject=place, upload=upload(picture()), purpose="x")
    assert code_of(acts.withdraw, by=cast.lvrong, attachment=row) == "access.denied"
    acts.withdraw(by=cast.nanxiang, attachment=row)
    assert reads.attachments_of(place) == []
    assert code_of(reads.attachment, cast.nanxiang.scope, row.id) == "file.gone"
    assert code_of(reads.attachment, cast.jiangqiao.scope, row.id) == "access.not_found"


# ---------------------------------------------------------------------------------------------- imports


def table(*lines):
    return "\n".join(["编号,名称,类别,经度,纬度,区域,容量", *lines]).encode()


GOOD = table("A-1,甲,停车场,121.31,31.29,南翔镇,120", "A-2,乙,商场,,,南翔镇,")


def walk(by, content=GOOD, kind="place", **options):
    return acts.import_file(by=by, kind=kind, path=content, name="点位.csv", **options)


def test_the_whole_walk_and_back(cast):
    run = walk(cast.nanxiang)
    assert (run.status, run.totals["new"], run.errors) == ("applied", 2, [])
    place = Place.objects.get(number="A-1")
    assert (place.area, place.capacity, place.home) == ("310114102", 120, "310114102")
    assert Act.objects.get(subject_id=str(place.id)).via == f"import:{run.id}"
    again = walk(cast.nanxiang)
    assert (again.totals["same"], again.created, again.changed) == (2, [], [])
    acts.undo_import(by=cast.nanxiang, run=run)
    assert set(Place.objects.filter(number__in=["A-1", "A-2"]).values_list("withdrawn", flat=True)) == {True}
    back = walk(cast.nanxiang)
    assert back.totals["changed"] == 2
    assert not Place.objects.get(number="A-1").withdrawn


def test_a_changed_row_and_its_undo(cast):
    walk(cast.nanxiang)
    run = walk(cast.nanxiang, table("A-1,甲改名,停车场,121.31,31.29,南翔镇,99.50"))
    assert (run.totals["changed"], Place.objects.get(number="A-1").name) == (1, "甲改名")
    acts.undo_import(by=cast.nanxiang, run=run)
    place = Place.objects.get(number="A-1")
    assert (place.name, place.capacity) == ("甲", 120)


def test_wrong_rows_stay_out_and_come_back_with_their_reasons(cast):
    run = walk(
        cast.nanxiang,
        table("A-1,甲,,121.31,31.29,南翔镇,很多", ",无号,,,,南翔镇,", "A-3,丙,,121.31,,南翔镇,", "A-4,丁,,,,火星镇,",
              "A-5,戊,,,,江桥镇,", "A-6,好,,,,南翔镇,", "A-6,重,,,,南翔镇,", "A-7,外,,31.29,121.31,南翔镇,"),
    )  # fmt: skip
    assert (run.status, run.totals["new"], run.totals["error"]) == ("applied", 1, 7)
    found = {wrong.line: (wrong.column, wrong.code) for wrong in reads.wrongs(run)}
    assert found == {
        2: ("容量", "import.not_a_number"), 3: ("编号", "import.empty_cell"), 4: ("经度", "place.half_a_point"),
        5: ("区域", "place.unknown_area"), 6: ("区域", "access.denied"), 8: ("", "import.twice"), 9: ("经度", "place.not_in_china"),
    }  # fmt: skip
    headings, lines = reads.bad_rows(run)
    rows = list(lines)
    assert headings[-1] == "问题"
    assert len(rows) == 7
    assert "第 2 行“容量”一列写的是“很多”" in rows[0][-1]
    assert reads.by_column(reads.wrongs(run))[0][2] == 1


def test_undo_names_what_has_been_built_on(cast):
    run = walk(cast.nanxiang)
    place = Place.objects.get(number="A-1")
    Contract.objects.create(home=place.home, kind="block", person=cast.nanxiang, place=place, area=place.area, from_day="2021-09-01")  # fmt: skip
    with pytest.raises(Problem) as caught:
        acts.undo_import(by=cast.nanxiang, run=run)
    assert caught.value.code == "import.built_on"
    assert "甲" in caught.value.sentence()
    assert not Place.objects.get(number="A-2").withdrawn


def test_mapping_by_hand(cast):
    content = "甲列,乙列,丙列\nB-1,某处,南翔镇".encode()
    run = acts.start_import(by=cast.nanxiang, kind="place", name="x.csv", content=content)
    assert run.mapping == {}
    assert code_of(acts.check_import, by=cast.nanxiang, run=run) == "import.unmapped"
    assert (
        code_of(acts.map_columns, by=cast.nanxiang, run=run, mapping={"strange": "甲列"})
        == "import.unknown_field"
    )
    assert (
        code_of(acts.map_columns, by=cast.nanxiang, run=run, mapping={"number": "丁列"})
        == "import.unknown_column"
    )
    twice = {"number": "甲列", "name": "甲列"}
    assert code_of(acts.map_columns, by=cast.nanxiang, run=run, mapping=twice) == "import.column_twice"
    acts.map_columns(by=cast.nanxiang, run=run, mapping={"number": "甲列", "name": "乙列", "area": "丙列"})
    acts.check_import(by=cast.nanxiang, run=run)
    assert run.totals["new"] == 1
    assert code_of(acts.apply_import, by=cast.nanxiang, run=run, version=1) == "kernel.stale"


def test_another_sheet_is_read_anew(cast):
    book = openpyxl.Workbook()
    book.active.append(["无关", "表"])
    book.create_sheet("点位").append(["编号", "名称"])
    out = io.BytesIO()
    book.save(out)
    run = acts.start_import(by=cast.nanxiang, kind="place", name="a.xlsx", content=out.getvalue())
    assert run.headings == ["无关", "表"]
    acts.map_columns(by=cast.nanxiang, run=run, mapping={}, options={"sheet": "点位"})
    assert run.mapping == {"number": "编号", "name": "名称"}


def test_steps_in_the_wrong_order(cast):
    run = acts.start_import(by=cast.nanxiang, kind="place", name="x.csv", content=GOOD)
    assert code_of(acts.apply_import, by=cast.nanxiang, run=run) == "import.wrong_state"
    assert code_of(acts.undo_import, by=cast.nanxiang, run=run) == "import.wrong_state"
    acts.check_import(by=cast.nanxiang, run=run)
    acts.apply_import(by=cast.nanxiang, run=run)
    assert code_of(acts.check_import, by=cast.nanxiang, run=run) == "import.wrong_state"


def test_nothing_good(cast):
    run = walk(cast.nanxiang, table(",x,,,,南翔镇,"))
    assert run.status == "checked"
    assert code_of(acts.apply_import, by=cast.nanxiang, run=run) == "import.nothing_good"
    assert code_of(acts.apply_later, by=cast.nanxiang, run=run) == "import.nothing_good"


def test_who_may_not(cast):
    assert code_of(walk, cast.passer_by) == "access.denied"
    assert code_of(walk, cast.nanxiang, kind="moon") == "import.unknown_kind"
    assert code_of(walk, cast.jinbo, kind="task") == "import.needs_campaign"
    run = walk(cast.nanxiang)
    assert code_of(reads.run, cast.jiangqiao.scope, run.id) == "access.not_found"
    assert reads.run(cast.nanxiang.scope, run.id) == run
    assert list(reads.seen_runs(SYSTEM.scope, [str(run.id)]).values()) == ["点位.csv"]


def test_in_the_background(cast, run_jobs):
    run = walk(cast.nanxiang, dry_run=True)
    acts.apply_later(by=cast.nanxiang, run=run)
    assert run.status == "applying"
    assert run_jobs() >= 1
    run.refresh_from_db()
    assert (run.status, len(run.created)) == ("applied", 2)


def test_a_stopped_run_goes_on_where_it_stopped(cast):
    run = walk(cast.nanxiang, dry_run=True)
    walk(cast.nanxiang, table("A-1,甲,停车场,121.31,31.29,南翔镇,120"))
    run.status = "applying"
    run.save()
    acts.apply_import(by=cast.nanxiang, run=run)
    assert len(run.created) == 1


def test_a_table_of_people_is_destroyed_once_it_is_in(cast, django_capture_on_commit_callbacks):
    content = "用户名,姓名,单位,电话\nlisi,李四,绿容局,13812345678".encode()
    with django_capture_on_commit_callbacks(execute=True):
        run = walk(cast.jinbo, content, kind="person")
    run = ImportRun.objects.select_related("source").get(id=run.id)
    assert run.source.stored == ""
    assert code_of(reads.source_table, run) == "file.gone"
    mark = Attachment.objects.get(id=run.source_id).sha256
    assert not path_of(f"{mark[:2]}/{mark[2:4]}/{mark}").exists()


def test_values_of_personal_fields_are_masked(cast):
    run = walk(cast.jinbo, "用户名,姓名,单位,电话\nlisi,李四,绿容局,138-不知道-5678".encode(), kind="person")
    wrong = reads.wrongs(run)[0]
    assert "不知道" not in wrong.value
