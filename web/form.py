"""What a form shows: what was typed, what is wrong with it, and the id under which it acts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import request
from werkzeug.exceptions import BadRequest

if TYPE_CHECKING:
    from web.public.upload import Uploads

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class MalformedFormError(BadRequest):
    """A hidden field is missing or was changed: no page of ours sends that."""


def new_id() -> str:
    """A fresh id for a form; the same form acts once."""
    return str(uuid4())


@dataclass(kw_only=True)
class Form:
    """The view model that `macros/form.html` draws.

    Attributes:
        data: field name → what to show again (str; bool for a tick).
        errors: field name → one sentence, in the order of the fields.
        command_id: the hidden id; ignored by forms that are no commands.
        uploads: the files that came with it; None before it was sent.
    """

    data: dict[str, str | bool] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    command_id: str = field(default_factory=new_id)
    uploads: Uploads | None = None

    def text(self, name: str) -> str:
        """What was typed into a field; "" if nothing."""
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.data.get(name))

    def renewed(self) -> Form:
        """The same words under a new id, as needed after a refusal."""
        return Form(data=self.data, errors=self.errors, uploads=self.uploads)


def posted_form(fields: Iterable[str], many: Iterable[str] = ()) -> Form:
    """The posted fields, trimmed, with line ends as `\\n`, under the posted command id if there is one.

    What was ticked in the fields of `many` is joined by commas.
    """
    data: dict[str, str | bool] = {name: clean(request.form.get(name, "")) for name in fields}
    data |= {name: ",".join(clean(one) for one in request.form.getlist(name)) for name in many}
    posted = request.form.get("command_id")
    return Form(data=data) if posted is None else Form(data=data, command_id=checked_id(posted))


def checked_id(text: str) -> str:
    """The id in its one spelling. Raises: MalformedFormError unless it is a UUID."""
    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise MalformedFormError from wrong


def posted_version() -> int:
    """The version of the case that the form was made from. Raises: MalformedFormError."""
    text = request.form.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise MalformedFormError
    return int(text)


def clean(text: str) -> str:
    """A text without outer blanks and without control signs, which no page can show; line ends as `\\n`."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
