"""The decreed calendar as rows that 市科协 can correct and add to: a year, and the days on which it differs."""

from django.db import models

from .workdays import forget_calendar


class DecreedYear(models.Model):
    """A calendar year whose holidays have been decreed. Without its row nothing is computed in that year."""

    global_because = "public holidays are the same for everybody"

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "已公布放假安排的年份"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year} 年"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        forget_calendar()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        forget_calendar()
        return deleted


class SpecialDay(models.Model):
    """A day that is not what its weekday says: a decreed holiday, or a weekend day worked in exchange."""

    global_because = "public holidays are the same for everybody"

    decree = models.ForeignKey(DecreedYear, models.CASCADE, related_name="days", verbose_name="年度")
    date = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    note = models.CharField("说明", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "放假与调休日"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {'上班' if self.is_working else '放假'}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        forget_calendar()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        forget_calendar()
        return deleted
