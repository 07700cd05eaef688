"""Static files under names that carry their digest, the import statements of ES modules included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(ManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


class CompressedStaticStorage(CompressedManifestStaticFilesStorage):
    """The same with .gz beside each file, for production."""

    support_js_module_import_aggregation = True
