from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "租户围栏"

    def ready(self):
        from portal.tenancy import checks, policies

        register(checks.every_model_declared)
        post_migrate.connect(policies.install_after_migrate, sender=self)
