from django.urls import path

from dossiers.acheminement.courriels import views

app_name = "accuses"

urlpatterns = [path("<str:jeton>/", views.accuser, name="accuser")]
