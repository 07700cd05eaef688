from django.db import migrations

from portal.calendars.seeds import load_decrees


def load(apps, schema_editor):
    load_decrees(apps.get_model("calendars", "DecreedYear").objects, apps.get_model("calendars", "SpecialDay").objects)


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
