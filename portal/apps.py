from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The platform as a whole: its management commands, and the registrations that other modules make on import."""

    name = "portal"
    verbose_name = "平台"

    def ready(self):
        from portal import checks  # noqa: F401  (registers itself)
        from portal.celery import make_broker_folders

        make_broker_folders()
        from portal.events.apps import load_reactions

        load_reactions()
