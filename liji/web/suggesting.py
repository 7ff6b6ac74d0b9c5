"""A text field for which the browser suggests what there is already."""

from collections.abc import Iterable

from django import forms
from django.utils.html import format_html
from django.utils.html import format_html_join
from django.utils.safestring import SafeString


class Suggesting(forms.TextInput):
    """A text, with suggestions; anything else may be written too."""

    def __init__(self, suggestions: Iterable[str]) -> None:
        super().__init__()
        self.suggestions = suggestions

    def render(self, name: str, value: object, attrs: dict | None = None, renderer: object = None) -> SafeString:
        listed = {**(attrs or {}), "list": f"known_{name}"}
        options = format_html_join("", "<option>{}</option>", ((each,) for each in self.suggestions))
        field = super().render(name, value, listed, renderer)
        return format_html('{}<datalist id="known_{}">{}</datalist>', field, name, options)
