import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DecreedYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="年份")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
            ],
            options={
                "verbose_name": "已公布放假安排的年份",
                "verbose_name_plural": "已公布放假安排的年份",
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="日期")),
                ("is_working", models.BooleanField(verbose_name="上班")),
                ("note", models.CharField(blank=True, max_length=40, verbose_name="说明")),
                (
                    "decree",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="calendars.decreedyear",
                        verbose_name="年度",
                    ),
                ),
            ],
            options={
                "verbose_name": "放假与调休日",
                "verbose_name_plural": "放假与调休日",
                "ordering": ["date"],
            },
        ),
    ]
