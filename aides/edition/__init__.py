"""Editing an aide: drafts, what one does to them, what they say, how they differ.

A draft is the exchange document of an aide while it is written, half-filled leaves and empty
groups included. Nothing here shows a page: the room above does.
"""
