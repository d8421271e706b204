import django.db.models.deletion
import guatu.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0005_class_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PeerUpdate",
            fields=[
                ("id", models.UUIDField(default=guatu.kernel.ids.new, primary_key=True, serialize=False)),
                ("home", models.CharField(max_length=9)),
                ("client", models.CharField(blank=True, default="", max_length=60)),
                ("update_id", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("status", models.CharField(max_length=40)),
                ("updated_at", models.DateTimeField()),
                ("media", models.JSONField(blank=True, default=list)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="peer_updates", to="cases.case")),
                ("comment", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="peer_update", to="cases.comment")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["case", "updated_at"], name="peerupdate_case_at")],
                "constraints": [models.UniqueConstraint(fields=("person", "update_id"), name="peerupdate_once")],
            },
        ),
    ]
