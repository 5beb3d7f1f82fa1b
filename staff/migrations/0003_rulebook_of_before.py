from django.db import migrations


def keep(apps, _editor):
    """Put the clauses of before into the regulation they come from, and say which offences only warned."""
    Rulebook, Clause, Offence = (apps.get_model("staff", name) for name in ("Rulebook", "Clause", "Offence"))
    if Clause.objects.exists():
        book, _made = Rulebook.objects.get_or_create(
            code="team-rules", defaults={"name": "电商部团队工作细则规范", "name_en": "Working rules of the e-commerce team"}
        )
        Clause.objects.filter(rulebook=None).update(rulebook=book)
        Clause.objects.exclude(detector="").update(machine="auto")
    Offence.objects.filter(version__points=0).update(standing="warned")


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_rulebook_appeals_appraisal")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
