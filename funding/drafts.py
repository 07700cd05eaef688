"""First drafts made from what was promised in the application."""

from applications.models import Application
from funding.models import Selectee, TaskBook


def selectee_of(application: Application) -> Selectee:
    """An unsaved selectee of a selected application, numbered after it."""
    return Selectee(
        organisation_id=application.organisation_id,
        number=application.number.replace("ZY", "RX"),
        application=application,
        cycle=application.cycle,
        person=application.applicant,
        name=application.applicant_name,
        field=application.field.name if application.field else "",
        recommender=application.recommender,
    )


def task_book_of(selectee: Selectee) -> TaskBook:
    """An unsaved task book with the application's plan as its first text."""
    version = selectee.application.versions.order_by("-number").first()
    plan = (version.content.get("sections", {}) if version else {}).get("plan", {})
    return TaskBook(
        organisation_id=selectee.organisation_id,
        number=selectee.number.replace("RX", "RW"),
        selectee=selectee,
        content={"goals": plan.get("overall_goal", ""), "tasks": "", "budget": [], "promised_fen": 0},
    )
