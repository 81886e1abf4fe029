"""The largest picture of each kind that is taken needs no more memory than a small server has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from media.kind import Media

MOST_MB = 512
MAKE = """
import sys, pillow_heif
from PIL import Image
from media.kind import Media
from media.picture import MAX_PIXELS
pillow_heif.register_heif_opener()
kind, mode, options = Media(sys.argv[2]), sys.argv[3], eval(sys.argv[4])
pixels = MAX_PIXELS[kind]
width = int((pixels * 4 / 3) ** 0.5) // 16 * 16
Image.new(mode, (width, pixels // width), 90).save(sys.argv[1], kind.name.replace("HEIC", "HEIF"), **options)
"""
DRAW = """
import resource, sys
from pathlib import Path
from media.kind import Media
from media.picture import LONGEST_SIDE, redraw
content = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert redraw(content, Media(sys.argv[2])).width == LONGEST_SIDE
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def in_child(program: str, *arguments: str) -> str:
    """What a process of its own prints."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        (Media.JPEG, "RGB", {}),
        (Media.JPEG, "CMYK", {"progressive": True, "subsampling": 0}),
        (Media.PNG, "RGBA", {"compress_level": 1}),
        (Media.WEBP, "RGB", {"method": 0}),
        (Media.HEIC, "RGB", {"quality": 10, "enc_params": {"preset": "ultrafast"}}),
    ],
    ids=["jpeg", "jpeg-in-layers", "png", "webp", "heic"],
)
def test_the_largest_picture_needs_half_a_gigabyte_at_most(
    tmp_path: Path, kind: Media, mode: str, options: dict[str, object]
) -> None:
    path = str(tmp_path / "picture")
    in_child(MAKE, path, kind.value, mode, repr(options))
    assert int(in_child(DRAW, path, kind.value)) < MOST_MB
