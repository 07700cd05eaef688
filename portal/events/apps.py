from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class EventsConfig(AppConfig):
    name = "portal.events"
    label = "events"
    verbose_name = "事件"


def load_reactions() -> None:
    """Imports what registers itself (reactions, notifications, documents, files, invariants) of every app."""
    for config in apps.get_app_configs():
        for name in ("reactions", "notifications", "documents", "files", "invariants"):
            module = f"{config.name}.{name}"
            if config.name.split(".")[0] in {"portal", "applications", "review", "funding", "assessment"} and find_spec(
                module
            ):
                import_module(module)
