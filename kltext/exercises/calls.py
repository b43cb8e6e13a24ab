"""Calling a reader's function: its exceptions and odd results are caught, and told, never hidden."""

from __future__ import annotations

import math
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

NOTHING = "None: the function returns nothing yet"


class Trouble(Exception):
    """The function raised, or returned something that is not what was asked for."""

    def __init__(self, got: str, error: Exception | None = None, value: Any = None) -> None:
        super().__init__(got)
        self.got = got
        self.error = error
        self.value = value


def call(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """The result, with NumPy's warnings about 0/0 and log 0 silenced: the values tell."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(*arguments)
    except Exception as error:  # whatever the reader's code raises is what we report
        raise Trouble(_told(error), error) from error


def number(function: Callable[..., Any], arguments: Sequence[Any]) -> float:
    """The result as one real number."""
    result = call(function, arguments)
    shape = np.shape(result) if isinstance(result, (np.ndarray, list, tuple)) else ()
    if result is None:
        raise Trouble(NOTHING)
    if shape:
        raise Trouble(f"an array of shape {shape}, where one number is asked for", value=result)
    try:
        return float(result)
    except (TypeError, ValueError):
        raise Trouble(f"{result!r}, which is not a real number") from None


def numbers(function: Callable[..., Any], arguments: Sequence[Any]) -> np.ndarray[Any, Any]:
    """The result as an array of real numbers."""
    result = call(function, arguments)
    if result is None:
        raise Trouble(NOTHING)
    try:
        return np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise Trouble(f"{result!r}, which is not an array of real numbers") from None


def _told(error: Exception) -> str:
    """The exception in one line, with the line of the reader's code that raised it."""
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    here = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    if not here:
        return message
    where = f"in line {here[0].lineno}"
    return f"{message}  ({where}: {here[0].line})" if here[0].line else f"{message}  ({where})"


def close(value: float, target: float, relative: float = 1e-9, absolute: float = 1e-12) -> bool:
    """Equal up to rounding; infinities and nan equal themselves."""
    value, target = float(value), float(target)
    if math.isfinite(value) and math.isfinite(target):
        return abs(value - target) <= absolute + relative * abs(target)
    return value == target or (math.isnan(value) and math.isnan(target))


def shown(value: float) -> str:
    """A number as the report prints it."""
    return f"{value:.10g}" if np.isfinite(value) else str(float(value))
