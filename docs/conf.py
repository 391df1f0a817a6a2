"""Build the site: pages are Markdown, the API comes from docstrings, examples and tutorials run."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import matplotlib as mpl
from sphinx_gallery.sorting import ExplicitOrder, FileNameSortKey

DOCS = Path(__file__).parent
CHECKOUT = DOCS.parent
sys.path.insert(0, str(DOCS / "_ext"))

from inventories import written_inventories  # noqa: E402 - of this folder

mpl.use("agg")
_project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "brianfit"
author = _project["authors"][0]["name"]
copyright = author  # noqa: A001 - Sphinx's name
version = release = _project["version"]

# Addresses of the project are filled in once, as [project.urls] of pyproject.toml.
addresses = _project.get("urls", {})
html_baseurl = addresses.get("Documentation", "")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    # of this folder
    "api_pages",
    "command_line",
    "completeness",
    "library_pages",
    "links",
    "mathml",
    "notebooks",
]
exclude_patterns = ["_build", "jupyter_execute", "gallery/**/*.ipynb", "gallery/**/*.py"]
default_role = "py:obj"
nitpicky = False
suppress_warnings = [
    "config.cache",  # functions in the configuration of the gallery
    "ref.footnote",  # a paper may be listed without being referred to
    "myst.header",  # a page may begin its headings where it likes
]

# ------------------------------------------------------------------------------- docstrings
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"

autodoc_preserve_defaults = True
maximum_signature_line_length = 72
add_module_names = False
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

intersphinx_mapping = written_inventories(DOCS / "inventories", DOCS / "_build" / "inventories")
intersphinx_disabled_reftypes = ["std:doc"]

# --------------------------------------------------------------------------- Markdown, notebooks
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 4
nb_execution_mode = "cache"
nb_execution_cache_path = str(DOCS / "_build" / "notebook_cache")
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_render_markdown_format = "myst"
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True

# ------------------------------------------------------------------------------------ gallery
# Examples run where they lie and may write files: a copy of them does.
EXAMPLES = DOCS / "_build" / "examples"
shutil.rmtree(EXAMPLES, ignore_errors=True)
shutil.copytree(
    CHECKOUT / "examples", EXAMPLES, ignore=shutil.ignore_patterns("data", "__pycache__")
)
sphinx_gallery_conf = {
    "examples_dirs": "_build/examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "reference/api/used_in",
    "doc_module": ("brianfit",),
    "filename_pattern": r"\.py$",
    "subsection_order": ExplicitOrder(
        [
            f"_build/examples/{section}"
            for section in ("fit", "recordings", "spikes", "judge", "search", "own_parts")
        ]
    ),
    "within_subsection_order": FileNameSortKey,
    "image_scrapers": ("matplotlib",),
    "matplotlib_animations": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 5,
    "reset_modules": ("matplotlib",),
    "only_warn_on_example_error": False,
    "write_computation_times": False,
    "thumbnail_size": (480, 320),
    "nested_sections": False,
    "plot_gallery": True,
}

# --------------------------------------------------------------------------------------- pages
html_theme = "pydata_sphinx_theme"
html_title = "brianfit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_sidebars = {"index": [], "gallery/index": []}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "brianfit"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher", "navbar-icon-links"],
    "icon_links": [
        {"name": "Source", "url": addresses["Repository"], "icon": "fa-solid fa-code-branch"}
    ]
    if "Repository" in addresses
    else [],
    "show_toc_level": 2,
    "show_nav_level": 1,
    "navigation_depth": 3,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "back_to_top_button": False,
}
