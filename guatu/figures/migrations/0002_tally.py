"""Columns and an index for counting many figures at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]

    operations = [
        migrations.AddField("factrow", "bucket", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("factrow", "class_code", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("factrow", "person", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddIndex(
            "factrow",
            models.Index(
                condition=models.Q(("effective_until", None), ("until_position", None)),
                fields=["campaign_id", "happened_on", "bucket", "unit", "area", "class_code", "person", "until_position", "effective_until"],
                name="fact_tally",
            ),
        ),
    ]
