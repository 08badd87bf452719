"""What a module of PyTorch must be, so that f is a sum over samples: one function of parameters and sample, nothing else.

Batch normalisation ties the samples of a batch to one another and keeps statistics that are no parameter; dropout draws
another function at every call. Neither has an f whose gradient splits into the workers' (the sum of f_m would depend on who
is computed with whom), so both are refused in words, as is whatever else is seen to do such a thing. Imported only where a
scenario asks for `torch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ...errors import InputError, Problem

__all__ = ["Inspection", "inspected", "made", "one_thread", "trained"]

_PROBES = 3  # samples that a module is tried on


@dataclass(frozen=True)
class Inspection:
    """`size`: trained parameters, d; `outputs`: numbers that the layers make of one sample, as far as modules show them."""

    size: int
    outputs: int


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread and deterministic kernels meanwhile, so that sums have one order on any number of processes."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.use_deterministic_algorithms(strict)
        torch.set_num_threads(threads)


def made(make: Callable[[], nn.Module], seed: int, dtype: str) -> nn.Module:
    """The module that `make` constructs from PyTorch's generator at `seed`, on the CPU, in `dtype`.

    The caller's generator is left as it was. InputError where that fails, or what is made is no module.
    """
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(seed)
        try:
            module = make()
        except InputError:
            raise
        except Exception as error:
            raise _refused(f"failed when it was constructed: {_said(error)}") from None
    if not isinstance(module, nn.Module):
        raise _refused(f"must make a torch.nn.Module, got {type(module).__name__}")
    return module.to(getattr(torch, dtype))


def trained(module: nn.Module) -> dict[str, torch.Tensor]:
    """The parameters that theta holds, in order: those that ask for a gradient; frozen ones stay as they were made."""
    return {name: value for name, value in module.named_parameters() if value.requires_grad}


def inspected(make: Callable[[], nn.Module], input: tuple[int, ...], classes: int, dtype: str) -> Inspection:
    """`make`'s module, tried on a few samples of shape `input`; InputError names what does not fit and the way out."""
    with one_thread():
        module = made(make, 1, dtype)
        parameters = trained(module)
        if not parameters:
            raise _refused("must have parameters to train, got none that requires a gradient")
        again = trained(made(make, 1, dtype))
        if any(not torch.equal(value, again[name]) for name, value in parameters.items()):
            raise _refused("must draw its start from PyTorch's generator alone: constructed twice from one seed it differs; use "
                           "torch.nn.init or torch.randn in its constructor")
        _refuse_layers(module)
        random = torch.Generator().manual_seed(1)
        samples = torch.rand((_PROBES, *input), generator=random, dtype=getattr(torch, dtype))
        _probe(module, samples, classes)
        _gradient(module, samples)
        return Inspection(sum(value.numel() for value in parameters.values()), _outputs(module, samples[:1]))


def _refuse_layers(module: nn.Module) -> None:
    for name, part in module.named_modules():
        kind = f"{type(part).__name__} ({name})" if name else type(part).__name__
        if isinstance(part, nn.modules.batchnorm._BatchNorm) or getattr(part, "track_running_stats", False):
            raise _refused(f"must not have {kind}: it makes a sample's loss depend on the others of its batch, and keeps "
                           "statistics that are no parameter; use GroupNorm or LayerNorm")
        if isinstance(part, nn.modules.dropout._DropoutNd) and part.p > 0:
            raise _refused(f"must not have {kind} with p = {part.p}: f would be another function at every call; leave it out "
                           "or set p = 0, and use l2 against overfitting")


def _probe(module: nn.Module, samples: torch.Tensor, classes: int) -> None:
    """InputError unless `module`, left in evaluation mode, is one function of each sample by itself, with C scores."""
    held = {name: value.clone() for name, value in module.named_buffers()}
    with torch.no_grad():
        module.train()
        first, second = _scores(module, samples), _scores(module, samples)
        if first.shape != (len(samples), classes):
            shape = ", ".join(map(str, samples.shape[1:]))
            raise _refused(f"must make scores of shape (b, {classes}) from (b, {shape}), got {tuple(first.shape)} with "
                           f"b = {len(samples)}")
        alone = torch.cat([_scores(module, samples[i:i + 1]) for i in range(len(samples))])
        kept = all(torch.equal(value, held[name]) for name, value in module.named_buffers())
        module.eval()
        evaluated = _scores(module, samples)
    for other, said in ((second, "called twice on the same samples it answers differently (dropout, noise)"),
                        (evaluated, "in evaluation mode it is another function than in training (dropout, normalisation)"),
                        (alone, "a sample alone has other scores than among others (normalisation over the batch)")):
        if not _close(first, other):
            raise _refused(f"must be one function of each sample by itself, but {said}; leave that layer out")
    if not kept:
        raise _refused("must keep no statistics: a buffer changed in its forward pass; leave that layer out")


def _gradient(module: nn.Module, samples: torch.Tensor) -> None:
    targets = torch.zeros(len(samples), dtype=torch.int64)

    def loss(parameters):
        return F.cross_entropy(torch.func.functional_call(module, parameters, (samples,)), targets)

    try:
        torch.func.grad(loss)({name: value.detach() for name, value in trained(module).items()})
    except Exception as error:
        raise _refused(f"must have a gradient by torch.func.grad, which failed: {_said(error)}") from None


def _outputs(module: nn.Module, sample: torch.Tensor) -> int:
    """The numbers that the innermost modules put out for one `sample` (1, *input)."""
    counts: list[int] = []

    def note(_module, _inputs, output):
        if isinstance(output, torch.Tensor):
            counts.append(output.numel())

    handles = [part.register_forward_hook(note) for part in module.modules() if not any(True for _ in part.children())]
    with torch.no_grad():
        module(sample)
    for handle in handles:
        handle.remove()
    return sum(counts)


def _scores(module: nn.Module, samples: torch.Tensor) -> torch.Tensor:
    try:
        return module(samples)
    except Exception as error:
        shape = ", ".join(map(str, samples.shape))
        raise _refused(f"failed on samples of shape ({shape}): {_said(error)}; say the shape of a sample in objective.input, "
                       "for example [1, 28, 28]") from None


def _close(a: torch.Tensor, b: torch.Tensor) -> bool:
    slack = np.sqrt(torch.finfo(a.dtype).eps)  # sums may run in another order; dropout and statistics change far more
    return a.shape == b.shape and torch.allclose(a, b, rtol=slack, atol=slack * max(1.0, float(a.abs().max())))


def _said(error: Exception) -> str:
    """Kind and first line of an error, cut to a line's length."""
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:200]}"


def _refused(rule: str) -> InputError:
    return InputError(Problem(("module",), rule))
