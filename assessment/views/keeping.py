"""Long forms keep what was typed when somebody else has saved meanwhile."""

import uuid

from portal.workflow.take import StaleVersion

CHANGED_MEANWHILE = "这份内容刚刚在另一处保存过。您填写的内容都在下面，再次保存将覆盖先保存的内容。"


class KeepsTyped:
    """Mixed into a form page: a stale version shows the form again, filled in, on the version that stands (409)."""

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except StaleVersion as stale:
            data = request.POST.copy()
            data["version"], data["operation"] = stale.record.version, uuid.uuid4()
            form = self.form(data, request.FILES)
            form.is_valid()
            form.add_error(None, CHANGED_MEANWHILE)
            return self.show(form=form, status=409)
