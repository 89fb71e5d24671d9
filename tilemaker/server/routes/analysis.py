"""The analyses that answer in JSON: one endpoint for each entry of `PRODUCTS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilemaker.analysis import PRODUCTS
from tilemaker.errors import LayerNotFound, MapUnreadable
from tilemaker.server.operations import AnyOperation, Asker, Operation
from tilemaker.server.replies import as_json
from tilemaker.server.visibility import view_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from tilemaker.analysis.product import AnyProduct, P, Product, R


def _endpoint_of(product: Product[P, R]) -> Callable[[Asker, P], Response]:
    def endpoint(request: Asker, asked: P) -> Response:
        services = request.state["services"]
        layer = view_of(request).layer(asked.layer_id)
        return as_json(request, product.answer(layer, asked, services.bounds, services.cache))

    endpoint.__name__ = f"get_{product.compute.__name__}"
    endpoint.__doc__ = product.compute.__doc__
    return endpoint


def _operation_of(product: AnyProduct) -> AnyOperation:
    return Operation(
        product.path,
        _endpoint_of(product),
        "Numbers",
        product.asks,
        product.answers,
        raises=[LayerNotFound, MapUnreadable],
        crew="tiles" if product.is_quick else "regions",
    )


OPERATIONS: tuple[AnyOperation, ...] = tuple(_operation_of(product) for product in PRODUCTS)
