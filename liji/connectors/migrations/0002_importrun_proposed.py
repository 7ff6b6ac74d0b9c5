from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="proposed",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
