"""Every kind of subject the ledger speaks of: how its facts are read, who may see it, where its page is."""

from django.urls import reverse

from guatu.briefs import reads as brief_reads
from guatu.campaigns import facts as campaign_facts
from guatu.campaigns import reads as campaign_reads
from guatu.cases import facts as case_facts
from guatu.cases import reads as case_reads
from guatu.cases.reads import bulk as case_bulk_reads
from guatu.cases.reads import standards as class_reads
from guatu.cases.reads.peers import peers_seen
from guatu.cases.reads.routing import rules_seen
from guatu.duty import reads as duty_reads
from guatu.fieldwork import facts as fieldwork_facts
from guatu.fieldwork import reads as fieldwork_reads
from guatu.files import reads as file_reads
from guatu.inspections import facts as inspection_facts
from guatu.inspections import norm_facts
from guatu.inspections.reads import norms as norm_reads
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import rounds as round_reads
from guatu.inspections.reads import visits as visit_reads
from guatu.kernel.subjects import Subject
from guatu.places import facts as place_facts
from guatu.places import reads as place_reads
from guatu.registers import facts as register_facts
from guatu.registers import reads as register_reads
from guatu.tasks import facts as task_facts
from guatu.tasks import reads as task_reads
from guatu.units import facts as unit_facts
from guatu.units import reads as unit_reads
from guatu.venues import facts as venue_facts
from guatu.venues.reads import codes as venue_reads
from guatu.venues.reads import points as point_reads

SUBJECTS: list[Subject] = [
    Subject(
        "bulk",
        ("批量办理", "bulk action"),
        seen=case_bulk_reads.titles,
        url=lambda subject_id: reverse("desk:case_bulk", args=[subject_id]),
    ),
    Subject("savedview", ("视图", "saved view")),
    Subject(
        "campaign",
        ("保障行动", "campaign"),
        rows=campaign_reads.campaign_rows,
        facts=campaign_facts.facts_of_campaign,
        seen=campaign_reads.campaigns_seen,
        url=lambda subject_id: reverse("desk:campaign", args=[subject_id]),
    ),
    Subject(
        "body",
        ("工作组", "body"),
        rows=campaign_reads.body_rows,
        facts=campaign_facts.facts_of_body,
        seen=campaign_reads.bodies_seen,
        url=lambda subject_id: reverse("desk:body", args=[subject_id]),
    ),
    Subject(
        "task",
        ("任务", "task"),
        rows=task_reads.task_rows,
        facts=task_facts.facts_of,
        seen=task_reads.tasks_seen,
        url=lambda subject_id: reverse("desk:task", args=[subject_id]),
    ),
    Subject(
        "activity",
        ("活动", "activity"),
        rows=task_reads.activity_rows,
        facts=task_facts.facts_of_activity,
        seen=task_reads.activities_seen,
        url=lambda subject_id: reverse("desk:activity", args=[subject_id]),
    ),
    Subject(
        "form",
        ("表单", "form"),
        seen=fieldwork_reads.forms_seen,
        url=lambda subject_id: reverse("desk:form", args=[subject_id]),
    ),
    Subject(
        "submission",
        ("填报", "submission"),
        rows=fieldwork_reads.submission_rows,
        facts=fieldwork_facts.facts_of,
        seen=fieldwork_reads.submissions_seen,
        url=lambda subject_id: reverse("desk:submission", args=[subject_id]),
    ),
    Subject(
        "case",
        ("案件", "case"),
        rows=case_reads.rows_for_facts,
        facts=case_facts.facts_of,
        seen=case_reads.titles,
        url=lambda subject_id: reverse("desk:case", args=[subject_id]),
    ),
    Subject(
        "peer",
        ("对接平台", "platform"),
        seen=peers_seen,
        url=lambda subject_id: reverse("desk:peer", args=[subject_id]),
    ),
    Subject(
        "caseclass",
        ("案件类别", "class of cases"),
        seen=class_reads.class_titles,
        url=lambda subject_id: reverse("desk:case_class", args=[subject_id]),
    ),
    Subject(
        "case_standard",  # what the report of an import names
        ("立案标准", "case standard"),
        seen=class_reads.standard_titles,
        url=lambda subject_id: reverse("desk:case_standard", args=[subject_id]),
    ),
    Subject(
        "register",
        ("名册", "register"),
        seen=register_reads.register_titles,
        url=lambda subject_id: reverse("desk:register", args=[subject_id]),
    ),
    Subject(
        "entry",
        ("名册登记", "register entry"),
        rows=register_reads.rows_for_facts,
        facts=register_facts.facts_of,
        seen=register_reads.titles,
        url=lambda subject_id: reverse("desk:entry", args=[subject_id]),
    ),
    Subject(
        "area",
        ("区域", "area"),
        seen=place_reads.areas_seen,
        url=lambda subject_id: reverse("desk:area", args=[subject_id]),
    ),
    Subject(
        "place",
        ("点位", "place"),
        rows=place_reads.place_rows,
        facts=place_facts.facts_of,
        seen=place_reads.places_seen,
        url=lambda subject_id: reverse("desk:place", args=[subject_id]),
    ),
    Subject(
        "venuecode",
        ("场所码", "venue code"),
        rows=venue_reads.code_rows,
        facts=venue_facts.facts_of_code,
        seen=venue_reads.codes_seen,
        url=lambda subject_id: reverse("desk:venue_code", args=[subject_id]),
    ),
    Subject(
        "headcount",
        ("人数清点", "headcount"),
        rows=venue_reads.count_rows,
        facts=venue_facts.facts_of_count,
        seen=venue_reads.counts_seen,
        url=lambda subject_id: reverse("desk:venue_count", args=[subject_id]),
    ),
    Subject(
        "servicepoint",
        ("服务点", "service point"),
        rows=point_reads.point_rows,
        facts=venue_facts.facts_of_point,
        seen=point_reads.points_seen,
        url=lambda subject_id: reverse("desk:point", args=[subject_id]),
    ),
    Subject("scanrule", ("扫码实名规则", "rule for scans")),
    Subject(
        "placesurvey",
        ("摸排", "survey"),
        rows=place_reads.survey_rows,
        facts=place_facts.facts_of_survey,
        seen=place_reads.surveys_seen,
        url=lambda subject_id: reverse("desk:survey_of", args=[subject_id]),
    ),
    Subject(
        "importrun",
        ("导入", "import"),
        seen=file_reads.seen_runs,
        url=lambda subject_id: reverse("desk:import", args=[subject_id]),
    ),
    Subject(
        "norm",
        ("规范", "norm"),
        rows=norm_reads.norm_rows,
        facts=norm_facts.facts_of,
        seen=norm_reads.norms_seen,
        url=lambda subject_id: reverse("desk:norm", args=[subject_id]),
    ),
    Subject(
        "industry",
        ("行业", "industry"),
        seen=norm_reads.industries_seen,
        url=lambda _code: reverse("desk:norm_industries"),
    ),
    Subject(
        "unit",
        ("单位", "unit"),
        seen=unit_reads.units_seen,
        url=lambda subject_id: reverse("desk:unit", args=[subject_id]),
    ),
    Subject(
        "person",
        ("人员", "person"),
        seen=unit_reads.people_seen,
        url=lambda subject_id: reverse("desk:person", args=[subject_id]),
    ),
    Subject(
        "contract",
        ("责任包干", "contract"),
        rows=unit_reads.contract_rows,
        facts=unit_facts.facts_of,
        seen=unit_reads.contracts_seen,
        url=lambda subject_id: reverse("desk:contract", args=[subject_id]),
    ),
    Subject(
        "handover",
        ("包干交接", "hand-over"),
        seen=unit_reads.handovers_seen,
        url=lambda subject_id: reverse("desk:handover", args=[subject_id]),
    ),
    Subject(
        "shift",
        ("班次", "shift"),
        seen=duty_reads.shifts_seen,
        url=lambda subject_id: reverse("desk:shift", args=[subject_id]),
    ),
    Subject(
        "brief",
        ("简报", "brief"),
        seen=brief_reads.briefs_seen,
        url=lambda subject_id: reverse("desk:brief", args=[subject_id]),
    ),
    Subject(
        "routingrule",
        ("派单规则", "dispatch rule"),
        seen=rules_seen,
        url=lambda subject_id: reverse("desk:routing_rule", args=[subject_id]),
    ),
    Subject(
        "round",
        ("检查轮次", "inspection round"),
        seen=round_reads.titles,
        url=lambda subject_id: reverse("desk:round", args=[subject_id]),
    ),
    Subject("team", ("检查组", "inspection team")),
    Subject(
        "visit",
        ("检查记录", "visit"),
        rows=visit_reads.rows_for_facts,
        facts=inspection_facts.facts_of,
        seen=visit_reads.titles,
        url=lambda subject_id: reverse("desk:visit", args=[subject_id]),
    ),
    Subject(
        "order",
        ("整改通知书", "order"),
        rows=order_reads.rows_for_facts,
        facts=inspection_facts.facts_of_order,
        seen=order_reads.titles,
        url=lambda subject_id: reverse("desk:inspection_order", args=[subject_id]),
    ),
]
