from importlib import import_module

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "portal.privacy"
    label = "privacy"
    verbose_name = "个人信息保护"

    def ready(self):
        import_module("portal.privacy.reveal")  # puts its sentence into the catalogue
