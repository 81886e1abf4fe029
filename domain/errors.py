"""The root of all errors that the rules raise on purpose."""


class TuntasError(Exception):
    """Something that a rule forbids; the message is for engineers, never for a page."""


class RecordConflictError(TuntasError):
    """Another content is already recorded under the same case and seq: the histories disagree. An alarm."""
