"""What health checks ask."""

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@require_safe
@never_cache
def health(_: HttpRequest) -> JsonResponse:
    """The process is up and answers; says nothing of what it depends on."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(_: HttpRequest) -> JsonResponse:
    """The database answers."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.warning("the database does not answer: %s", error)
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})
