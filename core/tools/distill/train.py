"""Distils the teacher into a small MobileNetV2 within a time budget, one process per core.

    python3 teacher.py        # the teacher's answers, once
    python3 train.py --minutes 90
    python3 export.py OUTPUT.safetensors

Stopped and started again it goes on from its last checkpoint. With --pictures in place of --minutes the
schedule follows the count of pictures alone, and all that is drawn by chance is a function of the seed.
"""

import argparse
import ctypes
import multiprocessing
import os
import signal
import time

import torch

import batches
import data
import fused
import losses
import optimiser
import progress
import student
import teacher

CHECKPOINT_EVERY_S, TELL_EVERY_STEPS = 90, 100


def keep_freed_memory():
    """Asks glibc to keep freed blocks: giving pages back after every operation costs a fifth of the time."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        m_trim_threshold, m_top_pad, m_mmap_max, m_arena_max = -1, -2, -4, -8
        libc.mallopt(m_mmap_max, 0)
        libc.mallopt(m_arena_max, 1)
        libc.mallopt(m_trim_threshold, 2**31 - 1)
        libc.mallopt(m_top_pad, 64 << 20)
    except OSError:
        pass


def checkpoint_path(arguments):
    return os.path.join(arguments.cache, f"checkpoint_{arguments.width}_{arguments.size}_{arguments.seed}.pt")


class Averaged:
    """Exponential moving average of the weights and of batch norm's statistics."""

    EVERY_STEPS, DECAY = 4, 0.98

    def __init__(self, module):
        self.values = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module, step):
        keep = min(self.DECAY, (1 + step / self.EVERY_STEPS) / (10 + step / self.EVERY_STEPS))
        for name, value in module.state_dict().items():
            if value.dtype.is_floating_point:
                self.values[name].lerp_(value, 1 - keep)


class Run:
    """Everything that one process holds."""

    def __init__(self, arguments, photographs, rank):
        torch.manual_seed(arguments.seed)
        self.arguments, self.rank = arguments, rank
        self.batches = batches.Batches(photographs, arguments, rank)
        self.student = student.Student(arguments.width).to(memory_format=torch.channels_last).train()
        width, class_count = arguments.width, self.batches.class_count
        channels = {block: channel_count for block, (channel_count, _) in teacher.MAPS.items()}
        self.projections = student.Projections(width, losses.TARGET_DIM, channels, class_count)
        path = checkpoint_path(arguments)
        if arguments.start and not os.path.exists(path):
            first = batches.Batches(photographs, arguments, 0)  # the same for every rank
            pixels = [first.get(step, arguments.size, 1)[0] for step in range(4)]
            student.start_from(self.student, arguments.start, torch.cat(pixels))
        self.optimiser = optimiser.Optimiser(self.student, self.projections)
        self.averaged = Averaged(self.student)
        self.step, self.pictures, self.elapsed_s = 0, 0, 0.0
        self.told = {}
        if os.path.exists(path):
            self._load(torch.load(path))
        else:
            answers = teacher.open_answers(arguments.cache, 0, len(photographs))
            self.targets = losses.Targets.fit(answers, arguments.seed)

    def parameters(self):
        return list(self.student.parameters()) + list(self.projections.parameters())

    def _load(self, state):
        self.student.load_state_dict(state["student"])
        self.projections.load_state_dict(state["projections"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.averaged.values = state["averaged"]
        self.targets = losses.Targets(**state["targets"])
        self.step, self.pictures, self.elapsed_s = state["step"], state["pictures"], state["elapsed_s"]

    def save(self):
        state = {
            "student": self.student.state_dict(), "projections": self.projections.state_dict(),
            "optimiser": self.optimiser.state_dict(), "averaged": self.averaged.values,
            "targets": self.targets.state(), "step": self.step, "pictures": self.pictures,
            "elapsed_s": self.elapsed_s, "width": self.arguments.width, "size": self.arguments.size,
            "seed": self.arguments.seed,
        }  # fmt: skip
        path = checkpoint_path(self.arguments)
        torch.save(state, path + ".new")
        os.replace(path + ".new", path)

    def gradients(self, done, crop_count):
        """Runs this rank's share of one batch; leaves the gradients in the parameters."""
        size = optimiser.size_px(done, self.arguments.size)
        pixels, records, mirrored, labels = self.batches.get(self.step, size, crop_count)
        target, maps = self.targets.of(records)
        parts = losses.compute(
            self.student, self.projections, pixels, target, batches.mirror_maps(maps, mirrored), labels
        )
        for parameter in self.parameters():
            parameter.grad = None
        losses.weighted_sum(parts).backward()
        for name, value in parts.items():
            self.told[name] = 0.98 * self.told.get(name, value.item()) + 0.02 * value.item()
        return size


class Shared:
    """Memory and meeting points of all ranks."""

    def __init__(self, worker_count, gradient_length):
        self.gradients = torch.zeros(worker_count, gradient_length).share_memory_()
        self.control = torch.zeros(3, dtype=torch.float64).share_memory_()  # part done, crop count, stop
        self.barrier = multiprocessing.get_context("fork").Barrier(worker_count)


def exchange(run, shared):
    """Replaces every rank's gradients by their mean over the ranks."""
    parameters = run.parameters()
    flat = torch.cat([parameter.grad.reshape(-1) for parameter in parameters])
    shared.gradients[run.rank].copy_(flat)
    shared.barrier.wait()
    mean = shared.gradients.mean(0)
    position = 0
    for parameter in parameters:
        part = mean[position : position + parameter.numel()]
        parameter.grad = part.reshape(parameter.shape).contiguous()
        position += parameter.numel()


def part_done(run, began, arguments):
    if arguments.pictures:
        return run.pictures / arguments.pictures
    return (run.elapsed_s + time.monotonic() - began) / (arguments.minutes * 60)


def complete_crops(arguments):
    """How many crops, from the first on, the teacher has answered."""
    count = 0
    while teacher.is_complete(arguments.cache, count):
        count += 1
    return count


def train(run, shared):
    arguments = run.arguments
    began = last_saved = time.monotonic()
    first_done, crop_count = part_done(run, began, arguments), 0
    while True:
        if run.rank == 0:
            if crop_count == 0 or run.step % run.batches.batch_count == 0:
                crop_count = complete_crops(arguments)
            done = part_done(run, began, arguments)
            shared.control.copy_(torch.tensor([done, crop_count, float(done >= 1)], dtype=torch.float64))
        shared.barrier.wait()
        done, crops, stop = shared.control.tolist()
        if stop:
            break
        size = run.gradients(done, int(crops))
        exchange(run, shared)
        run.optimiser.step(optimiser.rate_factor(done) * arguments.rate)
        run.step += 1
        run.pictures += arguments.batch * arguments.workers
        if run.rank:
            continue
        if run.step % Averaged.EVERY_STEPS == 0:
            run.averaged.update(run.student, run.step)
        if run.step % TELL_EVERY_STEPS == 0:
            parts = " ".join(f"{name} {value:.3f}" for name, value in run.told.items())
            print(f"step {run.step}, {run.pictures} pictures, {size} px, {int(crops)} crops: {parts}")
            progress.tell("training", 1000 * (done - first_done), 1000 * (1 - first_done), began)
        if time.monotonic() - last_saved > CHECKPOINT_EVERY_S:
            save(run, began)
            last_saved = time.monotonic()
    if run.rank == 0:
        save(run, began)


def save(run, began):
    elapsed = run.elapsed_s
    run.elapsed_s = elapsed + time.monotonic() - began
    run.save()
    run.elapsed_s = elapsed


def start_rank(arguments, photographs, shared, rank):
    """What each further process does; on Linux it ends when the one that started it does."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    train(Run(arguments, photographs, rank), shared)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=90, help="time budget, over all starts")
    parser.add_argument("--pictures", type=int, default=0, help="budget in pictures seen, in place of minutes")
    parser.add_argument("--start", help="backbone file whose weights training goes on from; random weights without it")
    parser.add_argument("--rate", type=float, default=1, help="factor on all learning rates, below 1 with --start")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes of one thread each")
    parser.add_argument("--batch", type=int, default=64, help="pictures per process and step")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    keep_freed_memory()
    fused.use_compiled()
    photographs = data.read_training(arguments.photographs)
    run = Run(arguments, photographs, 0)
    shared = Shared(arguments.workers, sum(parameter.numel() for parameter in run.parameters()))
    context = multiprocessing.get_context("fork")
    helpers = [
        context.Process(target=start_rank, args=(arguments, photographs, shared, rank), daemon=True)
        for rank in range(1, arguments.workers)
    ]
    for helper in helpers:
        helper.start()
    train(run, shared)
    for helper in helpers:
        helper.join()


if __name__ == "__main__":
    main()
