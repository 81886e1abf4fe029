"""A category in the language of the page."""

from __future__ import annotations

from db.category_store import Category
from web.language import language


def category_words(category: Category | None) -> str:
    """`Lampu jalan (Jalan dan jembatan)`; "" for none."""
    if category is None:
        return ""
    name, group = category_name(category), group_name(category)
    return name if name == group else f"{name} ({group})"


def category_name(category: Category) -> str:
    """Its own name."""
    return category.name_en if language() == "en" else category.name


def group_name(category: Category) -> str:
    """The name of its group."""
    return category.group_en if language() == "en" else category.group
