"""The bench of the network's tests is at hand here, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
