"""A4 附件: every kind of file the application asks for. Each file is sent in a request of its own."""

from django.http import Http404

from applications.commands import sections as verbs
from applications.forms.application import UploadForm, kind_of
from applications.models import Attachment
from applications.views.apply.base import OfApplication
from applications.views.apply.section import files_of
from portal.reference import UnknownReference
from portal.web.views import DeedPage


class Files(OfApplication, DeedPage):
    """GET lists them by section; POST adds one and goes back to where it was chosen."""

    action = "application.attach"
    form_class = UploadForm
    template_name = "applications/apply_files.html"
    title = "附件"

    def form_options(self) -> dict:
        code = self.request.POST.get("key", "")
        try:
            kind = kind_of(code) if code else None
        except UnknownReference:
            raise Http404 from None
        return {"actor": self.actor, "at": self.at, "record": self.record, "kind": kind}

    def get(self, request, *args, **kwargs):
        return self.show()

    def act(self, form):
        return verbs.attach(self.record, **form.values(), actor=self.actor, at=self.at)

    def success_url(self, result: Attachment) -> str:
        here = kind_of(result.key)
        if self.request.POST.get("back") == "section":
            return f"{self.url('application.edit', section=here['section'])}#files-{here.code}"
        return f"{self.url('application.attach')}#files-{here.code}"

    def context(self) -> dict:
        groups = [(section, files_of(self, section.attachments)) for section in self.definition if section.attachments]
        return {
            "title": self.title,
            "heading": "附件",
            "record": self.record,
            "groups": groups,
            "breadcrumbs": self.crumbs(("附件", "")),
            "back_url": self.url("application.view"),
        }


class DeleteFile(OfApplication, DeedPage):
    """A page that asks, a POST that takes the file off; submitted versions keep it."""

    action = "application.attach"
    template_name = "applications/apply_delete_file.html"
    title = "删除附件"

    def allow(self) -> None:
        super().allow()
        try:
            self.attachment = self.record.attachments.select_related("file").get(pk=self.kwargs["pk"])
        except Attachment.DoesNotExist:
            raise Http404 from None

    def act(self, form) -> None:
        verbs.detach(self.record, self.attachment.pk, actor=self.actor, at=self.at)

    def success_url(self, result) -> str:
        return f"{self.url('application.attach')}#files-{self.attachment.key}"

    def context(self) -> dict:
        kind = kind_of(self.attachment.key)
        summary = [("材料", kind.name), ("文件", self.attachment.file.name)]
        return {
            **super().context(),
            "heading": "删除这个文件吗",
            "submit_label": "删除",
            "summary": summary,
            "back_url": f"{self.url('application.attach')}#files-{kind.code}",
        }
