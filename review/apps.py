from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = "人才评审"

    def ready(self):
        from review import files, hanging_questions, reach  # noqa: F401  (they register themselves)
