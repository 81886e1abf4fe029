"""The pages of citizens: filing, receipt, tracking, verdicts and messages."""

from web.public import (
    acting,
    attachment,
    case,
    comment,
    feed,
    follow,
    home,
    mail_link,
    preference,
    published,
    receipt,
    region,
    report,
    report_step,
    support,
    track,
    upload_piece,
)
from web.public.blueprint import bp

__all__ = [
    "acting",
    "attachment",
    "bp",
    "case",
    "comment",
    "feed",
    "follow",
    "home",
    "mail_link",
    "preference",
    "published",
    "receipt",
    "region",
    "report",
    "report_step",
    "support",
    "track",
    "upload_piece",
]
