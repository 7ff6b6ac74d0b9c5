"""Who bought before is asked for each order: the current orders are found by their customer."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_initial"), ("facts", "0004_credits_have_a_role")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX performance_orders_by_customer ON facts_fact ((fields->>'customer'), credit_date) "
            "WHERE current AND type = 'order_closed'",
            "DROP INDEX performance_orders_by_customer",
        )
    ]
