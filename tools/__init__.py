"""Small commands the Makefile runs: find a Chromium, run the notebooks, run all tests."""
