"""What `run` and `sweep` warn of: workers that were not heard, runs that got worse, and messages that their end cut short."""

from __future__ import annotations

__all__ = ["named", "warnings"]

_MOST = 5  # warnings of one kind
_LARGE = 0.1  # a share of the messages that makes figures of the others alone misleading


def named(row: dict, results) -> str:
    """A row of labels as a person reads it: `GD-SEC, channel.loss=1 %, replication 2`."""
    from ..experiment.statistics import matrix_keys

    parts = [str(row["variant"]), *(f"{key}={row[key]}" for key in matrix_keys(results.rounds))]
    return ", ".join(parts + ([f"replication {row['replication']}"] if row.get("replication") else []))


def warnings(results) -> list[str]:
    """A line for each row of the summary, `_MOST` of a kind by name: of which workers were not heard, which got worse, or which
    says little, since a tenth of the messages or more was in flight or waited when the run ended."""
    from ..experiment.delivery import without_learner
    from ..experiment.summary import above_start
    from ..experiment.unheard import unheard

    history = results.history
    lost = {named(row, results): row for row in unheard(history, results.transmissions, results.workers).to_dict("records")}
    worse = {named(row, results): row for row in above_start(history).to_dict("records")}
    rows = results.summary().to_dict("records") if without_learner(results.rounds) else []
    cut = [f"{named(row, results)}: {text}" for row in rows for text in _unfinished(row)]
    return [*_capped([f"{name}: {_unheard(row)}" for name, row in lost.items()], "had workers that were not heard"),
            *_capped(cut, "ended before their messages"),
            *_capped([f"{name} {_worse(row, lost.get(name))}" for name, row in worse.items()], "ended above their own start")]


def _capped(lines: list[str], what: str) -> list[str]:
    return lines[:_MOST] + ([f"and {len(lines) - _MOST} more rows {what}"] if len(lines) > _MOST else [])


def _unheard(row: dict) -> str:
    """How much was lost, the likely cause, and where to look."""
    causes = [f"{row[name]} {why}" for name, why in (
        ("unreached", "where the model did not reach the worker"),
        ("unsent", "never on the air (no rate to send at, or the medium never free)"),
        ("failed", "sent and lost on the air, repeats included")) if row[name]]
    far = row["never"] or row["unsent"] or row["unreached"]
    where = ("out of reach? see geometry, channel.tx_power, transport.outage_limit" if far
             else "see channel.loss, transport.retries")
    never = f"; never heard: {row['never']} of {row['of_workers']} workers" if row["never"] else ""
    return (f"the server heard nothing in {row['lost']} of {row['asked']} worker-rounds ({_share(row)}): {', '.join(causes)}"
            f"{never}; {where} (workers_lost in the table rounds)")


def _unfinished(row: dict) -> list[str]:
    """What the end of a run without a learner cut off, where it is much (means over replications)."""
    begun, flying, waiting = (float(row[name]) for name in ("messages", "in_flight", "waiting"))
    found = []
    if flying >= _LARGE * begun > 0:
        found.append(f"{_count(flying)} of {_count(begun)} messages begun were in flight at the end; what a burst under way had "
                     "on the air is in no bits, packets or throughput; simulate longer (stop), or send smaller messages")
    if waiting >= _LARGE * (begun + waiting) > 0:
        found.append(f"{_count(waiting)} of {_count(begun + waiting)} messages that were ready were not begun at the end, and "
                     "are in no delay and no delivered share: more is offered than is carried")
    return found


def _count(mean: float) -> str:
    """A whole number, or a mean of some with one decimal."""
    return f"{mean:.1f}".removesuffix(".0")


def _share(row: dict) -> str:
    return f"{100 * row['lost'] / row['asked']:.3g} %"


def _worse(row: dict, lost: dict | None) -> str:
    runs = f" in {row['above']} of {row['replications']} replications" if row["replications"] > 1 else ""
    cause = f"{_share(lost)} of its worker-rounds were lost" if lost else "try a smaller algorithm.step_size (or threshold)"
    return f"ended above its own start{runs}: objective {row['end']:.4g}, from {row['start']:.4g}; {cause}"
