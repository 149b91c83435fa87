"""The plain bot's custom actions: the back office and authority that ours have, no state."""
