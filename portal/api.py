"""What settings.py takes over for programs: how views of the API are called and described."""

from portal.version import VERSION

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["pacs_gateway.access.drf.PrincipalAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lightbox DICOMweb",
    "DESCRIPTION": "QIDO-RS and WADO-RS (DICOM PS3.18) for the studies that are open to the caller.",
    "VERSION": VERSION,
    "PREPROCESSING_HOOKS": ["pacs_gateway.dicomweb.openapi.of_the_service"],
    "SCHEMA_PATH_PREFIX": "/dicomweb",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVERS": [{"url": "/dicomweb"}],
}
