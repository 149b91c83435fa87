"""Rasa's custom actions, thin: read the tracker, call ``bot``, return events.

One file per subject. What is said is a key of ``data/responses/``; no wording is here.
"""
