"""Every page on a phone, and on the smallest."""

from . import visits
from .visits import View, pytest_generate_tests, visit

__all__ = ["pytest_generate_tests", "visit"]

VIEWS = [View("http", "dark", 390), View("file", "light", 390, narrower=320)]

# In this order: the last takes the page apart.
test_fits = visits.test_fits
test_fits_in_the_other_theme = visits.test_fits_in_the_other_theme
test_fits_unfolded = visits.test_fits_unfolded
test_accessible = visits.test_accessible
