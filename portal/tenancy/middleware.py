"""Every request runs inside the reach of its actor, rendering included."""

from portal.people.actor import actor_of
from portal.tenancy.reach import reach_of, reaching


class Tenancy:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        reach = request.reach = reach_of(actor_of(request))
        with reaching(reach):
            response = self.get_response(request)
        if response.streaming and not response.is_async:
            response.streaming_content = _inside(reach, response.streaming_content)
        return response


def _inside(reach, chunks):
    """A streamed body runs after the middleware has left: it takes its reach along, a chunk at a time."""
    iterator = iter(chunks)
    while True:
        with reaching(reach):
            try:
                chunk = next(iterator)
            except StopIteration:
                return
        yield chunk
