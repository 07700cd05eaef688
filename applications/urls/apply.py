"""/apply/: the host unit's pages."""

from django.urls import path

from applications.urls import numbers  # noqa: F401  (it registers the converter)
from applications.views.apply import check, files, home, rows, section, steps
from applications.views.comparing import Compare

of_section = "<application:no>/s/<slug:section>"

apply = [
    path("", home.MyApplications.as_view(), name="application.list"),
    path("new/", home.NewApplication.as_view(), name="application.create"),
    path("<application:no>/", home.TaskList.as_view(), name="application.view"),
    path(f"{of_section}/", section.SectionPage.as_view(), name="application.edit"),
    path(f"{of_section}/autosave/", section.Autosave.as_view(), name="application.autosave"),
    path(f"{of_section}/<slug:field>/new/", rows.EditRow.as_view(), name="application.add_row"),
    path(f"{of_section}/<slug:field>/<slug:row>/", rows.EditRow.as_view(), name="application.edit_row"),
    path(f"{of_section}/<slug:field>/<slug:row>/delete/", rows.DeleteRow.as_view(), name="application.delete_row"),
    path(f"{of_section}/<slug:field>/<slug:row>/restore/", rows.RestoreRow.as_view(), name="application.restore_row"),
    path("<application:no>/files/", files.Files.as_view(), name="application.attach"),
    path("<application:no>/files/<int:pk>/delete/", files.DeleteFile.as_view(), name="application.detach"),
    path("<application:no>/team/", steps.Invite.as_view(), name="application.invite"),
    path("<application:no>/recommender/", steps.ChooseRecommender.as_view(), name="application.choose_recommender"),
    path("<application:no>/check/", check.CheckPage.as_view(), name="application.check"),
    path("<application:no>/sign/", steps.Sign.as_view(), name="application.sign_declaration"),
    path("<application:no>/submit/", steps.Submit.as_view(), name="application.submit"),
    path("<application:no>/resubmit/", steps.Resubmit.as_view(), name="application.resubmit"),
    path("<application:no>/withdraw/", steps.Withdraw.as_view(), name="application.withdraw"),
    path("<application:no>/done/", check.Receipt.as_view(), name="application.receipt"),
    path("<application:no>/revise/", check.Revise.as_view(), name="application.revise"),
    path("<application:no>/revise/<int:pk>/", check.AnswerNote.as_view(), name="application.answer_note"),
    path("<application:no>/compare/", Compare.as_view(), name="application.compare"),
    path("<application:no>/print/", check.PrintDraft.as_view(), name="application.print"),
]
