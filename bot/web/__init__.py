"""The gateway that faces customers and agents."""
