"""The one door of the dialogue engine."""
