"""The outline of each role in the books: a reader tells an account from an invoice without reading."""

from __future__ import annotations

from akika_widgets.views.layout import layer_of
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.svg import number

ACCOUNT, LISTS, NAME, ORDER, DOCUMENT, PAYMENT, DEPOSIT, OTHER = range(8)
WORDS = (
    "account",
    "item, term or other list",
    "customer or vendor",
    "estimate or order",
    "bill, invoice or entry",
    "payment",
    "deposit",
    "template or file",
)


def outline(entity: str, x: float, y: float, width: float, height: float) -> Markup:
    """The outline of a record's node in the box that begins at ``x``, ``y``."""
    return shape(layer_of(entity), x, y, width, height)


def shape(role: int, x: float, y: float, width: float, height: float) -> Markup:
    right, bottom, middle = x + width, y + height, y + height / 2
    if role == ACCOUNT:
        return tag("g", _box(x, y, width, height, 0), _path("detail", f"M{number(x + 5)} {number(y)}V{number(bottom)}"))
    if role == LISTS:
        cut = 9.0
        return _path(
            "outline",
            _polygon(
                [(x + cut, y), (right - cut, y), (right, middle), (right - cut, bottom), (x + cut, bottom), (x, middle)]
            ),
        )
    if role == NAME:
        return _box(x, y, width, height, height / 2)
    if role == ORDER:
        cut = 9.0
        return _path(
            "outline",
            _polygon(
                [(x, y), (right - cut, y), (right, y + cut), (right, bottom), (x + cut, bottom), (x, bottom - cut)]
            ),
        )
    if role == DOCUMENT:
        fold = 9.0
        body = _polygon([(x, y), (right - fold, y), (right, y + fold), (right, bottom), (x, bottom)])
        return tag(
            "g",
            _path("outline", body),
            _path("detail", f"M{number(right - fold)} {number(y)}V{number(y + fold)}H{number(right)}"),
        )
    if role == PAYMENT:
        lean = 10.0
        return _path("outline", _polygon([(x + lean, y), (right, y), (right - lean, bottom), (x, bottom)]))
    if role == DEPOSIT:
        cut = 9.0
        return _path(
            "outline",
            _polygon(
                [(x, y), (right, y), (right, bottom - cut), (right - cut, bottom), (x + cut, bottom), (x, bottom - cut)]
            ),
        )
    return _box(x, y, width, height, 5)


def _box(x: float, y: float, width: float, height: float, radius: float) -> Markup:
    return tag(
        "rect",
        x=number(x),
        y=number(y),
        width=number(width),
        height=number(height),
        rx=number(radius),
        class_="outline",
    )


def _path(kind: str, data: str) -> Markup:
    return tag("path", d=data, class_=kind)


def _polygon(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"
