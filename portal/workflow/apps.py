from django.apps import AppConfig
from django.core.checks import register


class WorkflowConfig(AppConfig):
    name = "portal.workflow"
    label = "workflow"
    verbose_name = "流程"

    def ready(self):
        from portal.workflow import checks

        register(checks.machines_are_sound)
