"""Attachments as bytes: what they are, and a copy of them that tells nothing but what it shows."""
