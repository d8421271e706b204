import django.db.models.deletion
from django.db import migrations, models

import guatu.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_initial"),
        ("cases", "0005_class_rules"),
        ("cases", "0005_open311"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert", name="missing", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddIndex(
            model_name="alert", index=models.Index(fields=["told_at"], name="alert_told")
        ),
        migrations.AddIndex(
            model_name="supervisionorder",
            index=models.Index(fields=["status", "raised_at"], name="supervision_status"),
        ),
        migrations.CreateModel(
            name="SupervisionNumber",
            fields=[
                ("id", models.UUIDField(default=guatu.kernel.ids.new, primary_key=True, serialize=False)),
                ("year", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "year"), name="supervisionnumber_campaign_year"
                    )
                ],
            },
        ),
    ]
