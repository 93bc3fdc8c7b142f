from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def greet(_: HttpRequest, name: str) -> JsonResponse:
    """Greet somebody."""
    return JsonResponse({"message": f"Hello, {name}!"})
