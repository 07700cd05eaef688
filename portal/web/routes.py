"""URL patterns of machines: a step's path and name follow from its declaration, so they cannot disagree.

apply = [record("task-books", TaskBookPage), *steps("task-books", TaskBook, {"confirm": commands.confirm})]
"""

from collections.abc import Callable

from django.urls import URLPattern, path

from portal.web.views import ApprovePage, DeedPage, PreparePage, StepPage


def listing(prefix: str, view) -> URLPattern:
    """`<prefix>/`, named by the view's action."""
    return path(f"{prefix}/", view.as_view(), name=view.action)


def record(prefix: str, view) -> URLPattern:
    """`<prefix>/<no>/`, named `<machine>.view`."""
    return path(f"{prefix}/<str:no>/", view.as_view(), name=view.action or f"{view.model.machine}.view")


def steps(prefix: str, model, commands: dict[str, Callable], **forms) -> list[URLPattern]:
    """`<prefix>/<no>/<step>/` for each step, named by its action; forms: {step: form class}."""
    return [step(prefix, model, name, command, forms.get(name)) for name, command in commands.items()]


def step(prefix: str, model, name: str, command: Callable, form=None, view=StepPage, **options) -> URLPattern:
    """One step's page."""
    if form is not None:
        options["form_class"] = form
    page = view.as_view(model=model, step=name, command=staticmethod(command), **options)
    return path(f"{prefix}/<str:no>/{name.replace('_', '-')}/", page, name=model.steps[name].action)


def deed(where: str, model, action: str, command: Callable, form, view=DeedPage, **options) -> URLPattern:
    """The page of a verb on one record that is no step; its button says what the matrix calls the action."""
    options = {"form_class": form, "submit_label": "", **options}
    page = view.as_view(model=model, action=action, command=staticmethod(command), **options)
    return path(where, page, name=action)


def four_eyes(prefix: str, model, name: str, prepare: Callable, form=None, approve=ApprovePage) -> list[URLPattern]:
    """The two pages of a four-eyes step: `…/<step>/prepare/` and `…/<step>/`."""
    slug, action = name.replace("_", "-"), model.steps[name].action
    options = {"form_class": form} if form is not None else {}
    first = PreparePage.as_view(model=model, step=name, command=staticmethod(prepare), **options)
    return [
        path(f"{prefix}/<str:no>/{slug}/prepare/", first, name=f"{action}.prepare"),
        path(f"{prefix}/<str:no>/{slug}/", approve.as_view(model=model, step=name), name=action),
    ]
