"""How numbers stand in paths, so that /apply/ZY2026-0001/ and /apply/task-books/ never meet."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class ApplicationNumber(StringConverter):
    regex = r"ZY\d{4}-\d{4,9}"


class ListNumber(StringConverter):
    regex = r"TJ\d{4}-[0-9A-Za-z]{1,20}"


register_converter(ApplicationNumber, "application")
register_converter(ListNumber, "list")
