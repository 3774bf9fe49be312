"""The parts of `benchmarks/torture.py`: one story, its people, its weather and its judges."""
