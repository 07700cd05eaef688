"""Reading a page as its person does: the one error summary, what its links lead to, what stands in the inputs."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

CHANGES = re.compile(
    rb'nonce="[^"]*"|nonce-[A-Za-z0-9_-]+|name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"'
)


def tree(answer):
    return html.fromstring(answer.content.decode())


def text(answer) -> str:
    return " ".join(tree(answer).text_content().split())


def summary(answer) -> dict[str, str]:
    """{message: name of the input it leads to} of the page's one error summary; "" for what is no link.

    Raises AssertionError unless there is exactly one, and each link leads to something on the page.
    """
    page = tree(answer)
    (box,) = page.find_class("errsum")
    found = {}
    for item in box.iter("li"):
        links = list(item.iter("a"))
        found[" ".join(item.text_content().split())] = name_of(page, links[0].get("href")) if links else ""
    return found


def name_of(page, href: str) -> str:
    """The name of the input that a link of the page leads to; of another element its id."""
    assert href.startswith("#"), href
    target = page.get_element_by_id(href[1:])
    return target.get("name") or href[1:]


def form_of(answer):
    """The page's main form: the first one of its content."""
    return tree(answer).xpath("//main//form")[0]


def inputs(answer) -> dict[str, str]:
    """{name: value} of the inputs of the page's main form; of radio buttons the one that is chosen."""
    fields = form_of(answer).fields.items()
    return {name: value.removeprefix("\n") for name, value in fields if value is not None}  # a textarea's first line


def bare(answer) -> tuple[int, bytes]:
    """Status and bytes without what is new in every answer, and without the path that was asked for."""
    path = answer.request["PATH_INFO"].encode()
    return answer.status_code, CHANGES.sub(b"", answer.content).replace(path, b"PATH")


def questions(client: Client, url: str) -> int:
    """How many queries the page takes, asked a second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200, url
    return len(asked)
