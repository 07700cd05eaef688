"""System check: can this machine print? A warning, because all else works without."""

from django.core.checks import Warning

from portal.documents.pdf import what_is_missing


def can_print(app_configs=None, **kwargs) -> list[Warning]:
    return [Warning(line, id="documents.W001") for line in what_is_missing()]
