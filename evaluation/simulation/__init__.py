"""Simulated customers: who they are, what they write, how their mood moves, and what they judge.

Nothing here knows how our bot works: no module of it imports anything of ``bot`` or reads a text of
``data/``, and a customer sees only what is on the screen (a test checks both).

* :mod:`~evaluation.simulation.persona`: who, from ``evaluation/personas``
* :mod:`~evaluation.simulation.writing`: their words, misspelt as people misspell
* :mod:`~evaluation.simulation.judge`: what a reply is, by what can be read
* :mod:`~evaluation.simulation.mood`: how a reply moves a mood, by the rules of ``mood.yml``
* :mod:`~evaluation.simulation.customer`: what is said next
* :mod:`~evaluation.simulation.talk`: one conversation, as a record
* :mod:`~evaluation.simulation.measures`: many records, as numbers with intervals
"""
