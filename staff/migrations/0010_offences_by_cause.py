from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("staff", "0009_appraisal_counted_once"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="offence",
            index=models.Index(
                condition=models.Q(("cause", ""), _negated=True), fields=["employee", "cause"], name="offence_cause"
            ),
        ),
    ]
