from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_lists")]

    operations = [
        migrations.AddField(
            model_name="casestandard",
            name="collecting",
            field=models.TextField(blank=True, default=""),
        ),
    ]
