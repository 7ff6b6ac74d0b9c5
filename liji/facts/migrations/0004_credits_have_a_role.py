from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("facts", "0003_no_index_twice")]

    operations = [
        migrations.AddField(
            model_name="credit",
            name="role",
            field=models.CharField(db_default="owner", max_length=32),
        ),
    ]
