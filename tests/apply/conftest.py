"""Every test applies to a help center of its own."""

import pytest

from tests.apply.bench import bench


@pytest.fixture
def there(tmp_path):
    """A bench that speaks 2.16."""
    with bench(tmp_path) as made:
        yield made
