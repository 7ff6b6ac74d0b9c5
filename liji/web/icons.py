"""The icons that Python code names; those in templates (`{% icon "name" %}`) are found by the build."""

ICONS = (
    "alert-triangle",
    "bell",
    "bulb",
    "circle-check",
    "confetti",
    "database",
    "file-import",
    "flame",
    "hand-stop",
    "heart-handshake",
    "info-circle",
    "message-circle",
    "receipt",
    "settings",
    "target-arrow",
    "users",
    "user",
)
