"""消息中心: what a person is asked to do, and what they are told."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.decide import narrow
from portal.notifications.models import Notification
from portal.people.preferences import rows_per_page
from portal.web.components import Tab
from portal.web.formats import due_text, instant_text
from portal.web.views import Page


class OfReader(Page):
    """Only the reader's own messages; another person's do not exist."""

    def messages(self):
        return narrow(self.actor, self.action, Notification.objects.to(self.actor.user_id))

    def message(self) -> Notification:
        found = self.messages().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class MessageList(OfReader):
    """待办 (open ones first, nearest date first) and 通知 (newest first)."""

    action = "message.list"
    template_name = "notifications/list.html"
    title = "消息"

    def context(self) -> dict:
        kind = Notification.Kind.NOTICE if self.request.GET.get("tab") == "notice" else Notification.Kind.TODO
        rows = self.messages().filter(kind=kind)
        rows = rows.filter(done_at=None).order_by("due_at", "-pk") if kind == "todo" else rows.order_by("-pk")
        page = Paginator(rows, rows_per_page(self.request)).get_page(self.request.GET.get("page"))
        return {
            "tabs": self.tabs(kind),
            "kind": kind,
            "items": [self.line(each) for each in page],
            "pagination": page,
            "unread_here": any(each.read_at is None for each in page),
        }

    def tabs(self, kind: str) -> list[Tab]:
        open_todos = self.messages().open().count()
        unread = self.messages().unread().filter(kind=Notification.Kind.NOTICE).count()
        return [Tab("待办", open_todos, "?", kind == "todo"), Tab("通知", unread, "?tab=notice", kind == "notice")]

    def line(self, message: Notification) -> dict:
        return {
            "message": message,
            "at": instant_text(message.created_at),
            "due": due_text(message.due_at, self.at) if message.due_at else "",
            "unread": message.read_at is None,
        }


class MessageView(OfReader):
    """One message and how it was sent."""

    action = "message.view"
    template_name = "notifications/message.html"

    def context(self) -> dict:
        message = self.message()
        sent = [
            f"{each.get_channel_display()}{each.get_stage_display()}"
            + (f" {instant_text(each.sent_at)}" if each.sent_at else "")
            for each in message.dispatches.order_by("channel")
        ]
        due = due_text(message.due_at, self.at) if message.due_at else ""
        return {
            "title": message.subject,
            "message": message,
            "at": instant_text(message.created_at),
            "due": due,
            "sent": sent,
        }


class MessageOpen(OfReader):
    """POST: marks one message as read and goes where it leads."""

    action = "message.open"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        message = self.message()
        self.messages().filter(pk=message.pk).mark_read(self.at)
        inside = url_has_allowed_host_and_scheme(message.link, allowed_hosts=None)
        return HttpResponseRedirect(message.link if message.link and inside else reverse("message.list"))


class MessagesRead(OfReader):
    """POST: marks all messages of a tab as read; 待办 stay open until they are done."""

    action = "message.read"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        kind = Notification.Kind.NOTICE if request.POST.get("tab") == "notice" else Notification.Kind.TODO
        self.messages().filter(kind=kind).mark_read(self.at)
        return HttpResponseRedirect(reverse("message.list") + ("?tab=notice" if kind == "notice" else ""))
