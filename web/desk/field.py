"""What a form at the desk is made of: fields as data, drawn by one template and checked by one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.command import NO_BODY, Body
from web.desk.opened import OpenCase
from web.form import Form
from web.text import LazyText, gettext, lazy_gettext

NOTE_LENGTH = 2_000
WORDS_LENGTH = 8_000
CODE_LENGTH = 20

Option = tuple[str, str] | tuple[str, str, str]
"""Value, label and, for radios, a hint; in grouped selects the third is the group."""


class Widget(StrEnum):
    """How a field is drawn."""

    AREA = "area"
    FILES = "files"
    SELECT = "select"
    GROUPED = "grouped"
    RADIOS = "radios"
    TICK = "tick"
    TICKS = "ticks"
    TEXT = "text"
    DAY = "day"
    HIDDEN = "hidden"


CHOOSES = frozenset({Widget.SELECT, Widget.GROUPED, Widget.RADIOS, Widget.TICKS})


def _nothing_to_choose(case: OpenCase) -> list[Option]:
    return []


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        missing: what is said when it is empty, or when none of its options was chosen.
        options: what can be chosen; read once a page.
        is_unit: the options are units; a form of an older version may have had others, and the rules say so.
        folded: stands with others under "further details".
        only_for: a style that hides it while it makes no sense.
        shown: whether this case has the field at all.
    """

    name: str
    widget: Widget = Widget.AREA
    label: LazyText | None = None
    hint: LazyText | None = None
    missing: LazyText | None = None
    optional: bool = False
    rows: int = 4
    longest: int = WORDS_LENGTH
    options: Callable[[OpenCase], list[Option]] = _nothing_to_choose
    empty: LazyText | None = None
    is_unit: bool = False
    folded: bool = False
    only_for: str = ""
    attrs: Callable[[OpenCase], dict[str, str]] = lambda case: {}
    shown: Callable[[OpenCase], bool] = lambda case: True


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a form says once it has been checked."""

    body: Body = NO_BODY
    words: str = ""


FILES = Field(name="files", widget=Widget.FILES, label=lazy_gettext("Lampiran"), optional=True, longest=0)
"""What goes with the words; read by `web.public.upload`."""


def _only_words(case: OpenCase, form: Form) -> Content:
    return Content(words=form.text("words"))


def _no_lead(case: OpenCase) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class ActForm:
    """The form of one act.

    Attributes:
        title: what one does, as a verb.
        lead: one sentence on what follows from it, before the fields.
        content: makes the command's content of the fields, and may add errors of its own.
    """

    title: LazyText
    button: LazyText
    fields: tuple[Field, ...] = ()
    lead: Callable[[OpenCase], str] = _no_lead
    content: Callable[[OpenCase, Form], Content] = _only_words


def check(case: OpenCase, field: Field, form: Form, *, outdated: bool) -> None:
    """Puts what is wrong with one field beside it."""
    text = form.text(field.name)
    if field.widget is Widget.FILES and form.uploads is not None and form.uploads.error:
        form.errors[field.name] = form.uploads.error
    if field.widget in CHOOSES:
        _check_choice(case, field, form, outdated=outdated)
    elif field.missing is not None and not field.optional and not text:
        form.errors[field.name] = str(field.missing)
    if len(text) > field.longest:
        form.errors[field.name] = gettext(
            "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.",
            length=len(text),
            longest=field.longest,
        )


def _check_choice(case: OpenCase, field: Field, form: Form, *, outdated: bool) -> None:
    chosen = [one for one in form.text(field.name).split(",") if one]
    if not chosen and field.optional:
        return
    known = {option[0] for option in field.options(case)}
    stale = outdated and field.is_unit and all(one.isdecimal() and len(one) < 10 for one in chosen)
    if not chosen or not (known.issuperset(chosen) or stale):
        form.errors[field.name] = str(field.missing)
