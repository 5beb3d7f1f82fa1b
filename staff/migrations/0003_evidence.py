"""Evidence, versioned wording, waivers and files of reports."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep_wording(apps, schema_editor):
    """Give the versions there are the wording their clause had."""
    version, clause = apps.get_model("staff", "ClauseVersion"), apps.get_model("staff", "Clause")
    words = clause.objects.filter(pk=OuterRef("clause"))
    version.objects.update(text=Subquery(words.values("text")), text_en=Subquery(words.values("text_en")))


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_roles_jobs_notices")]

    operations = [
        migrations.AlterModelOptions(
            name="clause",
            options={
                "ordering": ("number",),
                "permissions": (("publish_clause", "Publish versions of clauses"),),
                "verbose_name": "clause",
                "verbose_name_plural": "clauses",
            },
        ),
        migrations.AlterModelOptions(
            name="offence",
            options={
                "ordering": ("-happened_at", "-pk"),
                "permissions": (("waive_offence", "Waive points with a reason"),),
                "verbose_name": "offence",
                "verbose_name_plural": "offences",
            },
        ),
        migrations.AddField(
            model_name="clauseversion",
            name="text",
            field=models.TextField(default="", verbose_name="text"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="clauseversion",
            name="text_en",
            field=models.TextField(default="", verbose_name="text in English"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_wording, migrations.RunPython.noop),
        migrations.RemoveField(model_name="clause", name="text"),
        migrations.RemoveField(model_name="clause", name="text_en"),
        migrations.AddField(
            model_name="offence", name="url", field=models.CharField(blank=True, max_length=300)
        ),
        migrations.AddField(
            model_name="reportsnapshot", name="language", field=models.CharField(blank=True, max_length=10)
        ),
        migrations.AddField(
            model_name="reportsnapshot",
            name="pdf",
            field=models.FileField(blank=True, max_length=200, upload_to="reports/%Y/%m/", verbose_name="PDF"),
        ),
        migrations.AddField(
            model_name="reportsnapshot",
            name="xlsx",
            field=models.FileField(blank=True, max_length=200, upload_to="reports/%Y/%m/", verbose_name="spreadsheet"),
        ),
        migrations.AlterField(
            model_name="clauseversion",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="offence",
            name="clause",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offences",
                to="staff.clause",
                verbose_name="clause",
            ),
        ),
        migrations.AlterField(
            model_name="offence",
            name="employee",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offences",
                to=settings.AUTH_USER_MODEL,
                verbose_name="employee",
            ),
        ),
        migrations.AlterField(
            model_name="pointentry",
            name="booked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="booked by",
            ),
        ),
        migrations.AlterField(
            model_name="pointentry",
            name="employee",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="point_entries",
                to=settings.AUTH_USER_MODEL,
                verbose_name="employee",
            ),
        ),
        migrations.AlterField(
            model_name="reportsnapshot",
            name="job_run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="staff.jobrun",
                verbose_name="made by job",
            ),
        ),
        migrations.AddIndex(model_name="pointentry", index=models.Index(fields=["day"], name="entry_day")),
        migrations.AddConstraint(
            model_name="clauseversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", False), ("valid_to", None)),
                fields=("clause",),
                name="clause_one_version_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counters", None), ("kind", "charge")),
                    models.Q(
                        ("counters__isnull", False),
                        ("kind", "counter"),
                        models.Q(("reason", ""), _negated=True),
                        ("booked_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="entry_counter_says_of_what",
            ),
        ),
    ]
