"""Attachments: what may be kept, looking into files without trusting them, taking them in."""
