"""The hash chain as arithmetic: rows in, the first fault out."""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.events import chain

AT = datetime(2026, 10, 15, 9, 30, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))


def made(count: int = 5) -> list[dict]:
    rows, previous = [], ""
    for sequence in range(1, count + 1):
        row = dict.fromkeys(chain.CHAINED, "") | {
            "sequence": sequence,
            "organisation_id": 7,
            "actor_user_id": None,
            "actor_organisation_id": None,
            "ip": None,
            "at": AT,
            "articles": [[8, 2, 3]],
            "facts": {"名": "甲", "n": 1},
            "operation": uuid.UUID(int=sequence),
        }
        row |= {"previous_digest": previous, "digest": chain.digest_of(row, previous)}
        previous = row["digest"]
        rows.append(row)
    return rows


def test_whole_chain_is_walked():
    rows = made()
    assert chain.verify(rows) == (5, rows[-1]["digest"], None)
    assert chain.verify([]) == (0, "", None)


@pytest.mark.parametrize("name", chain.CHAINED[1:])
def test_change_of_any_column_is_found(name):
    rows = made()
    other = {"at": AT.replace(microsecond=123457), "facts": {"名": "乙", "n": 1}, "articles": [[8]], "ip": "192.0.2.1"}
    rows[2][name] = other.get(name, 8)
    assert chain.verify(rows) == (2, rows[1]["digest"], "event 3 does not match its digest")


@pytest.mark.parametrize("name", ["digest", "previous_digest"])
def test_change_of_a_digest_is_found(name):
    rows = made()
    rows[2][name] = "0" * 64
    assert chain.verify(rows)[2] == "event 3 does not match its digest"


def test_removed_row_is_named():
    rows = made()
    del rows[2]
    assert chain.verify(rows)[2] == "event 3 is missing (found 4)"


def test_exchanged_rows_are_found():
    rows = made()
    rows[1], rows[2] = rows[2], rows[1]
    assert chain.verify(rows)[2] == "event 2 is missing (found 3)"


def test_rewritten_row_breaks_the_next():
    """Someone who recomputes the digest of the row they changed must recompute all that follow."""
    rows = made()
    rows[2]["facts"] = {}
    rows[2]["digest"] = chain.digest_of(rows[2], rows[2]["previous_digest"])
    assert chain.verify(rows)[2] == "event 4 does not match its digest"


def test_digest_does_not_depend_on_how_a_value_is_written():
    row = made(1)[0]
    again = row | {
        "at": AT.astimezone(UTC),
        "operation": str(row["operation"]),
        "facts": {"n": 1, "名": "甲"},
    }
    assert chain.digest_of(again, "") == row["digest"]
    assert chain.digest_of(row | {"ip": "2001:DB8::0:1"}, "") == chain.digest_of(row | {"ip": "2001:db8::1"}, "")


def test_commitment_hides_and_binds():
    salt, commitment = chain.commit_to("数字不清")
    assert chain.commitment_of(salt, "数字不清") == commitment
    assert chain.commitment_of(salt, "数字清") != commitment
    assert chain.commit_to("数字不清")[1] != commitment  # another salt each time
