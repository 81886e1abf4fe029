"""Hands that have a keyboard and no mouse: what cannot be reached with Tab does not exist for them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

FARTHEST = 150
"""No page may ask for more steps than this."""
IS_FOCUSED = "element => element === document.activeElement"
RING = """() => {
  const shown = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return outlined || style.boxShadow !== "none";
  };
  const at = document.activeElement;
  const label = at.id ? document.querySelector(`label[for="${at.id}"]`) : null;
  return [at, at.parentElement, label].some((element) => element && shown(element));
}"""
"""Whether it can be seen where the focus is: on the control, on what draws it, or on its label."""


class Hands:
    """Someone at the keyboard of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Walks with Tab until the focus is there, and sees that it is."""
        for _ in range(FARTHEST):
            if target.evaluate(IS_FOCUSED):
                assert self.page.evaluate(RING), f"no focus ring on {target}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by keyboard")

    def write(self, target: Locator, words: str) -> None:
        """Types into a field."""
        self.reach(target)
        self.page.keyboard.type(words)

    def tick(self, target: Locator) -> None:
        """Chooses a box, or one of several; of a group the arrows choose."""
        if target.get_attribute("type") == "radio":
            self._choose_of_group(target)
        else:
            self.reach(target)
            self.page.keyboard.press("Space")
        assert target.is_checked()

    def choose(self, target: Locator, label: str) -> None:
        """Chooses from a list by the first letters of the words that it shows."""
        self.reach(target)
        self.page.keyboard.type(label)
        assert target.evaluate("list => list.selectedOptions[0].label").strip().startswith(label)

    def press(self, target: Locator) -> None:
        """Presses a button, follows a link, or opens what unfolds."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def _choose_of_group(self, target: Locator) -> None:
        name = target.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name={name}]")
        for _ in range(FARTHEST):
            if any(group.nth(each).evaluate(IS_FOCUSED) for each in range(group.count())):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
