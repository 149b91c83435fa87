"""What trainers do: train, parse, validate, publish, roll back."""
