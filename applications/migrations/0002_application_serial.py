"""Application numbers count on through the years; a number that a failed attempt took is not given again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE application_serial AS integer START 1 OWNED BY applications_application.number",
            "DROP SEQUENCE application_serial",
        )
    ]
