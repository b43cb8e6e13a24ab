"""Every page in a wide window, and in one between wide and narrow."""

from . import visits
from .visits import View, landing, pytest_generate_tests, visit

__all__ = ["landing", "pytest_generate_tests", "visit"]

VIEWS = [View("http", "light", 1280, narrower=768), View("file", "dark", 1280)]

# In this order: the last takes the page apart.
test_fits = visits.test_fits
test_fits_in_the_other_theme = visits.test_fits_in_the_other_theme
test_fetches_only_the_widgets_it_shows = visits.test_fetches_only_the_widgets_it_shows
test_weighs_little = visits.test_weighs_little
test_formulas_are_set_in_their_own_fonts = visits.test_formulas_are_set_in_their_own_fonts
test_fits_unfolded = visits.test_fits_unfolded
test_accessible = visits.test_accessible
