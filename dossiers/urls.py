from django.urls import path

from dossiers import views

app_name = "notifications"

urlpatterns = [
    path("", views.notifications, name="liste"),
    path("lues/", views.tout_lire, name="tout-lire"),
    path("<int:pk>/ouvrir/", views.ouvrir, name="ouvrir"),
]
