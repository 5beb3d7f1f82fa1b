"""All addresses."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("catalog/", include("catalog.urls")),
    path("warehouse/", include("warehouse.urls")),
    path("orders/", include("orders.urls")),
    path("service/", include("service.urls")),
    path("admin/", admin.site.urls),
    path("", include("staff.urls")),  # last: with no prefix, each of its pages is tried before anything after it
]

handler400 = "staff.views.errors.bad_request"
handler403 = "staff.views.errors.forbidden"
handler404 = "staff.views.errors.not_found"
handler500 = "staff.views.errors.server_error"
