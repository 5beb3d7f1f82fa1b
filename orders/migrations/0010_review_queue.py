from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0009_rule_trace_at'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='order',
            name='order_review_queue',
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state', 'review')), fields=['ship_by', 'id'], include=('is_blocked', 'is_short'), name='order_review_queue'),
        ),
    ]
