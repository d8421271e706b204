"""ODK Collect with entity lists: made in one form, chosen and changed in another, offline and out of order."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

from guatu.kernel import ids
from tests.intake.client import Phone
from tests.registers.entity_papers import planted, visited

MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


def fresh() -> str:
    return str(ids.new())


def list_of(phone: Phone, form: str = "visit", name: str = "trees.csv"):
    """The list's entry in the manifest of the form, as a dictionary, and its type."""
    listed = phone.get(f"formList?formID={form}").root[0]
    manifest = phone.get(listed.findtext("{*}manifestUrl")).root
    found = next(node for node in manifest if node.findtext(f"{MANIFEST}filename") == name)
    return {each.tag.rpartition("}")[2]: each.text for each in found}, found.get("type")


def rows(phone: Phone) -> dict[str, dict[str, str]]:
    file, _kind = list_of(phone)
    body = phone.get(file["downloadUrl"]).body.decode()
    return {row["name"]: row for row in csv.DictReader(io.StringIO(body))}


def test_made_in_one_form_and_changed_in_another(server):
    phone, tree = server.phone(), fresh()
    before, kind = list_of(phone)
    assert kind == "entityList"
    assert phone.send(planted(f"uuid:{fresh()}", tree, species="银杏, 老树")).status == 201

    after, _kind = list_of(phone)
    assert before["hash"] != after["hash"]
    fetched = phone.get(after["downloadUrl"])
    assert fetched.headers["content-type"].startswith("text/csv")
    assert fetched.body.decode().splitlines()[0] == "name,label,__version,species,girth,state"
    assert rows(phone)[tree]["label"] == "银杏, 老树"
    again = phone.get(after["downloadUrl"], If_None_Match=fetched.headers["etag"])
    assert (again.status, again.body) == (304, b"")

    assert (
        phone.send(visited(f"uuid:{fresh()}", tree, rows(phone)[tree]["__version"], girth=44)).status == 201
    )
    assert (rows(phone)[tree]["girth"], rows(phone)[tree]["__version"]) == ("44", "2")
    assert phone.get(after["downloadUrl"], If_None_Match=fetched.headers["etag"]).status == 200


def test_everybody_gets_his_own_part(server):
    nanxiang, jiangqiao, inspector = server.phone(), server.phone("jiangqiao"), server.phone("xuncha")
    tree = fresh()
    nanxiang.send(planted(f"uuid:{fresh()}", tree))
    assert tree in rows(nanxiang)
    assert tree in rows(inspector)
    assert tree not in rows(jiangqiao)
    known, _kind = list_of(jiangqiao)
    nanxiang.send(visited(f"uuid:{fresh()}", tree, girth=45))
    assert (
        list_of(jiangqiao)[0]["hash"] == known["hash"]
    )  # nothing of theirs changed: nothing is fetched again


def test_a_phone_asks_what_it_should_drop(server):
    nanxiang, jiangqiao = server.phone(), server.phone("jiangqiao")
    tree, offline = fresh(), fresh()
    nanxiang.send(planted(f"uuid:{fresh()}", tree))
    for phone, gone in ((nanxiang, "false"), (jiangqiao, "true")):
        file, _kind = list_of(phone)
        answer = phone.get(f"{file['integrityUrl']}?id={tree},{offline}")
        assert answer.root.tag == "data"
        entities = {node.get("id"): node.findtext("deleted") for node in answer.root.iter("entity")}
        assert entities == {tree: gone}


def test_out_of_order_and_all_at_once(server):
    phone, tree, branch = server.phone(), fresh(), fresh()
    papers = [visited(f"uuid:{fresh()}", tree, base, branch=branch, girth=40 + base) for base in (4, 2, 3, 1)]
    papers.append(planted(f"uuid:{fresh()}", tree))
    with ThreadPoolExecutor(5) as crowd:
        assert {reply.status for reply in crowd.map(phone.send, papers)} == {201}
    assert (rows(phone)[tree]["girth"], rows(phone)[tree]["__version"]) == ("44", "5")
    for paper in papers:
        assert phone.send(paper).status == 201
    assert rows(phone)[tree]["__version"] == "5"


def test_the_probe_before_the_list(server):
    phone = server.phone()
    file, _kind = list_of(phone)
    probe = phone.head(file["downloadUrl"])
    assert (probe.status, probe.body) == (200, b"")
    assert phone.get(file["downloadUrl"].replace("trees", "benches")).status == 404
    assert server.browser().get("/openrosa/expo/forms/visit/1/media/trees.csv").status == 401
