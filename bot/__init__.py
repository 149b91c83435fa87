"""Remanso: a self-hosted de-escalation chatbot with handoff to a person."""
