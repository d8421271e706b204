"""The indexes of the list, of the open cases and of a street hold every plain filter's column, so that a count reads the
index alone: with a million cases on PostgreSQL the count by street and source went from 217 to 27 ms, the map of a street from
307 to 92. They replace the indexes of the same name."""

from django.db import migrations, models

OPEN = (
    "reported", "confirmed", "filed", "dispatched", "accepted", "treated", "handled", "returned", "held",
)  # fmt: skip
LIST = ["campaign", "opened_at", "id", "area", "status", "class_code", "source", "lat", "lon", "late"]
OPENED = ["campaign", "opened_at", "id", "area", "status", "class_code", "source", "due_at", "late", "unit"]
STREET = ["area", "status", "source", "class_code", "campaign", "opened_at"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_case_words")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_opened"),
        migrations.AddIndex("case", models.Index(fields=LIST, name="case_opened")),
        migrations.RemoveIndex(model_name="case", name="case_open"),
        migrations.AddIndex(
            "case", models.Index(fields=OPENED, condition=models.Q(status__in=OPEN), name="case_open")
        ),
        migrations.RemoveIndex(model_name="case", name="case_area_status"),
        migrations.AddIndex("case", models.Index(fields=STREET, name="case_area_status")),
    ]
