"""Endpoints as data: each is declared once, and its routes, its validation and its OpenAPI entry are made from that."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tilemaker.errors import BadParameter, MapReplaced, NotFound, NotRecognised, TilemakerError
from tilemaker.wording import problem_of

from .crew import Departed
from .services import State
from .visibility import view_of

Asker: TypeAlias = Request[State]

CLIENT_HAS_GONE = 499
"""What nginx calls an answer that nobody is there to take. No client ever sees it; what counts requests does."""


class Nothing(BaseModel):
    """What is asked by an address without parameters."""

    model_config = ConfigDict(extra="ignore", frozen=True)


A = TypeVar("A", bound=BaseModel)


def _not_at_once(_request: Asker, _asked: BaseModel) -> None:
    """Leave it to a thread."""


@dataclass(frozen=True)
class Operation(Generic[A]):
    """One thing that can be asked for with GET (and HEAD)."""

    path: str
    """Address, with the fields of ``asks`` that are part of it between braces; the remaining fields are its query."""
    endpoint: Callable[[Asker, A], Response]
    """What answers, in a worker thread where ``at_once`` does not. Its docstring is the description."""
    tag: str
    """Heading that it is documented under."""
    asks: type[A]
    """Its parameters, parsed and checked before the endpoint is called."""
    answers: type[BaseModel] | None = None
    """The JSON it answers with, or None when it answers with none; ``media_types`` says what else."""
    media_types: Sequence[str] = ("application/json",)
    """The types of its answers."""
    raises: Sequence[type[TilemakerError]] = ()
    """The errors that it answers with, beside a bad parameter."""
    other_statuses: dict[int, str] = field(default_factory=dict)
    """Answers without content or beside the usual, and what they mean."""
    details: str = ""
    """What is to be said beside the endpoint's docstring, in Markdown."""
    also: Sequence[str] = ()
    """Other addresses, which earlier front ends use."""
    crew: Literal["tiles", "regions"] | None = "tiles"
    """Who does it: the threads for what is quick, those for what may read millions of pixels, or, for what has to be answered while
    both are busy, neither."""
    at_once: Callable[[Asker, A], Response | None] = _not_at_once
    """What answers without waiting for anything, and so needs no thread, where that can be done; else None."""

    @property
    def operation_id(self) -> str:
        """Name of the operation."""
        return self.endpoint.__name__

    @property
    def description(self) -> str:
        """What the endpoint's docstring says, and more."""
        return f"{inspect.cleandoc(self.endpoint.__doc__ or '')}\n\n{self.details}".strip()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every address, the preferred one first."""
        return self.path, *self.also


AnyOperation: TypeAlias = Operation[Any]
"""An operation in a list of them, where what each asks is its own affair."""


def parts_of(path: str) -> frozenset[str]:
    """Return the names between the braces of an address."""
    return frozenset(re.findall(r"{(\w+)}", path))


def routes_of(operations: Iterable[Operation[A]]) -> list[Route]:
    """Return the routes of every operation, in order: of two that match, the first answers."""
    return [
        Route(path, partial(_answer, operation), name=operation.operation_id)
        for operation in operations
        for path in operation.paths
    ]


async def _answer(operation: Operation[A], request: Asker) -> Response:
    parameters = asked(operation.asks, request)
    answer = operation.at_once(request, parameters)
    if answer is not None:
        return answer
    work = partial(_answer_now, operation, request, parameters)
    if operation.crew is None:
        return await run_in_threadpool(work)
    try:
        return await request.state["services"].crews[operation.crew].do(work, _departure(request), _subject(request))
    except Departed:
        return Response(status_code=CLIENT_HAS_GONE)


def _subject(request: Asker) -> str | None:
    """Return the layer or list that a request is about. Nothing is known of one that the caller may not see."""
    about = request.path_params
    try:
        view = view_of(request)
        if "source_group_id" in about:
            return repr(view.source_group(about["source_group_id"]))
        return view.layer(about.get("layer_id", "")).layer_id
    except (NotFound, NotRecognised):
        return None


def _answer_now(operation: Operation[A], request: Asker, parameters: A) -> Response:
    try:
        return operation.endpoint(request, parameters)
    except MapReplaced:
        # Half of the answer may be of the old file: begin again with the new one, once.
        return operation.endpoint(request, parameters)


async def _departure(request: Asker) -> None:
    """Wait until the client goes away. What it may have sent along with its question is passed over."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def asked(model: type[A], request: Asker) -> A:
    """Return the parameters of a request.

    Raises
    ------
    BadParameter
        For the first that is wrong, in the order of the model's fields.
    """
    try:
        return model.model_validate({**request.query_params, **request.path_params})
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        raise BadParameter(str(first["loc"][0]), f"{problem_of(first)}.") from None
