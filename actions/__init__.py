"""Rasa custom actions, thin: read the tracker, call bot/, return events."""
