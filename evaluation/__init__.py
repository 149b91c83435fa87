"""Benchmarks, scenarios, baselines and reports."""
