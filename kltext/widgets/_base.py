"""What all widgets share: their bundle, their state, and how they stand on a page without a kernel."""

from __future__ import annotations

import html
import json
import pathlib
from collections.abc import Iterable
from typing import Any, ClassVar

import anywidget
import traitlets

_STATIC = pathlib.Path(__file__).parent / "static"


def bundle(name: str) -> pathlib.Path:
    """The bundled file of that name; they are made by ``npm run build``, which an installation does by itself."""
    path = _STATIC / name
    if not path.is_file():
        raise ImportError(f"kltext.widgets: {path.name} has not been built; run `npm ci && npm run build` in the repository")
    return path


class BookWidget(anywidget.AnyWidget):
    """A widget of the book.

    A subclass names its folder and the traits that make its state, and says what its numbers and its drawing are:

    * ``_name``: the folder in ``kltext/widgets`` and the placeholder's ``data-kl-widget``;
    * ``_state_traits``: the synced traits that the page needs to redraw it;
    * ``numbers()``: the numbers it shows, by the name they have in the page (``data-kl-number``);
    * ``_fallback()``: an ``<svg>`` of the present state for pages without scripts.
    """

    _name: ClassVar[str]
    _state_traits: ClassVar[tuple[str, ...]]
    _css = bundle("widgets.css")

    key = traitlets.Unicode("", help="Name of this widget in the page address; empty for none.").tag(sync=True)

    def state(self) -> dict[str, Any]:
        """The state, as plain JSON values."""
        return {name: _plain(getattr(self, name)) for name in self._state_traits}

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name."""
        raise NotImplementedError

    def _fallback(self) -> str:
        raise NotImplementedError

    def set(self, **traits: Any) -> None:
        """Change several traits as one step, where changing one alone would make no sense."""
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in traits.items():
                if not self.has_trait(name):
                    raise TypeError(f"{type(self).__name__} has no trait {name!r}")
                setattr(self, name, value)

    def _placeholder(self) -> str:
        state = json.dumps(self.state(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return (
            f'<div class="kl-widget" data-kl-widget="{self._name}" data-kl-key="{html.escape(self.key)}" '
            f"data-kl-state='{html.escape(state, quote=True).replace('&quot;', chr(34))}'>"
            f'<figure class="kl-fallback">{self._fallback()}</figure></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown
        return {**data, "text/plain": repr(self), "text/html": self._placeholder()}, metadata


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def distribution(name: str, value: Iterable[float]) -> tuple[float, ...]:
    """The values as a tuple of floats, or a TraitError that says what is wrong with them."""
    try:
        values = tuple(float(v) for v in value)
    except (TypeError, ValueError):
        raise traitlets.TraitError(f"{name} must be a sequence of numbers, got {value!r}") from None
    if bad := [v for v in values if not v >= 0]:
        raise traitlets.TraitError(f"{name} must not be negative, got {bad[0]!r}")
    if abs(sum(values) - 1) > 1e-9:
        raise traitlets.TraitError(f"{name} must sum to 1, got {sum(values)!r}")
    return values
