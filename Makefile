.PHONY: check fix test search rules demo clean

# Everything a change has to pass.
check:
	.ci/run

# What can be mended without thinking.
fix: .venv
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# The everyday suite.
test: .venv
	.venv/bin/pytest -n 4

# The laws again, with examples that nobody has seen, and random stories for half an hour.
search: .venv
	.venv/bin/pytest -n 2 -m hypothesis --hypothesis-profile=search
	.venv/bin/python benchmarks/torture.py --minutes 30 --ledger mixed --runs 100000

# The pages of the lint rules, and the tables of the guide, from the rules themselves.
rules: .venv
	.venv/bin/python docs/rules/make.py

# A help center to look at, without an account.
demo: .venv
	.venv/bin/publisher demo

# All that can be made again. The ledgers of Intercom targets stay.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	rm -rf .publisher/cache .publisher/local.* .publisher/demo.* .publisher/preview.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv: pyproject.toml
	python3 -m venv .venv
	.venv/bin/pip install -q -e '.[dev]'
	touch .venv
