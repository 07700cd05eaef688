from django.apps import AppConfig


class KernelConfig(AppConfig):
    """A machine of the tests' own, so that the kernel is tested by itself; installed by portal.settings.testing."""

    name = "tests.kernel"
    label = "kernel"
    verbose_name = "内核测试"
