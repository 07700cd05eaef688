from django.apps import AppConfig
from django.urls import reverse


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = "消息"

    def ready(self):
        from portal.notifications.send import unread_count
        from portal.web.context import count_unread_with

        count_unread_with(unread_count, lambda: reverse("message.list"))
