"""Optional packages are imported, or named with the command that installs them."""

from __future__ import annotations

import json

import pytest

from brianfit._foundation.errors import MissingPackageError
from brianfit._foundation.optional import import_optional


def test_an_installed_package_is_returned() -> None:
    assert import_optional("json", extra="nothing", purpose="This test") is json


def test_a_missing_package_names_the_command_that_installs_it() -> None:
    with pytest.raises(
        MissingPackageError,
        match=r"Reading NWB needs the package 'no_such_package'.*pip install 'brianfit\[nwb\]'",
    ) as caught:
        import_optional("no_such_package.part", extra="nwb", purpose="Reading NWB")

    assert isinstance(caught.value.__cause__, ImportError)


def test_a_package_that_comes_with_brianfit_is_named_alone() -> None:
    with pytest.raises(MissingPackageError, match=r"Install it with: pip install no_such_package$"):
        import_optional("no_such_package.part", purpose="Reading NWB")
