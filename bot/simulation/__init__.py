"""Simulated customers: who they are, what they write, how their mood moves, and what they judge.

They talk to our bot in the evaluation, and to agents who practise. Nothing here knows how our bot
works: no module of it imports anything else of ``bot`` but its errors or reads a text of ``data/``,
and a customer sees only what is on the screen (a test checks both).

* :mod:`~bot.simulation.persona`: who, from a file
* :mod:`~bot.simulation.writing`: their words, misspelt as people misspell
* :mod:`~bot.simulation.judge`: what a reply is, by what can be read
* :mod:`~bot.simulation.buttons`: which quick reply fits
* :mod:`~bot.simulation.mood`: how a reply moves a mood, by the rules of ``mood.yml``
* :mod:`~bot.simulation.customer`: what is said next
* :mod:`~bot.simulation.talk`: one conversation with a bot, as a record
* :mod:`~bot.simulation.situation`: what agents practise with, from a file
* :mod:`~bot.simulation.course`: the course of a practice, played from an agent's replies
"""
