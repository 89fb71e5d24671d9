"""Sources of a part of the sky in a compact form: columns of numbers behind a header that says what and where they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.atlas.skyindex import keys_of
from tilemaker.sky.boxes import wrap_deg

if TYPE_CHECKING:
    import numpy.typing as npt

    from tilemaker.atlas.catalogues import Catalogue
    from tilemaker.atlas.cells import Rows
    from tilemaker.atlas.columns import Order

LAYOUT = """`bin` is little-endian: the length of a header as uint32, the header as JSON in UTF-8, filled up with spaces so that
what follows begins at a multiple of eight bytes, then columns one after another, each filled up with zeros in the
same way. The header holds `count`, `found`, `left_out`, `by` and `is_descending` as in JSON, and `columns`: for each
`name`, `type` (`uint32`, `int32` or `float32`) and `offset`, in bytes from the beginning. The columns are `row`; `ra`
and `dec`, in steps of 180 / 2^31 degrees (0.3 milliarcseconds), RA in -180..180; and `value`, the field that they are
ordered by, NaN where there is none. It is sent with `Content-Encoding: gzip` to whoever takes it. Names and
everything else are asked for by row."""

STEPS_PER_DEG = 2.0**31 / 180.0
ALIGNMENT = 8


def packed(catalogue: Catalogue, rows: Rows, found: int, order: Order | None) -> bytes:
    """Return some sources as `LAYOUT` says, in the order of ``rows``; ``found`` is how many there were to choose from."""
    columns: dict[str, npt.NDArray[np.generic]] = {
        "row": rows.astype("<u4"),
        "ra": _steps(wrap_deg(catalogue.ra_deg[rows])),
        "dec": _steps(catalogue.dec_deg[rows]),
        "value": _values(catalogue, rows, order),
    }
    said = {
        "count": len(rows),
        "found": found,
        "left_out": found - len(rows),
        "by": order.by if order else None,
        "is_descending": bool(order and order.is_descending),
    }
    bodies = [_filled(column.tobytes(), b"\0") for column in columns.values()]
    # The offsets say how long the header is, which holds them: with room for the longest there can be.
    length = len(_header(said, columns, [2**32] * len(columns))) + ALIGNMENT
    start = length + (-(length + 4)) % ALIGNMENT
    offsets = [4 + start + sum(map(len, bodies[:number])) for number in range(len(bodies))]
    header = _header(said, columns, offsets).ljust(start)
    return len(header).to_bytes(4, "little") + header + b"".join(bodies)


def _header(said: dict[str, int | str | None], columns: dict[str, npt.NDArray[np.generic]], offsets: list[int]) -> bytes:
    listed = [
        {"name": name, "type": column.dtype.name, "offset": offset}
        for (name, column), offset in zip(columns.items(), offsets, strict=True)
    ]
    return json.dumps({**said, "columns": listed}, ensure_ascii=False).encode()


def _steps(angles_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.minimum(np.round(angles_deg * STEPS_PER_DEG), 2**31 - 1).astype("<i4")


def _values(catalogue: Catalogue, rows: Rows, order: Order | None) -> npt.NDArray[np.float32]:
    keys = keys_of(catalogue.extra[order.by].cells.take(rows), is_descending=False) if order else None
    return np.full(len(rows), np.nan, "<f4") if keys is None else np.where(np.isinf(keys), np.nan, keys).astype("<f4")


def _filled(body: bytes, filling: bytes) -> bytes:
    return body + filling * (-len(body) % ALIGNMENT)
