"""Writes brief/fifty-days.docx, the Word template of the bulletin (简报) in the manner of GB/T 9704-2012. Run by hand;
the template is data of the pack and may be edited in a word processor.

    .venv/bin/python packs/jiading-2021/make_brief.py

Sheet A4; margins 37 mm above, 35 mm below, 28 mm left, 26 mm right, so that the text is 156 × 225 mm; grid of 22 lines by 28
characters. Fonts are named as the standard's users name them; where they are not installed the system puts others.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

HERE = Path(__file__).parent
RED = RGBColor(0xD4, 0x00, 0x00)
LINE = Pt(28.95)  # 22 of them fill 225 mm
SONG, XIAOBIAO, FANG, KAI, HEI = "宋体", "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
CENTER, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip


def f(key: str) -> str:
    return "{{ f['000." + key + "'] }}"


TEXT = (
    ("公文正文", f"距离第四届中国国际进口博览会开幕还有{f('days_to_opening')}天。区委、区政府成立领导小组，制定《第四届中国国际进口博览会"
                 f"上海市嘉定区城市服务保障工作方案》，召开工作动员会和工作组牵头单位联络员会议，{f('work_groups')}个工作组按方案推进，"
                 "各项保障工作有序进行。现将截至{{ as_of }}的情况通报如下。"),
    ("公文一级", "一、市容环境"),
    ("公文正文", f"全区梳理和排摸重大活动优化提升工作任务{f('tasks_listed')}项，已完工{f('tasks_completed')}项，完工率{f('task_completion_rate')}。"
                 f"市级问题整治整改平台先后发布涉及嘉定的整改案件{f('cases_issued')}个，已完成整改{f('cases_rectified')}个，整改率{f('case_rectification_rate')}。"
                 "南翔老街解放街河道浮萍清理完毕，江桥镇华江公路、金沙江西路、爱特路等重点道路人行道、车行道完成维修。"),
    ("公文正文", f"把每月15日定为城市环境清洁日，已开展专项清洁行动{f('clean_day_actions')}次，累计出动人员{f('clean_day_person_times')}人次，"
                 f"清理垃圾{f('clean_day_rubbish')}吨，整治结合部、三无通道{f('clean_day_places')}处。"),
    ("公文一级", "二、疫情防控"),
    ("公文正文", f"成立第四届进博会医疗卫生保障工作领导小组，下设疫情防控组、医疗救治组、卫生监督组{f('health_groups')}个专项工作组。"
                 f"在南翔镇组织大规模核酸快检演练，{f('sampling_drill_attendance')}人参加，检验了设备搭建、物资调配、人员排摸、信息采集和应急响应能力。"
                 "区迎园医院、徐行镇社区卫生服务中心等医疗机构也开展了防疫演练。"),
    ("公文一级", "三、服务保障"),
    ("公文二级", "（一）综合协调组"),
    ("公文正文", "统筹推进供需对接、媒体宣传等工作，召开媒体宣传、汽车展区供需对接等专题会议，优化资源配置，强化协调配合。"),
    ("公文二级", "（二）安全保障组"),
    ("公文正文", "牵头制定平安志愿者参与社会面防控工作方案，在重点单位、社区、街面开展隐患排查、治安巡逻、矛盾化解和防范宣传。"),
    ("公文二级", "（三）内宾接待保障组"),
    ("公文正文", "梳理接待保障任务，明确各单位分工，完善接待工作方案，与对口接待省份保持密切联系。"),
    ("公文二级", "（四）投资促进及外宾接待保障组"),
    ("公文正文", "制定工作方案，明确各成员单位对接内容和要求，组织街镇、区属企业和经济小区的进馆招商人员统一佩戴胸牌亮相进博会。"),
    ("公文二级", "（五）交易团保障组"),
    ("公文正文", f"做好嘉定交易分团专业观众报名工作，已有{f('delegation_units')}家单位、{f('delegation_persons')}人报名注册；跟踪掌握上届订单成交落实情况。"),
    ("公文二级", "（六）新闻宣传及窗口服务保障组"),
    ("公文正文", "筹备窗口服务主题活动，用好公交站台等宣传阵地，开展进博会倒计时公益广告宣传，营造喜迎进博的社会氛围。"),
    ("公文二级", "（七）市场监管服务保障组"),
    ("公文正文", f"组织食物中毒事故应急演练，分理论培训和实操{f('food_drill_parts')}部分，{f('food_drill_teams')}支队伍、{f('food_drill_persons')}人参加。"),
    ("公文二级", "（八）志愿者服务保障组"),
    ("公文正文", f"开展高温天关爱慰问志愿者活动{f('volunteer_care_batches')}批次，慰问志愿者{f('volunteers_cared_for')}人，各级媒体报道{f('media_reports')}次。"),
    ("公文二级", "（九）北虹桥商务区综合服务保障组"),
    ("公文正文", f"治理江桥万达广场周边非机动车停放，约谈相关企业、“限流”共享单车，在鹤旋路规划设置临时非机动车停车点{f('parking_sites_added')}处，"
                 f"新增停车位{f('parking_places_added')}辆，设置流动岗，推行“路长制”加“一网统管”。"),
    ("公文二级", "（十）党群服务保障组"),
    ("公文正文", "印发党群服务保障组工作方案，引导各级党组织和广大党员发挥战斗堡垒作用和先锋模范作用，服务进博、奉献进博。"),
    ("公文一级", "四、下一步工作"),
    ("公文正文", "对照清单逐项销号，未完工任务和未整改案件明确责任单位、责任人和完成时限；做好安全和防疫保障，打造整洁有序的城市环境，"
                 "确保各项保障措施在开幕前落实到位。"),
)  # fmt: skip


def fonts(style: Any, east: str, size: float, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)


def add_style(
    document: Any, name: str, east: str, size: float, align: Any, *, indent: int = 0, line: Any = LINE
) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    fonts(style, east, size)
    layout = style.paragraph_format
    layout.alignment, layout.space_before, layout.space_after = align, Pt(0), Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, line
    if indent:
        element = style.element.get_or_add_pPr()
        mark = OxmlElement("w:ind")
        mark.set(qn("w:firstLineChars"), str(indent * 100))
        mark.set(qn("w:firstLine"), str(int(indent * size * 20)))
        element.append(mark)
    return style


def styles(document: Any) -> None:
    fonts(document.styles["Normal"], FANG, 16)
    masthead = add_style(document, "简报名称", XIAOBIAO, 40, CENTER, line=Pt(58))
    masthead.font.color.rgb = RED
    masthead.paragraph_format.space_before = Pt(6)
    add_style(document, "简报期号", FANG, 16, CENTER)
    add_style(document, "简报编发", FANG, 16, LEFT)
    add_style(document, "公文标题", XIAOBIAO, 22, CENTER, line=Pt(34))
    add_style(document, "公文一级", HEI, 16, BOTH, indent=2)
    add_style(document, "公文二级", KAI, 16, BOTH, indent=2)
    add_style(document, "公文正文", FANG, 16, BOTH, indent=2)
    add_style(document, "公文版记", FANG, 14, LEFT, line=Pt(24))
    add_style(document, "公文说明", FANG, 10.5, LEFT, line=Pt(16))
    add_style(document, "公文表格", FANG, 12, LEFT, line=Pt(18))
    off = OxmlElement("w:snapToGrid")  # rows of the table are as high as their text
    off.set(qn("w:val"), "0")
    document.styles["公文表格"].element.get_or_add_pPr().append(off)
    for name in ("公文一级", "公文二级"):
        document.styles[name].paragraph_format.keep_with_next = True
    document.styles["公文正文"].paragraph_format.widow_control = True


def border(paragraph: Any, side: str, color: str, size: int, space: int = 1) -> None:
    """A rule above or below a paragraph; size in eighths of a point."""
    borders = paragraph._p.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        paragraph._p.get_or_add_pPr().append(borders)
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", size), ("space", space), ("color", color)):
        edge.set(qn(f"w:{name}"), str(value))
    borders.append(edge)


def tab_right(paragraph: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT

    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)


def page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(23)  # the number stands 7 mm below the text
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    old = section._sectPr.find(qn("w:docGrid"))
    if old is not None:
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    document.settings.odd_and_even_pages_header_footer = True
    number(section.footer.paragraphs[0], RIGHT)
    number(section.even_page_footer.paragraphs[0], LEFT)


def number(paragraph: Any, align: Any) -> None:
    """— 1 — in 4号 Song, one character in from the edge: odd pages right, even pages left."""
    paragraph.alignment = align
    if align == RIGHT:
        paragraph.paragraph_format.right_indent = Pt(14)
    else:
        paragraph.paragraph_format.left_indent = Pt(14)
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size, run.font.name = Pt(14), SONG
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
        if text is None:
            field(run)


def field(run: Any) -> None:
    for kind, word in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = word
        run._r.append(mark)


def head(document: Any) -> None:
    document.add_paragraph("{{ masthead }}", style="简报名称")
    document.add_paragraph("第{{ number }}期", style="简报期号")
    line = document.add_paragraph("{{ office }}\t{{ day }}", style="简报编发")
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(0)
    tab_right(line)
    border(line, "bottom", "D40000", 18, 4)
    document.add_paragraph("", style="公文正文")
    document.add_paragraph("{{ title }}", style="公文标题")
    document.add_paragraph("", style="公文正文")


def annex(document: Any) -> None:
    """数字溯源表: every figure of the text with its code, so that a reader can open it."""
    heading = document.add_paragraph("附件", style="公文一级")
    heading.paragraph_format.page_break_before = True
    heading.paragraph_format.first_line_indent = Pt(0)
    document.add_paragraph("数字溯源表", style="公文标题")
    document.add_paragraph(
        "数字截至{{ as_of }}。凭编号可在系统中打开该数字，查看定义、逐条记录和经办过程。", style="公文说明"
    )
    table = document.add_table(rows=4, cols=5)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    widths = (Mm(15), Mm(71), Mm(24), Mm(18), Mm(28))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    rows = (
        ("序号", "数字", "取值", "单位", "编号"),
        ("{%tr for row in figures %}", "", "", "", ""),
        ("{{ loop.index }}", "{{ row.title }}", "{{ row.text }}", "{{ row.unit }}", "{{ row.code }}"),
        ("{%tr endfor %}", "", "", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width, align in zip(
            row.cells, texts, widths, (CENTER, LEFT, RIGHT, CENTER, CENTER), strict=True
        ):
            cell.width = width
            cell.paragraphs[0].style = document.styles["公文表格"]
            cell.paragraphs[0].alignment = align
            cell.paragraphs[0].add_run(text)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def closing(document: Any) -> None:
    """版记: who receives it, who printed it and when, how many; rules of the text's width."""
    gap = document.add_paragraph("", style="公文版记")
    gap.paragraph_format.keep_with_next = True
    first = document.add_paragraph("报：{{ report_to }}。", style="公文版记")
    border(first, "top", "000000", 8, 4)
    second = document.add_paragraph("送：{{ send_to }}。", style="公文版记")
    border(second, "bottom", "000000", 6, 4)
    last = document.add_paragraph("{{ office }}\t{{ day }}印发", style="公文版记")
    tab_right(last)
    border(last, "bottom", "000000", 8, 4)
    copies = document.add_paragraph("（共印{{ copies }}份）", style="公文版记")
    copies.alignment = RIGHT
    for paragraph in (first, second, last, copies):
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(0)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = paragraph is not copies
    document.add_paragraph(
        "字体按 GB/T 9704—2012 的习惯命名（方正小标宋简体、仿宋_GB2312、楷体_GB2312、黑体）；未安装时由系统字体代替，"
        "可用思源宋体、朱雀仿宋等免费字体。", style="公文说明",
    )  # fmt: skip


def main() -> None:
    document = Document()
    document.core_properties.author = "guatu"
    document.core_properties.title = "{{ title }}"
    styles(document)
    page(document)
    head(document)
    for style, text in TEXT:
        document.add_paragraph(text, style=style)
    annex(document)
    closing(document)
    (HERE / "brief").mkdir(exist_ok=True)
    document.save(HERE / "brief" / "fifty-days.docx")


if __name__ == "__main__":
    main()
