"""The plain bot: what a competent team builds from Rasa's documentation, without de-escalation.

It understands with the same model and works on the same back office as ours: rules, a form,
two-stage fallback, a person on request, after two misunderstandings and above its authority.
``evaluation.baselines.plain.build`` makes its archive from the published one.
"""
