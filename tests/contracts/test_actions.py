"""Contracts 2, 3, 5 and 7, as far as they can be read from the declarations: actions, URLs, events, articles."""

import re

from portal.access.matrix import MATRIX
from portal.events import catalogue, reactions
from portal.invariants import registry as invariants
from portal.people.roles import Role, workspace_of
from portal.regulation import coverage
from portal.regulation.rules import registry as rules
from portal.web.sitemap import PUBLIC, urls
from portal.workflow.lifecycle import all_steps, machines
from portal.workflow.step import Opening
from tests.contracts.source import PACKAGES, nothing, python_files

URLS = [url for url in urls() if not url.name.startswith("errand.")]
STEPS = [step for step in all_steps() if step.machine != "errand"]
ACTIONS = [action for action in MATRIX if not action.startswith("errand.")]
RELATION_PATHS = {
    "mine": "person",
    "own": "own",
    "below": "below",
    "assigned": "assigned",
    "counterpart": "counterpart",
}


def test_every_url_has_an_action_or_is_public_for_a_reason():
    nothing([url.pattern for url in URLS if url.action not in MATRIX and not url.public_reason])


def test_no_url_has_both():
    nothing([url.pattern for url in URLS if url.action in MATRIX and url.public_reason])


def test_every_url_has_a_name():
    nothing([url.pattern for url in URLS if not url.short_name])


def test_url_name_is_its_action():
    """A further page of an action (a row of its form, a preview) has a name of its own of the same subject."""
    wrong = [
        f"{url.name}: {url.action}"
        for url in URLS
        if url.action
        and url.short_name != url.action
        and (url.short_name in MATRIX or url.short_name.split(".")[0] != url.action.split(".")[0])
    ]
    nothing(wrong)


def test_url_names_are_unique():
    names = [url.name for url in URLS]
    nothing(sorted({name for name in names if names.count(name) > 1}))


def test_public_list_names_urls_that_exist():
    nothing(sorted(PUBLIC.keys() - {url.name for url in URLS}))


def test_workspace_holds_pages_of_its_roles_alone():
    wrong = [
        url.name
        for url in URLS
        if ":" in url.name
        and url.action in MATRIX
        and not any(workspace_of(role) == url.name.split(":")[0] for role in url.roles)
    ]
    nothing(wrong)


def test_every_step_has_a_page_for_each_role_that_takes_it():
    names = {url.name for url in URLS}
    wanted = {
        f"{workspace_of(role)}:{action}"
        for step in STEPS
        if not step.by_command
        for action in [step.action, *([f"{step.action}.prepare"] if step.four_eyes else [])]
        for role in MATRIX[action].roles
        if role not in (Role.SYSTEM, Role.PUBLIC)
    }
    nothing(sorted(wanted - names))


def test_every_row_of_the_matrix_is_used():
    """By a step, a URL, or a question that the code asks by the row's name."""
    used = {step.action for step in STEPS} | {f"{step.action}.prepare" for step in STEPS if step.four_eyes}
    used |= {url.action for url in URLS}
    asked = set()
    for path, text in python_files(*PACKAGES):
        if "/tables/" not in path:
            asked |= set(re.findall(r"\"([a-z_]+(?:\.[a-z_]+)+)\"", text))
    nothing([action for action in ACTIONS if action not in used | asked])


def test_relation_of_a_row_can_be_read_of_its_model():
    """Of the machine whose step it is, or of the model of its pages."""
    asked = {(step.action, machines()[step.machine]) for step in STEPS}
    asked |= {(url.action, url.view.model) for url in URLS if url.action and getattr(url.view, "model", None)}
    missing = set()
    for action, model in asked:
        for relation in {relation for cell in MATRIX[action].cells.values() for relation in cell.split("+")} - {"any"}:
            if getattr(model, f"{RELATION_PATHS[relation]}_path", None) is None:
                missing.add(f"{action}: {model.__name__} has no {RELATION_PATHS[relation]}_path")
    nothing(sorted(missing))


def test_no_row_without_roles():
    nothing([action for action in ACTIONS if not MATRIX[action].cells])


def test_auditor_changes_nothing():
    """纪检监督 reads everywhere; no step is theirs."""
    nothing([step.kind for step in STEPS if Role.AUDITOR in MATRIX[step.action].cells])


def test_sysadmin_reads_no_scores_opinions_or_personal_data():
    secret = (
        "review",
        "score",
        "assignment",
        "ballot",
        "meeting",
        "slot",
        "opinion",
        "privacy",
        "application",
        "expert",
    )
    nothing([action for action in ACTIONS if action.startswith(secret) and Role.SYSADMIN in MATRIX[action].cells])


def test_experts_and_scores_are_hidden_from_those_reviewed():
    """Art. 33."""
    hidden = ("round.", "assignment.", "score.", "meeting.", "slot.", "ballot.", "shortlist.", "expert.")
    outside = {role for role in Role.values if workspace_of(role) in ("apply", "recommend", "public")} - {Role.SYSTEM}
    nothing([a for a in ACTIONS if a.startswith(hidden) and outside & MATRIX[a].cells.keys()])


def test_every_step_has_a_sentence():
    nothing([step.kind for step in STEPS if step.kind not in catalogue.kinds()])


def test_every_reaction_waits_for_an_event_that_exists():
    nothing(sorted(reactions.all_kinds() - catalogue.kinds().keys()))


def test_every_commanding_article_is_answered():
    nothing([str(article) for article in coverage.unanswered(rules().values(), STEPS)])


def test_no_article_is_left_to_people_that_code_answers():
    nothing(map(str, coverage.answered_after_all(rules().values(), STEPS)))


def test_every_invariant_has_a_test_that_plants_its_breach():
    tests = "".join(
        text for path, text in python_files("tests") if "breaches_of(" in text and "contracts" not in str(path)
    )
    nothing(sorted(name for name in invariants() if f'"{name}"' not in tests))


def test_openings_lead_into_the_first_state():
    assert all(step.target is None and step.source == () for step in STEPS if isinstance(step, Opening))
