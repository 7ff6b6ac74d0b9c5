import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facts", "0004_credits_have_a_role")]

    operations = [
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("customer", "fields"),
                models.F("credit_date"),
                models.F("occurred_at"),
                models.F("id"),
                condition=models.Q(("current", True), ("type", "order_closed")),
                name="orders_by_customer",
            ),
        ),
    ]
