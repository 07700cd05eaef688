from django.apps import AppConfig
from django.core.checks import register


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self):
        from portal.documents import checks

        register(checks.can_print)
