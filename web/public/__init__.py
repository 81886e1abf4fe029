"""The pages of citizens: filing, receipt, tracking, verdicts and messages."""

from web.public import acting, attachment, case, home, mail_link, receipt, report, track
from web.public.blueprint import bp

__all__ = ["acting", "attachment", "bp", "case", "home", "mail_link", "receipt", "report", "track"]
