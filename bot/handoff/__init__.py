"""The desk: handoff context, tickets, queue, agents, and the store they live in."""
