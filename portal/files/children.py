"""Warm child processes for work on documents that may hang, crash or eat memory: they know no Django and no secret.

A child is a module with a `main` that calls serve(). Parent and child talk in frames on the child's stdin and stdout:
four bytes of length (big-endian) and that many bytes. A request is JSON; an answer is one byte, b"=" and the result or
b"!" and an error in UTF-8. A child ends when its stdin closes, which the parent's death does too.
"""

import json
import os
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

LENGTH = struct.Struct(">I")
ROOT = Path(__file__).resolve().parent.parent.parent
RECYCLE_AFTER = 200  # requests: what a library never frees goes with its process


class ChildFailed(Exception):
    """The child answered that it could not do this; asking again would change nothing."""


class ChildDied(Exception):
    """The child crashed or ran out of time, twice in a row."""


class ChildrenBusy(Exception):
    """No child came free within the time allowed."""


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, or None at the end of the stream."""
    head = stream.read(LENGTH.size)
    body = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    return body if len(head) == LENGTH.size and len(body) == LENGTH.unpack(head)[0] else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def serve(handle: Callable[[dict], bytes], *, memory: int) -> None:
    """The child's main loop: answers requests until stdin closes. `memory` limits its address space, in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not fall between two frames
    while (request := read_frame(sys.stdin.buffer)) is not None:
        try:
            answer = b"=" + handle(json.loads(request))
        except Exception as error:  # told to the parent, which decides
            answer = b"!" + f"{type(error).__name__}: {error}".encode()
        write_frame(answers, answer)


class Child:
    """One running child process."""

    def __init__(self, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.answered = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **environment},
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)

    def ask(self, request: bytes, timeout: float) -> bytes:
        """One answer. Raises EOFError when the child dies, which it does by our hand after `timeout` seconds."""
        alarm = threading.Timer(timeout, self._process.kill)
        alarm.start()
        try:
            write_frame(self._requests, request)
            answer = read_frame(self._answers)
        except (BrokenPipeError, OSError) as error:
            raise EOFError from error
        finally:
            alarm.cancel()
        if answer is None:
            raise EOFError
        self.answered += 1
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Closes our ends of the pipes; with the last one closed the child ends by itself."""
        with suppress(OSError):  # closing flushes, which a dead child's pipe refuses; closed it is all the same
            self._requests.close()
        self._answers.close()


class Pool:
    """At most `size` children of one module, started when first needed and kept warm. Safe for threads and forks."""

    def __init__(
        self,
        module: str,
        *,
        size: int,
        timeout: float,
        arguments: Sequence[str] = (),
        environment: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._module, self._arguments, self._environment = module, arguments, environment
        self._size, self._timeout = size, timeout
        self._reset()
        os.register_at_fork(after_in_child=self._forked)

    def ask(self, **request: object) -> bytes:
        """The child's result. Raises ChildFailed (its own answer), ChildDied (crash or time-out) or ChildrenBusy."""
        frame = json.dumps(request).encode()
        if not self._slots.acquire(timeout=self._timeout):
            raise ChildrenBusy(self._module)
        try:
            for _ in range(2):
                child = self._idle.pop() if self._idle else self._start()
                try:
                    answer = child.ask(frame, self._timeout)
                except EOFError:
                    child.end()
                    continue
                if child.answered < RECYCLE_AFTER:
                    self._idle.append(child)
                else:
                    child.end()
                if answer[:1] == b"=":
                    return answer[1:]
                raise ChildFailed(answer[1:].decode(errors="replace"))
        finally:
            self._slots.release()
        raise ChildDied(self._module)

    def close(self) -> None:
        """Ends the idle children."""
        while self._idle:
            self._idle.pop().end()

    def _start(self) -> Child:
        return Child(self._module, self._arguments, self._environment())

    def _reset(self) -> None:
        self._idle: list[Child] = []
        self._slots = threading.BoundedSemaphore(self._size)

    def _forked(self) -> None:
        """The parent's children are not ours."""
        for child in self._idle:
            child.forget()
        self._reset()
