"""What a process tells of itself: lines of log, and figures for Prometheus. Never a word of a report."""
