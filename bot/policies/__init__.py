"""The Rasa policy that wins when de-escalation has something to say."""
