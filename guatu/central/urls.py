"""Addresses of the door for ODK Central's clients, below /v1/. Parts that may hold any character are `<quoted:…>`."""

from django.urls import URLPattern, URLResolver, include, path

from guatu.central import app_users, csvs, forms, odata, people_views, projects, submissions
from guatu.central.frame import verbs

FORM = "projects/<int:project_id>/forms/<quoted:form_code>"
SUBMISSION = f"{FORM}/submissions/<quoted:instance_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions", verbs(anybody=True, POST=people_views.sign_in)),
    path("sessions/current", verbs(DELETE=people_views.sign_out)),
    path("sessions/<quoted:token>", verbs(DELETE=people_views.sign_out)),
    path("users/current", verbs(GET=people_views.current)),
    path("projects", verbs(GET=projects.listed, POST=projects.make)),
    path("projects/<int:project_id>", verbs(GET=projects.one)),
    path("projects/<int:project_id>/app-users", verbs(GET=app_users.listed, POST=app_users.make)),
    path("projects/<int:project_id>/app-users/<int:key_number>", verbs(DELETE=app_users.end)),
    path("", include("guatu.central.datasets")),
    path("projects/<int:project_id>/forms", verbs(GET=forms.listed, POST=forms.make)),
    # the endings before the bare id, which may hold any character
    path(f"{FORM}.xml", verbs(GET=forms.xml)),
    path(f"{FORM}.xlsx", verbs(GET=forms.workbook), {"suffix": ".xlsx"}),
    path(f"{FORM}.xls", verbs(GET=forms.workbook), {"suffix": ".xls"}),
    path(f"{FORM}.svc", verbs(GET=odata.service)),
    path(f"{FORM}.svc/", verbs(GET=odata.service)),
    path(f"{FORM}.svc/$metadata", verbs(GET=odata.metadata)),
    path(f"{FORM}.svc/<quoted:name>", verbs(GET=odata.table)),
    path(f"{FORM}.svc/<quoted:name>/<path:path>", verbs(GET=odata.inside)),
    path(FORM, verbs(GET=forms.one, PATCH=forms.change, DELETE=forms.close)),
    path(f"{FORM}/versions", verbs(GET=forms.versions)),
    path(f"{FORM}/versions/<quoted:version>.xml", verbs(GET=forms.version_xml)),
    path(f"{FORM}/versions/<quoted:version>", verbs(GET=forms.version)),
    path(f"{FORM}/attachments", verbs(GET=forms.attachments)),
    path(f"{FORM}/attachments/<quoted:name>", verbs(GET=forms.attachment)),
    path(f"{FORM}/draft", verbs(GET=forms.draft, POST=forms.start_draft, DELETE=forms.drop_draft)),
    path(f"{FORM}/draft.xml", verbs(GET=forms.draft_xml)),
    path(f"{FORM}/draft/publish", verbs(POST=forms.publish)),
    path(f"{FORM}/draft/attachments", verbs(GET=forms.draft_attachments)),
    path(
        f"{FORM}/draft/attachments/<quoted:name>",
        verbs(
            GET=forms.draft_attachment, POST=forms.add_draft_attachment, DELETE=forms.drop_draft_attachment
        ),
    ),
    path(f"{FORM}/assignments/<quoted:role>", verbs(GET=app_users.assigned)),
    path(
        f"{FORM}/assignments/<quoted:role>/<int:key_number>",
        verbs(POST=app_users.assign, DELETE=app_users.unassign),
    ),
    path(f"{FORM}/submissions.csv", verbs(GET=csvs.plain)),
    path(f"{FORM}/submissions.csv.zip", verbs(GET=csvs.zipped)),
    path(f"{FORM}/submissions", verbs(GET=submissions.listed, POST=submissions.send)),
    path(f"{SUBMISSION}.xml", verbs(GET=submissions.xml)),
    path(SUBMISSION, verbs(GET=submissions.one, PUT=submissions.edit, PATCH=submissions.review)),
    path(f"{SUBMISSION}/versions", verbs(GET=submissions.versions)),
    path(f"{SUBMISSION}/comments", verbs(GET=submissions.comments, POST=submissions.comment)),
    path(f"{SUBMISSION}/attachments", verbs(GET=submissions.attachments)),
    path(
        f"{SUBMISSION}/attachments/<quoted:name>",
        verbs(GET=submissions.attachment, POST=submissions.add_attachment),
    ),
]
