from django.urls import path

from greetings import views

app_name = "greetings"
urlpatterns = [path("<str:name>/", views.greet, name="greet")]
