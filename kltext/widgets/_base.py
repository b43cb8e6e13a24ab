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

NUMBERS = {
    "kl_pq": "D(P‖Q)",
    "kl_qp": "D(Q‖P)",
    "entropy_p": "H(P)",
    "cross_entropy_pq": "H(P,Q)",
    "js": "JS(P,Q)",
    "tv": "TV(P,Q)",
}
"""The numbers that a picture of two distributions shows, by their names in the page and in Python."""


def bundle(name: str) -> pathlib.Path:
    """The bundled file of that name; they are made by ``npm run build``, which an installation does by itself."""
    path = _STATIC / name
    if not path.is_file():
        raise ImportError(f"kltext.widgets: {name} has not been built; run `npm ci && npm run build` in the repository")
    return path


class BookWidget(anywidget.AnyWidget):
    """A widget of the book.

    A subclass names its folder and the traits that make its state, and says what its numbers and its drawing are:

    * ``_name``: the folder in ``kltext/widgets`` and the placeholder's ``data-kl-widget``;
    * ``_state_traits``: the synced traits that the page needs to redraw it;
    * ``_data_traits``: synced traits that never change on the page and are too heavy for it (a trained model): the site
      takes them from the executed notebook and serves them in a script of their own, fetched as the reader comes near;
    * ``numbers()``: the numbers it shows, by the name they have in the page (``data-kl-number``);
    * ``_fallback()``: an ``<svg>`` of the present state for pages without scripts.
    """

    _name: ClassVar[str]
    _state_traits: ClassVar[tuple[str, ...]]
    _data_traits: ClassVar[tuple[str, ...]] = ()
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
        """Change several traits in one step, where changing one alone would make no sense."""
        if unknown := [name for name in traits if not self.has_trait(name)]:
            raise TypeError(f"{type(self).__name__} has no trait {unknown[0]!r}")
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in traits.items():
                setattr(self, name, value)

    def _placeholder(self) -> str:
        from matplotlib import rc_context

        from kltext.plots import STYLE

        with rc_context(STYLE):  # a page that has not asked for the book's style shows the picture in it all the same
            fallback = self._fallback()
        state = json.dumps(self.state(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        state = html.escape(state, quote=False).replace("'", "&#x27;")  # it stands between single quotes
        data = f'data-kl-data="{" ".join(self._data_traits)}" ' if self._data_traits else ""
        return (
            f'<div class="kl-widget" data-kl-widget="{self._name}" data-kl-key="{html.escape(self.key)}" {data}'
            f"data-kl-state='{state}'><figure class=\"kl-fallback\">{fallback}</figure></div>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown
        return {**data, "text/plain": repr(self), "text/html": self._placeholder()}, metadata


class DivergenceWidget(BookWidget):
    """A widget that shows the divergence of two laws, both ways, in nats or bits."""

    unit = traitlets.Enum(("nats", "bits"), "nats", help="Unit of the divergences.").tag(sync=True)

    @property
    def base(self) -> float | None:
        """The base of the logarithms, as kltext takes it: None for nats, 2 for bits."""
        return 2 if self.unit == "bits" else None

    @property
    def kl_pq(self) -> float:
        """D(P‖Q), in the widget's unit."""
        return self.numbers()["kl_pq"]

    @property
    def kl_qp(self) -> float:
        """D(Q‖P), in the widget's unit."""
        return self.numbers()["kl_qp"]


class PairWidget(DivergenceWidget):
    """A widget that shows two distributions P and Q and the six numbers between them.

    A subclass computes the numbers in nats (``_nats()``); here they get their unit and their names.
    """

    @property
    def entropy_p(self) -> float:
        """H(P), in the widget's unit."""
        return self.numbers()["entropy_p"]

    @property
    def cross_entropy_pq(self) -> float:
        """H(P,Q), in the widget's unit."""
        return self.numbers()["cross_entropy_pq"]

    @property
    def js(self) -> float:
        """JS(P,Q), in the widget's unit."""
        return self.numbers()["js"]

    @property
    def tv(self) -> float:
        """TV(P,Q)."""
        return self.numbers()["tv"]

    def _laws(self) -> str:
        """P and Q in words, for the text representation and the drawing's description."""
        raise NotImplementedError

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in {self.unit}; TV has no unit)"


def short(x: float) -> str:
    """A number as text: at most four significant digits.

    >>> short(0.36806), short(0.5), short(float("inf"))
    ('0.3681', '0.5', '∞')
    """
    return f"{x:.4g}".replace("inf", "∞")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def sequence(name: str | None, value: Iterable[Any]) -> tuple[Any, ...]:
    """The values as a tuple, or a TraitError."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise traitlets.TraitError(f"{name} must be a sequence, got {value!r}")
    return tuple(value)
