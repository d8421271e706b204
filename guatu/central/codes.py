"""ODK Central's numbers for our refusals, so that programs written for it understand ours. Pure."""

from guatu.kernel.problems import Problem

_BY_CODE = {
    "access.denied": 403.1,
    "access.not_found": 404.1,
    "central.sign_in": 401.2,
    "central.wrong_password": 401.2,
    "central.second_factor": 401.2,
    "central.basic_needs_https": 401.3,
    "central.bad_json": 400.1,
    "central.missing": 400.2,
    "central.bad_value": 400.8,
    "central.no_deprecated_id": 400.19,
    "central.exists": 409.3,
    "central.bad_filter": 400.18,
    "central.no_field": 400.23,
    "central.filter_unsupported": 501.4,
    "central.filter_field": 501.5,
    "central.expand_unsupported": 501.6,
    "central.select_expand": 501.11,
    "central.odata_unsupported": 501.1,
    "device_key.other_form": 403.1,
    "form.exists": 409.3,
    "form.faults": 400.15,
    "form.only_draft": 409.7,
    "form.other_id": 400.8,
    "form.warnings": 400.16,
    "form.not_a_form": 400.15,
    "form.version_taken": 409.6,
    "kernel.bad_xml": 400.1,
    "kernel.duplicate": 409.3,
    "kernel.out_of_range": 400.22,
    "submission.conflict": 409.1,
    "submission.form_closed": 409.2,
    "submission.edit_unknown": 404.5,
    "submission.edit_outdated": 409.9,
    "submission.no_such_form": 404.1,
    "submission.no_such_version": 404.6,
    "submission.bad_header": 400.27,
    "submission.no_file_part": 400.7,
}
_BY_STATUS = {400: 400.8, 401: 401.2, 403: 403.1, 404: 404.1, 500: 500.1, 501: 501.1}


def code_of(problem: Problem) -> float:
    """Central's number; `<status>.0` for what has no counterpart there (a stale version, a pause after wrong passwords)."""
    return _BY_CODE.get(problem.code, _BY_STATUS.get(problem.status, float(problem.status)))


def known(codes: dict[str, float]) -> None:
    """More of them, from a module that declares refusals of its own."""
    _BY_CODE.update(codes)
