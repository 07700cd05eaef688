"""/messages/."""

from django.urls import path

from portal.notifications import views

urlpatterns = [
    path("messages/", views.MessageList.as_view(), name="message.list"),
    path("messages/read/", views.MessagesRead.as_view(), name="message.read"),
    path("messages/<int:pk>/", views.MessageView.as_view(), name="message.view"),
    path("messages/<int:pk>/open/", views.MessageOpen.as_view(), name="message.open"),
]
