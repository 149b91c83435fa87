"""The idea: frustration, state, triggers, steps, techniques, phrasing, wording. Plain Python."""
