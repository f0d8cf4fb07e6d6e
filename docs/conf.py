"""Configuration of Sphinx: `make docs`."""

from importlib.metadata import version as installed_version

project = "rulebus"
version = release = installed_version("rulebus")

extensions = ["myst_parser"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"rulebus {release}"
html_show_copyright = False
