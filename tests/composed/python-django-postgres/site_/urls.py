from django.http import HttpResponse
from django.urls import path
from visits.models import Visit


def index(request):
    Visit.objects.create()
    return HttpResponse(str(Visit.objects.count()))


urlpatterns = [path("", index)]
