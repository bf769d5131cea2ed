from django.urls import path

from territoires import views

app_name = "territoires"
urlpatterns = [path("communes.json", views.communes_json, name="communes-json")]
