"""Numbers of this chapter's records, one after the other."""

from django.db.models import Model

from portal.people.models import Organisation


def next_number(model: type[Model], prefix: str, width: int = 3) -> str:
    """The next free number with a prefix. Locks the row of 市科协, so that two at once get two numbers."""
    Organisation.objects.select_for_update(no_key=True).get(kind=Organisation.Kind.CAST)
    taken = model.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    last = max((int(number.removeprefix(prefix)) for number in taken), default=0)
    return f"{prefix}{last + 1:0{width}d}"
