"""Warm children: what they answer, and what happens when they do not."""

import os
import signal
import textwrap

import pytest

from portal.files.children import ChildDied, ChildFailed, ChildrenBusy, Pool

CHILD = textwrap.dedent(
    """
    import os, sys, time
    from portal.files.children import serve

    def handle(request):
        print("a library says hello")
        if request.get("sleep"):
            time.sleep(request["sleep"])
        if request.get("die"):
            os.abort()
        if request.get("eat"):
            bytearray(request["eat"])
        if request.get("fail"):
            raise ValueError("no")
        return f"{os.getpid()} {sorted(os.environ)}".encode()

    serve(handle, memory=300 * 1024**2)
    """
)


@pytest.fixture
def pool(tmp_path):
    (tmp_path / "test_child_module.py").write_text(CHILD)
    made = Pool("test_child_module", size=1, timeout=5, environment=lambda: {"PYTHONPATH": f"{tmp_path}:{os.getcwd()}"})
    yield made
    made.close()


def pid(pool) -> int:
    return int(pool.ask().split()[0])


def test_child_stays_warm(pool):
    assert pid(pool) == pid(pool)


def test_child_gets_none_of_the_parents_secrets(pool, monkeypatch):
    monkeypatch.setenv("PORTAL_FIELD_KEYS", "1:secret")
    assert b"PORTAL_FIELD_KEYS" not in pool.ask()


def test_failure_is_told_and_the_child_goes_on(pool):
    before = pid(pool)
    with pytest.raises(ChildFailed, match="ValueError: no"):
        pool.ask(fail=True)
    assert pid(pool) == before


def test_killed_child_is_replaced_without_anybody_noticing(pool):
    before = pid(pool)
    os.kill(before, signal.SIGKILL)
    assert pid(pool) != before


def test_request_that_kills_every_child_is_given_up(pool):
    with pytest.raises(ChildDied):
        pool.ask(die=True)
    assert pid(pool)


def test_too_slow_a_child_is_ended(pool):
    pool._timeout = 0.3
    with pytest.raises(ChildDied):
        pool.ask(sleep=30)


def test_child_cannot_eat_the_machines_memory(pool):
    with pytest.raises(ChildFailed, match="MemoryError"):
        pool.ask(eat=400 * 1024**2)


def test_nobody_waits_forever_for_a_child(pool):
    pool._timeout = 0.05
    with pool._slots, pytest.raises(ChildrenBusy):
        pool.ask()


def test_fork_starts_children_of_its_own(pool):
    mine = pid(pool)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(pid(pool)).encode())
        pool.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reader, 20)) != mine
    assert pid(pool) == mine
