"""Documents point at things that exist."""

from __future__ import annotations

import re

import pytest

from tests.sources import ROOT, published_files, published_text

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
DOCUMENTS = [path for path in published_files() if path.endswith(".md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_of_a_document_leads_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    targets = LINK.findall(published_text(document) or "")
    missing = [target for target in targets if not (folder / target).exists()]
    assert missing == []
