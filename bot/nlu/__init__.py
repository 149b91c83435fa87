"""Rasa graph components that understand a message."""
