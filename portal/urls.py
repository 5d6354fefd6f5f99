"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # First what is asked for most.
    path("viewer/", include("viewer.urls")),
    path("dicomweb/", include("pacs_gateway.dicomweb.urls")),
    path("dicomweb/", include("viewer.rendered.urls")),
    path("", include("portal.people.urls")),
    path("scans/", include("portal.studies.urls")),
    path("scans/", include("portal.downloads.urls")),
    path("", include("portal.sharing.urls")),
    path("staff/", include("portal.staff.urls")),
    path("hooks/", include("pacs_gateway.index.urls")),
    path("", include("portal.health.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))

handler400 = "portal.failures.bad_request"
handler403 = "portal.failures.forbidden"
handler404 = "portal.failures.not_found"
handler500 = "portal.failures.server_error"
