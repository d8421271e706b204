"""Forms that write to entity lists, and what phones send for them."""

TREES = """
| survey |
| | type | name | label | save_to |
| | text | species | 树种 | species |
| | select_one street | street | 街镇 | |
| | integer | girth | 胸径 | girth |
| choices |
| | list_name | name | label |
| | street | nanxiang | 南翔镇 |
| | street | jiangqiao | 江桥镇 |
| entities |
| | list_name | label |
| | trees | ${species} |
| settings |
| | form_id | version |
| | plant | 1 |
"""

VISIT = """
| survey |
| | type | name | label | save_to |
| | select_one_from_file trees.csv | tree | 哪棵树 | |
| | date | day | 日期 | |
| | integer | girth | 胸径 | girth |
| | text | state | 长势 | state |
| entities |
| | list_name | entity_id |
| | trees | ${tree} |
| settings |
| | form_id | version |
| | visit | 1 |
"""

STALLS = """
| survey |
| | type | name | label | save_to |
| | text | market | 市场 | |
| | begin_repeat | stall | 摊位 | |
| | text | number | 摊位号 | number |
| | end_repeat | | | |
| entities |
| | list_name | label |
| | stalls | ${number} |
| settings |
| | form_id | version |
| | market | 1 |
"""

_SPACES = 'xmlns:orx="http://openrosa.org/xforms"'


def meta(instance: str, entity: str = "", replaces: str = "") -> str:
    old = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return f"<meta>{entity}<instanceID>{instance}</instanceID>{old}</meta>"


def planted(instance: str, tree: str, species: str = "银杏", girth: object = 30, street: str = "nanxiang", label: str | None = None,
            replaces: str = "", branch: str = "") -> bytes:  # fmt: skip
    """A tree is made."""
    entity = (
        f'<entity dataset="trees" create="1" id="{tree}"{f" branchId={branch!r}" if branch else ""}>'
        f"<label>{species if label is None else label}</label></entity>"
    )
    body = f"<species>{species}</species><street>{street}</street><girth>{girth}</girth>"
    return f'<data {_SPACES} id="plant" version="1">{body}{meta(instance, entity, replaces)}</data>'.encode()


def visited(instance: str, tree: str, base: object = 1, *, trunk: object = "", branch: str = "", day: str = "2021-09-16",
            replaces: str = "", **answers: object) -> bytes:  # fmt: skip
    """A tree is changed; an answer left out was not asked."""
    entity = f'<entity dataset="trees" update="1" id="{tree}" baseVersion="{base}" trunkVersion="{trunk}" branchId="{branch}"/>'
    body = "".join(f"<{name}>{value}</{name}>" for name, value in answers.items())
    return (
        f'<data {_SPACES} id="visit" version="1"><tree>{tree}</tree><day>{day}</day>{body}'
        f"{meta(instance, entity, replaces)}</data>"
    ).encode()


def market(instance: str, *stalls: tuple[str, str]) -> bytes:
    """Stalls of a market: (id, number), one entity for each repeat."""
    body = "".join(
        f'<stall><number>{number}</number><meta><entity dataset="stalls" create="1" id="{stall}"><label>{number}</label>'
        "</entity></meta></stall>"
        for stall, number in stalls
    )
    return (
        f'<data {_SPACES} id="market" version="1"><market>南翔</market>{body}{meta(instance)}</data>'.encode()
    )
