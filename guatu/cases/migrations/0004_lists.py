from django.db import migrations, models

OPEN = ("reported", "confirmed", "filed", "dispatched", "accepted", "treated", "handled", "returned", "held")


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_joint_merging")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_opened"),
        migrations.AddField("bulk", "back", models.PositiveIntegerField(default=0)),
        migrations.AddField("bulk", "cause_id", models.UUIDField(blank=True, null=True)),
        migrations.AddField("bulkline", "made_id", models.UUIDField(blank=True, null=True)),
        migrations.AddField("bulkline", "state", models.CharField(default="waiting", max_length=10)),
        migrations.AddIndex(
            "bulkline", models.Index(fields=["bulk", "state", "case"], name="bulkline_state")
        ),
        migrations.AddIndex("case", models.Index(fields=["campaign", "opened_at", "id"], name="case_opened")),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["campaign", "opened_at", "id"], condition=models.Q(status__in=OPEN), name="case_open"
            ),
        ),
        migrations.AddIndex("case", models.Index(fields=["unit", "opened_at"], name="case_unit_opened")),
        migrations.AddIndex(
            "case", models.Index(fields=["campaign", "class_code", "opened_at"], name="case_class_opened")
        ),
        migrations.AddIndex(
            "case",
            models.Index(fields=["number"], opclasses=["varchar_pattern_ops"], name="case_number_like"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(fields=["upper_number"], opclasses=["varchar_pattern_ops"], name="case_upper_like"),
        ),
    ]
