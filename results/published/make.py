"""Make what is published here again, and the table that README.md shows of it:  python results/published/make.py"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from wirelesssim import load_results

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COLUMNS = {"variant": "variant", "time to 80 %": "to 80 %", "time to 85 %": "to 85 %", "uplink_payload_bits": "payload",
           "uplink_coded_bits": "coded", "uplink_on_air_bits": "on air", "uplink_retransmitted_bits": "sent again",
           "saving_bits": "bits saved", "saving_time": "time saved", "packets_lost": "packets lost", "packets_sent_again": "packets sent again"}


def cell(name: str, value) -> str:
    """A table cell: seconds, megabytes, per cent or a count."""
    if not isinstance(value, (int, float)):
        return "—" if value is None else str(value)
    if name.startswith("time to"):
        return f"{value:.2f} s"
    if name.endswith("_bits") and name.startswith("uplink"):
        return f"{value / 8e6:.2f} MB"
    return f"{100 * value:.1f} %" if name.startswith("saving") else f"{value:.0f}"


def main() -> None:
    """Run the quickstart in a folder of its own; keep the figure and the table."""
    target = HERE / "quickstart"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from wirelesssim.cli import main; main()", "run", "scenarios/quickstart.yaml", "--out", folder, "--quiet"]
        subprocess.run(command, cwd=ROOT, check=True)
        rows = load_results(folder).summary().to_dict("records")
        target.mkdir(exist_ok=True)
        for name in ("accuracy.png", "accuracy.pdf"):
            shutil.copy(Path(folder) / name, target / name)
    lines = ["| " + " | ".join(COLUMNS.values()) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(cell(name, row.get(name)) for name in COLUMNS) + " |" for row in rows]
    text = "\n".join([*lines, "", f"Bits and packets are those of the uplink up to {rows[0]['at']} accuracy; savings are against {rows[0]['variant']}."])
    (target / "summary.md").write_text(text + "\n")
    readme = ROOT / "README.md"
    replaced = re.sub(r"(<!-- quickstart table -->).*?(?=\nA message of)", lambda match: f"{match[1]}\n{text}\n", readme.read_text(), flags=re.S)
    readme.write_text(replaced)


if __name__ == "__main__":
    main()
