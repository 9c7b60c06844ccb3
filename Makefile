# The verbs of the house. `make` prints them.

PYTHON_HERE = .venv/bin/python
# What takes the pictures that README, walk-through and guides show; the gallery takes those of every page.
PICTURED = $(addprefix tests/browser/test_,first_day.py hour_guide.py first_redemption.py pages.py)

.PHONY: help run test check format lock messages voice screenshots gallery bench bench-start nightly

help: ## print these verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## serve the demonstration at http://localhost:8000
	sh run.sh

test: ## everything that must be right before a merge
	sh test.sh

nightly: ## the long programmes: races, kills, random days
	sh test.sh nightly

check: ## linter, format, types and the shape of the house, in seconds
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	$(PYTHON_HERE) -m pytest -q tests/house

format: ## let the formatter and the linter mend what they can
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: ## write requirements/*.txt anew from setup.cfg
	sh scripts/lock.sh

messages: ## gather the sentences that people read, and compile them
	.venv/bin/python scripts/messages.py

voice: ## speak what the kiosk says and has no clip for (espeak-ng, opus-tools)
	.venv/bin/python scripts/voice.py

screenshots: ## take the pictures in docs/ anew
	SCREENSHOTS=docs/screenshots sh test.sh $(PICTURED)

gallery: ## hang a picture of every page in docs/screenshots/pages, and say which there are
	GALLERY=docs/screenshots/pages sh test.sh tests/browser/test_every_page.py tests/browser/test_kiosk_looks.py
	$(PYTHON_HERE) scripts/gallery.py

bench: ## checkouts over HTTP against the yardstick, on both databases
	$(PYTHON_HERE) -m tests.postgres --durable $(PYTHON_HERE) -m pointsbank bench

bench-start: ## how long `sh run.sh` takes to the first page
	$(PYTHON_HERE) scripts/measure_start.py
