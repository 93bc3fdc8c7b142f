"""All routes of the site."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/", health.health),
    path("ready/", health.ready),
    path("greetings/", include("greetings.urls")),
]
