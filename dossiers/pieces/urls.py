from django.urls import path

from dossiers.pieces import views

app_name = "pieces"

urlpatterns = [path("<uuid:identifiant>/", views.piece, name="piece")]
