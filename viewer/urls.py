"""Addresses of the viewer. A study is named by its opaque key, a series by an opaque id inside the study, what
is calculated from it by that id, a tilde and a name (reformats.py).
"""

from django.urls import path

from viewer import moving, reformat_views, video_views, views

app_name = "viewer"
urlpatterns = [
    path("presets.json", views.preset_list, name="presets"),
    path("<str:key>/", views.study, name="study"),
    path("<str:key>/manifest.json", views.study_manifest, name="manifest"),
    path("<str:key>/<str:series>/frames/", views.run, name="run"),
    path("<str:key>/<str:series>/frames/<int:number>", views.frame, name="frame"),
    path("<str:key>/<str:series>/frames/<int:number>/windowable", views.windowable, name="windowable"),
    path(
        "<str:key>/<str:series>/frames/<int:number>/tiles/<int:level>/<int:column>/<int:row>",
        views.frame_tile,
        name="tile",
    ),
    path("<str:key>/<slug:series>/planes.json", reformat_views.planes, name="planes"),
    path("<str:key>/<str:series>/gathered.json", reformat_views.gathered, name="gathered"),
    path("<str:key>/<str:series>/geometry.json", views.series_geometry, name="geometry"),
    path("<str:key>/<slug:series>/moving.gif", moving.gif, name="moving"),
    path("<str:key>/<slug:series>/moving.mp4", moving.film, name="film"),
    path("<str:key>/<slug:series>/saving/<slug:kind>/", moving.saving, name="saving"),
    path("<str:key>/<slug:series>/saving/<slug:kind>/progress.json", moving.saving_progress, name="saving-progress"),
    path("<str:key>/<slug:series>/videos/<int:number>/", video_views.video, name="video"),
    path("<str:key>/<slug:series>/videos/<int:number>/stream", video_views.stream, name="video-stream"),
    path("<str:key>/<slug:series>/videos/<int:number>/poster", video_views.poster, name="video-poster"),
]
