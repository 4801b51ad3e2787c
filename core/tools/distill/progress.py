"""Progress lines with the time left."""

import time


def tell(what, done, total, started):
    """Prints how much of the work is done and how long the rest will take at the pace so far."""
    elapsed = time.monotonic() - started
    left = elapsed / max(done, 1) * (total - done)
    print(f"{what}: {100 * done / total:.1f} %, about {left / 60:.1f} min left", flush=True)
