from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = "考核与变动"

    def ready(self):
        from assessment import reach  # noqa: F401  (it registers itself)
